"""A shop that keeps what its facts begin with has the same facts, then and earlier."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from tests.unit.facts.rows import by_person, line, rows, shop

from huitou.facts.accounts import accounts, sums_of
from huitou.facts.bought import bought
from huitou.facts.contract import METRICS, Tables
from huitou.facts.customers import customers
from huitou.facts.held import PIECES, holding, since
from huitou.facts.metrics import values
from huitou.facts.orders import orders, parted_orders
from huitou.facts.rhythm import returning

START = date(2011, 1, 1)
LAST = 400
LINES = st.tuples(
    st.integers(0, 11),  # the order, which may be shipped in parts
    st.integers(0, LAST),
    st.integers(-2, 9),
    st.booleans(),
)
NEEDS_MORE = {"stages", "flows", "loss_by_stage", "loss_by_age"}
"""Metrics of forecasts."""


def evening(number: int) -> datetime:
    return datetime.combine(START + timedelta(days=number + 1), time())


def told(place: int, each: tuple[int, int, int, bool]) -> dict[str, Any]:
    order, day, amount, named = each
    who = "abc"[order % 3] if named or order % 2 else None
    if order >= 9:  # parts of one order that name several people, or nobody
        who = "abc"[day % 3] if named else None
    return line(who, START + timedelta(days=day), 100 * amount, order=f"o{order}", row=place)


def kept(t: Tables, as_of: datetime) -> Tables:
    for name, make in PIECES.items():
        t = holding(t, as_of, name, ibis.memtable(make(t, as_of).to_pyarrow()))
    return t


def both(make: Any, t: Tables, held: Tables) -> None:
    plain = make(t).to_pyarrow()
    names = plain.column_names
    order = [(name, "ascending") for name in names]
    found = make(held).select(*names).to_pyarrow()
    assert found.sort_by(order).to_pylist() == plain.sort_by(order).to_pylist()


@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.lists(LINES, min_size=1, max_size=25), st.integers(0, LAST))
@example([(0, 3, 5, True), (0, 90, -2, True), (0, 200, 4, False), (2, 90, 7, True)], 100)
@example([(9, 3, 5, True), (9, 91, 4, True), (1, 40, 7, True), (0, 9, 2, True)], 50)
@example([(9, 91, 5, True), (9, 92, 4, True), (1, 40, 7, True), (0, 9, 2, True)], 50)
def test_the_facts_are_the_same_now_and_at_an_earlier_evening(
    lines: list[tuple[int, int, int, bool]], earlier: int
) -> None:
    t = shop(*(told(place, each) for place, each in enumerate(lines)), margin=0.3)
    held = kept(t, evening(LAST))
    for moment in (evening(LAST), evening(earlier)):
        both(lambda t, at=moment: orders(t, at), t, held)
        both(lambda t, at=moment: accounts(t, at), t, held)
        both(lambda t, at=moment: sums_of(t, at), t, held)
        both(lambda t, at=moment: customers(t, at), t, held)
        both(lambda t, at=moment: returning(t, at), t, held)
        both(lambda t, at=moment: values(t, at), t, held)


@pytest.fixture(scope="module")
def busy() -> tuple[Tables, Tables]:
    made = [(k % 12, (k * 37) % LAST, (k * 7) % 12 - 2, k % 5 > 0) for k in range(60)]
    t = shop(*(told(place, each) for place, each in enumerate(made)), margin=0.3)
    return t, kept(t, evening(LAST))


@pytest.mark.parametrize("name", sorted({m.name for m in METRICS.values()} - NEEDS_MORE))
def test_every_metric_is_the_same(name: str, busy: tuple[Tables, Tables]) -> None:
    both(lambda t: METRICS[name].value(t, evening(LAST)), *busy)


def test_what_is_kept_is_used(busy: tuple[Tables, Tables]) -> None:
    _plain, held = busy
    assert held.held is not None
    asked = {**PIECES, "orders": orders}
    del asked["several"]  # of use to the orders alone
    for name, ask in asked.items():
        assert ask(held, evening(LAST)) is held.held.tables[name]
        assert held.kept(name, evening(LAST + 1), later=True) is None


def test_whoever_was_not_seen_since_has_the_account_that_is_kept() -> None:
    def on(day: int) -> date:
        return START + timedelta(days=day)

    t = shop(
        line("a", on(3)),
        line("b", on(5)),
        line("b", on(90)),
        line("c", on(7), order="parts", row=1),
        line("d", on(91), order="parts", row=2),
    )
    held = kept(t, evening(LAST))
    told = held.held.tables["accounts"] if held.held else None
    assert told is not None
    marked = holding(held, evening(LAST), "accounts", told.mutate(revenue=told.revenue + 7))
    then = by_person(sums_of(marked, evening(50)))
    assert {who: each["revenue"] for who, each in then.items()} == {
        "a": 1007,  # as it is kept
        "b": 1000,
        "c": 1000,  # now it is an order of d, but then they had not come
    }


def test_of_orders_whose_parts_came_apart_all_lines_are_told() -> None:
    parts = [line("a", START + timedelta(days=day), order="x", row=day) for day in (1, 1, 9)]
    once = [line("b", START, order="y", row=row) for row in (1, 2)]
    found = rows(parted_orders(shop(*parts, *once), evening(LAST)), "day")
    assert [each["order_id"] for each in found] == ["x", "x", "x"]
    assert {(each["begun"].date(), each["ended"].date()) for each in found} == {
        (START + timedelta(days=1), START + timedelta(days=9))
    }


def test_other_lines_are_not_told_by_what_is_kept(busy: tuple[Tables, Tables]) -> None:
    _plain, held = busy
    fewer = replace(held, lines=held.lines.filter(held.lines.amount > 300))
    assert fewer.kept("orders", evening(LAST)) is None
    more = holding(fewer, evening(LAST), "several", held.lines)
    assert more.kept("several", evening(LAST)) is not None
    assert more.kept("orders", evening(LAST)) is None, "pieces of other lines are let go"
    both(lambda t: bought(t, evening(50), 100), replace(fewer, held=None), fewer)


@settings(max_examples=12, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(st.lists(LINES, min_size=2, max_size=25), st.integers(LAST - 60, LAST - 1))
def test_one_more_day_adds_to_what_is_kept(
    lines: list[tuple[int, int, int, bool]], earlier: int
) -> None:
    # Every order on one day: a part of it that came later would change an earlier evening.
    apart = [told(place, each) | {"order_id": f"o{place}"} for place, each in enumerate(lines)]
    t = shop(*apart, margin=0.3)
    before = kept(t, evening(earlier))
    late = t.lines.filter(t.lines.ordered_at >= ibis.literal(evening(earlier)))
    assert before.held is not None
    more = since(before.held.tables["accounts"], replace(t, lines=late), evening(LAST))
    after = t
    for name, rows_of in more.items():
        old, new = before.held.tables[name], rows_of.to_pyarrow()
        if name == "accounts":
            old = old.anti_join(ibis.memtable(new), "person_id")
        told_so_far = old.to_pyarrow()
        whole = pa.concat_tables(
            [told_so_far, new.select(told_so_far.column_names)], promote_options="permissive"
        )
        after = holding(after, evening(LAST), name, ibis.memtable(whole))
    for make in (orders, customers, returning, values):
        both(lambda t, make=make: make(t, evening(LAST)), t, after)
