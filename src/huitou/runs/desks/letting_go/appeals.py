"""The page a customer opens to say that a step against them is wrong: by its link alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.loyalty.letting_go import book, links
from huitou.loyalty.letting_go.rules import RULES
from huitou.runs.desks.letting_go.letters import KEPT, what
from huitou.runs.desks.letting_go.views import WordView

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

CUSTOMER = "the customer"
"""Who objected by a link."""
LEAST, MOST = 10, 1_000
MOST_TIMES = 3
"""Objections by one link: the rest is said to a person."""
SHORT = said("Please say in a sentence why it is wrong.")


@dataclass(frozen=True)
class Appeal:
    """What the page behind one link shows."""

    token: str
    open: bool
    """Whether the step holds, or waits to."""
    what: Sentence
    kept: Sentence
    said: tuple[WordView, ...]
    may_object: bool
    waits: bool
    """Whether an objection waits for its answer."""
    wrong: Sentence | None = None
    words: str = ""


class Appeals:
    """Showing and hearing objections; every page by its token alone."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def page(self, token: str) -> Appeal | None:
        """The page behind a link; None for one that leads nowhere. Changes nothing."""
        with self._house.books.reading() as unit:
            row = book.by_token(unit, links.hashed(token))
            return self._view(unit, row, token) if row is not None else None

    def appeal(self, token: str, words: str) -> Appeal | None:
        """Hear an objection; too short a one is asked for again, with what was written kept."""
        told = " ".join(words.split())[:MOST]
        page = self.page(token)
        if page is None or not page.may_object:
            return page
        if len(told) < LEAST:
            return Appeal(**{**vars(page), "wrong": SHORT, "words": told})
        with self._house.books.unit() as unit:
            row = book.by_token(unit, links.hashed(token))
            if row is not None:
                book.appeal(unit, row["id"], told, CUSTOMER, self._house.clock.now())
        return self.page(token)

    def _view(self, unit: Unit, row: Row, token: str) -> Appeal:
        rules = RULES.read(self._house.home, self._settings.money)
        heard = book.words_of(unit, row["id"])
        # Who is left as they are by lot has no letter: what holds for them is nothing.
        holds = row["state"] in ("waiting", "standing")
        day = self._settings.day(self._house.clock.now())
        last = self._settings.day(row["at"]) + timedelta(days=rules.appeal_days)
        times = sum(word["kind"] == "appeal" for word in heard)
        waits = bool(heard) and heard[-1]["kind"] == "appeal"
        return Appeal(
            token=token,
            open=holds,
            what=what(row["step"], row["until"], rules.term(row["language"])),
            kept=KEPT,
            said=tuple(
                WordView(each["kind"], each["words"], each["by"], each["at"]) for each in heard
            ),
            may_object=holds and not waits and day <= last and times < MOST_TIMES,
            waits=waits and holds,
        )
