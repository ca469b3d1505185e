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
    from huitou.store.lake import Edition

_CARD = re.compile(r"(?:/card/)?([A-Za-z0-9_-]{43})(?:[/?#].*)?$")


class Several(HuitouError):
    """More than one customer has this phone: something else must tell them apart."""


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
    return known(house, _known_by(house, settings, asked))


def known(house: House, person_id: str) -> Someone:
    """The person of this id, under the id used now; what is not known of them is None."""
    with house.books.reading() as unit:
        now = names(unit, [person_id]).now(person_id)
        card = cards.of_person(unit, now)
    row = house.shelf.find(now) if house.shelf.file.exists() else None
    if row is not None:
        return Someone(now, card, row["key"], row["name"])
    return Someone(now, card, _a_key(owners.current(house), now), None)


def _known_by(house: House, settings: Settings, asked: str) -> str:
    """The one customer with this key; a shop without a forecast has no shelf."""
    standing = house.shelf.find(asked) if house.shelf.file.exists() else None
    if standing is not None:
        return str(standing["person_id"])
    edition, people = owners.current(house), list[str]()
    if edition is not None:
        keys = edition.table("keys", only=("key", finding.spellings(asked, settings)))
        people = list(dict.fromkeys(keys["person_id"].to_pylist()))
    if not people:
        raise HuitouError(
            f"nobody has {asked[:60]!r}", to_try="the number on the card, or let them join"
        )
    if len(people) > 1:
        raise Several(f"several customers have {asked[:60]!r}", to_try="their card or e-mail")
    return people[0]


def _a_key(edition: Edition | None, person_id: str) -> str | None:
    """What somebody is known by, where there is no shelf: the first of their keys."""
    if edition is None:
        return None
    keys = edition.table("keys", ["key"], only=("person_id", [person_id]))["key"].to_pylist()
    return str(min(keys)).partition(":")[2] if keys else None


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
