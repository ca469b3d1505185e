"""Promotions, cards and who joined: one card for each phone and e-mail, however often they join."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select, update

from huitou.ground.errors import HuitouError, Refused
from huitou.ground.ids import new_id
from huitou.identity.book import names
from huitou.loyalty.cards import links
from huitou.loyalty.cards.joining import WORDING, Told
from huitou.loyalty.cards.tables import joining, membership, membership_key, promotion
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

MOST_PROMOTIONS = 500


@dataclass(frozen=True)
class Where:
    """Where somebody joins, and by whose invitation."""

    way: str
    promotion_id: str | None = None
    clerk: str | None = None
    seen_by: str | None = None
    """Who of the staff sees them: then the card is theirs at once."""


class Meanwhile(Refused):
    """Somebody joined with the same phone, or sent the same form, at the same moment: try again."""


@dataclass(frozen=True)
class Joined:
    """What came of a form."""

    membership: Row
    is_new: bool
    """False where a card of this phone or e-mail was there."""
    is_same_form: bool
    """The very form was sent before: its sender may see the card again."""


@dataclass(frozen=True)
class Card:
    """A card in short: what it is called, and by what its holder is known."""

    id: str
    number: str
    keys: tuple[str, ...]

    @property
    def channel(self) -> str | None:
        """The channel on which a service message reaches its holder."""
        kinds = {key.partition(":")[0] for key in self.keys}
        return "email" if "email" in kinds else "sms" if "phone" in kinds else None


def start(
    unit: Unit,
    secret: str,
    name: str,
    by: str,
    now: datetime,
    *,
    way: str = "table",
    place: str | None = None,
    clerk: str | None = None,
    starts_on: date,
    ends_on: date | None = None,
) -> Row:
    """Begin a promotion: a place, or a clerk, whose QR code leads to the form."""
    if unit.value(select(func.count()).select_from(promotion)) >= MOST_PROMOTIONS:
        raise Refused(f"there are {MOST_PROMOTIONS} promotions already")
    promotion_id = new_id()
    row = {
        "id": promotion_id,
        "name": name,
        "place": place,
        "clerk": clerk,
        "way": way,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "token_hash": links.hashed(links.promotion_token(secret, promotion_id)),
        "by": by,
        "at": now,
    }
    unit.add(promotion, [row])
    return row


def end(unit: Unit, promotion_id: str, day: date) -> None:
    """Nobody joins by this code after `day`."""
    mine = update(promotion).where(promotion.c.id == promotion_id, promotion.c.starts_on <= day)
    if unit.change(mine.values(ends_on=day)) != 1:
        raise HuitouError(f"there is no promotion {promotion_id!r} to end on {day}")


def promotions(unit: Unit) -> list[Row]:
    """All promotions, the newest first, with `joined`, `again`, and `clerks`: who won how many."""
    rows = unit.rows(select(promotion).order_by(promotion.c.at.desc(), promotion.c.id))
    counted = _counted(unit)
    return [{**row, **counted.get(row["id"], _NOBODY)} for row in rows]


def the_promotion(unit: Unit, promotion_id: str) -> Row:
    """One promotion by its id or its name; an error in words for any other."""
    mine = or_(promotion.c.id == promotion_id, promotion.c.name == promotion_id)
    row = unit.first(select(promotion).where(mine).order_by(promotion.c.at.desc()))
    if row is None:
        raise HuitouError(
            f"there is no promotion {promotion_id!r}", to_try="huitou join promotions"
        )
    return row


def open_promotion(unit: Unit, token: str, today: date) -> Row | None:
    """The promotion behind this secret, while it runs; None for any that opens nothing."""
    row = unit.first(select(promotion).where(promotion.c.token_hash == links.hashed(token)))
    if row is None or row["starts_on"] > today:
        return None
    return None if row["ends_on"] and row["ends_on"] < today else row


def joined_by_clerk(unit: Unit) -> list[Row]:
    """clerk and how many new cards by their invitation, most first."""
    query = (
        select(membership.c.clerk, func.count().label("n"))
        .where(membership.c.clerk.is_not(None))
        .group_by(membership.c.clerk)
    )
    return sorted(unit.rows(query), key=lambda row: (-row["n"], row["clerk"]))


def join(
    unit: Unit,
    secret: str,
    told: Told,
    where: Where,
    form: str,
    now: datetime,
    *,
    person_id: str | None,
) -> Joined:
    """Join: a card for these keys, the one they have where they have one; once for each `form`.

    `person_id` is who identity knows by these keys; None makes a new person.
    """
    before = unit.first(select(joining).where(joining.c.key == form))
    if before is not None:
        return Joined(_the_membership(unit, before["membership_id"]), before["is_new"], True)
    if not told.keys:
        raise Refused("a card needs a phone number or an e-mail address")
    mine = _by_keys(unit, told.keys) or (of_person(unit, person_id) if person_id else None)
    is_new = mine is None
    membership_id = mine["id"] if mine else _new(unit, secret, told, where, now, person_id)
    # A stranger's form adds nothing to a card that was there: whoever knows a phone could else put
    # an address of their own beside it.
    if is_new or where.seen_by:
        _claim(unit, told.keys, membership_id, strictly=is_new)
    row = {
        "key": form,
        "membership_id": membership_id,
        "promotion_id": where.promotion_id,
        "clerk": where.clerk,
        "way": where.way,
        "is_new": is_new,
        "language": told.language,
        "consents": told.given,
        "wording": WORDING,
        "at": now,
    }
    if not unit.add_new(joining, row):
        raise Meanwhile("this form is being sent already")
    kept = _the_membership(unit, membership_id)
    if is_new:
        body = {"person_id": kept["person_id"], "way": where.way, "clerk": where.clerk}
        tell(unit, [Event("card.joined", f"card.joined:{membership_id}", now, body)])
    return Joined(kept, is_new, False)


def confirm(unit: Unit, membership_id: str, by: str, now: datetime) -> bool:
    """Staff have seen who holds the card: it shows everything from now on. Once."""
    unseen = update(membership).where(
        membership.c.id == membership_id, membership.c.confirmed_at.is_(None)
    )
    return unit.change(unseen.values(confirmed_by=by, confirmed_at=now)) == 1


def by_token(unit: Unit, token: str) -> Row | None:
    """The card behind this secret; None for any that opens nothing."""
    return unit.first(select(membership).where(membership.c.token_hash == links.hashed(token)))


def by_number(unit: Unit, text: str) -> Row | None:
    """The card of this number, as people type it."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    if len(letters) != 8:
        return None
    return unit.first(
        select(membership).where(membership.c.number == f"{letters[:4]}-{letters[4:]}")
    )


def by_key(unit: Unit, keys: Sequence[str]) -> Row | None:
    """The card of one of these phones and e-mails."""
    return _by_keys(unit, keys)


def of_person(unit: Unit, person_id: str) -> Row | None:
    """The card of a person under any of their ids; the oldest where a merge left several."""
    ids = names(unit, [person_id]).every([person_id])
    query = select(membership).where(membership.c.person_id.in_(ids))
    return unit.first(query.order_by(membership.c.joined_at, membership.c.id))


def keys_of(unit: Unit, membership_id: str) -> list[str]:
    """The phones and e-mails of a card."""
    query = select(membership_key.c.key).where(membership_key.c.membership_id == membership_id)
    return sorted(row["key"] for row in unit.rows(query))


def members(unit: Unit) -> dict[str, Card]:
    """person, under the id used now -> their card; the oldest where a merge left several."""
    known = names(unit)
    keys: dict[str, list[str]] = {}
    for row in unit.rows(select(membership_key).order_by(membership_key.c.key)):
        keys.setdefault(row["membership_id"], []).append(row["key"])
    columns = (membership.c.id, membership.c.person_id, membership.c.number)
    newest_first = membership.c.joined_at.desc(), membership.c.id.desc()
    return {
        known.now(row["person_id"]): Card(row["id"], row["number"], tuple(keys.get(row["id"], ())))
        for row in unit.rows(select(*columns).order_by(*newest_first))
    }


def birthdays(unit: Unit) -> dict[str, date]:
    """person, under the id used now -> when they were born, of those whose card says so."""
    known = names(unit)
    told = select(membership.c.person_id, membership.c.birthday).where(
        membership.c.birthday.is_not(None)
    )
    # The newest first, as for cards: the word of the oldest card counts.
    rows = unit.rows(told.order_by(membership.c.joined_at.desc(), membership.c.id.desc()))
    return {known.now(row["person_id"]): row["birthday"] for row in rows}


def became(unit: Unit, holders: Mapping[str, str]) -> list[tuple[str, str]]:
    """(id a card was made under, id its holder goes by now) for cards identity knows otherwise.

    `holders` is key -> the one person who holds it. Who joined before their first order got an id
    of their own: from the day their phone stands on an order they are that customer.
    """
    known = names(unit)
    # Only ids that were made for a card: whoever was a customer before is followed by identity.
    query = (
        select(membership.c.person_id, membership_key.c.key)
        .join(membership_key, membership_key.c.membership_id == membership.c.id)
        .where(membership.c.known.is_(False))
    )
    moved: dict[str, str] = {}
    for row in unit.rows(query.order_by(membership_key.c.key)):
        # `phone:…` comes after `email:…`, and has the last word.
        if (mine := holders.get(row["key"])) is not None:
            moved[row["person_id"]] = mine
    return [(made, now) for made, now in moved.items() if known.now(made) != now]


def keys_known(unit: Unit) -> list[str]:
    """Every phone and e-mail of every card."""
    return [row["key"] for row in unit.rows(select(membership_key.c.key))]


def consents(unit: Unit, membership_id: str) -> list[Row]:
    """Every form of a card with the consent it carried, the latest first."""
    mine = select(joining).where(joining.c.membership_id == membership_id)
    return unit.rows(mine.order_by(joining.c.at.desc()))


def count(unit: Unit) -> int:
    """How many cards there are."""
    return int(unit.value(select(func.count()).select_from(membership)) or 0)


def names_of(unit: Unit, people: Iterable[str]) -> dict[str, str]:
    """person -> the name on their card."""
    known, asked = names(unit), set(people)
    rows = unit.rows(select(membership.c.person_id, membership.c.name))
    return {person: row["name"] for row in rows if (person := known.now(row["person_id"])) in asked}


_NOBODY: Mapping[str, Any] = {"joined": 0, "again": 0, "clerks": {}}


def _counted(unit: Unit) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    query = select(
        joining.c.promotion_id, joining.c.clerk, joining.c.is_new, func.count().label("n")
    )
    query = query.where(joining.c.promotion_id.is_not(None))
    for row in unit.rows(query.group_by(joining.c.promotion_id, joining.c.clerk, joining.c.is_new)):
        mine = found.setdefault(row["promotion_id"], {"joined": 0, "again": 0, "clerks": {}})
        mine["joined" if row["is_new"] else "again"] += row["n"]
        if row["is_new"] and row["clerk"]:
            mine["clerks"][row["clerk"]] = mine["clerks"].get(row["clerk"], 0) + row["n"]
    return found


def _by_keys(unit: Unit, keys: Sequence[str]) -> Row | None:
    query = select(membership).join(
        membership_key, membership_key.c.membership_id == membership.c.id
    )
    # In the order given: the phone decides before the e-mail.
    for key in keys:
        if (row := unit.first(query.where(membership_key.c.key == key))) is not None:
            return row
    return None


def _new(
    unit: Unit, secret: str, told: Told, where: Where, now: datetime, person_id: str | None
) -> str:
    membership_id = new_id()
    row = {
        "id": membership_id,
        "person_id": person_id or new_id(),
        "token_hash": links.hashed(links.card_token(secret, membership_id)),
        "name": told.name,
        "birthday": told.birthday,
        "language": told.language,
        "promotion_id": where.promotion_id,
        "clerk": where.clerk,
        "way": where.way,
        "known": person_id is not None,
        "confirmed_by": where.seen_by,
        "confirmed_at": now if where.seen_by else None,
        "joined_at": now,
    }
    for attempt in range(8):
        number = links.number(secret, membership_id, attempt)
        if unit.add_new(membership, {**row, "number": number}):
            return membership_id
    raise Refused("no number is free for a new card")


def _claim(unit: Unit, keys: Sequence[str], membership_id: str, *, strictly: bool) -> None:
    for key in keys:
        added = unit.add_new(membership_key, {"key": key, "membership_id": membership_id})
        if not added and strictly:
            raise Meanwhile("somebody joined with this phone or e-mail a moment ago")


def _the_membership(unit: Unit, membership_id: str) -> Row:
    row = unit.first(select(membership).where(membership.c.id == membership_id))
    if row is None:
        raise HuitouError(f"there is no card {membership_id!r}")
    return row
