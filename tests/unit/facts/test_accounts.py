"""A person's account adds: that of the past and that of the days since come to that of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.unit.facts.rows import by_person, line, rows, shop

from huitou.facts.accounts import accounts, added, in_place_of
from huitou.facts.contract import Tables
from huitou.facts.customers import customers, customers_of

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


def carried(t: Tables, before: int, today: int) -> ibis.Table:
    """The accounts of an evening, from those of an earlier one and the lines since."""
    since = replace(t, lines=t.lines.filter(t.lines.ordered_at >= ibis.literal(evening(before))))
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
@given(orders=st.lists(ORDERS, min_size=1, max_size=30), days=st.integers(1, 20))
def test_the_past_and_the_days_since_come_to_both(
    orders: list[tuple[str | None, int, int, bool]], days: int
) -> None:
    t = shop(*(told(place, order) for place, order in enumerate(orders)))
    whole = rows(accounts(t, evening(LAST)), "person_id")
    assert rows(carried(t, LAST - days, LAST), "person_id") == whole


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
