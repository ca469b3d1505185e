"""A dry run leaves no trace, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from sqlalchemy import func, select
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import message
from huitou.loyalty import book as loyalty
from huitou.store.books import Books
from huitou.store.outbox import outbox


def left(books: Books) -> tuple[int, int, dict[str, int], dict[str, int]]:
    """What a run would leave: messages, events, promises, outcomes."""
    with books.reading() as unit:
        plan_id = journeys.the_plan(unit)["id"]
        return (
            int(unit.value(select(func.count()).select_from(message))),
            int(unit.value(select(func.count()).select_from(outbox))),
            loyalty.held(unit),
            journeys.outcomes(unit, plan_id),
        )


def test_a_dry_run_is_the_run_and_leaves_nothing(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    before = left(any_books)
    listed = lettering.rehearse(any_books, plan_id, given.desk(), NOW, chunk=11)
    assert left(any_books) == before
    lettering.write_letters(any_books, plan_id, given.desk(), NOW)
    with any_books.reading() as unit:
        done = journeys.decided(unit, plan_id)
    assert [(row["id"], row["outcome"], row["subject"]) for row in listed] == [
        (row["id"], row["outcome"], row["subject"]) for row in done
    ]
    assert left(any_books) != before
