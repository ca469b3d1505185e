"""What was told beside the orders: whom it touched, when it counts, and when it says nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.facts.rows import by_person, line, rows, shop

from huitou.facts.contract import COMPLAINTS, HAPPENINGS, LEDGER, MESSAGES, TOLD_PIECES, Told
from huitou.facts.evidence import evidence
from huitou.facts.ledger import END_DAYS, GRACE_DAYS, PIECE_OF, ledger
from huitou.ground.clock import naive_utc

START = date(2011, 1, 1)
AS_OF = datetime(2012, 1, 1)
LAST = 100


def on(number: int) -> date:
    return START + timedelta(days=number)


def table(schema, rows):
    blank = dict.fromkeys(schema.names)
    return ibis.memtable(pa.Table.from_pylist([blank | row for row in rows], schema=schema))


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


def found(piece, *happenings, **more):
    out = by_person(evidence(a_shop(), AS_OF, told(happenings, **more)))
    return {who: row[piece] for who, row in out.items()}


def happened(kind, number=LAST + 5, **more):
    return {"kind": kind, "day": on(number), **more}


@pytest.mark.parametrize(("kind", "piece"), PIECE_OF.items())
def test_what_happened_to_one_person_is_evidence_of_theirs_alone(kind, piece):
    assert found(piece, happened(kind, person_id="a")) == {"a": 1.0, "b": 0.0, "c": 0.0}


def test_a_store_that_closed_touches_those_who_shopped_there_then():
    assert found("store_gone", happened("store_closed", store="Bund")) == {"a": 1, "b": 0, "c": 0}


def test_a_rival_by_the_store_weighs_more_than_one_in_the_region():
    assert found("rival_opened", happened("competitor_opened", store="Pudong"))["b"] == 1.0
    assert found("rival_opened", happened("competitor_opened", region="East"))["b"] == 0.5
    assert found("rival_opened", happened("competitor_opened"))["b"] == 0.5


def test_goods_out_of_stock_weigh_what_was_spent_on_them():
    assert found("out_of_stock", happened("out_of_stock", product="pot"))["a"] == 0.75
    assert found("out_of_stock", happened("out_of_stock", product="Red pot"))["a"] == 0.75
    assert found("out_of_stock", happened("out_of_stock", category="drinks"))["a"] == 0.25


def test_it_counts_from_before_the_silence_until_a_month_into_it():
    first, last = LAST + GRACE_DAYS - END_DAYS + 1, LAST + GRACE_DAYS
    for number, counts in ((first - 1, 0), (first, 1), (last, 1), (last + 1, 0)):
        assert found("store_gone", happened("store_closed", number, store="Bund"))["a"] == counts


def test_what_lasted_into_the_end_counts():
    long = happened("out_of_stock", 0, until=on(LAST), product="pot")
    assert found("out_of_stock", long)["a"] == 0.75
    assert found("out_of_stock", happened("out_of_stock", 0, product="pot"))["a"] == 0


def test_a_complaint_nobody_answered_and_what_it_was_about():
    waits = [{"person_id": "a", "about": "service", "received": on(LAST)}]
    assert found("complaint_unanswered", complaints=waits)["a"] == 1.0
    assert found("complaint_service", complaints=waits) == {"a": 1.0, "b": 0.0, "c": 0.0}
    heard = [{**waits[0], "answered": on(LAST + 2)}]
    assert found("complaint_unanswered", complaints=heard)["a"] == 0.0
    late = [{**waits[0], "about": "delivery", "answered": on(LAST + 30)}]
    assert found("complaint_unanswered", complaints=late)["a"] == 1.0
    assert found("delivery_failed", complaints=late)["a"] == 1.0


def test_our_own_letters_are_counted():
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


@given(st.lists(HAPPENED, max_size=4), st.lists(COMPLAINED, max_size=3),
       st.lists(WRITTEN, max_size=3), st.integers(90, 330))  # fmt: skip
@settings(max_examples=5)
def test_nothing_that_happened_later_is_evidence(happenings, complaints, messages, number):
    moment = naive_utc(datetime.fromisoformat(f"{on(number)}T00:00:00+00:00"))
    day = on(number - 1)
    by_then = told(
        [row for row in happenings if row["day"] <= day],
        [
            row | {"answered": row["answered"] if (row["answered"] or day) <= day else None}
            for row in complaints
            if row["received"] <= day
        ],
        [row for row in messages if row["day"] <= day],
    )
    whole = told(happenings, complaints, messages)
    assert rows(evidence(a_shop(), moment, whole), "person_id") == rows(
        evidence(a_shop(), moment, by_then), "person_id"
    )


def test_the_order_in_which_it_is_told_changes_nothing():
    many = [happened(kind, store="Bund") for kind in PIECE_OF]
    many += [happened("late_delivery", n, person_id="a") for n in (LAST, LAST + 1)]
    one, other = (
        rows(evidence(a_shop(), AS_OF, told(each)), "person_id") for each in (many, many[::-1])
    )
    assert one == other
