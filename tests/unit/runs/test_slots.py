"""When a chore is due: one slot a day in every zone, whatever clocks do; missed ones are one."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.runs.schedule import slots

ZONES = (
    "UTC", "Asia/Shanghai", "Asia/Taipei", "Asia/Tokyo", "Asia/Kolkata", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Apia", "Europe/Berlin", "Europe/London",
    "America/New_York", "America/Los_Angeles", "America/St_Johns",
)  # fmt: skip
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.sampled_from(ZONES), st.times().map(lambda at: at.replace(microsecond=0)))
def test_each_day_of_a_shop_has_one_slot_in_every_zone(now, zone, at):
    shop = ZoneInfo(zone)
    found = {slots.daily(at, shop, now + timedelta(minutes=7 * i)) for i in range(3 * 24 * 60 // 7)}
    days = [each.astimezone(shop).date() for each in sorted(found)]
    assert len(days) == len(set(days))
    assert 3 <= len(found) <= 5


@given(MOMENTS, st.sampled_from(ZONES), st.times())
def test_a_slot_has_come_and_is_the_last_that_did(now, zone, at):
    slot = slots.daily(at, ZoneInfo(zone), now)
    assert slot <= now < slot + timedelta(hours=26)
    assert slots.daily(at, ZoneInfo(zone), slot) == slot


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [
        # New York, 8 March 2026: half past two does not exist; it is done at half past three.
        (datetime(2026, 3, 8, 12, tzinfo=UTC), time(2, 30), datetime(2026, 3, 8, 7, 30)),
        # 1 November 2026: half past one comes twice; it is done the first time.
        (datetime(2026, 11, 1, 12, tzinfo=UTC), time(1, 30), datetime(2026, 11, 1, 5, 30)),
    ],
)
def test_where_clocks_spring_or_fall_back_the_day_is_done_once(day, hour, expected):
    assert slots.daily(hour, ZoneInfo("America/New_York"), day) == expected.replace(tzinfo=UTC)


@given(MOMENTS, st.integers(1, 7 * 86_400))
def test_spans_are_counted_alike_by_everybody(now, seconds):
    span = timedelta(seconds=seconds)
    slot = slots.every(span, now)
    assert slot <= now < slot + span
    assert slots.every(span, slot) == slot
    assert slots.every(span, slot + span) == slot + span
