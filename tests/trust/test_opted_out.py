"""Nothing is handed over later than a word against it, whatever happens in between (TRUST I-12);
and none at night, whenever the post runs (I-13)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW, every_table

from huitou.care import book as care
from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.care.consents import book as consents
from huitou.channels import book as channels
from huitou.channels.contract import End, Outcome
from huitou.journeys.lettering import book as lettering
from huitou.journeys.messages import Message
from huitou.journeys.permission import book as permission
from huitou.journeys.tables import message
from huitou.store.books import Books


@dataclass
class Ticking:
    """A clock that goes on a second at every look."""

    moment: datetime = NOW

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


@dataclass
class Interrupted:
    """A mail server; while it takes a message, customers anywhere change their minds."""

    books: Books
    clock: Ticking
    drawn: random.Random
    people: Sequence[str]
    end: End = End.ACCEPTED
    name: str = "email"
    repeatable: bool = False
    batch: int = 1
    handed: list[tuple[str, datetime]] = field(default_factory=list)
    against: dict[str, datetime] = field(default_factory=dict)

    def hand_over(self, message: Message, now: datetime) -> Outcome:
        self.handed.append((message.recipient.person_id, now))
        if self.drawn.random() < 0.7:
            self._somebody_objects()
        return Outcome(self.drawn.choice((self.end, End.RETRY_SAFE)), "replied")

    def gather(self, plan_id: str, messages: Sequence[Message]) -> None:
        """Nothing to gather."""

    def _somebody_objects(self) -> None:
        person, at = self.drawn.choice(self.people), self.clock.now()
        with self.books.unit() as unit:
            match self.drawn.randrange(4):
                case 0:
                    consents.withdraw(
                        unit, person, "email", "marketing", source="unsubscribe", now=at
                    )
                case 1:
                    consents.refuse_all(unit, person, source="preferences", now=at)
                case 2:
                    care.be_silent(unit, person, "any", "told at the till", at)
                case _:
                    arrived = Arrived(f"{person} {at}", "It came broken.", "staff")
                    row = complaints.receive(unit, arrived, at)
                    complaints.join(unit, row["id"], person, "mei", at)
        self.against.setdefault(person, at)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    made = Books(f"sqlite:///{tmp_path / 'books.db'}")
    made.migrate(every_table())
    return made


def written_to(books: Books) -> list[str]:
    """Who is to get an e-mail."""
    with books.reading() as unit:
        query = select(message.c.person_id).where(message.c.channel == "email")
        return sorted(row["person_id"] for row in unit.rows(query))


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_handed_over_after_a_word_against_it(books: Books, seed: int) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    clock = Ticking()
    channel = Interrupted(books, clock, random.Random(seed), written_to(books))
    for _ in range(4):
        channels.deliver(books, channel, plan_id, clock)
        clock.moment += timedelta(minutes=20)
    late = [
        (who, at, channel.against[who])
        for who, at in channel.handed
        if who in channel.against and at > channel.against[who]
    ]
    assert late == [] and channel.handed and channel.against
    assert {who for who, _ in channel.handed} & set(channel.against), "some were just in time"


def test_none_at_night_whenever_the_post_runs(books: Books) -> None:
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    told = {
        "text": '[hours]\nopens = "10:00"\ncloses = "12:00"\nchannels = ["email"]\n'
        "[[cap]]\nmost = 1\ndays = 30\n",
        "zone": "Asia/Shanghai",
        "email_to_customers": True,
    }
    with books.unit() as unit:
        permission.put_in_force(unit, told, "mei", NOW)
    clock, drawn = Ticking(), random.Random(3)
    channel = Interrupted(books, clock, drawn, written_to(books))
    for _ in range(40):
        channels.deliver(books, channel, plan_id, clock)
        clock.moment += timedelta(minutes=drawn.randrange(20, 170))
    here = ZoneInfo("Asia/Shanghai")
    walls = [at.astimezone(here) for _, at in channel.handed]
    assert walls and all(10 <= wall.hour < 12 for wall in walls)
