"""A shop that keeps what its facts begin with has the same facts, then and earlier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from tests.unit.facts.refilled import Refilled, refilled
from tests.unit.facts.rows import arrow, by_person, line, rows, shop

from huitou.facts.accounts import accounts, sums_of
from huitou.facts.bought import bought
from huitou.facts.cohorts import cohort_months
from huitou.facts.contract import METRICS, Tables
from huitou.facts.customers import customers
from huitou.facts.held import GOES_ON, PIECES, cohorts_since, holding, since
from huitou.facts.metrics import values
from huitou.facts.orders import orders, parted_orders
from huitou.facts.rhythm import returning

__all__ = ["refilled"]
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


def added(known: Tables, earlier: datetime, news: Tables, as_of: datetime) -> dict[str, ibis.Table]:
    """All that one more day adds, the cohorts too."""
    more = since(known, earlier, news, as_of)
    return more | {"cohort_months": cohorts_since(known, earlier, news, as_of, more["accounts"])}


class Shop:
    """A shop whose lines are changed: each question is written once, and asked again and again."""

    def __init__(self, tables: Refilled) -> None:
        self._tables, self._made = tables, dict[object, Tables]()
        self.plain = Tables(tables.table("lines", arrow([])), margin=0.3)

    def told(self, lines: list[dict[str, Any]]) -> None:
        """Now these are its lines."""
        self._tables.table("lines", arrow(lines))

    def kept(self, as_of: datetime) -> Tables:
        """The same shop, with every piece of that evening kept as its lines are now."""
        made, held = self._made.get(as_of), self.plain
        for name, make in PIECES.items():
            piece = self._tables.answer((name, as_of), lambda make=make, t=held: make(t, as_of))
            table = self._tables.table(f"{name} {as_of}", piece)
            held = made or holding(held, as_of, name, table)
        return self._made.setdefault(as_of, held)

    def one_more_day(self, earlier: datetime, as_of: datetime) -> Tables:
        """The same shop, with what it kept of an evening and what came since."""
        answer, table = self._tables.answer, self._tables.table
        late = self.plain.lines.filter(self.plain.lines.ordered_at >= ibis.literal(earlier))
        known = self.kept(earlier)
        before = known.held
        assert before is not None
        made, after = self._made.get((earlier, as_of)), self.plain
        news = replace(self.plain, lines=late)
        for name in GOES_ON:
            old = before.tables[name]
            new = answer(
                (name, earlier, as_of),
                lambda name=name: added(known, earlier, news, as_of)[name],
            )
            if name == "cohort_months":
                old = old.limit(0)
            if name == "accounts":
                old = old.anti_join(table(f"new {earlier}", new), "person_id")
            told_so_far = answer((name, earlier, "old"), lambda old=old: old)
            whole = pa.concat_tables(
                [told_so_far, new.select(told_so_far.column_names)], promote_options="permissive"
            )
            kept = table(f"{name} {earlier} {as_of}", whole)
            after = made or holding(after, as_of, name, kept)
        return self._made.setdefault((earlier, as_of), after)

    def same(self, held: Tables, make: Callable[..., ibis.Table], moment: datetime) -> None:
        """What is made of the lines is what is made of the pieces."""
        plain = self._tables.answer((make, moment), lambda: make(self.plain, moment))
        names = plain.column_names
        found = self._tables.answer(
            (make, moment, id(held)), lambda: make(held, moment).select(*names)
        )
        order = [(name, "ascending") for name in names]
        assert found.sort_by(order).to_pylist() == plain.sort_by(order).to_pylist()


@pytest.fixture(scope="module")
def changing(refilled: Refilled) -> Shop:
    return Shop(refilled)


# Few evenings, for each has its SQL; how the lines lie around them is drawn.
@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(
    lines=st.lists(LINES, min_size=1, max_size=25),
    earlier=st.sampled_from((50, 100, 250, LAST - 1)),
)
@example(
    lines=[(0, 3, 5, True), (0, 90, -2, True), (0, 200, 4, False), (2, 90, 7, True)], earlier=100
)
@example(lines=[(9, 3, 5, True), (9, 91, 4, True), (1, 40, 7, True), (0, 9, 2, True)], earlier=50)
@example(lines=[(9, 91, 5, True), (9, 92, 4, True), (1, 40, 7, True), (0, 9, 2, True)], earlier=50)
def test_the_facts_are_the_same_now_and_at_an_earlier_evening(
    changing: Shop, lines: list[tuple[int, int, int, bool]], earlier: int
) -> None:
    changing.told([told(place, each) for place, each in enumerate(lines)])
    held = changing.kept(evening(LAST))
    for moment in (evening(LAST), evening(earlier)):
        for make in (orders, accounts, sums_of, customers, returning, values):
            changing.same(held, make, moment)


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


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(
    lines=st.lists(LINES, min_size=2, max_size=25),
    earlier=st.sampled_from((LAST - 60, LAST - 7, LAST - 1)),
)
@example(lines=[(0, 338, -2, True), (3, 345, 5, True)], earlier=LAST - 60)
def test_one_more_day_adds_to_what_is_kept(
    changing: Shop, lines: list[tuple[int, int, int, bool]], earlier: int
) -> None:
    # Every order on one day: a part of it that came later would change an earlier evening.
    changing.told([told(n, each) | {"order_id": f"o{n}"} for n, each in enumerate(lines)])
    after = changing.one_more_day(evening(earlier), evening(LAST))
    for make in (orders, customers, returning, values, cohort_months):
        changing.same(after, make, evening(LAST))
