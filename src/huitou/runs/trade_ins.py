"""What is given for an old machine: a promise, so within what its owner may hold of the shop.

A quote is the list's amount or nothing: for the same machine of the same age nobody is given less.
It is an offer off the next order, with a code; its worst cost is in the exposure account until it
is used, its last day is over, or the machine is gone.
"""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from huitou.care.machines import book as machines
from huitou.care.machines.rules import Rules
from huitou.ground.errors import NotYet, Refused
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.identity.book import names
from huitou.loyalty import book as loyalty

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition


def quote(
    unit: Unit,
    edition: Edition | None,
    settings: Settings,
    rules: Rules,
    serial: str,
    now: datetime,
) -> Row:
    """The quote that holds for a machine today, made if there was none; with its `code`.

    Raises `Refused` where the list gives nothing for it or its owner may not hold so much, and
    `NotYet` where nobody knows what its owner is still worth.
    """
    row, today = machines.find(unit, serial), now.astimezone(settings.zone).date()
    if (holding := held(unit, today).get(row["id"])) is not None:
        return holding
    kind = rules.kind(row["product"])
    amount = kind.worth(row["installed_on"], today) if kind else 0
    if not amount:
        raise Refused(said("The list gives nothing for a machine of this kind and age."))
    owner, ends_on = names(unit, [row["person_id"]]).now(row["person_id"]), today + rules.holds
    terms = loyalty.Terms(loyalty.WHOLE, amount, _midnight_after(ends_on, settings))
    bound, key = _bound(edition, settings, owner), machines.quote_id(row, today)
    offer = loyalty.make_offer(unit, key, owner, terms, bound, now)
    if offer["state"] != "open":
        raise Refused(said("What was given for it today was used or taken back."))
    made = machines.quote(unit, {**row, "person_id": owner}, amount, today, ends_on, now)
    return {**made, "code": offer["code"]}


def held(unit: Unit, today: date) -> dict[str, Row]:
    """machine -> the quote that holds today, with its code: neither used nor taken back."""
    found: dict[str, Row] = {}
    for machine_id, row in machines.quotes(unit, today).items():
        offer = loyalty.offered(unit, row["id"])
        if offer is not None and offer["state"] == "open":
            found[machine_id] = {**row, "code": offer["code"]}
    return found


def release(unit: Unit, serial: str, today: date, now: datetime) -> None:
    """The machine is gone: what was said of it is owed no more."""
    row = held(unit, today).get(machines.find(unit, serial)["id"])
    if row is not None:
        loyalty.release(unit, row["id"], now)


def _bound(edition: Edition | None, settings: Settings, person: str) -> int:
    """Most that the owner may hold of the shop at once, minor units."""
    known = []
    if edition is not None and edition.has("people"):
        told = edition.table("people", ["value_low"], only=("person_id", [person]))
        known = [value for value in told["value_low"].to_pylist() if value is not None]
    if not known:
        raise NotYet(
            said("What this customer is still worth is not known yet."), to_try="huitou run"
        )
    return math.floor(settings.share_of_value * max(float(known[0]), 0.0))


def _midnight_after(day: date, settings: Settings) -> datetime:
    ends = day + timedelta(days=1)
    return datetime(ends.year, ends.month, ends.day, tzinfo=settings.zone)
