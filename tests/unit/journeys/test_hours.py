"""Nobody is written to at night: whatever clock hangs on their wall, and whatever it does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitou.journeys.permission.hours import Clock, Hours, day_of, open_everywhere

DAY = Hours(time(9), time(20, 30), "day")
SECOND = timedelta(seconds=1)
ZONES = (
    "Asia/Shanghai", "Asia/Taipei", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "America/New_York", "America/Phoenix", "America/St_Johns", "America/Sao_Paulo",
    "Europe/London", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Honolulu", "Pacific/Chatham",
)  # fmt: skip
DAYS = (date(2026, 1, 15), date(2026, 7, 15), date(2026, 3, 8), date(2026, 11, 1))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", DAYS)
def test_the_door_opens_and_closes_to_the_second(zone: str, day: date) -> None:
    where, clock = ZoneInfo(zone), Clock((zone,), (DAY,))
    opens = datetime.combine(day, time(9), where).astimezone(UTC)
    closes = datetime.combine(day, time(20, 30), where).astimezone(UTC)
    assert clock.closed_by(opens - SECOND) == "day" and clock.closed_by(opens) is None
    assert clock.closed_by(closes - SECOND) is None and clock.closed_by(closes) == "day"
    assert clock.next_open(opens - SECOND) == opens and clock.next_open(opens) == opens
    tomorrow = datetime.combine(day + timedelta(days=1), time(9), where).astimezone(UTC)
    assert clock.next_open(closes) == tomorrow


@pytest.mark.parametrize(
    ("zone", "opens", "before", "after"),
    [
        # Skipped: 2:30 never comes on the wall; it is passed at 3:00.
        ("America/New_York", time(2, 30), "2026-03-08T06:59:59", "2026-03-08T07:00:00"),
        ("Australia/Lord_Howe", time(2, 15), "2026-10-03T15:29:59", "2026-10-03T15:30:00"),
        ("Europe/Berlin", time(2, 30), "2026-03-29T00:59:59", "2026-03-29T01:00:00"),
        # Twice: it opens when 1:30 comes first.
        ("America/New_York", time(1, 30), "2026-11-01T05:29:59", "2026-11-01T05:30:00"),
        # Shut again when the clock goes back to 1:00, until 1:30 comes once more.
        ("America/New_York", time(1, 30), "2026-11-01T06:29:59", "2026-11-01T06:30:00"),
        ("Asia/Shanghai", time(9), "2026-03-08T00:59:59", "2026-03-08T01:00:00"),
    ],
)
def test_an_hour_skipped_is_not_waited_for_and_one_come_twice_counts_twice(
    zone: str, opens: time, before: str, after: str
) -> None:
    clock = Clock((zone,), (Hours(opens, time(22), "day"),))
    shut, open_ = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (before, after))
    assert clock.closed_by(shut) == "day" and clock.closed_by(open_) is None
    assert clock.next_open(shut) == open_


def test_where_several_places_are_possible_all_must_be_awake() -> None:
    wide = open_everywhere(
        ("America/New_York", "America/Los_Angeles"), "America/Chicago", (DAY,), set(), moment(12)
    )
    assert wide.next_open(moment(12)) == moment(16), "nine o'clock in Los Angeles"
    assert wide.closed_by(moment(0, 30)) == "day", "half past eight in the evening in New York"


def test_where_the_shop_never_wakes_with_them_their_own_clock_counts() -> None:
    short = Hours(time(9), time(18), "day")
    clock = open_everywhere(("Pacific/Kiritimati",), "Europe/London", (short,), set(), moment(12))
    assert clock.zones == ("Pacific/Kiritimati",)
    assert clock.closed_by(moment(19, day=14)) is None, "nine in the morning there"


def test_marketing_rests_on_a_holiday_where_they_are() -> None:
    rests = frozenset({date(2026, 10, 1), date(2026, 10, 2)})
    clock = Clock(("Asia/Shanghai",), (DAY,), rests)
    noon = datetime(2026, 10, 1, 4, tzinfo=UTC)
    assert clock.closed_by(noon) == "holiday"
    assert clock.next_open(noon) == datetime(2026, 10, 3, 1, tzinfo=UTC)


def test_a_day_has_the_hours_it_has() -> None:
    spring = day_of(datetime(2026, 3, 8, 12, tzinfo=UTC), "America/New_York")
    autumn = day_of(datetime(2026, 11, 1, 12, tzinfo=UTC), "America/New_York")
    assert spring[1] - spring[0] == timedelta(hours=23)
    assert autumn[1] - autumn[0] == timedelta(hours=25)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    st.integers(0, 16),
    st.integers(4, 7),
)
def test_the_next_open_minute_is_open_and_no_earlier_one_is(
    zones: list[str], moment: datetime, opens: int, long: int
) -> None:
    hours = Hours(time(opens), time(opens + long), "day")
    found = Clock(tuple(zones), (hours,)).next_open(moment)
    assert found == _by_walking(zones, hours, moment)


def _by_walking(zones: list[str], hours: Hours, moment: datetime) -> datetime | None:
    """The same, by looking at every quarter of an hour: all clocks change at one."""
    places = [ZoneInfo(zone) for zone in zones]
    at = moment
    for _ in range(4 * 24 * 21):
        walls = [at.astimezone(place).time() for place in places]
        if all(hours.opens <= wall < hours.closes for wall in walls):
            return at
        whole = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        at = whole + timedelta(minutes=15)
    return None


def moment(hour: int, minute: int = 0, day: int = 15) -> datetime:
    """On a summer's day."""
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC)
