"""Finding a customer by whatever is in hand: id, member number, phone or e-mail, however spelt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from huitou.ground.errors import HuitouError
from huitou.ground.settings import Settings
from huitou.identity.book import names
from huitou.loyalty.cards import book as cards
from huitou.sources import contacts

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.lake import Edition

KEYS = """
    SELECT DISTINCT unnest(list_filter(
        ['member:' || member_no, 'phone:' || phone, 'email:' || email], key -> key IS NOT NULL
    )) AS key, person_id
    FROM ({lines}) WHERE person_id IS NOT NULL ORDER BY key, person_id"""
"""Every key that any line of a person carried: a household's phone has several persons."""


def found(house: House, settings: Settings, edition: Edition, text: str) -> Mapping[str, Any]:
    """The row of the shelf of the one customer meant by `text`; an error in words otherwise."""
    asked = text.strip()
    standing = house.shelf.find(asked)
    if standing is not None:
        return standing
    keys = edition.table("keys", only=("key", spellings(asked, settings)))
    people = dict.fromkeys(keys["person_id"].to_pylist())
    rows = [row for person in people if (row := house.shelf.find(person)) is not None]
    if not rows:
        raise HuitouError(
            f"there is no customer {asked!r}", to_try="huitou export FOLDER lists them all"
        )
    if len(rows) > 1:
        known_by = ", ".join(row["key"] or row["person_id"] for row in rows)
        raise HuitouError(f"several customers have {asked!r}", to_try=f"one of: {known_by}")
    return rows[0]


def spellings(text: str, settings: Settings) -> list[str]:
    """The keys that `text` may stand for, as they are kept: E.164, small letters."""
    cell = pa.array([text])
    country = contacts.region(settings.currency or "", settings.timezone or "")
    read = {
        "member": contacts.ids(cell),
        "phone": contacts.phones(cell, country),
        "email": contacts.emails(cell),
    }
    told = {kind: column[0].as_py() for kind, column in read.items()}
    return [f"{kind}:{value}" for kind, value in told.items() if value is not None]


def everyone(house: House, settings: Settings, edition: Edition | None, text: str) -> set[str]:
    """The ids of all who may be meant by `text`; empty where nobody is known by it.

    A household's phone means several. Before a first run only ids are known.
    """
    asked = text.strip()
    if edition is None:
        return {asked} if asked else set()
    if house.shelf.file.exists() and (standing := house.shelf.find(asked)) is not None:
        return {str(standing["person_id"])}
    keys = edition.table("keys", only=("key", spellings(asked, settings)))
    return set(keys["person_id"].to_pylist()) or _by_id(edition, asked) or members(house, asked)


def members(house: House, person_id: str) -> set[str]:
    """Who has a card and this id, though no order is known of them yet; else nobody."""
    with house.books.reading() as unit:
        now = names(unit, [person_id]).now(person_id)
        return {now} if cards.of_person(unit, now) is not None else set()


def _by_id(edition: Edition, asked: str) -> set[str]:
    known = edition.table("holders", ["person_id"], only=("person_id", [asked]))
    return set(known["person_id"].to_pylist())
