"""Looking often keeps its error: against published limits, and against drawn paths."""

from __future__ import annotations

import numpy as np
import pytest

from huitou.stats.sequential import limits, spent


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
