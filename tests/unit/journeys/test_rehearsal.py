"""A dry run: the same list as what then happens, and not one row in the books."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.care import book as care
from huitou.ground.errors import HuitouError
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.loyalty import book as loyalty
from huitou.store.books import Books
from huitou.store.columns import metadata

SAME = ("id", "person_id", "act", "channel", "depth", "cost", "worst_cost", "cap", "staff_minutes")


def counted(books: Books) -> dict[str, int]:
    """Rows of every table."""
    given.every_table()
    with books.reading() as unit:
        tables = metadata.sorted_tables
        return {t.name: int(unit.value(select(func.count()).select_from(t))) for t in tables}


def disturbed(books: Books, plan_id: str) -> None:
    """What happens between a plan and the post: silence, and promises made elsewhere."""
    with books.unit() as unit:
        rows = journeys.receipts(unit, plan_id, act="any", limit=40)
        for row in rows[:5]:
            care.be_silent(unit, row["person_id"], "any", "the till", NOW)
        for row in rows[5:9]:
            loyalty.promise(unit, row["person_id"], row["bound"], row["bound"], row["id"], NOW)


@pytest.mark.parametrize("chunk", [7, 500])
def test_what_a_dry_run_lists_is_what_then_happens(books: Books, chunk: int) -> None:
    """A preview said 98,938 and the run sent to 50,536: mautic 15834."""
    plan_id = given.approved(books)
    disturbed(books, plan_id)
    before = counted(books)
    listed = lettering.rehearse(books, plan_id, given.desk(), NOW, chunk=chunk)
    assert counted(books) == before
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    with books.reading() as unit:
        done = journeys.decided(unit, plan_id)
    compared = (*SAME, "outcome", "refused_because", "subject")
    assert [[row[name] for name in compared] for row in listed] == [
        [row[name] for name in compared] for row in done
    ]
    assert {row["refused_because"] for row in listed} >= {None, "silent", "bound"}


def test_a_draft_may_be_rehearsed_and_stays_a_draft(books: Books) -> None:
    with books.unit() as unit:
        plan_id = journeys.keep_draft(unit, given.drafted(), NOW)
    assert lettering.rehearse(books, plan_id, given.desk(), NOW)
    with books.reading() as unit:
        assert journeys.the_plan(unit, plan_id)["status"] == "draft"


def test_after_the_run_nothing_is_left_to_rehearse(books: Books) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    assert lettering.rehearse(books, plan_id, given.desk(), NOW) == []


def test_an_unknown_plan_is_an_error(books: Books) -> None:
    with pytest.raises(HuitouError, match="no plan"):
        lettering.rehearse(books, "nowhere", given.desk(), NOW)
