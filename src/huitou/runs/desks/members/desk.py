"""The desk of members: promotions with their codes, and joining at the till."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from huitou.ground.clock import Clock
from huitou.ground.errors import BadInput, HuitouError
from huitou.ground.ids import new_id
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.settings import Settings
from huitou.loyalty.cards import book, links
from huitou.loyalty.cards.book import Joined, Meanwhile, Where
from huitou.loyalty.cards.joining import AGREED, CONSENTS, LONGEST, Told, birthday, tidy
from huitou.loyalty.cards.tables import WAYS
from huitou.runs import finding
from huitou.runs.desks.members.consenting import hand_over
from huitou.runs.desks.members.views import MemberView, PromotionView
from huitou.runs.desks.members.who import matched

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row

TRIES = 3


class Desk:
    """Promotions and members of one shop, for staff."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def promotions(self) -> tuple[PromotionView, ...]:
        """Every promotion with its joins, the newest first."""
        with self._house.books.reading() as unit:
            rows = book.promotions(unit)
        return tuple(self._view(row) for row in rows)

    def promotion(self, named: str) -> PromotionView:
        """One, by its id or name."""
        with self._house.books.reading() as unit:
            mine = book.the_promotion(unit, named)["id"]
        return next(each for each in self.promotions() if each.id == mine)

    def by_clerk(self) -> tuple[tuple[str, int], ...]:
        """Who invited how many that joined, most first."""
        with self._house.books.reading() as unit:
            rows = book.joined_by_clerk(unit)
        return tuple((row["clerk"], row["n"]) for row in rows)

    def count(self) -> int:
        """How many have a card."""
        with self._house.books.reading() as unit:
            return book.count(unit)

    def start(
        self,
        name: str,
        by: str,
        *,
        way: str = "table",
        place: str = "",
        clerk: str = "",
        starts_on: date | None = None,
        ends_on: date | None = None,
    ) -> PromotionView:
        """Begin a promotion; its code opens the form from `starts_on` (today) on."""
        called = tidy(name, 120)
        if not called:
            raise BadInput("a promotion has a name", to_try="Spring tables")
        if way not in WAYS:
            raise BadInput(f"nobody joins by {way!r}", to_try=f"one of: {', '.join(WAYS)}")
        begins = starts_on or self._today()
        if ends_on is not None and ends_on < begins:
            raise BadInput("a promotion ends after it starts", value=str(ends_on))
        with self._house.books.unit() as unit:
            row = book.start(
                unit,
                self._settings.salt,
                called,
                by,
                self._house.clock.now(),
                way=way,
                place=tidy(place, 120) or None,
                clerk=tidy(clerk, 120) or None,
                starts_on=begins,
                ends_on=ends_on,
            )
        return self.promotion(row["id"])

    def end(self, named: str) -> PromotionView:
        """Nobody joins by its code after today."""
        with self._house.books.unit() as unit:
            mine = book.the_promotion(unit, named)["id"]
            book.end(unit, mine, self._today())
        return self.promotion(mine)

    def join(
        self,
        told: Told,
        clerk: str,
        *,
        promotion: str | None = None,
        form: str | None = None,
    ) -> MemberView:
        """Somebody joins before the eyes of `clerk`; the same phone is the same card."""
        with self._house.books.reading() as unit:
            mine = book.the_promotion(unit, promotion)["id"] if promotion else None
        where = Where("till", mine, clerk, seen_by=clerk)
        joined = enrol(self._house, self._settings, told, where, form or new_id())
        row = joined.membership
        token = links.card_token(self._settings.salt, row["id"])
        return MemberView(
            number=row["number"],
            person_id=row["person_id"],
            name=row["name"],
            is_new=joined.is_new,
            path=f"/p/card/{token}",
            joined_at=row["joined_at"],
        )

    def card_path(self, number: str) -> str:
        """Where the page of a card is, for staff to show to its holder."""
        with self._house.books.reading() as unit:
            row = book.by_number(unit, number)
        if row is None:
            raise HuitouError(f"there is no card {number!r}")
        return f"/p/card/{links.card_token(self._settings.salt, row['id'])}"

    def _today(self) -> date:
        return today(self._house.clock, self._settings)

    def _view(self, row: Row) -> PromotionView:
        now = self._today()
        clerks = sorted(row["clerks"].items(), key=lambda each: (-each[1], each[0]))
        names = ("id", "name", "place", "clerk", "way", "starts_on", "ends_on", "joined", "again")
        return PromotionView(
            **{name: row[name] for name in names},
            runs=row["starts_on"] <= now and (row["ends_on"] is None or now <= row["ends_on"]),
            path=f"/p/join/{links.promotion_token(self._settings.salt, row['id'])}",
            clerks=tuple(clerks),
        )


def today(clock: Clock, settings: Settings) -> date:
    """The day in the shop, by its clock."""
    return settings.day(clock.now())


def read(
    settings: Settings,
    now: date,
    *,
    name: str,
    contacts: tuple[str, ...],
    born: str = "",
    language: str = "en",
    consents: tuple[str, ...] = (),
) -> Told:
    """What was typed, read: each contact a phone or an e-mail. Raises `BadInput` with `column`."""
    called = tidy(name, LONGEST["name"])
    if not called:
        raise BadInput("who joins has a name", column="name")
    found: dict[str, str] = {}
    for each in filter(None, (tidy(contact, LONGEST["contact"]) for contact in contacts)):
        kind, value = _contact(each, settings)
        found[kind] = value
    if not found:
        raise BadInput("a card needs a phone number or an e-mail address", column="contact")
    try:
        day = birthday(born, now)
    except ValueError:
        raise BadInput("this is no birthday", column="birthday", value=born[:20]) from None
    spoken = language if language in LANGUAGES else settings.language
    for channel in consents:
        if channel not in CONSENTS:
            raise BadInput(f"nobody is written to by {channel!r}", column="consent")
    agreed = speaker(spoken).say(AGREED, shop=settings.name)
    ticked = tuple(dict.fromkeys(consents))
    phone, email = found.get("phone"), found.get("email")
    return Told(called, phone, email, day, spoken, ticked, agreed)


def enrol(house: House, settings: Settings, told: Told, where: Where, form: str) -> Joined:
    """Join in the books, and hand the consent over where it is surely theirs."""
    person = matched(house, settings, told.phone, told.email)
    for _ in range(TRIES):
        try:
            return _enrol(house, settings, told, where, form, person)
        except Meanwhile:
            continue
    raise Meanwhile("somebody joins with this phone at this very moment", to_try="once more")


def _enrol(
    house: House,
    settings: Settings,
    told: Told,
    where: Where,
    form: str,
    person: str | None,
) -> Joined:
    now = house.clock.now()
    with house.books.unit() as unit:
        joined = book.join(unit, settings.salt, told, where, form, now, person_id=person)
        card = joined.membership
        if where.seen_by:
            book.confirm(unit, card["id"], where.seen_by, now)
        # Whoever types the phone of a customer we know may be somebody else: what they ticked
        # waits until staff have seen them.
        is_theirs = where.seen_by is not None or (joined.is_new and not card["known"])
        if is_theirs and not joined.is_same_form:
            form_row = _the_form(book.consents(unit, card["id"]), form)
            hand_over(unit, card["person_id"], form_row, now, by=where.seen_by or "")
        return joined


def _the_form(rows: list[Row], form: str) -> dict[str, Any]:
    return dict(next(row for row in rows if row["key"] == form))


def _contact(text: str, settings: Settings) -> tuple[str, str]:
    for key in finding.spellings(text, settings):
        kind, _, value = key.partition(":")
        if kind in ("phone", "email") and (kind == "email") == ("@" in text):
            return kind, value
    raise BadInput("this is no phone number and no e-mail address", column="contact", value=text)
