"""Told when it is mended, once; on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.care.fixes import book as fixes
from huitou.care.fixes.rules import Due, Fix
from huitou.care.lessons import book as lessons
from huitou.identity import book as identity
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import message
from huitou.store.books import Books, Row

COURIER = Fix("delivery", "A courier who rings the bell", "Ann", date(2026, 2, 1))


def mended(books: Books, person: str = "p0001", made: Fix = COURIER, *, said: bool = True) -> str:
    with books.unit() as unit:
        fix_id = fixes.enter(unit, made, "Ann", NOW)
        fixes.set_due(unit, {person: Due(fix_id, said)})
    return fix_id


def plan_for(books: Books, later: int = 0, **facts: Any) -> list[Row]:
    """Draft, approve and write a plan in which word of the fix pays best; its messages."""
    with books.reading() as unit:
        due = fixes.due(unit)
    everybody = given.people(12, stage="active", may_email=True, may_call=False, **facts)
    rows = [
        {**row, "mended": row["person_id"] in due, "value_if_kept": 900_000, "spend": 200_000.0}
        for row in everybody.to_pylist()
    ]
    drafted = _draft(rows, later)
    plan_id = given.approved(books, drafted)
    lettering.write_letters(books, plan_id, given.desk(), NOW + timedelta(days=later))
    with books.reading() as unit:
        return unit.rows(select(message).where(message.c.plan_id == plan_id))


def _draft(rows: list[dict[str, Any]], later: int) -> Any:
    import pyarrow as pa

    from huitou.decisions.holdout import Holdout
    from huitou.decisions.limits import Limits
    from huitou.decisions.plan import draft

    limits = Limits(budget=10_000_000, staff_hours=100)
    day = given.LAST_DAY + timedelta(days=later)
    return draft(pa.Table.from_pylist(rows), limits, Holdout("salt", 0.0), day)


def told(messages: list[Row]) -> dict[str, str]:
    return {row["person_id"]: row["body"] for row in messages if row["act"] == "mended"}


def test_told_when_it_is_mended_once(any_books: Books) -> None:
    mended(any_books)
    first = told(plan_for(any_books))
    assert set(first) == {"p0001"} and "A courier who rings the bell" in first["p0001"]
    assert told(plan_for(any_books, later=60)) == {}


def test_a_plan_drafted_before_somebody_was_told_does_not_tell_them_again(
    any_books: Books,
) -> None:
    fix_id = mended(any_books)
    rows = [{**row, "mended": True} for row in given.people(4, stage="active").to_pylist()]
    plan_id = given.approved(any_books, _draft(rows, 0))
    with any_books.unit() as unit:
        assert fixes.told(unit, fix_id, "p0001", NOW)
    lettering.write_letters(any_books, plan_id, given.desk(), NOW)
    with any_books.reading() as unit:
        assert journeys.refusals(unit, plan_id).get("told", 0) >= 1
        assert not unit.rows(select(message).where(message.c.person_id == "p0001"))


def test_carrying_a_plan_out_twice_tells_once(any_books: Books) -> None:
    mended(any_books)
    plan_id = plan_for(any_books)[0]["plan_id"]
    lettering.write_letters(any_books, plan_id, given.desk(), NOW)
    with any_books.reading() as unit:
        assert fixes.listed(unit)[0]["told"] == 1


def test_another_fix_is_told_of_again(any_books: Books) -> None:
    mended(any_books)
    assert set(told(plan_for(any_books))) == {"p0001"}
    mended(any_books, made=Fix("delivery", "Boxes that do not leak", "Ann", date(2026, 2, 20)))
    again = told(plan_for(any_books, later=60))
    assert set(again) == {"p0001"} and "Boxes that do not leak" in again["p0001"]


def test_who_was_told_under_another_id_is_not_told_again(any_books: Books) -> None:
    fix_id = mended(any_books, person="p0002")
    with any_books.unit() as unit:
        assert fixes.told(unit, fix_id, "p0001", NOW)
        identity.keep(unit, [("p0001", "p0002")], [])
    with any_books.unit() as unit:
        assert fixes.due(unit) == {} == fixes.due(unit, ["p0001"])
        assert not fixes.told(unit, fix_id, "p0002", NOW)
        assert (fix_id, "p0002") in fixes.informed(unit)


def test_the_held_out_are_not_told(any_books: Books) -> None:
    import pyarrow as pa

    from huitou.decisions.holdout import Holdout
    from huitou.decisions.limits import Limits
    from huitou.decisions.plan import draft

    mended(any_books)
    rows = [{**row, "mended": True} for row in given.people(40, stage="active").to_pylist()]
    limits = Limits(budget=10_000_000, staff_hours=100)
    drafted = draft(pa.Table.from_pylist(rows), limits, Holdout("salt", 0.5), given.LAST_DAY)
    receipts = drafted.receipts.to_pylist()
    held = [row for row in receipts if row["arm"] == "held_out"]
    assert held and all(row["act"] == "nothing" for row in held)
    assert any(row["intended"] == "mended" for row in held)


def test_only_those_it_hurt_may_be_told() -> None:
    receipts = _draft(given.people(40).to_pylist(), 0).receipts
    assert "mended" not in receipts["act"].to_pylist()


def test_who_was_told_is_not_changed_afterwards(any_books: Books) -> None:
    fix_id = mended(any_books)
    with any_books.unit() as unit:
        fixes.told(unit, fix_id, "p0001", NOW)
    with pytest.raises(DBAPIError), any_books.unit() as unit:
        unit.execute(text("UPDATE fix_told SET person_id = 'p0009'"))


def test_the_latest_word_about_a_text_is_the_lesson(any_books: Books) -> None:
    with any_books.unit() as unit:
        assert lessons.teach(unit, "too  Loud", "en", "service", "Ann", NOW)
        assert not lessons.teach(unit, "too loud ", "en", "service", "Ann", NOW)
        assert lessons.teach(unit, "too loud", "en", "product", "Bob", NOW + timedelta(hours=1))
        (row,) = lessons.taught(unit)
        assert (row["cause"], row["by"]) == ("product", "Bob")
        assert lessons.forget(unit, row["id"]) and not lessons.taught(unit)
