"""Who wants to be left alone, letters in doubt, and where the lost say they went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitou.care import book as care
from huitou.care.interviews import book as interviews
from huitou.care.reasons import WHYS
from huitou.channels import book as channels
from huitou.ground.channels import ANY
from huitou.ground.errors import HuitouError
from huitou.ground.words import Sentence, said
from huitou.runs.views import Doubt

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit


def leave_alone(house: House, person_id: str, channel: str, by: str) -> None:
    """Somebody asked for silence, on one channel or on `any`; it holds until they say otherwise."""
    _check(channel)
    with house.books.unit() as unit:
        care.be_silent(unit, person_id, channel, f"told to {by}", house.clock.now())
        interviews.end_silent(unit, [person_id])


def speak_again(house: House, person_id: str, channel: str, by: str) -> None:
    """Somebody asked to hear from us again, on one channel or on `any`."""
    _check(channel)
    with house.books.unit() as unit:
        care.may_speak(unit, person_id, channel, f"told to {by}", house.clock.now())


def _check(channel: str) -> None:
    if channel not in (ANY, *care.CHANNELS):
        raise HuitouError(
            f"there is no channel {channel!r}", to_try=", ".join((ANY, *care.CHANNELS))
        )


def in_doubt(house: House) -> tuple[Doubt, ...]:
    """Letters of which nobody knows whether they arrived, the oldest first."""
    with house.books.reading() as unit:
        rows = channels.in_doubt(unit)
    return tuple(_doubt(house, row) for row in rows)


def _doubt(house: House, row: Row) -> Doubt:
    standing = house.shelf.find(row["person_id"])
    return Doubt(
        decision=row["decision_id"],
        channel=row["channel"],
        person=row["person_id"],
        subject=row["subject"],
        at=row["at"],
        key=standing["name"] or standing["key"] if standing else None,
    )


def settle_doubt(house: House, decision: str, channel: str, arrived: bool, by: str) -> None:
    """Somebody found out; the letter is never sent again either way."""
    now = house.clock.now()
    with house.books.unit() as unit:
        channels.settle_doubt(unit, decision, channel, accepted=arrived, by=by, now=now)


def places(unit: Unit) -> tuple[Sentence, ...]:
    """Where those who answered say they went, the most named first."""
    return tuple(
        said("{n} of those who answered now go to: {place}", n=row["n"], place=row["where_to"])
        for row in interviews.places_named(unit)
    )


def reasons_named(unit: Unit) -> tuple[Sentence, ...]:
    """How many were asked why they left, and what those who answered say; nothing before that."""
    counts = interviews.counted(unit)
    asked, answered = sum(counts.values()), counts.get("answered", 0)
    told = interviews.reasons(unit)
    if not asked and not told:
        return ()
    return (
        said(
            "{n} were asked why they left, {m} answered. Those who answer are not all who leave.",
            n=asked,
            m=answered,
        ),
        *(said("{n} said: {why}", n=n, why=WHYS[why]) for why, n in told),
    )
