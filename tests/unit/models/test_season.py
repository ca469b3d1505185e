"""The season: found where there is one, believed in part, and no other shop without one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from huitou.models.histories import Histories
from huitou.models.mbgnbd import MbgNbd
from huitou.models.season import LEAST_DAYS, NO_SEASON, WEEKS, Season, Tempo, season
from huitou.models.shape import Candidate, shape

START = date(2021, 1, 1)


def swing(day):
    """How much more is bought on a day: thrice as much in midsummer as at New Year."""
    return 1.0 + 0.5 * np.cos(2 * np.pi * (day.timetuple().tm_yday - 183) / 365)


def world(days, people=1500, seed=1, of=swing):
    """Customers won over a year who buy at a rate of their own, times the season's."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 365, people)
    rate = rng.gamma(1.0, 1 / 60.0, people)
    bought = rng.random((people, days)) < rate[:, None] * [
        of(START + timedelta(days=n)) for n in range(days)
    ]
    bought &= np.arange(days) > first[:, None]
    return first, bought


def known(first, bought, today):
    """What is known of them before day `today`, and the purchases of those who returned."""
    here = first < today
    seen, began = bought[here, :today], first[here]
    x = seen.sum(axis=1)
    last = np.where(x > 0, today - 1 - seen[:, ::-1].argmax(axis=1), began)
    blank = np.ones(here.sum())
    told = Histories(
        x.astype(float), (last - began).astype(float), (today - 1 - began).astype(float),
        blank * 30, np.zeros(here.sum(), bool), x + 1.0, blank, blank, blank, blank,
    )  # fmt: skip
    repeats = seen.sum(axis=0)
    days = [START + timedelta(days=n) for n in range(today)]
    return told, pa.table({"day": pa.array(days), "repeats": pa.array(repeats, pa.int64())})


@pytest.fixture(scope="module")
def three_years():
    return world(1095)


def test_a_planted_season_is_found_and_believed_by_the_years_it_was_seen(three_years):
    told, returning = known(*three_years, 1095)
    found = np.log(season(told, returning, START + timedelta(days=1095)).weekly)
    planted = np.log([swing(date(2023, 1, 4) + timedelta(weeks=week)) for week in range(WEEKS)])
    assert np.corrcoef(found, planted)[0, 1] > 0.97
    assert np.polyfit(planted, found, 1)[0] == pytest.approx(3 / 4, abs=0.12)


def test_a_shop_without_seasons_has_a_flat_one():
    told, returning = known(*world(800, of=lambda _: 1.0), 800)
    weekly = season(told, returning, START + timedelta(days=800)).weekly
    assert max(np.abs(np.log(weekly))) < 0.15


def test_what_is_not_believed_of_a_season_is_doubted_less_the_longer_the_window(three_years):
    told, returning = known(*three_years, 1095)
    year = season(told, returning, START + timedelta(days=1095))
    assert year.believed == pytest.approx(3 / 4)
    assert 0.5 * year.doubt(28) > year.doubt(273) > year.doubt(364) == pytest.approx(0, abs=1e-9)
    assert NO_SEASON.doubt(90) == 0.0 and NO_SEASON.believed is None


def test_less_than_thirteen_months_tell_no_season(three_years):
    told, returning = known(*three_years, LEAST_DAYS - 1)
    assert season(told, returning, START + timedelta(days=LEAST_DAYS - 1)) == NO_SEASON


def test_later_days_are_not_looked_at(three_years):
    told, returning = known(*three_years, 700)
    _, all_of_it = known(*three_years, 1095)
    today = START + timedelta(days=700)
    assert season(told, all_of_it, today) == season(told, returning, today)


def test_a_forecast_in_the_shops_tempo_meets_the_next_summer_and_the_next_winter(three_years):
    first, bought = three_years
    for today in (1095 - 275, 1095 - 91):
        told, returning = known(first, bought, today)
        day = START + timedelta(days=today)
        year = season(told, returning, day)
        came = bought[first < today, today : today + 91].sum()
        plain, moved = (
            shape(Candidate(MbgNbd(), False), told, Tempo(each, day)).expected(91).sum()
            for each in (NO_SEASON, year)
        )
        assert abs(moved / came - 1) < 0.55 * abs(plain / came - 1), today


DAYS = st.integers(1, 3000)
WEEKLY = st.lists(st.floats(0.5, 2.0), min_size=WEEKS, max_size=WEEKS)
FEW = settings(max_examples=15, phases=(Phase.explicit, Phase.generate))
"""Each example lays out three hundred years."""


@FEW
@given(WEEKLY, DAYS, st.integers(0, 700))
def test_operational_time_runs_forward_and_back(weekly, today, ahead):
    tempo = Tempo(Season(tuple(np.array(weekly) / np.mean(weekly))), START + timedelta(days=today))
    beats = int(tempo.ahead(ahead))
    assert tempo.until(np.array([beats]))[0] == ahead
    assert tempo.until(np.array([-1]))[0] == -1
    assert tempo.ahead(ahead + 1) > tempo.ahead(ahead)


@given(st.integers(0, 400), st.integers(0, 400))
def test_without_a_season_a_day_is_a_day(t_x, more):
    tempo = Tempo(NO_SEASON, START)
    last, watched = tempo.lived_days([t_x], [t_x + more])
    assert (last[0], watched[0], tempo.ahead(90)) == (t_x, t_x + more, 90)


@FEW
@given(WEEKLY, st.integers(1, 400), st.integers(1, 400))
def test_a_later_purchase_is_later_in_the_shops_tempo_too(weekly, t_x, more):
    tempo = Tempo(Season(tuple(np.array(weekly) / np.mean(weekly))), START)
    last, watched = tempo.lived_days([0, t_x, t_x], [t_x, t_x, t_x + more])
    assert last[0] == 0 < last[1] == watched[1] <= watched[2]
