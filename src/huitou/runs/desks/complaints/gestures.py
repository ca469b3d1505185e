"""Making good: an apology in money, never more than a customer is surely still worth."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from huitou.care.complaints import book
from huitou.ground.errors import NotYet, Refused
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.loyalty import book as loyalty
from huitou.runs.desks.complaints.drawn import standing

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

DAYS = 90
"""How long an apology can be used."""


def bound(house: House, settings: Settings, person_id: str | None) -> int | None:
    """Most that one customer may hold of us, minor units; None where nobody knows who it is."""
    row = standing(house, settings, person_id)
    if row is None:
        return None
    return max(0, math.floor(settings.share_of_value * row.value.low.minor))


def left(house: House, settings: Settings, unit: Unit, person_id: str | None) -> Money | None:
    """What may still be given to a customer, beside what they hold already."""
    most = bound(house, settings, person_id)
    if most is None or person_id is None:
        return None
    held = loyalty.held(unit, [person_id]).get(person_id, 0)
    return Money(max(0, most - held), settings.money)


def make(
    house: House, settings: Settings, unit: Unit, row: Row, amount: int, by: str, key: str
) -> str:
    """Promise `amount` off the next order, once for `key`; the sentence that tells the customer.

    Raises `Refused` above what the customer is surely still worth, less what they hold already.
    """
    person, now = row["person_id"], house.clock.now()
    most = bound(house, settings, person)
    if person is None:
        raise Refused("nobody knows whose complaint it is", to_try="join it to a customer first")
    if most is None:
        raise NotYet("what this customer is still worth is not known yet", to_try="huitou run")
    if amount < 0:
        raise Refused("an apology takes nothing away")
    offer_id, ends = f"complaint:{key}", now + timedelta(days=DAYS)
    may = left(house, settings, unit, person)
    if loyalty.offered(unit, offer_id) is None and may is not None and amount > may.minor:
        raise Refused(
            f"{Money(amount, settings.money).written()} is more than this customer is surely still"
            f" worth: at most {may.written()}",
            to_try="a smaller amount",
        )
    terms = loyalty.Terms(loyalty.WHOLE, amount, ends, amends=True)
    offer = loyalty.make_offer(unit, offer_id, person, terms, most, now)
    book.add_entry(
        unit, row["id"], "gesture", by, offer["code"], now, amount=amount, key=f"gift:{key}"
    )
    return _told(settings, row["language"], amount, offer["code"], offer["ends_at"])


def _told(settings: Settings, language: str, amount: int, code: str, ends_at: datetime) -> str:
    last = (ends_at - timedelta(microseconds=1)).astimezone(settings.zone).date()
    sentence = said(
        "As an apology: {amount} off your next order with the code {code}, until {day}.",
        amount=Money(amount, settings.money),
        code=code,
        day=last,
    )
    return speaker(language if language in LANGUAGES else settings.language).say(sentence)
