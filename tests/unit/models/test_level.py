"""The level: shrunken, season-aware, and honest about what it has not seen."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.models.level import (
    Witness,
    level,
    levelled,
    log_hazard_ratio,
    log_ratio,
)

JUNE = date(2024, 6, 1)


def window(start, log, days=90):
    return Witness(start, days, log)


def test_without_witnesses_the_model_is_believed_widely():
    unseen, even = level([], JUNE, seasons=True), level([], JUNE)
    assert unseen.factor() == even.factor() == 1.0
    assert unseen.sd > even.sd > 0.1, "a season never seen is one more thing not known"


def test_a_witness_is_believed_in_part_and_nearly():
    found = level([window(date(2024, 3, 3), -0.4)], JUNE)
    assert -0.4 < found.log < -0.3


def test_the_latest_window_says_most():
    late, early = JUNE - timedelta(days=90), JUNE - timedelta(days=180)
    falling = level([window(late, -0.3), window(early, 0.0)], JUNE)
    rising = level([window(late, 0.0), window(early, -0.3)], JUNE)
    assert falling.log < 3 * rising.log < 0


def test_half_a_window_says_half_as_much():
    before = window(JUNE - timedelta(days=90), 0.0)
    whole = level([before, window(JUNE - timedelta(days=90), -0.3)], JUNE)
    half = level([before, Witness(JUNE - timedelta(days=45), 45, -0.3)], JUNE)
    assert whole.log < half.log < -0.05


def test_agreement_narrows_and_disagreement_widens():
    days = [JUNE - timedelta(days=45 * i) for i in range(2, 7)]
    agree = level([window(day, -0.3) for day in days], JUNE)
    differ = level([window(day, -0.3 + 0.6 * (-1) ** i) for i, day in enumerate(days)], JUNE)
    assert agree.sd < level([], JUNE).sd < differ.sd


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.integers(0, 60))
def test_silence_to_a_power_meets_the_number_who_returned(p_none, returned):
    silence, target = np.array(p_none), min(returned, len(p_none))
    log = log_hazard_ratio(silence, target)
    assert -3 <= log <= 3
    if -2.9 < log < 2.9:
        total = levelled(silence, float(np.exp(log))).sum()
        assert total == pytest.approx(min(max(target, 0.5), len(p_none) - 0.5), abs=1e-4)


@given(st.floats(0, 1), st.floats(0.05, 20))
def test_levelled_chances_stay_chances_and_rise_with_the_level(p_none, factor):
    silence = np.array([p_none])
    less, more = levelled(silence, factor), levelled(silence, factor * 1.5)
    assert 0 <= less[0] <= more[0] <= 1


def test_ratios_of_nothing_are_finite():
    assert log_ratio(0.0, 0.0) == 0.0
    assert -3 <= log_ratio(1e9, 0.0) < 0 < log_ratio(0.0, 1e9) <= 3
    assert log_hazard_ratio(np.array([]), 0) == 0.0
