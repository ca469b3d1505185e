"""The words the house brings along: one file for each occasion and language, `shipped/<language>`.

    names = ["points", "ends_on"]       what the text may name besides what all may
    money = ["worth"]                   which of these are amounts in minor units
    subject = "…"
    body = "…"                          e-mail and paper, in paragraphs (see `press`)
    sms = "…"                           SMS, WeCom and WeChat; one short text

Whoever sends a message of another name puts a file here: nothing else has to be told.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from huitou.channels.templates.press import Frame
from huitou.ground.ids import fingerprint

FOLDER = Path(__file__).with_name("shipped")
SHORT = ("sms", "wecom", "wechat")
"""Channels whose text is the short one."""

LANGUAGES = ("en", "zh-Hans", "zh-Hant")

SHARED = (
    "shop.name",
    "shop.address",
    "shop.phone",
    "shop.email",
    "person.name",
    "links.unsubscribe",
    "links.preferences",
    "links.card",
)
"""What every text may name."""


@dataclass(frozen=True)
class Text:
    """One text in one language, in one version."""

    name: str
    channel: str
    language: str
    version: int
    """0 for what the house brings along."""
    subject: str
    body: str
    names: tuple[str, ...] = ()
    money: tuple[str, ...] = ()

    @cached_property
    def digest(self) -> str:
        """The same for the same words."""
        return fingerprint(self.channel, self.language, self.subject, self.body)

    @property
    def allowed(self) -> tuple[str, ...]:
        """Every path it may name."""
        return (*SHARED, *self.names)


def names() -> tuple[str, ...]:
    """Every occasion the house has words for."""
    return tuple(sorted(file.stem for file in (FOLDER / "en").glob("*.toml")))


def text(name: str, channel: str, language: str) -> Text | None:
    """The house's own words for an occasion; None where it has none in this language."""
    told = _read(name, language)
    if told is None or channel == "webhook":
        return None
    body = told.get("sms", told["body"]) if channel in SHORT else told["body"]
    return Text(
        name,
        channel,
        language,
        0,
        "" if channel in SHORT else told.get("subject", ""),
        body.strip() + "\n",
        tuple(told.get("names", ())),
        tuple(told.get("money", ())),
    )


@lru_cache(maxsize=512)
def _read(name: str, language: str) -> dict[str, Any] | None:
    file = FOLDER / language / f"{name}.toml"
    # A name comes from the books, and may hold what leads out of the folder.
    if "/" in name or name.startswith((".", "_")) or not file.is_file():
        return None
    return tomllib.loads(file.read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def frame(language: str) -> Frame:
    """The house's paper in one language."""
    foot = (FOLDER / language / "_foot.txt").read_text(encoding="utf-8").strip()
    return Frame((FOLDER / "frame.mjml").read_text(encoding="utf-8"), foot)
