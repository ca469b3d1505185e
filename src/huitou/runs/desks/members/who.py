"""Who stands at the till: by card number, scanned card, phone, e-mail, member number or id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from huitou.ground.errors import HuitouError
from huitou.ground.settings import Settings
from huitou.identity.book import names
from huitou.loyalty.cards import book as cards
from huitou.runs import finding, owners

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row

_CARD = re.compile(r"(?:/card/)?([A-Za-z0-9_-]{43})(?:[/?#].*)?$")


@dataclass(frozen=True)
class Someone:
    """A person, with their card where they have one, and how the shelf knows them."""

    person_id: str
    card: Row | None
    key: str | None
    name: str | None

    @property
    def called(self) -> str:
        """The name to greet them by, else what they are known by."""
        return (self.card["name"] if self.card else None) or self.name or self.key or ""


def who(house: House, settings: Settings, text: str) -> Someone:
    """The one person meant; an error in words for nobody and for several."""
    asked = text.strip()
    if not asked:
        raise HuitouError("nobody was named", to_try="a phone, a member number, or a card")
    card = _card(house, settings, asked)
    if card is not None:
        return known(house, str(card["person_id"]))
    edition = owners.current(house)
    if edition is None or not house.shelf.file.exists():
        raise HuitouError(
            f"nobody has {asked[:60]!r}", to_try="the number on the card, or let them join"
        )
    return known(house, str(finding.found(house, settings, edition, asked)["person_id"]))


def known(house: House, person_id: str) -> Someone:
    """The person of this id, under the id used now."""
    with house.books.reading() as unit:
        now = names(unit, [person_id]).now(person_id)
        card = cards.of_person(unit, now)
    row = house.shelf.find(now) if house.shelf.file.exists() else None
    return Someone(now, card, row["key"] if row else None, row["name"] if row else None)


def matched(house: House, settings: Settings, phone: str | None, email: str | None) -> str | None:
    """Whom identity knows by a phone and an e-mail; None where nobody or several fit."""
    try:
        edition = owners.current(house)
        return owners.found(edition, settings, [{"phone": phone, "email": email}])[0]
    except (OSError, ValueError):  # what is wrong with the lake stops nobody from joining
        return None


def _card(house: House, settings: Settings, asked: str) -> Row | None:
    found = _CARD.search(asked)
    with house.books.reading() as unit:
        if found and (row := cards.by_token(unit, found[1])) is not None:
            return row
        if (row := cards.by_number(unit, asked)) is not None:
            return row
        keys = finding.spellings(asked, settings)
        return cards.by_key(unit, [key for key in keys if not key.startswith("member:")])
