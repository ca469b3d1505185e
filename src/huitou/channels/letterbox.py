"""Letters to the house's own people: words, the same with some form, and a PDF with them.

`letterbox(settings, environment)` is the shop's mail server, or one that says there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime
from typing import Protocol

from huitou.channels.contract import End, Outcome
from huitou.channels.email import ADDRESS, Email, Mailbox, mailbox
from huitou.ground.ids import fingerprint
from huitou.ground.settings import Settings
from huitou.journeys.messages import plain


@dataclass(frozen=True)
class Enclosed:
    """One letter with a paper enclosed."""

    key: str
    """Names what it is: with the recipient it makes the Message-ID, the same at every attempt."""
    subject: str
    text: str
    html: str
    language: str
    sender: str
    file: str
    pdf: bytes | None


class Letterbox(Protocol):
    """Takes letters, one at a time."""

    def post(self, to: str, letter: Enclosed, now: datetime) -> Outcome:
        """Hand one over; what became of it."""
        ...

    def close(self) -> None:
        """No more letters for now."""
        ...


class ByMail:
    """Through the shop's own mail server."""

    def __init__(self, box: Mailbox) -> None:
        self._box = box
        self._mail = Email(box)

    def post(self, to: str, letter: Enclosed, now: datetime) -> Outcome:
        """Send it; see `channels.email` for what becomes of it."""
        if not (to.isascii() and ADDRESS.fullmatch(to)):
            return Outcome(End.REFUSED, "address", f"{plain(to)!r} is not an address")
        return self._mail.post(to, enclosed(letter, self._box, to, now))

    def close(self) -> None:
        """Hang up."""
        self._mail.close()


class NullLetterbox:
    """Where no mail server is set: nothing leaves, and it says so."""

    def post(self, to: str, letter: Enclosed, now: datetime) -> Outcome:
        """Surely not sent."""
        return Outcome(End.RETRY_SAFE, "connect", "no mail server is set: smtp_host in shop.toml")

    def close(self) -> None:
        """Nothing is open."""


def letterbox(settings: Settings, environment: Mapping[str, str]) -> Letterbox:
    """The shop's letterbox."""
    box = mailbox(settings, environment)
    return ByMail(box) if box is not None else NullLetterbox()


def enclosed(letter: Enclosed, box: Mailbox, to: str, now: datetime) -> bytes:
    """The letter as bytes for the wire."""
    mail = EmailMessage(policy=MAIL_POLICY)
    name = plain(letter.sender).replace("\\", "").replace('"', "'")
    mail["From"] = f'"{name}" <{box.sender}>'
    mail["To"] = to
    mail["Subject"] = plain(letter.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{fingerprint(letter.key, to)[:32]}@{box.domain}>"
    mail["Content-Language"] = letter.language
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    if letter.pdf is not None:
        mail.add_attachment(letter.pdf, maintype="application", subtype="pdf", filename=letter.file)
    return mail.as_bytes()
