"""Case files and calls keep their rules on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.calls.outcomes import Outcome
from huitou.care.calls.tables import call, call_outcome
from huitou.care.casefiles import book as files
from huitou.care.casefiles.notes import Note
from huitou.care.casefiles.tables import case_note
from huitou.care.cases import NewCase
from huitou.identity import book as identity
from huitou.store.books import Books

DAY = NOW.date()


def test_a_file_is_written_once_counted_and_never_changed(any_books: Books) -> None:
    with any_books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900, opened_by="Mei")], NOW)
        case = files.followed(unit, ["p"])["p"]
        assert care.opened_by_hand(unit) == {"p"}
        note = Note("found", "a neighbour said", 7, 250, "moved")
        assert files.write(unit, case["id"], note, "Mei", NOW)
        assert not files.write(unit, case["id"], note, "Mei", NOW)
        assert files.efforts(unit) == {case["id"]: files.Effort(7, 250)}
        assert files.board(unit) == [{"status": "answered", "n": 1, "worth": 900}]
        files.write(unit, case["id"], Note("lesson", "Ask earlier."), "Mei", NOW)
        assert files.hear(unit, files.lessons(unit)[0]["id"], "Li", NOW)
    for forged in (update(case_note).values(words="other"), delete(case_note)):
        with pytest.raises(IntegrityError), any_books.unit() as unit:
            unit.change(forged)


def test_a_call_is_listed_once_told_once_and_ends_once(any_books: Books) -> None:
    mine = calls.NewCall("p", "Mei", DAY, 10, decision_id="d", gain=(5, -1, 9))
    with any_books.unit() as unit:
        assert calls.add(unit, mine, NOW) and not calls.add(unit, mine, NOW)
        told = Outcome("answered", why="price", where_to="the market")
        assert calls.record(unit, mine.id, told, "Mei", NOW, today=DAY, phone="+86138")
        assert not calls.record(unit, mine.id, told, "Mei", NOW, today=DAY)
        assert [row["why"] for row in calls.heard(unit)] == ["price"]
        assert calls.known_decisions(unit) == {"d"} and calls.load(unit) == {}
    for forged in (
        update(call_outcome).values(code="silence"),
        delete(call_outcome),
        update(call).values(state="todo"),
    ):
        with pytest.raises(IntegrityError), any_books.unit() as unit:
            unit.change(forged)


def test_two_who_turn_out_to_be_one_have_one_history(any_books: Books) -> None:
    with any_books.unit() as unit:
        care.open_cases(unit, [NewCase("old", DAY, 900)], NOW)
        calls.add(unit, calls.NewCall("old", "Mei", DAY, 10), NOW)
        identity.keep(unit, [("old", "new")], [])
        standing = calls.open_of(unit, "new")
        assert standing is not None and standing["person_id"] == "old"
        assert not calls.add(unit, calls.NewCall("new", "Li", DAY, 10), NOW)
        assert set(files.followed(unit, ["new"])) == {"old", "new"}
        calls.record(unit, standing["id"], Outcome("will_come"), "Mei", NOW, today=DAY)
        assert len(calls.to_person(unit, "new")) == 1
