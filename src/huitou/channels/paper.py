"""The paper channel: a letter a person to print, a mail-merge table, and a call list.

    <home>/letters/<plan>/letters/<customer>-<mark>.html   one page each
    <home>/letters/<plan>/mail-merge.csv                   for a word processor or a print shop
    <home>/letters/<plan>/calls/<customer>-<mark>.html     what to ask, with room for the answer
    <home>/letters/<plan>/calls.csv, calls.html            the list, the worthiest first

Everything is written whole or not at all and under names that do not change, so a run that was
killed writes the same files again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from huitou.channels.contract import End, Outcome
from huitou.channels.sheets import csv_bytes, file_name, lines, page, write_whole
from huitou.ground.languages import speaker
from huitou.ground.words import said
from huitou.journeys.messages import Message, plain

MERGE_COLUMNS = (
    "customer",
    "name",
    "address",
    "phone",
    "email",
    "language",
    "act",
    "code",
    "subject",
    "text",
)
CALL_COLUMNS = ("customer", "name", "phone", "minutes", "what to say", "why", "where to", "done")


@dataclass(frozen=True)
class Paper:
    """Letters as files in `folder`, dated in the shop's `zone`."""

    folder: Path
    zone: ZoneInfo
    name: str = "paper"
    repeatable: bool = True
    batch: int = 100

    def hand_over(self, message: Message, now: datetime) -> Outcome:
        """Write the person's page."""
        content = letter_page(message, now.astimezone(self.zone))
        return _write(self.folder / message.plan_id / "letters", message, content)

    def gather(self, plan_id: str, messages: Sequence[Message]) -> None:
        """Write the mail-merge table of the whole plan."""
        rows = (_merge_row(message) for message in messages)
        write_whole(self.folder / plan_id / "mail-merge.csv", csv_bytes(MERGE_COLUMNS, rows))


@dataclass(frozen=True)
class CallList:
    """Calls for staff, as files beside the letters."""

    folder: Path
    zone: ZoneInfo
    name: str = "call"
    repeatable: bool = True
    batch: int = 100

    def hand_over(self, message: Message, now: datetime) -> Outcome:
        """Write the person's sheet."""
        content = page(message.subject, message.sender.language, call_sheet(message))
        return _write(self.folder / message.plan_id / "calls", message, content)

    def gather(self, plan_id: str, messages: Sequence[Message]) -> None:
        """Write the list of all calls, as a table and to be printed."""
        folder = self.folder / plan_id
        write_whole(folder / "calls.csv", csv_bytes(CALL_COLUMNS, map(_call_row, messages)))
        if messages:
            language = messages[0].sender.language
            body = "\n".join(call_sheet(message) for message in messages)
            write_whole(folder / "calls.html", page(messages[0].subject, language, body))


def letter_page(message: Message, at: datetime) -> bytes:
    """One letter as a page whose address stands in the window of the envelope."""
    sender, to = message.sender, message.recipient
    back = " · ".join(plain(part) for part in (sender.name, *sender.address))
    address = [plain(part) for part in (to.name or to.key, *to.address)]
    day = speaker(message.language).shown(at.date())
    body = (
        f'<main class="letter">\n<p class="from">{escape(back)}</p>\n'
        f'<p class="to">{lines(address)}</p>\n<p class="date">{escape(day)}</p>\n'
        f"<h1>{escape(message.subject)}</h1>\n{_paragraphs(message)}\n</main>"
    )
    return page(message.subject, message.language, body)


def call_sheet(message: Message) -> str:
    """What to ask one person, with room for the answer."""
    to, speaks = message.recipient, speaker(message.sender.language)
    head = " · ".join(plain(part) for part in (to.key, to.name, to.phone) if part)
    room = [said("Why they stayed away:"), said("Where they shop now:"), said("Reached on:")]
    asked = "".join(f"<tr><td>{escape(speaks.say(part))}<br><br></td></tr>\n" for part in room)
    return (
        f'<section class="sheet">\n<h1>{escape(head)}</h1>\n{_paragraphs(message)}\n'
        f"<table>{asked}</table>\n</section>"
    )


def _paragraphs(message: Message) -> str:
    paragraphs = [f"<p>{lines(part.splitlines())}</p>" for part in message.body.split("\n\n")]
    whole = "\n".join(paragraphs)
    if message.code is None:
        return whole
    code = escape(message.code)
    return whole.replace(code, f'<br><strong class="code">{code}</strong>', 1)


def _write(folder: Path, message: Message, content: bytes) -> Outcome:
    name = file_name(message.recipient.key, message.decision_id[:8])
    try:
        write_whole(folder / f"{name}.html", content)
    except OSError as failed:  # a full disk: nothing has its name yet, so it is safe to repeat
        return Outcome(End.RETRY_SAFE, "writing", str(failed))
    return Outcome(End.ACCEPTED, "written")


def _merge_row(message: Message) -> tuple[str, ...]:
    to = message.recipient
    address = "\n".join(plain(part) for part in to.address)
    known = (plain(to.key), plain(to.name or ""), address, to.phone or "", to.email or "")
    return (
        *known,
        message.language,
        message.act,
        message.code or "",
        message.subject,
        message.body,
    )


def _call_row(message: Message) -> tuple[str, ...]:
    to = message.recipient
    known = (plain(to.key), plain(to.name or ""), to.phone or "", f"{message.staff_minutes:g}")
    return (*known, message.body, "", "", "")
