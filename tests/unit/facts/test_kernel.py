"""The kernel answers alike where engines would not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.facts.rows import line, rows, shop

from huitou.facts import kernel


def test_days_and_months_are_plain_numbers() -> None:
    days = [date(1969, 12, 31), date(1970, 1, 1), date(2000, 2, 29), date(2011, 12, 9)]
    table = ibis.memtable(pa.table({"day": days}))
    out = table.select("day", n=kernel.day_number(table.day), m=kernel.month_number(table.day))
    for row in rows(out):
        assert row["n"] == kernel.number_of(row["day"])
        assert row["m"] == row["day"].year * 12 + row["day"].month - 1


def test_days_between_moments_keep_their_fractions() -> None:
    moments = {"a": [datetime(2011, 1, 1, 6)], "b": [datetime(2011, 1, 2, 18)]}
    table = ibis.memtable(pa.table(moments))
    assert rows(table.select(d=kernel.days(table.b, table.a))) == [{"d": 1.5}]


def test_a_share_of_nothing_is_unknown() -> None:
    table = ibis.memtable(pa.table({"a": [1, 1, 0], "b": [2, 0, 3]}))
    shares = [row["r"] for row in rows(table.select(r=kernel.ratio(table.a, table.b)))]
    assert shares == [0.5, None, 0.0]


def test_an_unknown_condition_counts_as_no() -> None:
    table = ibis.memtable(pa.table({"c": pa.array([True, False, None])}))
    assert [row["f"] for row in rows(table.select(f=kernel.flag(table.c)))] == [1, 0, 0]


@settings(max_examples=20)
@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=20))
def test_halves_are_rounded_up(halves: list[int]) -> None:
    table = ibis.memtable(
        pa.table({"i": list(range(len(halves))), "x": [half / 2 for half in halves]})
    )
    out = rows(table.select("i", n=kernel.rounded(table.x)), "i")
    assert [row["n"] for row in out] == [(half + 1) // 2 for half in halves]


def test_two_clocks_what_had_happened_and_what_had_arrived() -> None:
    early = line("a", date(2011, 1, 1), loaded_at=datetime(2011, 2, 1))
    late = line("a", date(2011, 1, 2), loaded_at=datetime(2011, 3, 1))
    coming = line("a", date(2011, 1, 9), loaded_at=datetime(2011, 2, 1))
    lines = shop(early, late, coming).lines
    as_of = datetime(2011, 1, 5)
    assert len(rows(kernel.known_at(lines, as_of))) == 2
    (row,) = rows(kernel.known_at(lines, as_of, known=datetime(2011, 2, 1)))
    assert row["day"] == date(2011, 1, 1)


def test_the_bound_is_exclusive() -> None:
    lines = shop(line("a", date(2011, 1, 1))).lines
    assert rows(kernel.known_at(lines, datetime(2011, 1, 1, 12))) == []
    assert len(rows(kernel.known_at(lines, datetime(2011, 1, 1, 12, 0, 0, 1)))) == 1


def test_a_moment_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive UTC"):
        kernel.known_at(shop(line("a", date(2011, 1, 1))).lines, datetime(2011, 1, 1, tzinfo=UTC))
