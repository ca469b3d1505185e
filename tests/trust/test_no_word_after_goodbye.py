"""Once somebody asked to be left alone, no journey that runs hands anything over to them (I-12).

Seen elsewhere: parcelvoy 442, notifuse 29.1. `HUITOU_GOODBYES=1000` tries as many interleavings.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update
from tests.contract.test_path_rules import Street
from tests.unit.journeys.given import every_table

from huitou.care import book as care
from huitou.journeys.permission import book as permission
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Books

TRIES = int(os.environ.get("HUITOU_GOODBYES", "100"))
TOGETHER = 50


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    """Books that do not wait for the disk."""
    made = Books.in_folder(tmp_path)
    event.listen(made.engine, "connect", _in_a_hurry)
    made.migrate(every_table())
    yield made
    made.close()


def _in_a_hurry(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def hand_over(books: Books, now: datetime) -> None:
    """What a channel does: claim what may leave, asked in the very transaction."""
    with books.unit() as unit:
        planned = select(sending).where(sending.c.state == "planned", sending.c.not_before <= now)
        rows = unit.rows(planned)
        wanted = [
            permission.Wanted(row["id"], row["person_id"], row["channel"], row["purpose"])
            for row in rows
        ]
        for one, verdict in zip(wanted, permission.judge(unit, wanted, now), strict=True):
            mine = update(sending).where(sending.c.id == one.id, sending.c.state == "planned")
            if verdict.goes:
                unit.change(mine.values(state="handing_over", at=now))
            else:
                unit.change(mine.values(state="suppressed", rule=verdict.rule, at=now))


def test_no_hand_over_is_later_than_a_goodbye(books: Books) -> None:
    """Each person says goodbye at a place of their own among what the house does."""
    street, goodbyes = Street(books), dict[str, datetime]()
    for number in range(0, TRIES, TOGETHER):
        chance = random.Random(number)
        people = [f"p{number + each}" for each in range(min(TOGETHER, TRIES - number))]
        street.come(people)
        deeds = ["move", "move", "hand", "hand", "week"]
        chance.shuffle(deeds)
        deeds += ["week", "move", "hand"]
        leaving = {who: chance.randrange(len(deeds)) for who in people}
        for place, deed in enumerate(deeds):
            for who in (who for who in people if leaving[who] == place):
                street.now += timedelta(seconds=1)
                with books.unit() as unit:
                    care.be_silent(unit, who, chance.choice(("any", "email")), "t", street.now)
                goodbyes[who] = street.now
            street.now += timedelta(seconds=1)
            if deed == "hand":
                hand_over(books, street.now)
            else:
                street.pass_by(days=8 if deed == "week" else 0)
    with books.reading() as unit:
        rows = unit.rows(select(sending))
    handed = [row for row in rows if row["state"] == "handing_over"]
    assert handed, "some were written to before they said goodbye"
    assert not [row for row in handed if row["at"] > goodbyes[row["person_id"]]]
    assert len(goodbyes) == TRIES
