"""The outbox of messages: guarded whoever writes, and made anew without losing a row."""

from __future__ import annotations

from typing import Any

import pytest
from alembic import command
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from tests.unit.journeys.given import NOW, every_table

from huitou.journeys.paths.tables import position
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Books, Unit
from huitou.store.migrations.history import config, current


def _walks(unit: Unit, arm: str) -> None:
    row: dict[str, Any] = {
        "journey": 1, "person_id": arm, "entry": "e", "who": arm, "version": 1, "arm": arm,
        "node": "n", "since": NOW, "wake_at": NOW, "as_of": NOW, "entered_at": NOW, "steps": 0,
        "told": {},
    }  # fmt: skip
    unit.add(position, [row])


def _wish(person: str, journey: int = 1) -> Wish:
    return Wish("journey", f"j{journey}.1.1.e", person, "email", "marketing", "hello")


def _asked(books: Books) -> set[str]:
    with books.reading() as unit:
        return {row["person_id"] for row in unit.rows(select(sending.c.person_id))}


def test_a_journey_writes_nothing_to_whom_it_compares_with(any_books: Books) -> None:
    with any_books.unit() as unit:
        for arm in ("treated", "control"):
            _walks(unit, arm)
    with pytest.raises(DatabaseError, match="held out of it"), any_books.unit() as unit:
        sendings.ask(unit, [_wish("treated"), _wish("control")], NOW)
    assert _asked(any_books) == set()
    with any_books.unit() as unit:
        sendings.ask(unit, [_wish("treated"), _wish("control", journey=11)], NOW)
    assert _asked(any_books) == {"treated", "control"}


def test_without_the_guard_it_would(any_books: Books) -> None:
    on_sqlite = any_books.engine.dialect.name == "sqlite"
    with any_books.unit() as unit:
        where = "" if on_sqlite else " ON sending"
        unit.execute(text(f"DROP TRIGGER guard_sending_insert_paths{where}"))
        _walks(unit, "control")
        sendings.ask(unit, [_wish("control")], NOW)
    assert _asked(any_books) == {"control"}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ("UPDATE sending SET channel = 'pigeon'", True),
        ("UPDATE sending SET state = 'nowhere'", True),
        ("UPDATE sending SET state = 'accepted'", True),
        ("UPDATE sending SET state = 'claimed'", False),
        ("UPDATE position SET arm = 'treated'", True),
        ("UPDATE position SET steps = steps + 1", False),
    ],
)
def test_rows_keep_their_rules(any_books: Books, change: str, refused: bool) -> None:
    with any_books.unit() as unit:
        _walks(unit, "control")
        sendings.ask(unit, [_wish("somebody")], NOW)
    if refused:
        with pytest.raises(DatabaseError), any_books.unit() as unit:
            unit.execute(text(change))
    else:
        with any_books.unit() as unit:
            unit.execute(text(change))


def test_what_waits_outlives_the_outbox_that_is_made_anew(empty_books: Books) -> None:
    with empty_books.unit() as unit:
        assert current(unit.connection) is None
        command.upgrade(config(unit.connection, every_table()), "0025_schedule")
        sendings.ask(unit, [_wish(f"p{n}") for n in range(3)], NOW)
    with empty_books.reading() as unit:
        before = unit.rows(select(sending).order_by(sending.c.id))
    empty_books.migrate(every_table())
    with empty_books.reading() as unit:
        assert unit.rows(select(sending).order_by(sending.c.id)) == before
    assert len(before) == 3
