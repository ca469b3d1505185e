"""Moments in many scripts become naive UTC and a day of the shop.

Strings are taken apart by a few regular expressions, on the distinct values of a column, all at
once. Whether 03/04 is in March or in April is decided over the whole column (`orders_that_fit`):
one value with a day above twelve tells; where nothing tells, the merchant is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.words import said
from huitou.sources.faults import Fault, fault, mask
from huitou.sources.texts import cleaned

ORDERS = ("ymd", "dmy", "mdy")

CLOCK = (
    r"(?P<half1>[AaPp]\.?[Mm]\.?|上午|下午)?\s*(?P<h>\d{1,2})\s*[:时時点點]\s*(?P<mi>\d{1,2})"
    r"(?:\s*[:分]\s*(?:(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?秒?)?)?"
    r"\s*(?P<half2>[AaPp]\.?[Mm]\.?)?"
)
_TIME = rf"(?:[Tt\s]*{CLOCK}\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{{2}}:?\d{{2}})?)?"
_DAY_OF_WEEK = (
    r"(?:\s*\(?(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un)[a-z]*\)?,?\s*"
    r"|\s*(?:星期|周|週)[一二三四五六日天]\s*)?"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_M_AND_D = r"\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号號]?"
_DTH = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"

_SHAPES = {
    "ymd": rf"(?P<y>\d{{4}}){_M_AND_D}{_DAY_OF_WEEK}",
    "compact": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    "compact_time": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})",
    "republic": rf"(?:中?[华華]?民[国國])(?P<roc>\d{{2,3}}){_M_AND_D}",
    "short": r"(?P<a>\d{1,2})\s*[-/.]\s*(?P<b>\d{1,2})\s*[-/.]\s*(?P<c>\d{4}|\d{2})",
    "named": rf"{_DAY_OF_WEEK}{_DTH}[-\s/.]*{_MONTH}[-\s,/.]*(?P<y>\d{{4}})",
    "named_first": rf"{_DAY_OF_WEEK}{_MONTH}[-\s/.]*{_DTH}[-\s,/.]+(?P<y>\d{{4}})",
}
_TIMELESS = {"compact_time"}
_PATTERNS = {
    shape: f"^{pattern}{'' if shape in _TIMELESS else _TIME}$" for shape, pattern in _SHAPES.items()
}
_NUMBER = r"^\d{4,17}(?:\.\d+)?$"

DAY = 86_400_000_000
"""Microseconds."""
_EPOCH_EXCEL = np.datetime64("1899-12-30", "us")
_EPOCH = np.datetime64("1970-01-01", "us")
_DEFAULTS = np.array(
    ["1970-01-01", "1900-01-01", "1899-12-30", "1899-12-31", "0001-01-01", "1753-01-01"],
    dtype="datetime64[D]",
)
"""Days that databases and spreadsheets write where no day is known."""


@dataclass(frozen=True)
class Moments:
    """A column of moments: naive UTC, the day in the shop's zone, and what could not be read."""

    utc: pa.Array
    day: pa.Array
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Parts:
    """Local wall time of each value, if it is one, and minutes east of UTC where it says so."""

    local: NDArray[np.datetime64]
    good: NDArray[np.bool_]
    offset: NDArray[np.int64]
    zoned: NDArray[np.bool_]


def moments(
    column: pa.Array,
    name: str,
    *,
    order: str,
    timezone: str,
    shop_zone: str,
    now: datetime,
    clock: pa.Array | None = None,
) -> Moments:
    """Read a column of dates; times without a zone are of `timezone`, `now` is naive UTC.

    `clock` (microseconds since midnight) goes to dates that name no time of their own.
    """
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        utc, day, malformed = _from_typed(column, timezone, shop_zone, clock)
    else:
        utc, day, malformed = _from_text(column, order, timezone, shop_zone, clock)
    return Moments(utc, day, tuple(_implausible(column, utc, day, malformed, name, now)))


def name_no_time(column: pa.Array) -> bool:
    """Whether a column holds dates, and not one of them a time of day."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        local = column.drop_null().cast(pa.timestamp("us", kind.tz)).view(pa.int64()).to_numpy()
        return kind.tz is None and not bool((local % DAY).any())
    if not pa.types.is_string(kind):
        return bool(pa.types.is_date(kind))
    parts = _read(pc.unique(cleaned(column)).drop_null(), "dmy")
    return not bool(((_since_midnight(parts.local) != 0) | parts.zoned).any())


def orders_that_fit(unique: pa.Array) -> tuple[tuple[str, ...], tuple[str, str] | None]:
    """The orders of day and month that read the whole column, and two readings of one value.

    Where no order reads every value, those are given that read some value no other reads. Orders
    that read all values alike count as one, the first.
    """
    short = unique.filter(pc.match_substring_regex(unique, _PATTERNS["short"]))
    if not len(short):
        return (("ymd",), None)
    read = {order: _read(short, order) for order in ORDERS}
    best = [o for o in ORDERS if read[o].good.any() and not _covered(o, read)]
    if len(best) < 2:
        return (tuple(best) or ("ymd",), None)
    one, two = read[best[0]], read[best[1]]
    differ = np.flatnonzero(one.good & two.good & (one.local != two.local))
    where = int(differ[0]) if len(differ) else 0
    return (tuple(best), (short[where].as_py(), short[where].as_py()))


def look_like_dates(unique: pa.Array) -> float:
    """Share of values that are a whole date in some script; plain numbers do not count."""
    if not len(unique):
        return 0.0
    dated = np.zeros(len(unique), dtype=bool)
    for shape, pattern in _PATTERNS.items():
        if shape != "compact":
            dated |= mask(pc.match_substring_regex(unique, pattern))
    return float(dated.mean())


def _covered(order: str, read: dict[str, _Parts]) -> bool:
    """Whether another order reads all that this one reads, and more, or the same earlier."""
    mine = read[order]
    for other, theirs in read.items():
        if other == order or (mine.good & ~theirs.good).any():
            continue
        more = bool((theirs.good & ~mine.good).any())
        same = bool((theirs.local[mine.good] == mine.local[mine.good]).all())
        if more or (same and ORDERS.index(other) < ORDERS.index(order)):
            return True
    return False


def _since_midnight(local: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return np.asarray((local - local.astype("datetime64[D]")).astype(np.int64))


def _from_typed(
    column: pa.Array, timezone: str, shop_zone: str, clock: pa.Array | None
) -> tuple[pa.Array, pa.Array, NDArray[np.bool_]]:
    kind = column.type
    none = np.zeros(len(column), dtype=bool)
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        utc = column.cast(pa.timestamp("us", kind.tz), safe=False).view(pa.timestamp("us"))
        return utc, _day(utc, shop_zone), none
    local = column.cast(pa.timestamp("us"), safe=False)
    if clock is not None:
        plain = pc.fill_null(local, datetime(1970, 1, 1)).to_numpy().astype("datetime64[us]")
        added = np.where(_since_midnight(plain) == 0, clock.to_numpy(), 0)
        local = pa.array(plain + added.astype("timedelta64[us]"), mask=~mask(local.is_valid()))
    utc = _to_utc(local, timezone)
    return (
        utc,
        local.cast(pa.date32(), safe=False) if timezone == shop_zone else _day(utc, shop_zone),
        none,
    )


def _from_text(
    column: pa.Array, order: str, timezone: str, shop_zone: str, clock: pa.Array | None
) -> tuple[pa.Array, pa.Array, NDArray[np.bool_]]:
    coded = cleaned(column).dictionary_encode()
    parts, at = _read(coded.dictionary, order), coded.indices
    if clock is not None:
        parts, at = _joined(parts, at, clock.to_numpy())
    local = pa.array(parts.local, mask=~parts.good)
    utc_if_local = _to_utc(local, timezone)
    shifted = pa.array(parts.local - parts.offset.astype("timedelta64[m]"), mask=~parts.good)
    utc = pc.if_else(pa.array(parts.zoned), shifted, utc_if_local)
    day = pc.if_else(
        pa.array(parts.zoned | (timezone != shop_zone)),
        _day(utc, shop_zone),
        local.cast(pa.date32(), safe=False),
    )
    written = mask(coded.is_valid())
    spread = utc.take(at)
    malformed = written & ~mask(spread.is_valid())
    return spread, day.take(at), malformed


def _joined(parts: _Parts, at: pa.Array, clock: NDArray[np.int64]) -> tuple[_Parts, pa.Array]:
    """The parts of each row instead of each value, with the time of day where the date has none."""
    known = mask(at.is_valid())
    rows = np.where(known, pc.fill_null(at, 0).to_numpy(zero_copy_only=False), 0)
    if not len(parts.local):
        return parts, at
    local, zoned = parts.local[rows], parts.zoned[rows]
    added = np.where((_since_midnight(local) == 0) & ~zoned, clock, 0).astype("timedelta64[us]")
    whole = _Parts(local + added, parts.good[rows] & known, parts.offset[rows], zoned)
    return whole, pa.array(np.arange(len(rows)))


def _to_utc(local: pa.Array, timezone: str) -> pa.Array:
    # A time that the clocks skipped or showed twice still is a purchase: take the nearest reading.
    zoned = pc.assume_timezone(local, timezone, ambiguous="earliest", nonexistent="latest")
    return zoned.view(pa.timestamp("us"))


def _day(utc: pa.Array, shop_zone: str) -> pa.Array:
    there = pc.local_timestamp(
        utc.view(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", shop_zone))
    )
    return there.cast(pa.date32(), safe=False)


def _read(unique: pa.Array, order: str) -> _Parts:
    parts = _Parts(
        np.full(len(unique), _EPOCH),
        np.zeros(len(unique), dtype=bool),
        np.zeros(len(unique), dtype=np.int64),
        np.zeros(len(unique), dtype=bool),
    )
    for pattern in _PATTERNS.values():
        found = pc.extract_regex(unique, pattern=pattern)
        rows = np.flatnonzero(mask(found.is_valid()) & ~parts.good)
        if len(rows):
            _fill(parts, rows, found.take(pa.array(rows)), order)
    _fill_numbers(parts, unique)
    return parts


def _fill(parts: _Parts, rows: NDArray[np.int64], found: pa.StructArray, order: str) -> None:
    names = {field.name for field in found.type}
    year, month, day = _year_month_day(found, names, order)
    micros, timed = clock_of(found)
    good = (month >= 1) & (month <= 12) & (day >= 1) & (year >= 1) & (year <= 9999)
    good &= day <= _days_in(np.where(good, year, 2000), np.where(good, month, 1))
    good &= timed
    months = ((np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1).astype(
        "datetime64[M]"
    )
    clock = micros.astype("timedelta64[us]")
    local = months.astype("datetime64[D]") + np.where(good, day - 1, 0).astype("timedelta64[D]")
    parts.local[rows] = local.astype("datetime64[us]") + np.where(good, clock, np.timedelta64(0))
    parts.good[rows] = good
    parts.offset[rows], parts.zoned[rows] = _offset(found, names)


def clock_of(found: pa.StructArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Microseconds since midnight, and whether the clock shows such a time."""
    names = {field.name for field in found.type}
    hour, minute, second, micro = (_part(found, names, n) for n in ("h", "mi", "s", "f"))
    hour = (
        hour
        + 12 * (_afternoon(found, names) & (hour < 12))
        - 12 * (_morning(found, names) & (hour == 12))
    )
    told = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micro
    return told, (hour < 24) & (minute < 60) & (second < 60)


def _year_month_day(
    found: pa.StructArray, names: set[str], order: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    if "a" in names:
        return _short(found, names, order)
    year = _part(found, names, "roc") + 1911 if "roc" in names else _part(found, names, "y")
    month = _named_month(found) if "name" in names else _part(found, names, "m")
    return year, month, _part(found, names, "d")


def _short(
    found: pa.StructArray, names: set[str], order: str
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    first, second, third = (_part(found, names, n) for n in "abc")
    if order == "ymd":
        long = third > 99  # 03/04/2026 has its year last: not a ymd date
        return _century(first), np.where(long, 0, second), third
    month, day = (second, first) if order == "dmy" else (first, second)
    return _century(third), month, day


def _century(year: NDArray[np.int64]) -> NDArray[np.int64]:
    # Two digits are 1970 to 2069: no shop's log is older.
    return np.where(year > 99, year, np.where(year < 70, 2000 + year, 1900 + year))


def _part(found: pa.StructArray, names: set[str], name: str) -> NDArray[np.int64]:
    if name not in names:
        return np.zeros(len(found), dtype=np.int64)
    text = found.field(name)
    if name == "f":
        text = pc.utf8_slice_codeunits(pc.utf8_rpad(text, 6, padding="0"), 0, 6)
    # A group that took no part is empty, or null where the whole did not match.
    text = pc.if_else(pc.equal(pc.fill_null(text, ""), ""), "0", text)
    return np.asarray(text.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _named_month(found: pa.StructArray) -> NDArray[np.int64]:
    short = pc.utf8_lower(pc.utf8_slice_codeunits(found.field("name"), 0, 3))
    found_at = pc.fill_null(pc.index_in(short, pa.array(_MONTHS)), -1)
    return np.asarray(found_at.to_numpy(zero_copy_only=False), dtype=np.int64) + 1


def _afternoon(found: pa.StructArray, names: set[str]) -> NDArray[np.bool_]:
    return _half(found, names, r"^(?:[Pp]|下午)")


def _morning(found: pa.StructArray, names: set[str]) -> NDArray[np.bool_]:
    return _half(found, names, r"^(?:[Aa]|上午)")


def _half(found: pa.StructArray, names: set[str], pattern: str) -> NDArray[np.bool_]:
    held = np.zeros(len(found), dtype=bool)
    for name in ("half1", "half2"):
        if name in names:
            held |= mask(pc.match_substring_regex(found.field(name), pattern))
    return held


def _offset(found: pa.StructArray, names: set[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    if "zone" not in names:
        return np.zeros(len(found), dtype=np.int64), np.zeros(len(found), dtype=bool)
    zone = found.field("zone")
    told = pc.extract_regex(zone, r"^(?P<sign>[+-])(?P<h>\d{2}):?(?P<m>\d{2})$")
    names = {"sign", "h", "m"}
    west = mask(pc.equal(told.field("sign"), "-"))
    minutes = _part(told, names, "h") * 60 + _part(told, names, "m")
    zoned = mask(pc.not_equal(zone, ""))
    return np.where(west, -minutes, minutes), zoned


def _days_in(year: NDArray[np.int64], month: NDArray[np.int64]) -> NDArray[np.int64]:
    start = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    following = (start + 1).astype("datetime64[D]")
    return np.asarray(following - start.astype("datetime64[D]"), dtype=np.int64)


def _fill_numbers(parts: _Parts, unique: pa.Array) -> None:
    """Excel's day numbers and seconds, milli- or microseconds since 1970, told by their size."""
    match = mask(pc.match_substring_regex(unique, _NUMBER))
    rows = np.flatnonzero(match & ~parts.good)
    if not len(rows):
        return
    number = unique.take(pa.array(rows)).cast(pa.float64()).to_numpy(zero_copy_only=False)
    serial = (number >= 20_000) & (number < 80_000)
    days = np.rint(np.where(serial, number, 0) * 86_400) * 1_000_000
    parts.local[rows] = _EPOCH_EXCEL + days.astype(np.int64).astype("timedelta64[us]")
    parts.good[rows] = serial
    for unit in (1, 1_000, 1_000_000):
        seconds = (number >= 2e8 * unit) & (number < 4.1e9 * unit) & ~serial
        told = rows[seconds]
        micros = np.rint(number[seconds] * (1_000_000 / unit)).astype(np.int64)
        parts.local[told] = _EPOCH + micros.astype("timedelta64[us]")
        parts.good[told] = parts.zoned[told] = True


def _implausible(
    column: pa.Array,
    utc: pa.Array,
    day: pa.Array,
    malformed: NDArray[np.bool_],
    name: str,
    now: datetime,
) -> Iterator[Fault]:
    known = mask(utc.is_valid())
    at = np.where(known, pc.fill_null(utc, datetime(1970, 1, 1)).to_numpy(), _EPOCH)
    days = at.astype("datetime64[D]")
    shown = pc.fill_null(day, pa.scalar(0, pa.int32()).cast(pa.date32()))
    default = known & np.isin(shown.to_numpy(zero_copy_only=False), _DEFAULTS)
    moment = np.datetime64(now, "us")
    yield from fault(
        ~known & ~malformed, name, said("the date is missing"), said("fill in the date")
    )
    yield from fault(
        malformed,
        name,
        said("this is not a date"),
        said("write it as 2026-03-31 or 2026-03-31 18:05"),
    )
    yield from fault(
        default,
        name,
        said("this date stands for an unknown one"),
        said("fill in the date of the order"),
    )
    yield from fault(known & (at > moment), name, said("this date lies in the future"),
                     said("mend the date, or import the row again when it has come"))  # fmt: skip
    old = (
        known
        & ~default
        & (days < (moment - np.timedelta64(_OLDEST_DAYS, "D")).astype("datetime64[D]"))
    )
    yield from fault(
        old, name, said("this date is more than 50 years ago"), said("mend the year of the date")
    )


_OLDEST_DAYS = 18_263
"""Fifty years."""
