"""Promises beside proofs, and who was tried on: on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from tests.unit.journeys import given
from tests.unit.journeys.given import LAST_DAY, NOW

from huitou.decisions.effects.promise import Proof
from huitou.decisions.receipts import RECEIPTS
from huitou.identity.tables import person_alias
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.journeys.promises import book as promises
from huitou.journeys.promises.book import Amounts
from huitou.journeys.tables import plan_promise
from huitou.journeys.trials import book as trials
from huitou.loyalty import book as loyalty
from huitou.loyalty.tables import offer
from huitou.runs.steps.learn import trust_of
from huitou.store.books import Books

GAIN = Amounts(100, -20, 220)
PROOF = {"verdict": "not_proven", "level": 0.95}


def promised(books: Books) -> str:
    plan_id = given.approved(books)
    with books.unit() as unit:
        assert promises.promised(unit, plan_id, LAST_DAY, GAIN, 80, NOW)
    return plan_id


def test_a_promise_is_kept_once(any_books: Books) -> None:
    plan_id = promised(any_books)
    with any_books.unit() as unit:
        assert not promises.promised(unit, plan_id, LAST_DAY, Amounts(999, 0, 9999), 1, NOW)
    with any_books.reading() as unit:
        ((promise, proof),) = promises.ledger(unit, LAST_DAY)
    assert (promise["value"], promise["shrunk"], proof) == (100, 80, None)


def test_what_is_read_again_is_added_and_the_first_reading_stays(any_books: Books) -> None:
    plan_id = promised(any_books)
    first, later = LAST_DAY + timedelta(days=91), LAST_DAY + timedelta(days=98)
    with any_books.unit() as unit:
        assert promises.proven(unit, plan_id, first, Amounts(50, -10, 110), PROOF, NOW)
        assert not promises.proven(unit, plan_id, later, Amounts(50, -10, 110), PROOF, NOW)
        assert promises.proven(unit, plan_id, later, Amounts(40, -20, 100), PROOF, NOW)
    with any_books.reading() as unit:
        then, now = (promises.ledger(unit, day)[0][1] for day in (first, later))
    assert then is not None and then["value"] == 50, "a past day knows what was known then"
    assert now is not None and now["value"] == 40


def test_no_proof_from_the_future_shapes_the_trust_of_a_past_day(any_books: Books) -> None:
    plan_id = promised(any_books)
    with any_books.unit() as unit:
        promises.proven(unit, plan_id, date(2026, 6, 1), Amounts(0, -10, 10), PROOF, NOW)
    with any_books.reading() as unit:
        assert trust_of(unit, date(2026, 5, 31)).proofs == 0
        found = trust_of(unit, date(2026, 6, 1))
    assert found.proofs == 1
    assert found.share < 0.6
    assert Proof(100, 0, 10 / 1.96).sd == pytest.approx(5.1, abs=0.01)


def test_nothing_of_it_can_be_changed_or_taken_back(any_books: Books) -> None:
    promised(any_books)
    for change in (update(plan_promise).values(value=0), delete(plan_promise)):
        with pytest.raises(DBAPIError), any_books.unit() as unit:
            unit.change(change)


def test_an_interval_holds_its_value(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        promises.promised(unit, plan_id, LAST_DAY, Amounts(100, 200, 300), 80, NOW)


def test_only_whom_a_lot_decided_about_is_learned_from(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    with any_books.reading() as unit:
        found = journeys.tried(unit, plan_id)
        meant = journeys.assignments(unit, plan_id).to_pylist()
    wanted = {row["person_id"] for row in meant if row["intended"] != "nothing"}
    assert {row["person_id"] for row in found.to_pylist()} == wanted
    held = [row for row in found.to_pylist() if row["arm"] == "held_out"]
    assert held
    for row in held:
        assert row["given"] == "nothing" and row["kind"] == row["meant"] != "nothing"
        assert row["name"]
    assert all(0 < row["p_buy"] < 1 and row["suspicion"] == 0.5 for row in found.to_pylist())


def test_who_drew_nothing_is_compared_with_those_who_drew_something(any_books: Books) -> None:
    plan = given.drafted(share=0.0)
    rows = plan.receipts.to_pylist()
    nothing = dict.fromkeys(("intended", "intended_name", "act", "act_name"), "nothing")
    for row, chances in zip(rows, ("nothing:0.9 thank:0.1", None), strict=False):
        row |= {**nothing, "chances": chances}
    someone, other = (row["person_id"] for row in rows[:2])
    receipts = pa.Table.from_pylist(rows, schema=RECEIPTS)
    plan_id = given.approved(any_books, replace(plan, receipts=receipts))
    with any_books.reading() as unit:
        found = {row["person_id"]: row for row in journeys.tried(unit, plan_id).to_pylist()}
    assert found[someone]["kind"] == found[someone]["given"] == "nothing"
    assert other not in found, "no lot decided about them"


def test_two_who_turned_out_to_be_one_are_tried_on_once(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    with any_books.unit() as unit:
        some = journeys.tried(unit, plan_id)["person_id"].to_pylist()
        unit.add(person_alias, [{"person_id": some[0], "survivor": some[1]}])
        found = journeys.tried(unit, plan_id)["person_id"].to_pylist()
    assert found == sorted(set(some) - {some[0]})


def test_a_better_service_that_was_taken_is_spent(any_books: Books) -> None:
    plan = given.drafted(share=0.0)
    rows = [row | {"test": "t"} for row in plan.receipts.to_pylist()]
    plan_id = given.approved(
        any_books, replace(plan, receipts=pa.Table.from_pylist(rows, RECEIPTS))
    )
    lettering.write_letters(any_books, plan_id, given.desk(), NOW)
    with any_books.reading() as unit:
        one, other, *_ = [
            row
            for row in journeys.receipts(unit, plan_id, act="offer")
            if row["outcome"] == "applied"
        ]
    with any_books.unit() as unit:
        for row, served in ((one, True), (other, None)):
            unit.change(update(offer).where(offer.c.id == row["id"]).values(served=served))
            made = loyalty.offered(unit, row["id"])
            assert made is not None
            loyalty.settle(unit, made["code"], row["id"], 7, NOW, order_total=10_000)
    with any_books.reading() as unit:
        found = (
            {
                row["person_id"]: row["served"]
                for row in journeys.assignments(unit, plan_id).to_pylist()
            },
            {row["person_id"]: row["served"] for row in trials.members(unit, "t")},
        )
    for served in found:
        assert {person for person, amount in served.items() if amount} == {one["person_id"]}
        assert served[one["person_id"]] == 7
