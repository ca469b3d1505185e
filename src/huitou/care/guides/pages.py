"""What a guide says, in which languages, and where its video lies: rules without a book."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from huitou.ground.errors import BadInput
from huitou.ground.languages import LANGUAGES

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
LONGEST_TITLE = 120
LONGEST_STEPS = 8_000
MOST_STEPS = 60


@dataclass(frozen=True)
class Said:
    """A guide in one language."""

    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """A guide to one product."""

    slug: str
    product: str
    """The product's number or name, as orders know it."""
    told: Mapping[str, Said]
    video: str | None = None

    def check(self) -> None:
        """Raise a plain sentence for the first thing that cannot stand."""
        if not SLUG.fullmatch(self.slug):
            raise BadInput(
                f"{self.slug!r} cannot stand in an address", to_try="small letters, digits and -"
            )
        if not self.product.strip() or len(self.product) > 200:
            raise BadInput("a guide names its product")
        if not self.told:
            raise BadInput("a guide says something in one language at least")
        if strange := set(self.told) - set(LANGUAGES):
            raise BadInput(f"there is no language {min(strange)!r}", to_try=", ".join(LANGUAGES))
        for each in self.told.values():
            _check_said(each)
        if self.video is not None:
            _check_video(self.video)

    def in_language(self, language: str) -> tuple[str, Said]:
        """What it says to a reader, and in which language: theirs, else English, else any."""
        for tag in (language, "en", *self.told):
            if tag in self.told:
                return tag, self.told[tag]
        raise BadInput("this guide says nothing")


def steps_of(text: str) -> tuple[str, ...]:
    """One step a line, as it is typed."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _check_said(each: Said) -> None:
    if not each.title.strip() or len(each.title) > LONGEST_TITLE:
        raise BadInput(f"a guide has a title of at most {LONGEST_TITLE} letters")
    if len(each.steps) > MOST_STEPS or sum(map(len, each.steps)) > LONGEST_STEPS:
        raise BadInput(f"a guide has at most {MOST_STEPS} steps")


def _check_video(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or len(address) > 500:
        raise BadInput("a video has an address that begins with https://", value=address[:80])
