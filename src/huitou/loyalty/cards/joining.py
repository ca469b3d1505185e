"""What somebody says who joins, and the consent they give: as values, before any book is opened."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huitou.ground.words import Sentence, said

WORDING = "join-1"
"""The version of the consent that stands on the form; another text is another version."""
CONSENTS: Mapping[str, Sentence] = {
    "email": said("By e-mail"),
    "sms": said("By text message"),
    "wechat": said("By WeChat"),
    "call": said("By phone call"),
}
"""Channels somebody may tick; nothing is ticked for them."""
AGREED = said(
    "I would like news and offers from {shop} in the ways I ticked."
    " I can take this back at any time."
)
"""What stands beside the boxes."""
PURPOSE = "marketing"
LONGEST = {"name": 120, "contact": 200}
ELDEST = 120
"""Years."""


@dataclass(frozen=True)
class Told:
    """What stands in the form, read: a phone in E.164 or an e-mail in small letters, or both."""

    name: str
    phone: str | None
    email: str | None
    birthday: date | None
    language: str
    consents: tuple[str, ...] = ()
    """Channels that were ticked."""
    agreed: str = ""
    """The very words they agreed to."""

    @property
    def keys(self) -> tuple[str, ...]:
        """What they are known by, as identity writes it."""
        told = (("phone", self.phone), ("email", self.email))
        return tuple(f"{kind}:{value}" for kind, value in told if value)

    @property
    def given(self) -> list[dict[str, str]]:
        """The consents as they are kept."""
        kept = {"purpose": PURPOSE, "text": self.agreed}
        return [{"channel": channel, **kept} for channel in self.consents]


def tidy(text: str, most: int) -> str:
    """A line that strangers typed: printable letters, no longer than fits."""
    kept = (
        " " if unicodedata.category(letter).startswith("Z") else letter
        for letter in unicodedata.normalize("NFC", text)
        if unicodedata.category(letter)[0] != "C"
    )
    return " ".join("".join(kept).split())[:most]


def birthday(text: str, today: date) -> date | None:
    """A birthday as a browser sends it; None for none. Raises `ValueError` for what is none."""
    if not text.strip():
        return None
    born = date.fromisoformat(text.strip())
    if not today.year - ELDEST <= born.year <= today.year or born > today:
        raise ValueError(text)
    return born
