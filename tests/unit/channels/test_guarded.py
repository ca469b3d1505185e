"""A campaign that drives people away stops where it stands, and a human can let it go on."""

from __future__ import annotations

import pytest
from sqlalchemy import delete
from tests.unit.channels.test_deliveries import CLOCK, LATER, Fake, written
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.calls.book import NewCall
from huitou.channels import book as channels
from huitou.ground.errors import Refused
from huitou.journeys.guard import book as guard
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import plan_guard
from huitou.store.books import Books


@pytest.fixture
def plan_id(books: Books) -> str:
    """A plan whose letters are written."""
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    return plan_id


def test_nothing_more_is_handed_over_until_somebody_lifts_it(books: Books, plan_id: str) -> None:
    channel = Fake()
    with books.unit() as unit:
        assert guard.stop(unit, plan_id, "silence", {"day": "2026-03-02"}, guard.MACHINE, NOW)
    assert channels.deliver(books, channel, plan_id, CLOCK) == {"planned": written(books)}
    assert channel.given == []
    with books.unit() as unit:
        guard.lift(unit, plan_id, "anna", NOW)
    assert channels.deliver(books, channel, plan_id, LATER) == {"accepted": written(books)}


def test_other_plans_go_on(books: Books, plan_id: str) -> None:
    with books.unit() as unit:
        assert guard.stopped(unit, ["another"]) == {}
    assert channels.deliver(books, Fake(), plan_id, CLOCK) == {"accepted": written(books)}


def test_the_machine_does_not_stop_again_what_a_human_let_go_on(books: Books, plan_id: str) -> None:
    with books.unit() as unit:
        guard.stop(unit, plan_id, "churn", {}, guard.MACHINE, NOW)
        assert not guard.stop(unit, plan_id, "churn", {}, guard.MACHINE, NOW), "stopped is stopped"
        guard.lift(unit, plan_id, "anna", NOW)
        assert not guard.stop(unit, plan_id, "churn", {}, guard.MACHINE, NOW)
        assert guard.stopped(unit) == {}
        assert guard.stop(unit, plan_id, "by hand", {}, "anna", NOW)
        assert list(guard.stopped(unit)) == [plan_id]


def test_what_is_not_stopped_cannot_be_lifted(books: Books, plan_id: str) -> None:
    with books.unit() as unit, pytest.raises(Refused, match="not stopped"):
        guard.lift(unit, plan_id, "anna", NOW)


def test_what_the_guardrail_saw_is_never_taken_back(books: Books, plan_id: str) -> None:
    with books.unit() as unit:
        guard.looked(unit, plan_id, {"day": "2026-03-02"}, NOW)
    with pytest.raises(Exception, match="append-only"), books.unit() as unit:
        unit.change(delete(plan_guard))


def test_silence_after_a_letter_is_counted_once_a_person(books: Books, plan_id: str) -> None:
    channels.deliver(books, Fake(), plan_id, CLOCK)
    with books.unit() as unit:
        letters, silences = channels.answered_by_silence(unit)
        assert (letters, silences) == (written(books), 0)
        person = channels.handed_over(unit)[0]["person_id"]
        for channel in ("email", "any"):
            care.be_silent(unit, person, channel, "told to anna", LATER.now())
        assert channels.answered_by_silence(unit) == (letters, 1)


def test_nobody_is_rung_for_a_campaign_that_was_stopped(books: Books, plan_id: str) -> None:
    channel = Fake(name="call")
    channels.deliver(books, channel, plan_id, CLOCK)
    with books.unit() as unit:
        meant, asked = channels.handed_calls(unit, since=NOW)[:2]
        for row, by in ((meant, None), (asked, "anna")):
            new = NewCall(row["person_id"], "Mei", NOW.date(), 9, row["id"], asked_by=by)
            assert calls.add(unit, new, NOW)
        listed = calls.open_calls(unit)
        assert channels.without_halted(unit, listed) == listed
        guard.stop(unit, plan_id, "silence", {}, guard.MACHINE, NOW)
        (left,) = channels.without_halted(unit, listed)
        assert left["asked_by"] == "anna", "what staff asked for themselves stays"
        guard.lift(unit, plan_id, "anna", NOW)
        assert channels.without_halted(unit, listed) == listed
