"""What is written to somebody who is let go, and what staff are told of it: in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from huitou.decisions.letting_go import KINDS, Figures
from huitou.ground.languages import speaker
from huitou.ground.words import Sentence, said
from huitou.loyalty.letting_go.rules import LetGoRules

LINK = "{link}"
"""Stands in a letter for the page on which its reader objects: only who opens it sees the link."""


@dataclass(frozen=True)
class Letter:
    """What a letter is written from."""

    step: str
    kinds: tuple[str, ...]
    figures: Figures
    until: date
    appeal_until: date
    name: str | None
    shop: str
    rules: LetGoRules
    has_link: bool


def written(letter: Letter, language: str) -> str:
    """The letter in the customer's language."""
    say = speaker(language).say
    because = [KINDS[name].to_them(letter.figures.rates[name], letter.figures)
               for name in letter.kinds]  # fmt: skip
    parts = [
        say(said("Dear {name},", name=letter.name)) if letter.name else say(said("Good day,")),
        say(said("a member of our staff has looked at your orders and decided:")),
        say(what(letter.step, letter.until, letter.rules.term(language))),
        " ".join([say(said("This is why:")), *map(say, because)]),
        say(KEPT),
        say(_objecting(letter)),
        say(said("It ends by itself after {day}.", day=letter.until)),
        letter.shop,
    ]
    return "\n\n".join(part for part in parts if part)


KEPT = said(
    "What the law gives you stays yours: refunds that are due, what is owed for faulty goods, and"
    " an answer to every complaint. What you have from us already stays yours, too."
)


def what(step: str, until: date, terms: str) -> Sentence:
    """What a step means, as its reader is told."""
    return SAID[step](until, terms)


SAID: Mapping[str, Callable[[date, str], Sentence]] = {
    "no_offers": lambda day, _: said(
        "Until {day} you get no offers, gifts or points from us.", day=day
    ),
    "stricter": lambda day, terms: said(
        "Until {day} you get no offers, gifts or points from us, and these terms hold: {terms}",
        day=day,
        terms=terms,
    ),
    "closed": lambda day, _: said("Until {day} we take no more orders from you.", day=day),
}


def notice(step: str, terms: str) -> Sentence:
    """What staff are to know."""
    return TOLD[step](terms)


TOLD: Mapping[str, Callable[[str], Sentence]] = {
    "no_offers": lambda _: said(
        "Give them no offers, gifts or points. Serve them as you serve everybody; refunds that are"
        " due and complaints stay as they are."
    ),
    "stricter": lambda terms: said(
        "Give them no offers, gifts or points. These terms hold for them: {terms}", terms=terms
    ),
    "closed": lambda _: said(
        "Take no orders from them. Say so politely, and point to the letter they have; refunds that"
        " are due and complaints stay as they are."
    ),
}


def _objecting(letter: Letter) -> Sentence:
    if letter.has_link:
        return said(
            "If this is wrong, tell us by {day}: {link} Somebody who did not decide it will look"
            " again.",
            day=letter.appeal_until,
            link=LINK,
        )
    return said(
        "If this is wrong, tell us by {day}, in the shop or by an answer to this letter. Somebody"
        " who did not decide it will look again.",
        day=letter.appeal_until,
    )
