"""Above the limit two people approve, and old customers come first whoever wrote the rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.decisions.explore import Exploring
from huitou.decisions.fair import breaches
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import draft
from huitou.decisions.playbook import PLAYBOOK, Effect, Playbook
from huitou.decisions.trials import Trial
from huitou.facts.life import STAGES
from huitou.ground.errors import Refused
from huitou.ground.words import said
from huitou.journeys import book as journeys
from huitou.journeys.acts import book as own_acts
from huitou.journeys.tables import decision, plan
from huitou.store.books import Books

WELCOME = {"name": "welcome", "kind": "offer", "claim": "Welcome", "depth": 0.1, "stages": ["new"]}


def kept(books: Books, limit: int | None = 0, by: str | None = None) -> str:
    with books.unit() as unit:
        return journeys.keep_draft(unit, given.drafted(20), NOW, by=by, limit=limit)


def yes(books: Books, plan_id: str, by: str, limit: int | None = 0) -> str:
    with books.unit() as unit:
        journeys.approve(unit, plan_id, by, NOW, limit=limit)
        return str(journeys.the_plan(unit, plan_id)["status"])


def test_one_is_enough_within_the_limit(any_books: Books) -> None:
    plan_id = kept(any_books, limit=10**9)
    assert yes(any_books, plan_id, "mei", limit=10**9) == "approved"


def test_above_it_the_first_yes_is_kept_and_the_second_lets_it_out(any_books: Books) -> None:
    plan_id = kept(any_books)
    assert yes(any_books, plan_id, "mei") == "draft"
    with pytest.raises(Refused, match="somebody else must approve"):
        yes(any_books, plan_id, "mei")
    assert yes(any_books, plan_id, "li") == "approved"
    with any_books.reading() as unit:
        row = journeys.the_plan(unit, plan_id)
    assert (row["first_by"], row["approved_by"]) == ("mei", "li")


def test_who_drafted_it_is_not_the_last(any_books: Books) -> None:
    plan_id = kept(any_books, by="li")
    yes(any_books, plan_id, "mei")
    with pytest.raises(Refused, match="somebody else"):
        yes(any_books, plan_id, "li")
    assert yes(any_books, plan_id, "wang") == "approved"


def test_a_limit_that_was_raised_since_does_not_help(any_books: Books) -> None:
    plan_id = kept(any_books, limit=0)
    assert yes(any_books, plan_id, "mei", limit=None) == "draft"


def test_a_limit_that_was_set_since_counts(any_books: Books) -> None:
    plan_id = kept(any_books, limit=None)
    assert yes(any_books, plan_id, "mei", limit=0) == "draft"


@pytest.mark.parametrize(
    "forged",
    [
        {"status": "approved", "approved_by": "mei", "approved_at": NOW},
        {"status": "approved", "approved_by": "mei", "approved_at": NOW, "first_by": "mei"},
        {"status": "approved", "approved_by": "li", "approved_at": NOW, "first_by": "mei"},
        {"needs_second": False},
    ],
    ids=["alone", "twice the same", "by who drafted it", "no second needed"],
)
def test_the_database_refuses_what_one_alone_would_let_out(any_books: Books, forged) -> None:
    plan_id = kept(any_books, by="li")
    with pytest.raises(DBAPIError, match="second person"), any_books.unit() as unit:
        unit.change(update(plan).where(plan.c.id == plan_id).values(**forged))


def test_a_forged_offer_for_newcomers_alone_cannot_be_approved(any_books: Books) -> None:
    drafted = given.drafted(20)
    newcomer = drafted.receipts["person_id"][0].as_py()
    rows = drafted.receipts.to_pylist()
    forged = {"act": "offer", "act_name": "welcome", "depth": 0.1, "cap": 1, "worst_cost": 1}
    forged |= {"stage": "new", "arm": "treated", "intended": "offer"}
    rows = [row | forged if row["person_id"] == newcomer else row for row in rows]
    table = type(drafted.receipts).from_pylist(rows, schema=drafted.receipts.schema)
    drafted = replace(drafted, receipts=table)
    with any_books.unit() as unit:
        own_acts.add(unit, WELCOME, "mei", NOW)
        plan_id = journeys.keep_draft(unit, drafted, NOW)
    with pytest.raises(Refused, match="Old customers come first: Welcome"):
        yes(any_books, plan_id, "mei", limit=None)
    with any_books.reading() as unit:
        assert journeys.the_plan(unit, plan_id)["status"] == "draft"


CHEAP = {"name": "cheap", "kind": "offer", "claim": "Cheap", "depth": 0.02}
WHEREVER = Playbook(
    effects={
        **PLAYBOOK.effects,
        "offer": {stage: Effect(0.5, 0.01, said("A test.")) for stage in STAGES},
    }
)
"""A shop whose tests found that offers move everybody."""


@pytest.mark.parametrize("test", [True, False], ids=["a test", "exploring"])
def test_what_a_lot_gave_is_no_breach(any_books: Books, test: bool) -> None:
    with any_books.unit() as unit:
        own_acts.add(unit, CHEAP, "mei", NOW)
        acts = own_acts.in_use(unit)
    arms = {"cheap": 0.5, "nothing": 0.5}
    trials = [Trial("t", arms, frozenset({"slipping", "lost", "loyal", "active"}), 30)]
    limits = Limits(budget=10_000_000, staff_hours=100)
    plan = draft(
        given.people(120, value_if_kept=900_000, value_low=900_000, may_call=False),
        limits,
        Holdout("salt", 0.1),
        given.LAST_DAY,
        {"nothing": acts["nothing"], "thank": acts["thank"], "cheap": acts["cheap"]},
        WHEREVER,
        Exploring() if test else Exploring(explore_share=0.4),
        trials if test else (),
    )
    rows = plan.receipts.to_pylist()
    lots = [row for row in rows if (row["test"] if test else row["explored"])]
    assert any(row["act_name"] == "cheap" for row in rows) and lots
    blind = [{**row, "explored": False, "test": None} for row in rows]
    assert breaches(blind, acts), "the lot must have given some regular less, or nothing is tested"
    with any_books.unit() as unit:
        plan_id = journeys.keep_draft(unit, plan, NOW)
    assert yes(any_books, plan_id, "mei", limit=None) == "approved"


def test_an_own_act_keeps_its_name_for_ever(any_books: Books) -> None:
    with any_books.unit() as unit:
        own_acts.add(unit, WELCOME, "mei", NOW)
        with pytest.raises(Refused, match="there is, or was"):
            own_acts.add(unit, {**WELCOME, "depth": 0.2}, "mei", NOW)
        own_acts.remove(unit, "welcome", "mei", NOW)
        with pytest.raises(Refused, match="there is, or was"):
            own_acts.add(unit, WELCOME, "mei", NOW)
        assert "welcome" in own_acts.every(unit) and "welcome" not in own_acts.in_use(unit)
        with pytest.raises(Refused, match="there is, or was"):
            own_acts.add(unit, {**WELCOME, "name": "thank"}, "mei", NOW)


def test_receipts_are_not_rewritten(any_books: Books) -> None:
    plan_id = kept(any_books, limit=None)
    mine = decision.c.plan_id == plan_id
    with pytest.raises(DBAPIError, match="decided"), any_books.unit() as unit:
        unit.change(update(decision).where(mine).values(act="offer"))
