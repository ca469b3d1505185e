"""The public desk of cards: joining by a code, and each card's own page behind its secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huitou.care.complaints import sieve
from huitou.ground import settings as choices
from huitou.ground.errors import BadInput
from huitou.ground.ids import fingerprint, new_id
from huitou.ground.words import Sentence, said
from huitou.loyalty.cards import book, links
from huitou.loyalty.cards.book import Where
from huitou.loyalty.cards.joining import Told
from huitou.runs.desks.ladder.desk import Desk as Ladder
from huitou.runs.desks.ladder.views import StandView
from huitou.runs.desks.members.desk import enrol, read, today
from huitou.runs.desks.members.who import known
from huitou.runs.desks.public.letterbox import Unfit

if TYPE_CHECKING:
    from huitou.ground.settings import Settings
    from huitou.runs.wiring import House
    from huitou.store.books import Row

FROM_ONE = 60
"""Forms from one address within ten minutes: a full shop behind one wireless network joins less."""
WRONG = {
    "name": said("Please tell us what to call you."),
    "contact": said("Please give a phone number or an e-mail address that we can read."),
    "birthday": said("Please choose your birthday from the calendar, or leave it empty."),
    "consent": said("Please tick one of the ways shown, or none."),
}


@dataclass(frozen=True)
class Invitation:
    """A promotion as its guests see it."""

    name: str
    place: str | None
    clerk: str | None


@dataclass(frozen=True)
class Form:
    """What stands in the form's fields; text of strangers, whatever it is."""

    name: str = ""
    contact: str = ""
    birthday: str = ""
    consents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sent:
    """One pressing of the button."""

    typed: Form
    language: str
    mark: str
    trap: str = ""
    address: str = ""
    """Where it comes from, for counting alone; it is not kept."""


@dataclass(frozen=True)
class Welcome:
    """What came of it: the secret of their card, or None where a card was there already."""

    token: str | None


@dataclass(frozen=True)
class CardView:
    """A card as its holder sees it."""

    number: str
    name: str
    shop: str
    veiled: bool
    """Nothing but the number is shown until staff have seen who holds it."""
    stand: StandView | None


class CardDesk:
    """Joining and cards of one shop. One for a process: it remembers who sent what lately."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._senders = sieve.Memory()

    @property
    def _settings(self) -> Settings:
        # Read anew: the desk lives as long as the process, and settings change.
        return choices.read(self._house.home)

    def mark(self) -> str:
        """What a fresh form carries."""
        return links.form_mark(self._settings.salt, new_id(), self._house.clock.now())

    def invitation(self, token: str) -> Invitation | None:
        """The promotion behind this secret, while it runs; None for any that opens nothing."""
        row = self._promotion(token)
        return Invitation(row["name"], row["place"], row["clerk"]) if row else None

    def join(self, token: str, sent: Sent) -> Welcome | None:
        """Join; None for a secret that opens nothing. Raises `Unfit` with the field.

        The same form again leads to the same card. A phone that has a card already is not told
        whose it is, and its card is not opened: staff do that, who see who asks.
        """
        row = self._promotion(token)
        if row is None:
            return None
        now = self._house.clock.now()
        if not links.is_ours(self._settings.salt, sent.mark, now):
            raise Unfit("send", said("This form lay open for too long. Please send it once more."))
        if sent.address and self._senders.count(sent.address, now) > FROM_ONE:
            raise Unfit("send", said("That is a lot at once. Please go on in a few minutes."))
        told = self._read(sent)
        if sent.trap:  # a program: it sees what a second visitor sees
            return Welcome(None)
        where = Where(row["way"], row["id"], row["clerk"])
        joined = enrol(
            self._house, self._settings, told, where, fingerprint("join", sent.mark[:200])
        )
        if not joined.is_new:
            return Welcome(None)
        return Welcome(links.card_token(self._settings.salt, joined.membership["id"]))

    def card(self, token: str, language: str) -> CardView | None:
        """A card as its holder sees it; None for a secret that opens nothing."""
        with self._house.books.reading() as unit:
            row = book.by_token(unit, token)
        if row is None:
            return None
        veiled = bool(row["known"]) and row["confirmed_at"] is None
        ladder = Ladder(self._house, self._settings)
        someone = known(self._house, row["person_id"])
        stand = None if veiled else ladder.stand(someone, language)
        return CardView(row["number"], row["name"], self._settings.name, veiled, stand)

    def _promotion(self, token: str) -> Row | None:
        with self._house.books.reading() as unit:
            return book.open_promotion(unit, token, today(self._house.clock, self._settings))

    def _read(self, sent: Sent) -> Told:
        typed = sent.typed
        try:
            return read(
                self._settings,
                today(self._house.clock, self._settings),
                name=typed.name,
                contacts=(typed.contact,),
                born=typed.birthday,
                language=sent.language,
                consents=typed.consents,
            )
        except BadInput as bad:
            field = bad.column or "contact"
            raise Unfit(field, WRONG.get(field, Sentence(bad.sentence))) from bad
