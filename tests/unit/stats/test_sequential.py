"""Looking often keeps its error: against published limits, and against drawn paths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitou.stats.sequential import bounds, crossed, evidence_of, late, limits, spent


def test_one_look_is_an_ordinary_test() -> None:
    assert limits([10.0], [1.0], 0.025)[0] == pytest.approx(1.96, abs=0.002)


def test_the_limits_are_those_of_lan_and_demets() -> None:
    # Pocock-type spending, five equal looks, one-sided 0.025, as the program LD98 prints them
    # (Reboussin et al. 2000).
    published = [2.438, 2.427, 2.410, 2.397, 2.386]
    found = limits([1, 2, 3, 4, 5], [0.2, 0.4, 0.6, 0.8, 1.0], 0.025)
    assert found == pytest.approx(published, abs=0.006)


def test_drawn_paths_cross_as_seldom_as_was_said() -> None:
    line = limits(range(1, 13), [k / 12 for k in range(1, 13)], 0.05)
    dice = np.random.default_rng(3)
    paths = dice.standard_normal((40_000, 12)).cumsum(axis=1) / np.sqrt(np.arange(1, 13))
    crossed = float((paths > np.asarray(line)).any(axis=1).mean())
    assert crossed == pytest.approx(0.05, abs=0.004)


def test_a_look_that_brings_nothing_new_stops_nothing() -> None:
    found = limits([5, 5, 9], [0.3, 0.4, 0.6], 0.05)
    assert found[1] == float("inf")
    assert np.isfinite([found[0], found[2]]).all()


def test_all_of_the_error_is_spent_at_the_end() -> None:
    assert spent(1.0, 0.05) == pytest.approx(0.05)
    assert spent(7.0, 0.05) == pytest.approx(0.05)
    assert spent(0.0, 0.05) == 0.0


# two-sided, for benefit

FIVE = [0.2, 0.4, 0.6, 0.8, 1.0]


def test_the_bounds_are_those_of_lan_and_demets() -> None:
    # O'Brien-Fleming-type spending, five equal looks, two-sided 0.05, as `ldbounds` and gsDesign's
    # sfLDOF print them.
    published = [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]
    assert bounds([1, 2, 3, 4, 5], FIVE) == pytest.approx(published, abs=0.001)


@pytest.mark.parametrize("looks", [2, 3, 4])
def test_fewer_looks_are_as_published(looks: int) -> None:
    # The same program, for two, three and four equal looks.
    published = {
        2: [2.9626, 1.9686],
        3: [3.7103, 2.5114, 1.9930],
        4: [4.3326, 2.9631, 2.3590, 2.0141],
    }[looks]
    shares = [(k + 1) / looks for k in range(looks)]
    assert bounds(shares, shares) == pytest.approx(published, abs=0.001)


def test_the_first_boundaries_keep_five_in_a_hundred() -> None:
    # Jennison & Turnbull (2000), tables 2.3 and 2.1: constants for five looks, alpha 0.05.
    obrien_fleming = [2.040 * (5 / k) ** 0.5 for k in range(1, 6)]
    assert obrien_fleming == pytest.approx([4.56, 3.23, 2.63, 2.28, 2.04], abs=0.005)
    assert crossed([1, 2, 3, 4, 5], obrien_fleming) == pytest.approx(0.05, abs=0.0002)
    assert crossed([1, 2, 3, 4, 5], [2.413] * 5) == pytest.approx(0.05, abs=0.0002)


def test_naive_weekly_looks_cry_wolf_far_too_often() -> None:
    # Armitage, McPherson & Rowe (1969): five looks at 1.96 find something 14.2 % of the time.
    assert crossed([1, 2, 3, 4, 5], [1.96] * 5) == pytest.approx(0.142, abs=0.001)


def test_one_two_sided_look_is_an_ordinary_test() -> None:
    assert bounds([7.0], [1.0]) == pytest.approx([1.95996], abs=1e-4)


@given(st.lists(st.floats(0.5, 0.99), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_all_of_the_error_is_used_whatever_the_weeks_share(agreements: list[float]) -> None:
    evidence = evidence_of(agreements)
    shares = [(k + 1) / len(evidence) for k in range(len(evidence))]
    line = bounds(evidence, shares)
    assert crossed(evidence, line) == pytest.approx(0.05, abs=5e-4)
    assert all(limit >= 1.9 for limit in line)


def test_drawn_weeks_of_a_cohort_cross_as_seldom_as_was_said() -> None:
    """People differ for good, so their weeks hang together more than steps of a walk do."""
    dice = np.random.default_rng(5)
    weeks = 12
    lasting = dice.standard_normal((30_000, 1)) * 0.5
    sums = (lasting + dice.standard_normal((30_000, weeks))).cumsum(axis=1)
    paths = sums / sums.std(axis=0)
    agreements = [float(np.corrcoef(paths[:, k - 1], paths[:, k])[0, 1]) for k in range(1, weeks)]
    shares = [(k + 1) / weeks for k in range(weeks)]
    line = bounds(evidence_of(agreements), shares)
    share = float((np.abs(paths) > np.asarray(line)).any(axis=1).mean())
    assert 0.04 <= share <= 0.053


def test_the_late_error_is_kept_for_the_end() -> None:
    assert late(0.0, 0.05) == 0.0
    assert late(0.2, 0.05) < 1e-5
    assert late(1.0, 0.05) == late(3.0, 0.05) == pytest.approx(0.05)


def test_a_look_that_knows_nothing_new_is_refused() -> None:
    with pytest.raises(ValueError, match="more than the one before"):
        bounds([2.0, 2.0], [0.5, 1.0])
