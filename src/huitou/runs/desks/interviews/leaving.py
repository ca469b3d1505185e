"""The page a customer opens to say why they left: by its link alone, answered once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huitou.care.cases import Answer
from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import OWN_GROUPS, PLACE_LETTERS, WORDS_LETTERS, tidy
from huitou.care.reasons import LEAVE_ALONE, REASONS, of_group
from huitou.decisions.remedies import step
from huitou.ground.errors import HuitouError
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.loyalty import book as loyalty
from huitou.runs.desks.interviews.hearing import hear, offer_id
from huitou.runs.till import offer_view
from huitou.runs.views import OfferView

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row

CUSTOMER = "the customer"
"""Who wrote an answer down that came by a link."""
NOTHING_CHOSEN = said("Please choose what comes closest, or ask us to leave you alone.")


@dataclass(frozen=True)
class Choice:
    """One reason, as the customer ticks it."""

    code: str
    words: Sentence


@dataclass(frozen=True)
class Branch:
    """The first question's answer, and the reasons under it."""

    code: str
    words: Sentence
    reasons: tuple[Choice, ...]


BRANCHES = tuple(
    Branch(
        group,
        words,
        tuple(
            Choice(reason.name, reason.own)
            for reason in of_group(group)
            if reason.name != LEAVE_ALONE
        ),
    )
    for group, words in OWN_GROUPS.items()
)
"""The tree of reasons as it is offered; to be left alone is not among them, but a button."""


@dataclass(frozen=True)
class Leaving:
    """What the page behind one link shows."""

    token: str
    state: str
    """asked, answered or over."""
    left_alone: bool
    thanks: Sentence | None
    """What the customer reads after their answer."""
    offer: OfferView | None
    """What was promised for it; None where nothing was, or they want to be left alone."""
    branches: tuple[Branch, ...] = BRANCHES
    one_more: bool = False
    """Whether the one question is asked of who asked for silence: on that very page, once."""
    wrong: Sentence | None = None
    """What was missing in what they sent."""
    where_to: str = ""
    words: str = ""


class LeavingDesk:
    """Showing and hearing the exit interview; every page by its token alone."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def page(self, token: str) -> Leaving | None:
        """The page behind a link; None for a link that leads nowhere. Changes nothing."""
        with self._house.books.reading() as unit:
            row = interviews.by_token(unit, token)
            if row is None:
                return None
            offered = loyalty.offered(unit, offer_id(row["id"]))
        view = offer_view(offered, self._settings, self._house.clock.now()) if offered else None
        return Leaving(
            token=token,
            state=self._state(row),
            left_alone=row["left_alone"],
            thanks=step(row["why"]).customer if row["why"] else None,
            offer=None if row["left_alone"] else view,
        )

    def answer(
        self, token: str, why: str, where_to: str, words: str, language: str
    ) -> Leaving | None:
        """Hear an answer, once; the page to show. A second answer changes nothing.

        A reason that is none of the tree is asked for again, with what was written kept.
        """
        page = self.page(token)
        if page is None or page.state != "asked":
            return page
        if why == LEAVE_ALONE:
            return self.alone(token, language)
        if why not in REASONS:
            return _again(page, where_to, words)
        given = Answer(why, tidy(where_to, PLACE_LETTERS), tidy(words, WORDS_LETTERS))
        hear(self._house, self._settings, self._id(token), given, CUSTOMER, language)
        return self.page(token)

    def alone(self, token: str, language: str) -> Leaving | None:
        """Obey *leave me alone* at once and for ever, whatever was said before.

        Who had not answered yet is shown the one question, on that very page.
        """
        page = self.page(token)
        if page is None:
            return None
        with self._house.books.unit() as unit:
            row = interviews.by_token(unit, token)
            if row is not None:
                now = self._house.clock.now()
                interviews.leave_alone(unit, row["id"], CUSTOMER, now, language=language)
        after = self.page(token)
        return _asking_once(after) if after is not None and page.state == "asked" else after

    def reason(self, token: str, why: str, where_to: str, words: str) -> Leaving | None:
        """The one question, answered by who asked for silence; nothing is offered for it."""
        page = self.page(token)
        if page is None or not page.left_alone:
            return page
        if why not in REASONS or why == LEAVE_ALONE:
            return page
        given = Answer(why, tidy(where_to, PLACE_LETTERS), tidy(words, WORDS_LETTERS))
        with self._house.books.unit() as unit:
            interviews.add_reason(unit, self._id(token), given, self._house.clock.now())
        return self.page(token)

    def _id(self, token: str) -> str:
        with self._house.books.reading() as unit:
            row = interviews.by_token(unit, token)
        if row is None:
            raise HuitouError("this link leads nowhere")
        return str(row["id"])

    def _state(self, row: Row) -> str:
        over = row["state"] == "asked" and row["ends_at"] <= self._house.clock.now()
        return "over" if over else str(row["state"])


def _again(page: Leaving, where_to: str, words: str) -> Leaving:
    kept = {"where_to": where_to[:PLACE_LETTERS], "words": words[:WORDS_LETTERS]}
    return Leaving(**{**vars(page), **kept, "wrong": NOTHING_CHOSEN})


def _asking_once(page: Leaving) -> Leaving:
    return Leaving(**{**vars(page), "one_more": True})
