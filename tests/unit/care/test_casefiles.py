"""The file of a lost customer: what is written stays written, counts, and is told to all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.casefiles import book as files
from huitou.care.casefiles.notes import Note
from huitou.care.casefiles.tables import case_note
from huitou.care.cases import NewCase
from huitou.care.reasons import LEAVE_ALONE
from huitou.ground.errors import BadInput
from huitou.store.books import Books

DAY = NOW.date()


@pytest.fixture
def case_id(books: Books) -> str:
    """An open case of `p`, and one of `q` that is worth less."""
    with books.unit() as unit:
        care.open_cases(unit, [NewCase("p", DAY, 900), NewCase("q", DAY, 100)], NOW)
        return str(care.listed(unit)[0]["id"])


def test_a_line_sent_twice_is_written_once_and_effort_adds_up(books: Books, case_id: str) -> None:
    with books.unit() as unit:
        note = Note("call", "they were out", 7, 250)
        assert files.write(unit, case_id, note, "Mei", NOW)
        assert not files.write(unit, case_id, note, "Mei", NOW)
        assert files.write(unit, case_id, note, "Mei", NOW + timedelta(minutes=2))
        assert files.efforts(unit) == {case_id: files.Effort(14, 500)}
        assert [row["words"] for row in files.notes(unit, case_id)] == ["they were out"] * 2


def test_a_cause_that_was_found_counts_as_an_answer(books: Books, case_id: str) -> None:
    with books.unit() as unit:
        files.write(unit, case_id, Note("found", "", cause="moved"), "Mei", NOW)
        assert care.answered_causes(unit) == {"p": "moved"}
        assert care.find(unit, case_id)["status"] == "answered"


def test_found_out_that_they_want_peace_is_peace(books: Books, case_id: str) -> None:
    with books.unit() as unit:
        files.write(unit, case_id, Note("found", "said so", cause=LEAVE_ALONE), "Mei", NOW)
        assert ("p", "email") in care.silent(unit)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "gossip", "words": "x"},
        {"kind": "note", "words": " "},
        {"kind": "found", "words": "nothing named"},
        {"kind": "lesson", "words": "x", "cause": "boredom"},
        {"kind": "call", "words": "x", "minutes": 2_000},
        {"kind": "call", "words": "x", "cost": -1},
    ],
)
def test_what_cannot_stand_in_a_file_is_refused(wrong: dict) -> None:
    with pytest.raises(BadInput):
        Note(**wrong)


def test_what_is_written_is_never_changed(books: Books, case_id: str) -> None:
    with books.unit() as unit:
        files.write(unit, case_id, Note("note", "as it was"), "Mei", NOW)
    for forged in (update(case_note).values(words="as it suits"), delete(case_note)):
        with pytest.raises(IntegrityError), books.unit() as unit:
            unit.change(forged)


def test_cases_are_found_by_state_and_by_who_is_on_them(books: Books, case_id: str) -> None:
    with books.unit() as unit:
        care.assign(unit, case_id, "Mei")
        assert [row["person_id"] for row in files.listed(unit, owner="Mei")] == ["p"]
        assert [row["person_id"] for row in files.listed(unit, owner=files.UNOWNED)] == ["q"]
        assert files.listed(unit, status="closed") == []
        assert files.board(unit) == [{"status": "open", "n": 2, "worth": 1_000}]
        assert files.owners(unit) == ["Mei"]
        first = files.listed(unit, limit=1)[0]
        assert [r["person_id"] for r in files.listed(unit, after=(900, first["id"]))] == ["q"]


def test_a_closed_case_is_taken_up_again_but_not_one_that_came_back(
    books: Books, case_id: str
) -> None:
    with books.unit() as unit:
        care.close(unit, case_id, NOW)
        care.reopen(unit, case_id)
        assert files.followed(unit, ["p"])["p"]["id"] == case_id
        care.close(unit, case_id, NOW, returned=True)
        care.reopen(unit, case_id)
        assert care.find(unit, case_id)["status"] == "returned"


def test_a_lesson_is_heard_once_by_each(books: Books, case_id: str) -> None:
    with books.unit() as unit:
        files.write(unit, case_id, Note("lesson", "Ring earlier.", cause="service"), "Mei", NOW)
        lesson = files.lessons(unit)[0]
        assert (lesson["person_id"], lesson["cause"]) == ("p", "service")
        assert files.hear(unit, lesson["id"], "Li", NOW)
        assert not files.hear(unit, lesson["id"], "Li", NOW)
        assert files.heard(unit) == {lesson["id"]: ["Li"]}
