"""From a decision to the words for one person: a frozen message that any channel can carry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from huitou.decisions.acts import TAKEN_KINDS, Act
from huitou.ground.ids import fingerprint
from huitou.ground.languages import speaker
from huitou.ground.money import Money
from huitou.journeys.letters import LETTERS, MANNERS, TOLD, USUAL, Letter

LONGEST = 200
"""A name or product longer than this is cut: nobody's is, and a letter has one page."""

USUAL_THINGS = 3


@dataclass(frozen=True)
class Recipient:
    """Whom we write to, and what the shop may use of how to reach them."""

    person_id: str
    key: str
    """What the merchant knows them by."""
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    address: tuple[str, ...] = ()
    """Postal lines, without the name."""
    language: str | None = None
    """Their own, where it is known; otherwise the shop's."""
    usual: tuple[str, ...] = ()
    """Products they usually bought, the dearest first."""


@dataclass(frozen=True)
class Sender:
    """Who writes: the head of the letter."""

    name: str
    currency: str
    language: str = "en"
    address: tuple[str, ...] = ()
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Message:
    """What we would say to one person, on one channel. What became of it is a *delivery*."""

    decision_id: str
    plan_id: str
    channel: str
    """email, paper or call."""
    act: str
    language: str
    subject: str
    body: str
    recipient: Recipient
    sender: Sender
    code: str | None = None
    staff_minutes: float = 0.0


@dataclass(frozen=True)
class Offered:
    """What an offer letter names: the code, the last day, and the most it takes off."""

    code: str
    last_day: date
    depth: float
    most: int
    """Minor units of the shop's currency."""
    least: int = 0
    """The smallest order it counts on; the same."""


@dataclass(frozen=True)
class Mended:
    """What word of a fix names: what was done, and whether this person had spoken of it."""

    words: str
    said: bool


def decision_id(plan_id: str, person_id: str) -> str:
    """The id of the decision for a person in a plan: computed, so doing it twice does no harm."""
    return fingerprint(plan_id, person_id)[:32]


def compose(
    receipt: Mapping[str, Any],
    recipient: Recipient,
    sender: Sender,
    offered: Offered | None = None,
    mended: Mended | None = None,
    own: Act | None = None,
) -> Message:
    """The message of one receipt (a row of the plan with `plan_id`, `act`, `channel`).

    `own` is the merchant's own act, whose letter goes before that of its kind.

    Raises KeyError for an act or language that has no letter, and ValueError for an offer
    without its code or word of a fix without the fix: no letter may leave with a hole in it.
    """
    act = receipt["act"]
    if (act in TAKEN_KINDS) != (offered is not None) or (act == "mended") != (mended is not None):
        raise ValueError(f"a letter of {act!r} with {offered} cannot be written")
    language = recipient.language if recipient.language in MANNERS else sender.language
    letter = _own_letter(own, language) or LETTERS[act, language]
    places = _places(act, language, recipient, sender, offered)
    if own is not None and own.own:
        places["gift"] = _sentence(plain(str(own.claim)), language)
    if mended is not None:
        places |= _mended_places(mended, language, places)
    paragraphs = [filled(paragraph, places).strip() for paragraph in letter.paragraphs]
    return Message(
        decision_id=decision_id(receipt["plan_id"], recipient.person_id),
        plan_id=receipt["plan_id"],
        channel=receipt["channel"],
        act=act,
        language=language,
        subject=filled(letter.subject, places),
        body=_whole(act, language, paragraphs, recipient, sender),
        recipient=recipient,
        sender=sender,
        code=offered.code if offered else None,
        staff_minutes=receipt["staff_minutes"],
    )


def _own_letter(own: Act | None, language: str) -> Letter | None:
    """The merchant's own letter in this language, where they wrote one."""
    if own is None or language not in own.letters:
        return None
    subject, text = own.letters[language]
    return Letter(subject, tuple(part.strip() for part in text.split("\n\n") if part.strip()))


def filled(text: str, places: Mapping[str, str]) -> str:
    """`text` with its `{named}` places filled, in one pass: what is put in is not read again."""
    return re.sub(r"\{(\w+)\}", lambda place: places[place[1]], text)


def plain(text: str) -> str:
    """A value from outside as one harmless line: no control or direction marks, not too long."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        # Nothing to take out: neither controls, nor marks of direction, nor ends of lines.
        return " ".join(text.split())[:LONGEST]
    kept = (
        " " if unicodedata.category(letter) in ("Zl", "Zp") or letter in "\r\n\t" else letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in "\r\n\t" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )
    return " ".join("".join(kept).split())[:LONGEST]


def reduction(depth: float, language: str) -> str:
    """A reduction as people say it: 0.15 is `15% off` in English and `8.5 折` in Chinese."""
    if language == "en":
        return f"{round(100 * depth)}% off"
    return f" {round(10 * (1 - depth), 1):g} 折"


def _places(
    act: str, language: str, recipient: Recipient, sender: Sender, offered: Offered | None
) -> dict[str, str]:
    places = {"shop": plain(sender.name), "usual": _usual(act, language, recipient)}
    if offered is not None:
        speaks = speaker(language)
        places |= {
            "off": reduction(offered.depth, language),
            "percent": str(round(100 * offered.depth)),
            "until": speaks.shown(offered.last_day),
            "code": offered.code,
            "most": speaks.shown(Money(offered.most, sender.currency)),
            "least": speaks.shown(Money(offered.least, sender.currency)),
        }
    return places


def _mended_places(mended: Mended, language: str, places: Mapping[str, str]) -> dict[str, str]:
    told = filled(TOLD[mended.said, language], places)
    return {"told": told, "mended": _sentence(plain(mended.words), language)}


def _sentence(words: str, language: str) -> str:
    end = "" if words[-1:] in tuple(".!?。！？") else MANNERS[language].full_stop
    return words + end


def _usual(act: str, language: str, recipient: Recipient) -> str:
    things = [plain(thing) for thing in recipient.usual[:USUAL_THINGS]]
    sentence = USUAL.get((act, language))
    if not things or sentence is None:
        return ""
    return filled(sentence, {"things": MANNERS[language].between.join(things)})


def _whole(
    act: str, language: str, paragraphs: list[str], recipient: Recipient, sender: Sender
) -> str:
    if act == "call":
        return "\n\n".join(paragraphs)
    manners = MANNERS[language]
    name = plain(recipient.name) if recipient.name else ""
    greeting = filled(manners.greeting, {"name": name}) if name else manners.greeting_unnamed
    closing = f"{manners.closing}\n{plain(sender.name)}"
    return "\n\n".join([greeting, *paragraphs, closing, manners.leave_alone])
