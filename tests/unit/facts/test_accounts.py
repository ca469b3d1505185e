"""A person's account adds: that of the past and that of the days since come to that of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import pyarrow as pa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.unit.facts.refilled import Refilled, refilled
from tests.unit.facts.rows import arrow, by_person, line, shop

from huitou.facts.accounts import accounts, added, in_place_of
from huitou.facts.contract import Tables
from huitou.facts.customers import customers, customers_of

__all__ = ["refilled"]
START = date(2011, 1, 1)
LAST = 700
ORDERS = st.tuples(
    st.sampled_from(["a", "b", "c", None]),
    st.one_of(st.integers(0, LAST), st.integers(LAST - 8, LAST)),
    st.integers(-3, 9),
    st.booleans(),
)


def on(number: int) -> date:
    return START + timedelta(days=number)


def evening(number: int) -> datetime:
    return datetime.combine(on(number + 1), time())


def held(table: ibis.Table) -> ibis.Table:
    return ibis.memtable(table.to_pyarrow())


def since_then(t: Tables, moment: datetime) -> ibis.Table:
    """The lines that were ordered from a moment on."""
    return t.lines.filter(t.lines.ordered_at >= ibis.literal(moment))


def in_order(found: pa.Table) -> list[dict[str, Any]]:
    """What comes out, in the order of the persons."""
    return found.sort_by("person_id").to_pylist()


def carried(t: Tables, before: int, today: int) -> ibis.Table:
    """The accounts of an evening, from those of an earlier one and the lines since."""
    since = replace(t, lines=since_then(t, evening(before)))
    earlier, later = held(accounts(t, evening(before))), held(accounts(since, evening(today)))
    return in_place_of(earlier, added(earlier, later))


def told(place: int, order: tuple[str | None, int, int, bool]) -> dict[str, Any]:
    who, day, amount, costed = order
    more: dict[str, Any] = {
        "cost": 300 if costed else None,
        "store": f"s{place % 3}" if who else None,
    }
    return line(who, on(day), amount * 100, order=str(place), **more)


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(
    orders=st.lists(ORDERS, min_size=1, max_size=30),
    days=st.sampled_from((1, 2, 7, 20)),  # few, for each has its SQL
)
def test_the_past_and_the_days_since_come_to_both(
    refilled: Refilled, orders: list[tuple[str | None, int, int, bool]], days: int
) -> None:
    told_of = [told(place, order) for place, order in enumerate(orders)]
    t = Tables(refilled.table("lines", arrow(told_of)))
    before, today = evening(LAST - days), evening(LAST)
    since = replace(t, lines=since_then(t, before))
    whole = refilled.answer("whole", lambda: accounts(t, today))
    past = refilled.answer(("past", days), lambda: accounts(t, before))
    news = refilled.answer(("news", days), lambda: accounts(since, today))
    earlier, later = refilled.table("earlier", past), refilled.table("later", news)
    both = refilled.answer("both", lambda: in_place_of(earlier, added(earlier, later)))
    assert in_order(both) == in_order(whole)


def test_customers_follow_from_accounts() -> None:
    t = shop(*(line("ab"[i % 2], on(7 * i), 100 + i) for i in range(40)), margin=0.4)
    kept = held(accounts(t, evening(300)))
    assert by_person(customers_of(t, kept, evening(300))) == by_person(customers(t, evening(300)))


def test_the_gap_between_two_spans_counts() -> None:
    t = shop(line("a", on(0)), line("a", on(10)), line("a", on(90)), line("a", on(95)))
    found = by_person(customers_of(t, held(carried(t, 50, 100)), evening(100)))["a"]
    assert (found["absence"], found["back_day"], found["last_gap"]) == (80, on(90), 5)


def test_only_a_return_since_leaves_the_purchases_as_they_were() -> None:
    t = shop(line("a", on(0), store="north"), line("a", on(60), -500, order="x", store="south"))
    found = by_person(carried(t, 50, 61))["a"]
    assert (found["store"], found["returned"], found["last_seen_day"]) == ("north", 500, on(60))


def test_days_before_1970_are_days_like_others() -> None:
    t = shop(*(line("a", date(1969, 12, day)) for day in (1, 4, 30)))
    found = by_person(customers(t, datetime(1970, 1, 2)))["a"]
    assert (found["last_gap"], found["absence"], found["back_day"]) == (26, 26, date(1969, 12, 30))
