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
    same_season,
)

JUNE = date(2024, 6, 1)


def window(start, log, days=90):
    return Witness(start, days, log)


def told(*seen, believed=0.5, doubt=0.0):
    return level(seen, JUNE, 90, believed=believed, doubt=doubt)


def test_without_witnesses_the_model_is_believed_widely():
    unseen, even = told(believed=None), told(believed=1.0)
    assert unseen.factor() == even.factor() == 1.0
    assert unseen.sd > 2 * even.sd > 0.2, "a season never seen is one more thing not known"
    assert told(doubt=0.2).sd > told(doubt=0.1).sd > told().sd


def test_a_witness_is_believed_in_part_and_less_where_no_season_is_known():
    late = window(JUNE - timedelta(days=90), -0.4)
    assert -0.4 < told(late, believed=1.0).log < told(late, believed=None).log < 0


def test_the_latest_window_says_most():
    late, early = JUNE - timedelta(days=90), JUNE - timedelta(days=180)
    falling = told(window(late, -0.3), window(early, 0.0), believed=1.0)
    rising = told(window(late, 0.0), window(early, -0.3), believed=1.0)
    assert falling.log < 3 * rising.log < 0


def test_where_the_season_is_known_in_part_the_same_season_says_more_than_another():
    last_june, last_winter = date(2023, 6, 1), date(2023, 12, 1)
    seen = [window(last_june, 0.0), window(last_winter, -0.6)]
    winter = level(seen, date(2024, 12, 1), 90, believed=0.5)
    assert told(*seen).log > winter.log
    assert level(seen, JUNE, 90, believed=1.0).log == pytest.approx(
        level(seen, JUNE + timedelta(days=1), 90, believed=1.0).log, rel=0.05
    )


def test_half_a_window_says_half_as_much():
    before = window(JUNE - timedelta(days=90), 0.0)
    half = Witness(JUNE - timedelta(days=45), 45, -0.3, share=0.5)
    assert (
        told(before, window(JUNE - timedelta(days=90), -0.3)).log < told(before, half).log < -0.03
    )


def test_agreement_narrows_and_disagreement_widens():
    days = [JUNE - timedelta(days=45 * i) for i in range(2, 7)]
    agree = told(*(window(day, -0.3) for day in days))
    differ = told(*(window(day, -0.3 + 0.6 * (-1) ** i) for i, day in enumerate(days)))
    assert agree.sd < told().sd < differ.sd


@pytest.mark.parametrize(
    ("start", "other", "share"),
    [
        (date(2024, 6, 1), date(2023, 6, 2), 1.0),
        (date(2024, 6, 1), date(2023, 12, 1), 0.0),
        (date(2024, 12, 20), date(2023, 12, 20), 1.0),
    ],
)
def test_seasons_are_compared_by_the_day_of_the_year(start, other, share):
    assert same_season(start, 90, other, 90) == pytest.approx(share, abs=0.02)


def test_windows_of_a_year_share_every_season():
    assert same_season(date(2024, 1, 1), 365, date(2023, 7, 1), 365) == 1.0


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
