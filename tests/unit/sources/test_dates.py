"""Dates in many scripts; the order of day and month is a property of the column."""

from __future__ import annotations

from datetime import date, datetime, time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.sources import clocks, dates

NOW = datetime(2026, 6, 1)


def read(
    *values: object, order: str = "ymd", zone: str = "Asia/Shanghai", shop: str | None = None
) -> dates.Moments:
    return dates.moments(
        pa.array(values), "d", order=order, timezone=zone, shop_zone=shop or zone, now=NOW
    )


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2024-03-01", datetime(2024, 3, 1)),
        ("2024/3/1 9:05", datetime(2024, 3, 1, 9, 5)),
        ("2024.03.01 18:05:09.25", datetime(2024, 3, 1, 18, 5, 9, 250_000)),
        ("2024年3月1日", datetime(2024, 3, 1)),
        ("2024年03月01日 下午3:20", datetime(2024, 3, 1, 15, 20)),
        ("2024年3月1日 12时05分30秒", datetime(2024, 3, 1, 12, 5, 30)),
        ("２０２４－０３－０１", datetime(2024, 3, 1)),
        ("2024-03-01 星期五", datetime(2024, 3, 1)),
        ("民國113年3月1日", datetime(2024, 3, 1)),
        ("20240301", datetime(2024, 3, 1)),
        ("20240301180509", datetime(2024, 3, 1, 18, 5, 9)),
        ("1 Mar 2024 6:05 PM", datetime(2024, 3, 1, 18, 5)),
        ("March 1, 2024", datetime(2024, 3, 1)),
        ("45352.5", datetime(2024, 3, 1, 12)),
        ("1/3/24 12:05 AM", None),
    ],
)
def test_a_date_is_read(written: str, local: datetime | None) -> None:
    order = "dmy" if local is None else "ymd"
    read_back = read(written, order=order, zone="UTC").utc[0].as_py()
    assert read_back == (local or datetime(2024, 3, 1, 0, 5))


@pytest.mark.parametrize(
    "written",
    ["2026-13-01", "2023-02-29", "0000-00-00", "24:00", "2024-03-01 24:00", "soon", "12", "1e5"],
)
def test_what_is_no_date_is_said_to_be_none(written: str) -> None:
    moments = read(written)
    assert moments.utc.null_count == 1
    assert [str(fault.reason) for fault in moments.faults] == ["this is not a date"]


def test_a_zone_in_the_value_goes_before_the_shops() -> None:
    moments = read("2024-03-01T20:00:00Z", "2024-03-01 20:00:00+01:00", "2024-03-01 20:00:00")
    assert [m.as_py() for m in moments.utc] == [
        datetime(2024, 3, 1, 20),
        datetime(2024, 3, 1, 19),
        datetime(2024, 3, 1, 12),
    ]
    assert [d.as_py() for d in moments.day] == [
        date(2024, 3, 2),
        date(2024, 3, 2),
        date(2024, 3, 1),
    ]


def test_seconds_since_1970_are_told_by_their_size() -> None:
    moments = read("1709287200", "1709287200000", "1709287200000000", zone="UTC")
    assert {m.as_py() for m in moments.utc} == {datetime(2024, 3, 1, 10)}


def test_skipped_and_doubled_hours_are_still_purchases() -> None:
    moments = read("2024-03-31 01:30", "2024-10-27 01:30", zone="Europe/London")
    assert not moments.faults
    assert [m.as_py() for m in moments.utc] == [
        datetime(2024, 3, 31, 1),
        datetime(2024, 10, 27, 0, 30),
    ]


def test_typed_columns_are_taken_as_they_are() -> None:
    moments = read(datetime(2024, 3, 1, 7, 30), None)
    assert moments.utc[0].as_py() == datetime(2024, 2, 29, 23, 30)
    assert moments.day[0].as_py() == date(2024, 3, 1)
    assert [str(fault.reason) for fault in moments.faults] == ["the date is missing"]


def test_a_file_from_elsewhere_is_cut_into_the_shops_days() -> None:
    moments = read(datetime(2024, 3, 1, 20), zone="UTC", shop="Asia/Shanghai")
    assert moments.day[0].as_py() == date(2024, 3, 2)


@pytest.mark.parametrize(
    "days",
    [
        ["2024-03-01", "2024-03-02 07:00", "2024-03-03"],
        ["45352", "45353.2916666667", "45354"],
        [datetime(2024, 3, 1), datetime(2024, 3, 2, 7), datetime(2024, 3, 3)],
    ],
    ids=["text", "serial", "typed"],
)
def test_a_time_of_day_goes_to_dates_without_one(days: list[object]) -> None:
    clock, faults = clocks.read(pa.array(["6:05 PM", "18:05", "26:00"]), "t")
    assert [(fault.rows.tolist(), fault.column) for fault in faults] == [([2], "t")]
    moments = dates.moments(
        pa.array(days), "d", order="ymd", timezone="Asia/Shanghai", shop_zone="Asia/Shanghai",
        now=NOW, clock=clock,
    )  # fmt: skip
    assert [moment.as_py() for moment in moments.utc] == [
        datetime(2024, 3, 1, 10, 5),
        datetime(2024, 3, 1, 23),
        datetime(2024, 3, 2, 16),
    ]
    assert [day.as_py() for day in moments.day] == [date(2024, 3, day) for day in (1, 2, 3)]


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("18:05", 1085), ("下午6时05分", 1085), ("1899-12-31 18:05:00", 1085), ("0.75", 1080),
     ("12:05 AM", 5), ("", 0), ("18", None), ("2024-03-01 18:05", None), ("1.5", None)],
)  # fmt: skip
def test_a_time_of_day_is_read(written: str, minutes: int | None) -> None:
    told, faults = clocks.read(pa.array([written]), "t")
    assert told[0].as_py() == 60_000_000 * (minutes or 0)
    assert bool(faults) == (minutes is None)


def test_typed_times_of_day_are_taken_as_they_are() -> None:
    told, faults = clocks.read(pa.array([time(18, 5), None]), "t")
    assert told.to_pylist() == [1085 * 60_000_000, 0] and not faults
    assert clocks.are_clocks(pa.array([time(18, 5)]))


@pytest.mark.parametrize(
    ("column", "fit"),
    [
        (["03/04/2024", "26/05/2024"], ("dmy",)),
        (["03/04/2024", "05/26/2024"], ("mdy",)),
        (["03/04/2024", "05/06/2024"], ("dmy", "mdy")),
        (["13/05/2024", "05/26/2024"], ("dmy", "mdy")),
        (["03/03/2024", "05/05/2024"], ("dmy",)),
        (["24/03/01", "24/03/31"], ("ymd", "dmy")),
        (["24/03/01", "99/03/01"], ("ymd",)),
        (["2024-03-04"], ("ymd",)),
        ([], ("ymd",)),
    ],
)
def test_the_whole_column_decides(column: list[str], fit: tuple[str, ...]) -> None:
    assert dates.orders_that_fit(pa.array(column, pa.string()))[0] == fit


@given(st.datetimes(datetime(1980, 1, 1), datetime(2026, 5, 30)))
def test_what_is_written_is_read_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    shapes = {
        "ymd": ["%Y-%m-%d %H:%M:%S", "%Y/%m/%dT%H:%M:%SZ", "%Y%m%d%H%M%S", "%Y年%m月%d日 %H:%M:%S"],
        "dmy": ["%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S"],
        "mdy": ["%m/%d/%Y %I:%M:%S %p"],
    }
    for order, patterns in shapes.items():
        written = [whole.strftime(pattern) for pattern in patterns]
        assert {m.as_py() for m in read(*written, order=order, zone="UTC").utc} == {whole}
