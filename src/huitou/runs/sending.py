"""The rules of sending put in force, and where people are: what the one judge rests on."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from huitou.care.consents import book as consents
from huitou.channels import book as channels
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.settings import Settings
from huitou.journeys.permission import book as permission
from huitou.journeys.permission.rules import RULES, rules

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Unit
    from huitou.store.lake import Edition

CHUNK = 500
log = logging.getLogger(__name__)


def told(house: House, settings: Settings) -> dict[str, Any]:
    """The rules as they are put in force: the text, and what of the shop they are read with."""
    return {
        "text": RULES.text(house.home),
        "zone": str(settings.zone),
        "email_to_customers": settings.email_to_customers,
    }


def hold(house: House, settings: Settings, by: str = "huitou") -> bool:
    """Put in force what the file says now; whether it is new.

    A file that cannot be read changes nothing: what was in force stays so, and `doctor` says it.
    """
    try:
        now = told(house, settings)
        rules(now["text"], now["zone"], now["email_to_customers"])
    except NotYet:
        # A new shop has no clock before its first file, and nobody to send anything to.
        return False
    except HuitouError as wrong:
        log.warning("rules/sending.toml is left aside: %s", wrong)
        return False
    with house.books.reading() as unit:
        if permission.is_in_force(unit, now) and settings.salt in consents.keys(unit):
            return False
    with house.books.unit() as unit:
        consents.keep_key(unit, settings.salt, house.clock.now())
        return permission.put_in_force(unit, now, by, house.clock.now())


def put(house: House, settings: Settings, by: str) -> None:
    """Put in force what somebody has just written, and keep where people are if it asks for it."""
    now, edition = house.clock.now(), house.lake.current()
    with house.books.unit() as unit:
        permission.put_in_force(unit, told(house, settings), by, now)
        if edition is not None and edition.has("people"):
            locate(unit, edition, now)


def locate(unit: Unit, edition: Edition, now: datetime) -> int:
    """Keep where people are, by their phone, and when they last bought; how many were news.

    Only where the rules ask for it.
    """
    if not permission.in_force(unit).asks_where:
        return 0
    phones = _phones(edition)
    people = edition.table("people").select(["person_id", "last_day"]).to_pylist()
    news = 0
    for start in range(0, len(people), CHUNK):
        some = people[start : start + CHUNK]
        known = permission.places(unit, [row["person_id"] for row in some])
        for row in some:
            person = row["person_id"]
            was = known.get(person, permission.NOWHERE)
            where = _place(was, phones.get(person, ()), row["last_day"])
            if where != was:
                permission.place(unit, person, where, now)
                news += 1
    return news


def measure(unit: Unit, now: datetime) -> int:
    """Keep how much each channel's messages are answered by asking for silence; how many."""
    from huitou.stats.intervals import wilson

    found = channels.silence_by_channel(unit)
    for channel, (sent, silenced) in found.items():
        low = wilson(silenced, sent).low if sent else 0.0
        permission.measured(unit, channel, sent, silenced, low, now)
    return len(found)


def _phones(edition: Edition) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    keys = edition.table("keys")
    pairs = zip(keys["key"].to_pylist(), keys["person_id"].to_pylist(), strict=True)
    for key, person in pairs:
        if key.startswith("phone:"):
            found.setdefault(person, []).append(key.removeprefix("phone:"))
    return found


def _place(was: permission.Place, phones: Sequence[str], bought: date | None) -> permission.Place:
    told = [each for phone in phones if (each := _of_phone(phone)) is not None]
    countries = list(dict.fromkeys(country for country, _ in told))
    zones = dict.fromkeys(zone for _, zones in told for zone in zones)
    return permission.Place(
        country=was.country,
        phone_country=countries[0] if len(countries) == 1 else None,
        zones=tuple(sorted(zones)),
        bought_on=bought,
    )


@lru_cache(maxsize=100_000)
def _of_phone(phone: str) -> tuple[str, tuple[str, ...]] | None:
    """The country of a number and the zones it may ring in; None where it tells none."""
    import phonenumbers
    from phonenumbers import timezone

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return None
    country = phonenumbers.region_code_for_number(number)
    zones = timezone.time_zones_for_number(number)
    return (country, tuple(_known(zones))) if country and len(country) == 2 else None


def _known(zones: Sequence[str]) -> Iterator[str]:
    return (zone for zone in zones if zone != "Etc/Unknown")
