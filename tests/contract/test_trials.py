"""A planned test in the books: obeyed, watched and ended; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from tests.unit.journeys import given
from tests.unit.journeys.given import LAST_DAY, NOW

from huitou.decisions.explore import Exploring
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import Plan, draft
from huitou.ground.errors import HuitouError
from huitou.identity import book as identity
from huitou.journeys import book as journeys
from huitou.journeys.draws import book as draws
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import message
from huitou.journeys.trials import book as trials
from huitou.proof.assign import campaign, programme
from huitou.proof.policies import Policy, candidate, logged, names_of
from huitou.runs.steps.decide import running
from huitou.store.books import Books

PLANNED: dict[str, Any] = {
    "name": "Thanks or nothing",
    "arms": {"nothing": 0.5, "thank": 0.5},
    "stages": ["lost", "slipping"],
    "most": 20,
    "days": 56,
    "outcome": "visits",
    "enrol_until": LAST_DAY + timedelta(days=100),
    "expected": {"hoped": 0.1},
}


def started(books: Books, **facts: Any) -> str:
    with books.unit() as unit:
        return trials.start(unit, {**PLANNED, **facts}, "owner", NOW)


def drafted(books: Books, *, count: int = 200, share: float = 0.2, day: date = LAST_DAY) -> Plan:
    with books.reading() as unit:
        tests = running(unit, day)
    limits = Limits(budget=10_000_000, staff_hours=100)
    return draft(
        given.people(count),
        limits,
        Holdout("salt", share),
        day,
        exploring=Exploring(0.1, 0.1),
        trials=tests,
    )


def applied(books: Books, plan: Plan) -> str:
    plan_id = given.approved(books, plan)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    return plan_id


def test_a_test_is_obeyed_by_the_next_plan_and_ends_when_it_is_full(any_books: Books) -> None:
    test_id = started(any_books)
    plan_id = applied(any_books, drafted(any_books))
    with any_books.reading() as unit:
        members = trials.members(unit, test_id)
        written = {row["person_id"]: row["act"] for row in unit.rows(
            select(message).where(message.c.plan_id == plan_id))}  # fmt: skip
        first = running(unit, LAST_DAY)
    inside = [row for row in members if row["held_by"] is None]
    assert 0 < len(inside) <= len(members) == PLANNED["most"]
    assert {row["act_name"] for row in inside} == {"nothing", "thank"}
    for row in inside:
        assert row["propensity"] == 0.5
        assert written.get(row["person_id"]) == ("thank" if row["act_name"] == "thank" else None)
        assert row["day"] == LAST_DAY
    for row in members:
        if row["held_by"] is not None:
            assert row["person_id"] not in written, "the held out are in no letter"
    # Where the lot held nobody out, it is full at once.
    left = PLANNED["most"] - len(inside)
    assert [still.most for still in first] == ([left] if left else [])


def test_nobody_is_drawn_into_a_test_twice(any_books: Books) -> None:
    test_id = started(any_books)
    applied(any_books, drafted(any_books))
    with any_books.reading() as unit:
        before = {row["person_id"] for row in trials.members(unit, test_id)}
    # Their window is over, nothing keeps them out but having been in it.
    applied(any_books, drafted(any_books, day=LAST_DAY + timedelta(days=90)))
    with any_books.reading() as unit:
        after = trials.members(unit, test_id)
        (still,) = running(unit, LAST_DAY) or (None,)
    assert before < {row["person_id"] for row in after}
    assert sum(row["held_by"] is None for row in after) > PLANNED["most"] - len(before) + 10
    assert still is None or still.inside == {row["person_id"] for row in after}


def test_it_takes_nobody_in_once_it_is_stopped_or_late(any_books: Books) -> None:
    test_id = started(any_books)
    with any_books.unit() as unit:
        assert [each.id for each in running(unit, LAST_DAY)] == [test_id]
        assert running(unit, LAST_DAY + timedelta(days=101)) == ()
        trials.stop(unit, test_id, "Mei", NOW)
        trials.stop(unit, test_id, "Li", NOW)
        assert trials.the_trial(unit, test_id)["stopped_by"] == "Mei"
        assert running(unit, LAST_DAY) == ()
    assert drafted(any_books).tested == 0


def test_a_test_that_is_none_is_an_error_in_words(any_books: Books) -> None:
    with any_books.unit() as unit, pytest.raises(HuitouError, match="no test"):
        trials.stop(unit, "none", "Mei", NOW)


def test_a_draft_that_was_never_applied_brings_nobody_in(any_books: Books) -> None:
    test_id = started(any_books)
    given.approved(any_books, drafted(any_books))
    with any_books.reading() as unit:
        assert trials.members(unit, test_id) == []


def test_who_turns_out_to_be_one_counts_once(any_books: Books) -> None:
    test_id = started(any_books)
    applied(any_books, drafted(any_books, share=0.0))
    with any_books.unit() as unit:
        before = [row["person_id"] for row in trials.members(unit, test_id)]
        identity.keep(unit, [(before[1], before[0])], [])
        after = [row["person_id"] for row in trials.members(unit, test_id)]
    assert sorted(after) == sorted(set(before) - {before[1]})


def test_a_test_is_no_part_of_the_campaign_and_both_lots_are_kept_apart(any_books: Books) -> None:
    started(any_books)
    plan = drafted(any_books)
    plan_id = applied(any_books, plan)
    with any_books.reading() as unit:
        assigned = journeys.assignments(unit, plan_id)
        totals = journeys.the_plan(unit, plan_id)["totals"]
    rows = assigned.to_pylist()
    tested = {row["person_id"] for row in rows if row["test"] is not None}
    assert tested and not tested & set(campaign(assigned)["person_id"].to_pylist())
    arms = dict(
        zip(*(programme(assigned)[n].to_pylist() for n in ("person_id", "arm")), strict=True)
    )
    for row in rows:
        universal = Holdout("salt", 0.2).holds(row["hold_key"])
        assert (arms[row["person_id"]] == "held_out") == universal
    assert totals["controls"] == sum(row["held_by"] == "programme" for row in rows) > 0
    assert totals["held_out"] == sum(row["held_by"] == "universal" for row in rows)
    assert totals["tested"] == plan.tested > 0


def test_what_two_drew_who_turned_out_to_be_one_is_asked_once(any_books: Books) -> None:
    plan_id = applied(any_books, drafted(any_books))
    with any_books.unit() as unit:
        before = {row["person_id"]: row for row in draws.drawn(unit, plan_id)}
        one, other = sorted(before)[:2]
        identity.keep(unit, [(one, other)], [])
        after = {row["person_id"]: row for row in draws.drawn(unit, plan_id)}
        assert len(draws.drawn(unit, plan_id)) == len(before) - 1
    assert after == {person: row for person, row in before.items() if person != one}


def test_what_was_drawn_is_read_back_as_it_was(any_books: Books) -> None:
    plan_id = applied(any_books, drafted(any_books))
    with any_books.reading() as unit:
        rows = draws.drawn(unit, plan_id)
    assert rows and not any(row["held_by"] == "universal" for row in rows)
    names = names_of(rows, Policy(without={"offer"}))
    chances = logged(rows, names)
    for row, told in zip(rows, chances, strict=True):
        assert told.sum() == pytest.approx(1)
        assert told[names.index(row["act_name"])] == pytest.approx(row["propensity"])
    limits = {"budget": 10_000_000, "share_of_value": 0.5}
    other = candidate(rows, names, Policy(share_of_value=0.1), {}, limits)
    assert other.sum(axis=1) == pytest.approx(1)
    assert (other[:, 0] >= chances[:, 0] - 1e-9).all()
