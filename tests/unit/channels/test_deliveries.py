"""Handing over at most once, whatever the other side and the machine do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW, ZONE

from huitou.care import book as care
from huitou.care.cases import NewCase
from huitou.care.complaints import book as complaints
from huitou.care.complaints.rules import Arrived
from huitou.care.consents import book as consents
from huitou.channels import book as channels
from huitou.channels.contract import End, Outcome
from huitou.channels.paper import Paper
from huitou.channels.tables import delivery
from huitou.ground.clock import StoppedClock
from huitou.ground.errors import Refused
from huitou.journeys.lettering import book as lettering
from huitou.journeys.messages import Message
from huitou.journeys.tables import message
from huitou.loyalty import book as loyalty
from huitou.store.books import Books
from huitou.store.outbox import outbox

CLOCK = StoppedClock(NOW)
LATER = StoppedClock(NOW + timedelta(hours=1))


@dataclass
class Fake:
    """A channel that ends as it is told, and remembers what it was given."""

    end: End = End.ACCEPTED
    name: str = "email"
    repeatable: bool = False
    batch: int = 3
    given: list[str] = field(default_factory=list)
    gathered: list[int] = field(default_factory=list)

    def hand_over(self, message: Message, now: datetime) -> Outcome:
        self.given.append(message.decision_id)
        return Outcome(self.end, "replied", "said so")

    def gather(self, plan_id: str, messages: Sequence[Message]) -> None:
        self.gathered.append(len(messages))


@pytest.fixture
def plan_id(books: Books) -> str:
    """A plan whose letters are written."""
    plan_id = given.approved(books)
    lettering.write_letters(books, plan_id, given.desk(), NOW)
    return plan_id


def written(books: Books, channel: str = "email") -> int:
    with books.reading() as unit:
        return unit.value(select(func.count()).where(message.c.channel == channel))


def test_each_message_is_handed_over_once(books: Books, plan_id: str) -> None:
    channel, shares = Fake(), list[float]()
    counts = channels.deliver(books, channel, plan_id, CLOCK, progress=shares.append)
    assert counts == {"accepted": written(books)} and shares[-1] == 1.0
    channels.deliver(books, channel, plan_id, LATER)
    assert len(channel.given) == len(set(channel.given)) == written(books) > 3
    assert channel.gathered == [written(books)] * 2


def test_an_unclear_end_stays_unclear_until_somebody_knows(books: Books, plan_id: str) -> None:
    channel = Fake(End.IN_DOUBT)
    counts = channels.deliver(books, channel, plan_id, CLOCK)
    channels.deliver(books, channel, plan_id, LATER)
    assert counts == {"in_doubt": written(books)} and len(channel.given) == written(books)
    with books.unit() as unit:
        first, second, *_ = channels.in_doubt(unit)
        for row, taken in ((first, True), (second, False)):
            channels.settle_doubt(
                unit, row["decision_id"], "email", accepted=taken, by="owner", now=NOW
            )
    with books.reading() as unit:
        found = channels.states(unit, plan_id)["email"]
    assert found == {"in_doubt": written(books) - 2, "accepted": 1, "refused": 1}
    with books.unit() as unit, pytest.raises(Refused, match="not in doubt"):
        channels.settle_doubt(
            unit, first["decision_id"], "email", accepted=True, by="owner", now=NOW
        )


def test_nobody_settles_a_doubt_anonymously(books: Books, plan_id: str) -> None:
    channels.deliver(books, Fake(End.IN_DOUBT), plan_id, CLOCK)
    with pytest.raises(IntegrityError), books.unit() as unit:
        unit.change(update(delivery).values(state="accepted"))


def test_a_doubt_keeps_its_promise_and_a_refusal_gives_it_back(books: Books, plan_id: str) -> None:
    with books.reading() as unit:
        before = loyalty.held(unit)
        mailed = {row["person_id"] for row in _offers_by_mail(books)}
    channels.deliver(books, Fake(End.IN_DOUBT), plan_id, CLOCK)
    with books.unit() as unit:
        assert loyalty.held(unit) == before
        for row in channels.in_doubt(unit):
            channels.settle_doubt(
                unit, row["decision_id"], "email", accepted=False, by="owner", now=NOW
            )
        assert mailed and loyalty.held(unit).keys() == before.keys() - mailed
        assert loyalty.check(unit) == []


def _offers_by_mail(books: Books) -> list[dict]:
    offers = (message.c.act == "offer") & (message.c.channel == "email")
    with books.reading() as unit:
        return [dict(row) for row in unit.rows(select(message).where(offers))]


def test_what_failed_safely_is_tried_again_later_and_given_up_in_the_end(
    books: Books, plan_id: str
) -> None:
    channel = Fake(End.RETRY_SAFE)
    for attempt in range(1, channels.TRIES + 1):
        counts = channels.deliver(books, channel, plan_id, CLOCK)
        assert len(channel.given) == attempt * written(books)
        with books.reading() as unit:
            due = channels.unfinished(unit)
        assert ((plan_id, "email") in due) == (attempt < channels.TRIES)
    assert counts == {"refused": written(books)}


def kept_back(books: Books, plan_id: str, row: dict[str, Any]) -> str:
    """The rule that keeps this one letter back, and with it what it promised."""
    channel = Fake()
    counts = channels.deliver(books, channel, plan_id, CLOCK)
    assert counts["suppressed"] == 1 and row["decision_id"] not in channel.given
    with books.reading() as unit:
        (letter,) = channels.letters_to(unit, row["person_id"])
        assert row["person_id"] not in loyalty.held(unit)
    return str(letter["reason"])


def test_silence_after_writing_is_obeyed_at_the_door(books: Books, plan_id: str) -> None:
    (row, *_) = _offers_by_mail(books)
    with books.unit() as unit:
        care.be_silent(unit, row["person_id"], "email", "answered a letter", NOW)
    assert kept_back(books, plan_id, row) == "silent"


def test_a_case_opened_after_writing_keeps_the_letter_back(books: Books, plan_id: str) -> None:
    (row, *_) = _offers_by_mail(books)
    with books.unit() as unit:
        care.open_cases(unit, [NewCase(row["person_id"], NOW.date(), 900)], NOW)
    assert kept_back(books, plan_id, row) == "open_case"


def test_an_offer_by_traits_is_kept_back_from_who_refused_them_after_writing(
    books: Books, plan_id: str
) -> None:
    (row, *_) = _offers_by_mail(books)
    person = row["person_id"]
    with books.unit() as unit:
        consents.withdraw(unit, person, "any", "personalised", source="preferences", now=NOW)
    assert kept_back(books, plan_id, row) == "not_by_traits"


def test_a_complaint_after_writing_keeps_the_letter_back(books: Books, plan_id: str) -> None:
    (row, *_) = _offers_by_mail(books)
    with books.unit() as unit:
        told = Arrived("k1", "It came broken.", "form", person_id=row["person_id"])
        complaints.receive(unit, told, NOW)
    assert kept_back(books, plan_id, row) == "open_complaint"


def test_an_offer_that_was_ended_first_does_not_stop_the_rest(books: Books, plan_id: str) -> None:
    late = StoppedClock(NOW + timedelta(days=60))
    with books.unit() as unit:
        assert loyalty.expire(unit, late.now())
    channel = Fake()
    counts = channels.deliver(books, channel, plan_id, late)
    assert counts["expired"] == len(_offers_by_mail(books))
    assert len(channel.given) == written(books) - counts["expired"] > 0


def test_an_offer_that_has_ended_does_not_leave_any_more(books: Books, plan_id: str) -> None:
    channel = Fake()
    late = StoppedClock(NOW + timedelta(days=60))
    counts = channels.deliver(books, channel, plan_id, late)
    offers = {row["decision_id"] for row in _offers_by_mail(books)}
    assert counts["expired"] == len(offers) > 0 and not offers & set(channel.given)


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Dying(Fake):
    """A channel during whose second message the machine stops."""

    def hand_over(self, message: Message, now: datetime) -> Outcome:
        outcome = super().hand_over(message, now)
        if len(self.given) == 2:
            raise Killed
        return outcome


def test_what_was_on_its_way_when_the_machine_stopped_is_in_doubt(
    books: Books, plan_id: str
) -> None:
    dying = Dying(batch=1)
    with pytest.raises(Killed):
        channels.deliver(books, dying, plan_id, CLOCK)
    after = Fake(batch=1)
    soon = channels.deliver(books, after, plan_id, CLOCK)
    assert soon == {"accepted": written(books) - 1, "handing_over": 1}
    much_later = StoppedClock(NOW + channels.LEASE)
    assert channels.deliver(books, after, plan_id, much_later)["in_doubt"] == 1
    assert not set(dying.given) & set(after.given)


def test_files_that_were_being_written_are_written_again(books: Books, plan_id: str) -> None:
    dying = Dying(name="paper", repeatable=True)
    with pytest.raises(Killed):
        channels.deliver(books, dying, plan_id, CLOCK)
    after = Fake(name="paper", repeatable=True)
    counts = channels.deliver(books, after, plan_id, CLOCK)
    assert counts == {"accepted": written(books, "paper")}
    assert set(dying.given) <= set(after.given)


def test_a_process_taken_for_dead_may_still_report(books: Books, plan_id: str) -> None:
    @dataclass
    class Slow(Fake):
        def hand_over(self, message: Message, now: datetime) -> Outcome:
            if not self.given:
                much_later = StoppedClock(NOW + 2 * channels.LEASE)
                other = Fake(End.RETRY_SAFE, batch=1)
                channels.deliver(books, other, plan_id, much_later)
                assert message.decision_id not in other.given
            return super().hand_over(message, now)

    slow = Slow(batch=1)
    channels.deliver(books, slow, plan_id, CLOCK)
    with books.reading() as unit:
        row = unit.first(select(delivery).where(delivery.c.decision_id == slow.given[0]))
    assert row is not None and (row["state"], row["settled_by"]) == ("accepted", "email itself")


def test_every_message_is_in_exactly_one_state_and_told_of(
    books: Books, plan_id: str, tmp_path: Path
) -> None:
    channels.deliver(books, Fake(), plan_id, CLOCK)
    channels.deliver(books, Paper(tmp_path, ZONE), plan_id, CLOCK)
    with books.reading() as unit:
        counted = channels.states(unit, plan_id)
        told = unit.value(select(func.count()).where(outbox.c.kind == "delivery.accepted"))
        everything = unit.value(select(func.count()).select_from(message))
    assert sum(sum(by_state.values()) for by_state in counted.values()) == everything
    assert told == counted["email"]["accepted"] + counted["paper"]["accepted"]
    assert "call" not in counted or counted["call"] == {"unsent": counted["call"]["unsent"]}


def test_letters_of_one_person_are_found(books: Books, plan_id: str) -> None:
    channels.deliver(books, Fake(), plan_id, CLOCK)
    (row, *_) = _offers_by_mail(books)
    with books.reading() as unit:
        (letter,) = channels.letters_to(unit, row["person_id"])
        assert letter["state"] == "accepted" and letter["subject"] == row["subject"]
        handed = {"person_id": row["person_id"], "day": given.LAST_DAY}
        assert handed in channels.handed_over(unit)
