"""The evenings a run looks at: never later than the present, never without history behind them."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huitou.runs.moment import (
    LEAST_HISTORY,
    LONGEST,
    SHORTEST,
    Moment,
    earlier_moments,
    usual_horizon,
)

TODAY = date(2011, 12, 9)
histories = st.integers(1, 4000)
horizons = st.integers(4, 26).map(lambda weeks: 7 * weeks)


@given(st.none() | st.floats(0.01, 1000), histories)
def test_the_horizon_is_a_month_to_half_a_year_in_whole_weeks(
    gap: float | None, history: int
) -> None:
    horizon = usual_horizon(gap, history)
    assert horizon % 7 == 0
    assert SHORTEST <= horizon <= LONGEST + 3


def test_the_horizon_follows_the_shops_rhythm_and_leaves_room_to_test() -> None:
    assert usual_horizon(20.0, 1000) == 42
    assert usual_horizon(60.0, 1000) == 119
    assert usual_horizon(60.0, 240) == 77


@given(histories, horizons)
def test_every_earlier_moment_had_a_past(history: int, horizon: int) -> None:
    first = TODAY - timedelta(days=history)
    found = earlier_moments(first, TODAY, horizon)
    assert list(found) == sorted(set(found), reverse=True)
    assert all(each < TODAY for each in found)
    assert all((each - first).days >= LEAST_HISTORY for each in found)


def test_whole_horizons_and_the_same_season_are_among_them() -> None:
    found = earlier_moments(TODAY - timedelta(days=740), TODAY, 112)
    assert {TODAY - timedelta(days=112 * k) for k in (1, 2, 3)} <= set(found)
    assert TODAY - timedelta(days=365) in found


@given(histories, horizons)
def test_no_origin_knows_the_future_of_its_day(history: int, horizon: int) -> None:
    earlier = earlier_moments(TODAY - timedelta(days=history), TODAY, horizon)
    moment = Moment(TODAY, horizon, earlier, "Europe/London")
    for day in (TODAY, *earlier):
        assert all(each + timedelta(days=horizon) <= day for each in moment.origins(day))


@given(histories, horizons)
def test_a_moment_is_read_as_it_was_written(history: int, horizon: int) -> None:
    earlier = earlier_moments(TODAY - timedelta(days=history), TODAY, horizon)
    moment = Moment(TODAY, horizon, earlier, "Asia/Shanghai")
    assert Moment.read(moment.written()) == moment


def test_the_evening_is_that_of_the_shop() -> None:
    assert Moment(TODAY, 91, (), "Asia/Shanghai").as_of.isoformat() == "2011-12-09T16:00:00"
