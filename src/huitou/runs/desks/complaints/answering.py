"""How an answer reaches a customer who complained: it is no advertising, and needs no consent.

The answer is in the books before anything leaves the house, and is sent at most once: what became
of it is written beside it, and where nobody knows, that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from huitou.care.complaints import book
from huitou.channels.contract import End, Outcome
from huitou.channels.email import Email, mailbox
from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.journeys.messages import Message, Recipient, Sender, plain

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row


def way(row: Row, settings: Settings) -> str:
    """email, page, phone or nobody: how an answer to this complaint is told."""
    if row["email"] and settings.smtp_host is not None:
        return "email"
    if row["channel"] == "form":
        return "page"
    return "phone" if row["phone"] else "nobody"


def send(
    house: House,
    settings: Settings,
    row: Row,
    words: str,
    key: str,
    environment: Mapping[str, str],
) -> None:
    """Tell the customer, and write down beside the answer what became of it."""
    told = f"tell:{way(row, settings)}"
    if told == "tell:email":
        told = _mailed(house, settings, row, words, key, environment)
    with house.books.unit() as unit:
        book.add_entry(unit, row["id"], "state", "huitou", told, house.clock.now())


def _mailed(
    house: House,
    settings: Settings,
    row: Row,
    words: str,
    key: str,
    environment: Mapping[str, str],
) -> str:
    try:
        box = mailbox(settings, environment)
    except HuitouError as half:
        # The answer stands in the books: that it did not leave must stand beside it.
        return f"unsent:{plain(half.sentence)[:200]}"
    if box is None:
        return "tell:nobody"
    channel = Email(box)
    try:
        outcome = channel.hand_over(letter(settings, row, words, key), house.clock.now())
    finally:
        channel.close()
    return _became(outcome)


def letter(settings: Settings, row: Row, words: str, key: str) -> Message:
    """The answer as a message. Its number in the subject brings the customer's reply back here."""
    language = row["language"] if row["language"] in LANGUAGES else settings.language
    says = speaker(language)
    subject = says.say(said("Your complaint {number}", number=row["number"]))
    foot = says.say(
        said("Your number is {number}. Reply to this letter, or call us.", number=row["number"])
    )
    who = row["name"] or ""
    return Message(
        decision_id=fingerprint("complaint answer", row["id"], key)[:32],
        plan_id="",
        channel="email",
        act="answer",
        language=language,
        subject=f"[{row['number']}] {subject}",
        body=f"{words}\n\n{foot}\n{settings.name}\n",
        recipient=Recipient(row["person_id"] or "", plain(who), email=row["email"]),
        sender=Sender(settings.name, settings.currency or "", language),
    )


def _became(outcome: Outcome) -> str:
    if outcome.end is End.ACCEPTED:
        return "sent:email"
    what = "doubt" if outcome.end is End.IN_DOUBT else "unsent"
    return f"{what}:{plain(outcome.reason or outcome.stage)[:200]}"
