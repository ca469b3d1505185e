"""Whom a run asks: the worthiest of the lost, never the silent, the held out or the answered."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.cases import Answer
from huitou.decisions.holdout import Holdout
from huitou.ground.settings import Settings
from huitou.runs.steps import decide
from huitou.runs.work import Work
from huitou.store.books import Books

DAY = NOW.date()
SETTINGS = Settings(salt="salt", holdout_share=0.3)
FREE = [n for n in range(100) if not Holdout("salt", 0.3).holds(f"member:{n}")]


def lost(number: int, **facts: Any) -> dict[str, Any]:
    known = {"person_id": f"p{number:02d}", "hold_key": f"member:{number}", "stage": "lost"}
    return {**known, "value_if_kept": 10**6 - number, "last_day": DAY - timedelta(400), **facts}


def evening(books: Books, day: date, *people: dict[str, Any]) -> dict[str, Any]:
    """The step of one evening."""
    causes = [{"person_id": one["person_id"], "cause": "price", "posterior": 0.6} for one in people]
    tables = {"people": pa.Table.from_pylist(list(people)), "causes": pa.Table.from_pylist(causes)}
    edition = SimpleNamespace(table=tables.__getitem__)
    work = SimpleNamespace(edition=edition, settings=SETTINGS, day=day, now=NOW)
    with books.unit() as unit:
        return dict(decide.open_cases(cast(Work, work), unit))


def waiting(books: Books) -> set[str]:
    with books.reading() as unit:
        return care.people_with_open_cases(unit)


def answer(books: Books, why: str) -> None:
    with books.unit() as unit:
        for row in care.listed(unit):
            care.record_answer(unit, row["id"], Answer(why), "clerk", NOW)


def test_the_worthiest_that_are_not_held_out_are_asked(books: Books) -> None:
    people = [lost(number) for number in reversed(range(40))]
    evening(books, DAY, *people, lost(98, stage="loyal", value_if_kept=10**7))
    assert waiting(books) == {f"p{number:02d}" for number in FREE[: decide.CASES_A_RUN]}
    with books.reading() as unit:
        assert all(row["suspects"][0]["cause"] == "price" for row in care.listed(unit))


@pytest.mark.parametrize("channel", ["any", "email"])
def test_nobody_who_asked_for_silence_is_asked_why_they_left(books: Books, channel: str) -> None:
    first, second, *_ = FREE
    with books.unit() as unit:
        care.be_silent(unit, f"p{first:02d}", channel, "told at the till", NOW)
    evening(books, DAY, lost(first), lost(second))
    assert waiting(books) == {f"p{second:02d}"}


@pytest.mark.parametrize("why", ["moved", "leave_me_alone"])
def test_who_answered_is_not_asked_again_unless_they_bought_since(books: Books, why: str) -> None:
    (number, *_), later = FREE, DAY + timedelta(days=90)
    evening(books, DAY, lost(number))
    answer(books, why)
    assert evening(books, DAY + timedelta(days=1), lost(number))["rows"] == 0
    bought = lost(number, last_day=DAY + timedelta(days=2))
    asked = evening(books, later, bought)
    assert asked == {"rows": int(why != "leave_me_alone"), "closed": 1}
    assert evening(books, later + timedelta(days=1), bought) == {"rows": 0, "closed": 0}


def test_the_case_of_somebody_who_is_lost_no_more_is_closed(books: Books) -> None:
    number = FREE[0]
    evening(books, DAY, lost(number))
    back = lost(number, stage="returned", last_day=DAY + timedelta(days=2))
    assert evening(books, DAY + timedelta(days=3), back) == {"rows": 0, "closed": 1}
    assert waiting(books) == set()
