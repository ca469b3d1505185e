"""The portability kernel: the few operations that engines silently disagree on.

Everything else in the facts is plain Ibis. Each function here stands for a wrong answer once
measured: Spark types float literals as DECIMAL, Postgres divides integers as integers and does not
cast booleans, ClickHouse answers `lag()` with 1970 instead of null.
"""

from __future__ import annotations

from datetime import date, datetime

import ibis
from ibis.expr.types import Column, Value

EPOCH = date(1970, 1, 1)


def seconds(later: Value, earlier: Value) -> Value:
    """Whole seconds from one timestamp to another."""
    return later.epoch_seconds() - earlier.epoch_seconds()


def days(later: Value, earlier: Value) -> Value:
    """Days between two timestamps as float64. The cast keeps Spark from dividing DECIMALs."""
    return seconds(later, earlier).cast("float64") / 86400.0


def day_number(day: Value) -> Value:
    """A date as whole days since 1970-01-01: differences of days are then plain subtraction."""
    return day.epoch_days().cast("int64")


def day_of(number: Value) -> Value:
    """The date of a day number."""
    return (ibis.literal(EPOCH, "date") + number.cast("int32").as_interval("D")).cast("date")


def number_of(day: date) -> int:
    """The same for a date we hold in hand."""
    return (day - EPOCH).days


def whole(number: int) -> Value:
    """A number we hold in hand, as wide for every day: SQL of two evenings differs by it alone."""
    return ibis.literal(number, "int64")


def month_number(day: Value) -> Value:
    """A date's month as year * 12 + month - 1: differences are months."""
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1


def ratio(part: Value, whole: Value) -> Value:
    """A share as float64; null where the whole is zero. Postgres would divide integers."""
    return part.cast("float64") / whole.cast("float64").nullif(0.0)


def flag(condition: Value) -> Value:
    """1 or 0 for a condition; null counts as 0. Postgres cannot cast a boolean to an integer."""
    return condition.ifelse(1, 0).cast("int64")


def nullable(column: Column, sentinel: object) -> Value:
    """Undo an engine that answers `lag()` or an outer join with a default instead of null."""
    return column.nullif(sentinel)


def rounded(amount: Value) -> Value:
    """The nearest integer, halves up: engines round halves in three different ways."""
    return (amount.cast("float64") + 0.5).floor().cast("int64")


def settled(real: Value) -> Value:
    """A float to six digits after the point.

    Threads add floats in another order each time, and the last bits differ; facts must not.
    """
    return (real * float(10**6) + 0.5).floor() / float(10**6)


def geometric_mean(positive: Column) -> Value:
    """Exp of the mean log, settled."""
    return settled(positive.ln().mean().exp())


def spread(count: Value, total: Value, squares: Value) -> Value:
    """Sample standard deviation from how many, their sum and the sum of their squares.

    Null below two of them; exact sums of whole numbers are the same in whatever order they came.
    """
    many = count.cast("float64")
    sums = total.cast("float64")
    within = squares.cast("float64") - sums * sums / many.nullif(0.0)
    # The difference of two large floats may fall a hair below zero.
    return (within.abs() / (many - 1.0).nullif(0.0)).sqrt()


def least(left: Value, right: Value) -> Value:
    """The lesser of two, and the one that is there where the other is null."""
    return (right < left).ifelse(right, ibis.coalesce(left, right))


def greatest(left: Value, right: Value) -> Value:
    """The greater of two, and the one that is there where the other is null."""
    return (right > left).ifelse(right, ibis.coalesce(left, right))


def known_at(lines: ibis.Table, as_of: datetime, known: datetime | None = None) -> ibis.Table:
    """The lines that had happened before `as_of`; with `known`, only what had arrived by then.

    Two clocks: a file of 2011 loaded today has facts as of 2011. Only a replay fixes `known`.
    """
    happened = lines.filter(lines.ordered_at < moment(as_of))
    if known is None:
        return happened
    return happened.filter(happened.loaded_at <= moment(known))


def moment(at: datetime) -> Value:
    """A naive UTC moment as every engine compares it; ValueError for an aware one."""
    if at.tzinfo is not None:
        raise ValueError(f"facts are told naive UTC moments, and got {at!r}")
    return ibis.literal(at, type="timestamp(6)")
