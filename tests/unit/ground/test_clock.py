"""Days are cut in the shop's zone; moments are kept in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.clock import StoppedClock, WallClock, end_of_day, last_day_before

ZONES = ["UTC", "Asia/Shanghai", "Asia/Taipei", "Europe/London", "America/New_York"]


def test_a_day_in_shanghai_ends_at_four_in_the_afternoon() -> None:
    assert end_of_day(date(2024, 3, 1), ZoneInfo("Asia/Shanghai")) == datetime(2024, 3, 1, 16)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.sampled_from(ZONES))
def test_the_last_day_before_the_end_of_a_day_is_that_day(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    assert last_day_before(end_of_day(day, zone), zone) == day


def test_the_day_the_clocks_change_is_23_hours_long() -> None:
    zone = ZoneInfo("Europe/London")
    length = end_of_day(date(2024, 3, 31), zone) - end_of_day(date(2024, 3, 30), zone)
    assert length.total_seconds() == 23 * 3600


def test_a_stopped_clock_stands_and_the_wall_clock_is_aware() -> None:
    moment = datetime(2024, 3, 1, 12, tzinfo=UTC)
    assert StoppedClock(moment).now() == StoppedClock(moment).now() == moment
    assert WallClock().now().tzinfo is UTC
