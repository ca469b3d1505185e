"""What the doors show of sending: channels, messages, doubts, texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from huitou.ground.words import Sentence, said

STATES: Mapping[str, Sentence] = {
    "planned": said("Waiting"),
    "claimed": said("About to leave"),
    "handing_over": said("Leaving"),
    "accepted": said("Handed over"),
    "assigned": said("Given to a colleague"),
    "refused": said("Refused by the other side"),
    "in_doubt": said("In doubt"),
    "suppressed": said("Kept back by a rule"),
    "expired": said("Too late"),
    "cancelled": said("Taken back"),
}
"""State -> what people call it, in the order of a message's life."""


WAYS: Mapping[str, Sentence] = {
    "none": said("Not set up"),
    "console": said("Written to a file"),
    "null": said("Thrown away"),
    "smtp": said("Mail server"),
    "aliyun": said("Aliyun"),
    "tencent": said("Tencent Cloud"),
    "twilio": said("Twilio"),
    "wecom": said("WeCom"),
    "wechat": said("WeChat"),
    "webhook": said("Your own program"),
    "paper": said("Printed here"),
    "call": said("Rung by staff"),
}
"""By what a channel leaves -> what people call it."""

SETTINGS: Mapping[str, Sentence] = {
    "way": said("by what it leaves"),
    "key_env": said("the variable with the provider's key"),
    "secret_env": said("the variable with the provider's secret"),
    "sign": said("the signature of text messages"),
    "app": said("the app's number at the provider"),
    "sender": said("the number of the sender"),
    "url": said("the address of your program"),
    "smtp_host": said("the mail server"),
    "timezone": said("the shop's time zone"),
}
"""What a channel may lack -> what it is."""


@dataclass(frozen=True)
class ChannelView:
    """One way out: whether it is set up, how fast, and what became of its messages."""

    channel: str
    way: str
    rate: float
    missing: tuple[str, ...]
    """What has to be said before it works; empty where it does."""
    counts: Mapping[str, int]
    """State -> how many; those given to a colleague apart from those handed over."""
    barred: int = 0
    """Addresses to which nothing goes any more."""
    rests_until: datetime | None = None
    why: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether messages leave by it."""
        return not self.missing

    @property
    def lacks(self) -> tuple[tuple[str, Sentence | None], ...]:
        """Each name of what is missing, with what it is; a variable stands for itself."""
        return tuple((name, SETTINGS.get(name.rpartition(".")[2])) for name in self.missing)

    @property
    def total(self) -> int:
        """All its messages."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class SendingRow:
    """One message of the outbox."""

    id: str
    person_id: str
    origin: str
    channel: str
    purpose: str
    template: str
    state: str
    at: datetime
    written_at: datetime
    not_before: datetime
    attempt: int
    reason: str | None = None
    rule: str | None = None
    reference: str | None = None
    settled_by: str | None = None


@dataclass(frozen=True)
class StopView:
    """Whether sending is stopped, by whom and why."""

    stopped: bool
    by: str | None = None
    why: str | None = None
    at: datetime | None = None
    by_file: bool = False
    """Stopped by the file STOP in the shop's folder, which needs no books."""


@dataclass(frozen=True)
class SentView:
    """What one call of `send` did on one channel."""

    channel: str
    handed: int
    ends: Mapping[str, int] = field(default_factory=dict)
    stopped: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class TemplateView:
    """One text in one language."""

    name: str
    channel: str
    language: str
    version: int
    """0: as the house brings it along."""
    subject: str
    body: str
    names: tuple[str, ...]
    digest: str
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class CheckView:
    """Whether a text can be used."""

    fits: bool
    unknown: tuple[str, ...] = ()
    """Places it names that nobody will fill."""
    words: str = ""
    """Why it cannot be read at all."""
    segments: int = 0
    """How many short messages it is billed as, as it stands; 0 for other channels."""


@dataclass(frozen=True)
class PreviewView:
    """A text as one person would get it."""

    name: str
    channel: str
    language: str
    person: str
    to: str
    subject: str
    text: str
    html: str
    segments: int = 0


@dataclass(frozen=True)
class Tested:
    """What became of a test message."""

    channel: str
    to: str
    end: str
    stage: str
    reason: str | None
