"""The outbox: asked twice is written once; the held out have no row; ends are ends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from huitou.journeys.sendings import book
from huitou.journeys.sendings.book import Wish
from huitou.journeys.sendings.tables import sending

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WISH = Wish("ladder", "climbed:gold", "p1", "email", "service", "step_up")


def test_the_same_wish_is_written_once(unit):
    assert book.ask(unit, [WISH, WISH], NOW) == 1
    assert book.ask(unit, [WISH], NOW) == 0
    assert book.counted(unit) == {("email", "planned"): 1}


def test_what_has_not_left_can_be_taken_back(unit):
    book.ask(unit, [WISH], NOW)
    assert book.withdraw(unit, "ladder", "climbed:gold", "p1", NOW) == 1
    assert book.counted(unit) == {("email", "cancelled"): 1}
    assert book.withdraw(unit, "ladder", "climbed:gold", "p1", NOW) == 0


@pytest.mark.parametrize("end", ["planned", "claimed", "handing_over"])
def test_what_is_in_doubt_is_never_planned_again(unit, end):
    book.ask(unit, [WISH], NOW)
    for state in ("handing_over", "in_doubt"):
        unit.change(update(sending).values(state=state))
    with pytest.raises(DBAPIError):
        unit.change(update(sending).values(state=end))


def test_nobody_held_out_can_have_a_row(unit):
    book.ask(unit, [WISH], NOW)
    row = dict(unit.first(select(sending)) or {})
    with pytest.raises(DBAPIError):
        unit.add(sending, [{**row, "id": "other", "arm": "held_out"}])
