"""What is shown of consent and of the rules of sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huitou.ground.words import Sentence


@dataclass(frozen=True)
class WordView:
    """One word somebody said, with its proof."""

    channel: str
    purpose: str
    state: str
    """given or withdrawn."""
    at: datetime
    source: str
    source_words: Sentence
    by: str
    language: str | None
    reason: str | None
    wording: str | None
    """Fingerprint of the text that was agreed to."""
    words: str | None
    """That text."""


@dataclass(frozen=True)
class StandingView:
    """How it stands with one channel and purpose."""

    channel: str
    channel_words: Sentence
    purpose: str
    purpose_words: Sentence
    state: str
    """given, withdrawn, waiting (a first yes that is not confirmed) or none."""
    at: datetime | None
    source: str | None
    partial: bool
    """Consent of one of several who turned out to be one: to be asked again."""
    again: bool = False
    """Whether they may be sent the message once more that asks for their second yes."""


@dataclass(frozen=True)
class SayingView:
    """What would be said now to a message, and why."""

    channel: str
    channel_words: Sentence
    purpose: str
    purpose_words: Sentence
    goes: bool
    rule: str | None
    words: Sentence | None
    until: datetime | None


@dataclass(frozen=True)
class PlaceView:
    """Where somebody is, as far as it is known, and whose law is kept for them."""

    country: str | None
    phone_country: str | None
    zones: tuple[str, ...]
    bought_on: date | None
    packs: tuple[str, ...]


@dataclass(frozen=True)
class ConsentView:
    """Everything about the consent of one person."""

    person: str
    name: str | None
    standings: tuple[StandingView, ...]
    pace: str
    pause_until: date | None
    language: str | None
    history: tuple[WordView, ...]


@dataclass(frozen=True)
class SendingCheck:
    """What would be said to each kind of message to one person now; nothing is sent."""

    person: str
    name: str | None
    place: PlaceView
    sayings: tuple[SayingView, ...]


@dataclass(frozen=True)
class ChannelCount:
    """How many people agreed to, and refused, one purpose on one channel."""

    channel: str
    channel_words: Sentence
    purpose: str
    given: int
    withdrawn: int


@dataclass(frozen=True)
class HeardView:
    """What somebody wrote that may be a refusal."""

    id: str
    person: str | None
    name: str | None
    channel: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Overview:
    """Consent in the shop."""

    channels: tuple[ChannelCount, ...]
    sources: tuple[tuple[str, Sentence, int, int], ...]
    """Code, words, words of consent, words of refusal."""
    reasons: tuple[tuple[str, Sentence, int], ...]
    waiting: tuple[HeardView, ...]
    packs: tuple[str, ...]


@dataclass(frozen=True)
class Answered:
    """What became of something that was written back to us."""

    meaning: str
    """stop, start, doubtful or nothing."""
    people: int
    """How many people it was about."""
    held: bool
    """Whether it waits for a person to read it."""


@dataclass(frozen=True)
class ImportedConsents:
    """What a file of consents brought."""

    rows: int
    taken: int
    known: int
    """Said nothing new, or cannot undo what the customer said since."""
    wrong: tuple[tuple[int, str], ...]
    """Line and why, of the first rows that could not be taken."""
    wrong_rows: int


@dataclass(frozen=True)
class RuleView:
    """One rule of a pack."""

    id: str
    kind: str
    channels: tuple[str, ...]
    source: str
    since: date


@dataclass(frozen=True)
class PackView:
    """One pack of rules."""

    code: str
    words: Sentence
    dated: date
    enabled: bool
    rules: tuple[RuleView, ...]
    holidays: int


@dataclass(frozen=True)
class SendingRules:
    """The rules of sending in force."""

    packs: tuple[PackView, ...]
    country: str | None
    zone: str
    email_to_customers: bool
    rest_on_holidays: bool
    caps: tuple[Sentence, ...]
    hours: Sentence | None
    harms: tuple[tuple[str, int, int, bool], ...]
    """Channel, messages, answered by silence, and whether its caps are halved."""


@dataclass(frozen=True)
class PreferenceLine:
    """One thing somebody may have or not."""

    name: str
    words: Sentence
    is_on: bool


@dataclass(frozen=True)
class Preferences:
    """What a customer's own page shows."""

    token: str
    channels: tuple[PreferenceLine, ...]
    by_traits: bool
    service: bool
    pace: str
    pause_until: date | None
    language: str | None
    saved: bool = False


@dataclass(frozen=True)
class Unsubscribing:
    """What the page of a link to unsubscribe shows; the same for any link at all."""

    token: str
    channel: Sentence | None
    done: bool
    thanked: bool = False


@dataclass(frozen=True)
class Confirming:
    """The page behind the link of a message that asks for a second yes."""

    token: str
    done: bool
    channel_words: Sentence | None = None
    """None for a link that leads nowhere (any more)."""
