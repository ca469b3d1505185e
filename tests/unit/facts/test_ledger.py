"""What was told beside the orders: whom it touched, when it counts, and when it says nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.facts.refilled import Refilled, refilled
from tests.unit.facts.rows import by_person, line, shop

from huitou.facts.contract import (
    COMPLAINTS,
    HAPPENINGS,
    LEDGER,
    MESSAGES,
    TOLD_PIECES,
    Tables,
    Told,
)
from huitou.facts.evidence import evidence
from huitou.facts.ledger import END_DAYS, GRACE_DAYS, PIECE_OF, ledger
from huitou.ground.clock import naive_utc

__all__ = ["refilled"]
START = date(2011, 1, 1)
AS_OF = datetime(2012, 1, 1)
LAST = 100


def on(number: int) -> date:
    return START + timedelta(days=number)


def arrow(schema, rows):
    blank = dict.fromkeys(schema.names)
    return pa.Table.from_pylist([blank | row for row in rows], schema=schema)


def table(schema, rows):
    return ibis.memtable(arrow(schema, rows))


def told(happenings=(), complaints=None, messages=None):
    return Told(
        table(HAPPENINGS, happenings),
        table(COMPLAINTS, complaints) if complaints is not None else None,
        table(MESSAGES, messages) if messages is not None else None,
    )


def a_shop():
    """a and c shop in the Bund store, b in Pudong; all were last seen on day LAST, c on day 300."""
    return shop(
        line("a", on(0), store="Bund", region="Puxi", sku="tea", category="drinks"),
        line("a", on(LAST), 3000, store="Bund", region="Puxi", sku="pot", product="Red pot"),
        line("b", on(LAST), store="Pudong", region="East", sku="tea", category="drinks"),
        line("c", on(300), store="Bund", region="Puxi", sku="cup"),
    )


class Case:
    """The evidence of the shop, told one thing after another: its SQL is written once."""

    def __init__(self, tables: Refilled) -> None:
        self._tables = tables
        self._shop = Tables(tables.table("lines", a_shop().lines.to_pyarrow()))

    def rows(self, happenings=(), complaints=None, messages=None, as_of=AS_OF):
        """A row for each person, in their order."""
        told = {
            name: self._tables.table(name, arrow(schema, rows)) if rows is not None else None
            for name, schema, rows in (
                ("happenings", HAPPENINGS, happenings),
                ("complaints", COMPLAINTS, complaints),
                ("messages", MESSAGES, messages),
            )
        }
        question = (as_of, complaints is None, messages is None)
        return (
            self._tables.answer(question, lambda: evidence(self._shop, as_of, Told(**told)))
            .sort_by("person_id")
            .to_pylist()
        )

    def __call__(self, piece, *happenings, **more):
        """Person -> one piece of their evidence."""
        found = self.rows(happenings, **more)
        assert len({row["person_id"] for row in found}) == len(found)
        return {row["person_id"]: row[piece] for row in found}


@pytest.fixture(scope="module")
def found(refilled: Refilled) -> Case:
    return Case(refilled)


def happened(kind, number=LAST + 5, **more):
    return {"kind": kind, "day": on(number), **more}


@pytest.mark.parametrize(("kind", "piece"), PIECE_OF.items())
def test_what_happened_to_one_person_is_evidence_of_theirs_alone(found, kind, piece):
    assert found(piece, happened(kind, person_id="a")) == {"a": 1.0, "b": 0.0, "c": 0.0}


def test_a_store_that_closed_touches_those_who_shopped_there_then(found):
    assert found("store_gone", happened("store_closed", store="Bund")) == {"a": 1, "b": 0, "c": 0}


def test_a_rival_by_the_store_weighs_more_than_one_in_the_region(found):
    assert found("rival_opened", happened("competitor_opened", store="Pudong"))["b"] == 1.0
    assert found("rival_opened", happened("competitor_opened", region="East"))["b"] == 0.5
    assert found("rival_opened", happened("competitor_opened"))["b"] == 0.5


def test_goods_out_of_stock_weigh_what_was_spent_on_them(found):
    assert found("out_of_stock", happened("out_of_stock", product="pot"))["a"] == 0.75
    assert found("out_of_stock", happened("out_of_stock", product="Red pot"))["a"] == 0.75
    assert found("out_of_stock", happened("out_of_stock", category="drinks"))["a"] == 0.25


def test_it_counts_from_before_the_silence_until_a_month_into_it(found):
    first, last = LAST + GRACE_DAYS - END_DAYS + 1, LAST + GRACE_DAYS
    for number, counts in ((first - 1, 0), (first, 1), (last, 1), (last + 1, 0)):
        assert found("store_gone", happened("store_closed", number, store="Bund"))["a"] == counts


def test_what_lasted_into_the_end_counts(found):
    long = happened("out_of_stock", 0, until=on(LAST), product="pot")
    assert found("out_of_stock", long)["a"] == 0.75
    assert found("out_of_stock", happened("out_of_stock", 0, product="pot"))["a"] == 0


def test_a_complaint_nobody_answered_and_what_it_was_about(found):
    waits = [{"person_id": "a", "about": "service", "received": on(LAST)}]
    assert found("complaint_unanswered", complaints=waits)["a"] == 1.0
    assert found("complaint_service", complaints=waits) == {"a": 1.0, "b": 0.0, "c": 0.0}
    heard = [{**waits[0], "answered": on(LAST + 2)}]
    assert found("complaint_unanswered", complaints=heard)["a"] == 0.0
    late = [{**waits[0], "about": "delivery", "answered": on(LAST + 30)}]
    assert found("complaint_unanswered", complaints=late)["a"] == 1.0
    assert found("delivery_failed", complaints=late)["a"] == 1.0


def test_our_own_letters_are_counted(found):
    letters = [{"person_id": "a", "day": on(LAST - n)} for n in (0, 10, 20, 95)]
    assert found("our_messages", messages=letters) == {"a": 3.0, "b": 0.0, "c": 0.0}


def test_what_nobody_was_ever_told_of_says_nothing():
    out = by_person(evidence(a_shop(), AS_OF, told([happened("store_closed", store="Bund")])))
    assert {name for name in TOLD_PIECES if out["a"][name] is not None} == {"store_gone"}
    silent = by_person(evidence(a_shop(), AS_OF))
    assert all(row[name] is None for row in silent.values() for name in TOLD_PIECES)
    assert ledger(a_shop(), AS_OF, Told()) is None


def test_the_ledger_names_the_day_and_the_place():
    entries = ledger(a_shop(), AS_OF, told([happened("store_closed", store="Bund")])).to_pyarrow()
    assert entries.schema.names == LEDGER.names
    assert entries.to_pylist() == [
        {
            "person_id": "a",
            "piece": "store_gone",
            "day": on(LAST + 5),
            "what": "Bund",
            "weight": 1.0,
        }
    ]


SCOPES = st.sampled_from(
    [{"person_id": "a"}, {"store": "Bund"}, {"region": "East"}, {"product": "tea"}, {}]
)
HAPPENED = st.builds(
    lambda kind, number, scope: {"kind": kind, "day": on(number), **scope},
    st.sampled_from(sorted(PIECE_OF)),
    st.integers(0, 400),
    SCOPES,
)
COMPLAINED = st.builds(
    lambda who, about, number, after: {
        "person_id": who,
        "about": about,
        "received": on(number),
        "answered": None if after is None else on(number + after),
    },
    st.sampled_from("abc"),
    st.sampled_from(["service", "product", "delivery", "price"]),
    st.integers(0, 400),
    st.none() | st.integers(0, 60),
)
WRITTEN = st.builds(
    lambda who, number: {"person_id": who, "day": on(number)},
    st.sampled_from("abc"),
    st.integers(0, 400),
)


@given(
    happenings=st.lists(HAPPENED, max_size=4),
    complaints=st.lists(COMPLAINED, max_size=3),
    messages=st.lists(WRITTEN, max_size=3),
    number=st.sampled_from((90, 101, 131, 330)),  # few, for each has its SQL
)
@settings(max_examples=12)
def test_nothing_that_happened_later_is_evidence(found, happenings, complaints, messages, number):
    moment = naive_utc(datetime.fromisoformat(f"{on(number)}T00:00:00+00:00"))
    day = on(number - 1)
    by_then = found.rows(
        [row for row in happenings if row["day"] <= day],
        [
            row | {"answered": row["answered"] if (row["answered"] or day) <= day else None}
            for row in complaints
            if row["received"] <= day
        ],
        [row for row in messages if row["day"] <= day],
        as_of=moment,
    )
    assert found.rows(happenings, complaints, messages, as_of=moment) == by_then


def test_the_order_in_which_it_is_told_changes_nothing(found):
    many = [happened(kind, store="Bund") for kind in PIECE_OF]
    many += [happened("late_delivery", n, person_id="a") for n in (LAST, LAST + 1)]
    assert found.rows(many) == found.rows(many[::-1])
