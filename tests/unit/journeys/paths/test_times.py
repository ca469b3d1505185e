"""A wait ends when the shop's clock says so, in fourteen zones, through gaps and folds."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from huitou.journeys.paths.times import Length, Until, length_of

ZONES = (
    "Asia/Shanghai", "Asia/Taipei", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran",
    "Europe/London", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/St_Johns",
    "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Apia", "Africa/Casablanca",
)  # fmt: skip
MONDAY_NINE = Until((0,), time(9, 0))


@pytest.mark.parametrize("name", ZONES)
def test_until_monday_nine_is_monday_nine_on_the_shops_wall_all_year(name: str) -> None:
    zone, moment = ZoneInfo(name), datetime(2026, 1, 1, 3, 7, tzinfo=UTC)
    for _ in range(366):
        found = MONDAY_NINE.after(moment, zone)
        local = found.astimezone(zone)
        assert (local.weekday(), local.hour, local.minute) == (0, 9, 0)
        # A week by the calendar is up to an hour more or less by the clock.
        assert moment < found <= moment + timedelta(days=7, hours=1)
        moment += timedelta(days=1)


@pytest.mark.parametrize("name", ZONES)
def test_a_day_later_is_the_same_hour_of_the_next_day(name: str) -> None:
    zone, moment = ZoneInfo(name), datetime(2026, 1, 1, 3, 7, tzinfo=UTC)
    for _ in range(366):
        local, later = moment.astimezone(zone), Length(days=1).after(moment, zone).astimezone(zone)
        assert later.date() == local.date() + timedelta(days=1)
        assert later.time() == local.time()
        moment += timedelta(days=1)


def test_an_hour_the_clock_leaves_out_is_where_it_jumps() -> None:
    zone, before = ZoneInfo("America/New_York"), datetime(2026, 3, 8, 5, tzinfo=UTC)
    found = Until((6,), time(2, 30)).after(before, zone)
    assert found == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert found.astimezone(zone).strftime("%H:%M") == "03:30"


def test_of_two_equal_hours_the_first_counts_and_only_once() -> None:
    zone, before = ZoneInfo("America/New_York"), datetime(2026, 11, 1, 4, tzinfo=UTC)
    found = Until((6,), time(1, 30)).after(before, zone)
    assert found == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    again = Until((6,), time(1, 30)).after(found, zone)
    assert again.astimezone(zone).date().isoformat() == "2026-11-08"


def test_hours_pass_by_the_clock() -> None:
    zone, before = ZoneInfo("America/New_York"), datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
    assert Length(minutes=120).after(before, zone) == before + timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("7 days", Length(7)),
        ("2 weeks 3 hours", Length(14, 180)),
        ("1 day and 90 minutes", Length(1, 90)),
        ("soon", None),
        ("7", None),
        ("99999 days", None),
    ],
)
def test_lengths_of_time_are_read(text: str, length: Length | None) -> None:
    assert length_of(text) == length
