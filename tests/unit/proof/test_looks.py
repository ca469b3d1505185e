"""A row of weekly looks: sums that add, one look is the plain read-out, and no wolf is cried."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitou.proof.lift import ADJUSTED, LEANING, Arms
from huitou.proof.looks import Course, Courses, Look, added, decided, looked

WEEKS = 8
SHARES = tuple((k + 1) / WEEKS for k in range(WEEKS))


def cohort(n: int, seed: int, effect: float = 0.0, share: float = 0.3) -> tuple[np.ndarray, ...]:
    """Before, cumulated profit, and who is held out; people differ for good."""
    dice = np.random.default_rng(seed)
    kind = dice.lognormal(0, 0.7, n)
    before = dice.poisson(6 * kind).astype(float)
    weekly = dice.poisson(kind[:, None], (n, WEEKS)).astype(float)
    held = dice.random(n) < share
    weekly[~held] += effect
    return before, weekly.cumsum(axis=1), held


def test_one_look_is_the_plain_read_out() -> None:
    before, cumulated, held = cohort(400, 1, 0.1)
    courses = Courses.of(before, cumulated, held)
    for look in range(WEEKS):
        plain = Arms.of(before, cumulated[:, look], held).lift(LEANING)
        ours = courses.arms(look).lift(LEANING)
        assert (ours.estimate, ours.se) == pytest.approx((plain.estimate, plain.se))
    only = Courses.of(before, cumulated[:, -1:], held)
    (last,) = looked(only, [1.0], LEANING, 0.05)
    plain = only.arms(0).lift(LEANING).interval()
    assert (last.low, last.high) == pytest.approx((plain.low, plain.high), rel=1e-4)


@given(st.integers(0, 60), st.integers(1, 99))
@settings(max_examples=30, deadline=None)
def test_shards_add_up(cut: int, seed: int) -> None:
    before, cumulated, held = cohort(60, seed)
    whole = Courses.of(before, cumulated, held)
    parts = [
        Courses.of(before[part], cumulated[part], held[part])
        for part in (slice(None, cut), slice(cut, None))
    ]
    found = added(parts)
    for one, other in ((whole.treated, found.treated), (whole.held_out, found.held_out)):
        assert one.n == other.n
        assert other.mean == pytest.approx(one.mean)
        assert other.cross == pytest.approx(one.cross, abs=1e-6)


def test_weeks_of_a_cohort_agree_as_was_measured() -> None:
    before, cumulated, held = cohort(4_000, 2)
    found = Courses.of(before, cumulated, held).agreements()
    slope = np.array([np.polyfit(before, cumulated[:, k], 1)[0] for k in range(WEEKS)])
    left = cumulated - np.outer(before, slope)
    expected = [np.corrcoef(left[:, k - 1], left[:, k])[0, 1] for k in range(1, WEEKS)]
    assert found == pytest.approx(expected, abs=0.01)
    assert all(0.5 < each < 1 for each in found)


def test_looking_every_week_cries_wolf_no_more_than_once_in_twenty() -> None:
    found = naive = 0
    for seed in range(1_000):
        looks = looked(Courses.of(*cohort(300, seed)), SHARES, LEANING, 0.05)
        found += decided(looks) is not None
        naive += any(abs(look.z) > 1.96 for look in looks)
    assert 0.025 <= found / 1_000 <= 0.065
    assert naive / 1_000 > 0.1, "the test must be able to see what peeking does"


def test_a_great_gain_is_known_early_and_stays_known() -> None:
    looks = looked(Courses.of(*cohort(3_000, 3, effect=0.4)), SHARES, LEANING, 0.05)
    first = decided(looks)
    assert first is not None
    assert (first[1], first[0] < WEEKS - 1) == (1, True)
    assert looks[first[0]].low > 0
    lost = looked(Courses.of(*cohort(3_000, 3, effect=-0.4)), SHARES, LEANING, 0.05)
    assert decided(lost) == (decided(lost)[0], -1)


def test_the_interval_leaves_out_zero_just_when_the_bound_is_crossed() -> None:
    for seed in range(40):
        for look in looked(Courses.of(*cohort(200, seed, 0.15)), SHARES, ADJUSTED, 0.05):
            assert (look.low > 0 or look.high < 0) == bool(look.crosses)


def test_nothing_known_claims_nothing() -> None:
    before, held = np.zeros(30), np.arange(30) < 5
    looks = looked(Courses.of(before, np.zeros((30, 3)), held), [0.3, 0.6, 1.0], LEANING, 0.05)
    assert decided(looks) is None
    assert Look(0.1, 1.0, 0.0, 2.0, 3.0, float("inf"), 3.0).crosses == 0
    nobody = Course.of(np.zeros(0), np.zeros((0, 2)))
    assert (nobody + nobody).n == 0


def test_what_was_paid_for_later_weeks_is_no_loss_yet_and_no_gain_either() -> None:
    before, cumulated, held = cohort(2_000, 4)
    stamps = np.where(held, 0.0, 1.0)[:, None]
    courses = Courses.of(before, cumulated - stamps, held)
    ahead = [1 - (k + 1) / WEEKS for k in range(WEEKS)]
    blind = looked(courses, SHARES, LEANING, 0.05)
    fair = looked(courses, SHARES, LEANING, 0.05, ahead=ahead)
    assert decided(blind) is not None and decided(blind)[1] == -1
    assert all(look.z == other.z for look, other in zip(blind, fair, strict=True))
    assert fair[-1].z_loss == fair[-1].z, "at the end all of it counts"
    assert fair[0].z_loss > blind[0].z_loss
