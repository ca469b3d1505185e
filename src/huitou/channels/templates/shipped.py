"""The words the house brings along: one file for each occasion and language, `shipped/<language>`.

    names = ["points", "ends_on"]       what the text may name besides what all may
    money = ["worth"]                   which of these are amounts in minor units
    subject = "…"
    body = "…"                          e-mail and paper, in paragraphs (see `press`)
    sms = "…"                           SMS, WeCom and WeChat; one short text

Whoever sends a message of another name puts a file here: nothing else has to be told. The words
of the journeys that are shipped stand with them (`journeys.paths.playbooks`), and are read there.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from huitou.channels.templates.press import Frame, paragraphs
from huitou.ground.channels import SHORT
from huitou.ground.ids import fingerprint
from huitou.journeys.paths.playbooks import shipped as playbooks

FOLDER = Path(__file__).with_name("shipped")
LANGUAGES = ("en", "zh-Hans", "zh-Hant")

NAMED = re.compile(r"\{\{-?\s*([a-z_]+)\s*[|}-]|\{%-?\s*if\s+([a-z_]+)\s")
"""A place of a journey's text that its message is told; what all may name has a dot in it."""

MONEY = ("quote", "saved")
"""Places of journeys' texts that are amounts."""

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
    own = {file.stem for file in (FOLDER / "en").glob("*.toml")}
    return tuple(sorted(own.union(playbooks.templates())))


def text(name: str, channel: str, language: str) -> Text | None:
    """The house's own words for an occasion; None where it has none in this language."""
    told = _read(name, language) or _of_journey(name, language)
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


@lru_cache(maxsize=512)
def _of_journey(name: str, language: str) -> dict[str, Any] | None:
    """The words of a journey's message, in the form of our own files."""
    written = playbooks.words(name) if name in playbooks.templates() else {}
    if language not in written:
        return None
    subject, body = written[language]
    named = dict.fromkeys(one or other for one, other in NAMED.findall(subject + body))
    found = {"subject": subject, "body": body, "sms": _short(body, language)}
    return {**found, "names": list(named), "money": [each for each in MONEY if each in named]}


def _short(body: str, language: str) -> str:
    """A letter without its greeting and its signature; who writes stands before it."""
    parts = paragraphs(body)
    short = "\n".join(parts[1:-1] if len(parts) > 2 else parts)
    is_named = "{{ shop.name }}" in short or language != "en" or len(parts) <= 2
    return short if is_named else f"{{{{ shop.name }}}}: {short}"


@lru_cache(maxsize=8)
def frame(language: str) -> Frame:
    """The house's paper in one language."""
    foot = (FOLDER / language / "_foot.txt").read_text(encoding="utf-8").strip()
    return Frame((FOLDER / "frame.mjml").read_text(encoding="utf-8"), foot)
