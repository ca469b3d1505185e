"""Whom a run asks why they left: never the held out, the silent, those who wait, or twice."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pyarrow as pa
import pytest
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.care.interviews import book as interviews
from huitou.decisions.holdout import Holdout
from huitou.ground.settings import Settings
from huitou.runs.steps import asking, decide
from huitou.runs.work import Work
from huitou.store.books import Books

DAY = NOW.date()
SETTINGS = Settings(salt="salt", holdout_share=0.3, interview_share=0.5)
FREE = [n for n in range(200) if not Holdout("salt", 0.3).holds(f"member:{n}")]
HELD = [n for n in range(200) if n not in FREE]


def lost(number: int, **facts: Any) -> dict[str, Any]:
    known = {"person_id": f"p{number:03d}", "hold_key": f"member:{number}", "stage": "lost"}
    reach = {"has_email": False, "has_phone": False, "has_address": True}
    worth = {"value_if_kept": 10**6 - number, "last_day": DAY - timedelta(200)}
    return {**known, **reach, **worth, **facts}


def evening(
    books: Books, *people: dict[str, Any], settings: Settings = SETTINGS, day: date = DAY
) -> dict[str, Any]:
    causes = [{"person_id": one["person_id"], "cause": "price", "posterior": 0.6} for one in people]
    tables = {"people": pa.Table.from_pylist(list(people)), "causes": pa.Table.from_pylist(causes)}
    edition = SimpleNamespace(table=tables.__getitem__)
    work = SimpleNamespace(edition=edition, settings=settings, day=day, now=NOW)
    with books.unit() as unit:
        return dict(asking.open_interviews(cast(Work, work), unit))


def asked(books: Books) -> set[str]:
    with books.reading() as unit:
        return {row["person_id"] for row in interviews.heard(unit)}


def test_the_held_out_are_never_asked(books: Books) -> None:
    evening(books, *(lost(number) for number in HELD))
    assert asked(books) == set()


def test_answers_are_not_of_the_worthy_alone(books: Books) -> None:
    line = asking.worth_line(SETTINGS)
    poor = [lost(number, value_if_kept=line - 1) for number in FREE[:100]]
    rich = [lost(number) for number in FREE[100:110]]
    evening(books, *poor, *rich)
    with books.reading() as unit:
        rows = interviews.heard(unit)
    assert {row["person_id"] for row in rows} >= {one["person_id"] for one in rich}
    below = [row for row in rows if row["band"] != "high"]
    assert len(below) == 30 and {row["propensity"] for row in below} == {0.5}


def test_only_the_lost_of_late_are_asked(books: Books) -> None:
    first, second, third, *_ = FREE
    here = lost(second, stage="slipping")
    evening(books, lost(first), here, lost(third, last_day=DAY - timedelta(days=365)))
    assert asked(books) == {f"p{first:03d}"}


def test_a_run_that_is_repeated_asks_nobody_twice(books: Books) -> None:
    people = [lost(number) for number in FREE[:8]]
    assert evening(books, *people)["rows"] == 8
    assert evening(books, *people)["rows"] == 0
    later = [{**one, "last_day": DAY - timedelta(days=1)} for one in people]
    assert evening(books, *later)["rows"] == 0


@pytest.mark.parametrize("channel", ["any", "email"])
def test_the_silent_are_not_asked(books: Books, channel: str) -> None:
    first, second, *_ = FREE
    with books.unit() as unit:
        care.be_silent(unit, f"p{first:03d}", channel, "told at the till", NOW)
    evening(books, lost(first), lost(second))
    assert asked(books) == {f"p{second:03d}"}


def test_whom_a_person_asks_no_letter_asks_and_the_other_way_round(books: Books) -> None:
    first, second, *_ = FREE
    with books.unit() as unit:
        unit_case = [decide.worth_asking([lost(first)], DAY, line=0, most=1)[0]]
        care.open_cases(unit, unit_case, NOW)
    evening(books, lost(first), lost(second))
    assert asked(books) == {f"p{second:03d}"}
    causes = pa.table({"person_id": ["x"], "cause": ["price"], "posterior": [0.5]})
    tables = {"people": pa.Table.from_pylist([lost(second)]), "causes": causes}
    edition = SimpleNamespace(table=tables.__getitem__)
    work = SimpleNamespace(edition=edition, settings=SETTINGS, day=DAY, now=NOW)
    with books.unit() as unit:
        assert decide.open_cases(cast(Work, work), unit)["rows"] == 0


def test_email_only_where_it_is_allowed_and_leads_somewhere(books: Books) -> None:
    row = lost(1, has_email=True)
    full = SETTINGS.changed(
        smtp_host="mail", email_to_customers=True, public_url="https://shop.example"
    )
    assert asking.reach(row, full) == "email"
    for missing in ({"email_to_customers": False}, {"public_url": None}, {"smtp_host": None}):
        assert asking.reach(row, full.changed(**missing)) == "paper"
    no_address = {**row, "has_address": False}
    assert asking.reach(no_address, SETTINGS.changed(letters_by_hand=False)) == ""


def test_who_said_not_for_now_is_left_in_peace_until_they_buy_again(books: Books) -> None:
    people = pa.Table.from_pylist(
        [
            {"person_id": "p", "last_day": DAY - timedelta(days=9)},
            {"person_id": "q", "last_day": DAY + timedelta(days=9)},
            {"person_id": "r", "last_day": DAY},
        ]
    )
    with books.unit() as unit:
        for person in ("p", "q"):
            until = DAY + timedelta(days=180)
            interviews.rest(unit, person, "competitor", DAY, until, "interview", NOW)
        assert decide._resting(people, DAY + timedelta(days=10), unit) == [until, None, None]
        assert decide._resting(people, DAY + timedelta(days=180), unit) == [None, None, None]
