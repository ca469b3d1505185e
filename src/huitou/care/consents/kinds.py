"""What can be consented to, by whom it is told, and what proves it. Values and pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huitou.ground.channels import ANY, PEOPLE
from huitou.ground.errors import BadInput
from huitou.ground.ids import fingerprint
from huitou.ground.words import Sentence, said

CHANNELS = PEOPLE
"""Those on which somebody is asked: all that reach them."""

PURPOSES: Mapping[str, Sentence] = {
    "marketing": said("News and offers"),
    "personalised": said("Offers chosen for me from what I bought"),
    "service": said("Service: about what I have from you"),
}
"""What a consent is for. `personalised` is about how an offer is chosen, on whatever channel."""

SOURCES: Mapping[str, Sentence] = {
    "join_page": said("On the page to join"),
    "till": said("At the till"),
    "friend": said("On a friend’s page"),
    "checkout": said("At an online checkout"),
    "reply": said("By a reply"),
    "preferences": said("On their own page"),
    "unsubscribe": said("By the link to unsubscribe"),
    "staff": said("Told to staff"),
    "import": said("From a file"),
    "api": said("From another program"),
}
"""Where a word was said."""

SECOND_HAND = frozenset({"import"})
"""What such a source tells never overrides a withdrawal: the same file taken in again subscribes
nobody anew."""

REASONS: Mapping[str, Sentence] = {
    "too_often": said("You write too often"),
    "not_relevant": said("It is not for me"),
    "never_asked": said("I never asked for it"),
    "not_a_customer": said("I do not buy here any more"),
    "other": said("Another reason"),
}
"""Why somebody unsubscribed, if they like to say."""

PACES: Mapping[str, Sentence] = {
    "usual": said("As often as now"),
    "less": said("Less often"),
}


@dataclass(frozen=True)
class Wording:
    """The words somebody agreed to, exactly as they were shown."""

    name: str
    """Which text: `join` …; a changed text is another version of it."""
    language: str
    text: str

    @property
    def version(self) -> str:
        """The same for the same words; 64 hex digits."""
        return fingerprint(self.name, self.language, self.text)


@dataclass(frozen=True)
class Proof:
    """What shows that they said so, beside time, source and words."""

    by: str = ""
    """Who wrote it down: a user, a program's name, or empty for the customer themselves."""
    language: str | None = None
    reason: str | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    """`ip` and `agent` as fingerprints, `file` and `row` of an import, `words` of a reply."""


def seen_from(salt: str, address: str | None, agent: str | None) -> dict[str, str]:
    """Where a word came from, as keyed fingerprints: to compare, not to read."""
    told = {"ip": address, "agent": agent}
    return {name: fingerprint(salt, name, value)[:32] for name, value in told.items() if value}


@dataclass(frozen=True)
class Standing:
    """How it stands with one person, channel and purpose."""

    state: str
    """given, withdrawn, or none: nothing that holds was said."""
    at: datetime
    """When the word that counts was said."""
    source: str
    partial: bool = False
    """Some of those who turned out to be one person agreed, others never did: ask again."""

    @property
    def holds(self) -> bool:
        """Whether it may be acted on."""
        return self.state == "given"


def meant(channel: str, purpose: str) -> tuple[str, ...]:
    """The channels a word is about. Raises `BadInput` for what is none."""
    if purpose not in PURPOSES:
        raise BadInput(f"{purpose!r} is no purpose of consent", to_try=", ".join(PURPOSES))
    if purpose == "personalised":
        return (ANY,)
    if channel == ANY:
        return tuple(CHANNELS)
    if channel not in CHANNELS:
        raise BadInput(f"there is no channel {channel!r}", to_try=", ".join((ANY, *CHANNELS)))
    return (channel,)


def a_source(source: str) -> str:
    """A source that is known. Raises `BadInput` for any other."""
    if source not in SOURCES:
        raise BadInput(f"{source!r} is no source of consent", to_try=", ".join(SOURCES))
    return source
