"""What the doors show of journeys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huitou.ground.words import Sentence


@dataclass(frozen=True)
class JourneyView:
    """A journey in the list."""

    name: str
    title: str
    state: str
    begins: Sentence
    """What lets people in."""
    version: int
    nodes: int
    inside: int
    came_in: int
    playbook: bool
    """Whether it is one of those that are shipped."""


@dataclass(frozen=True)
class PlaybookView:
    """A journey that is shipped, to be taken."""

    name: str
    title: str
    begins: Sentence
    nodes: int
    taken: bool
    ready: bool
    """Whether all that it gives can be given in this shop."""


@dataclass(frozen=True)
class WayView:
    """One way out of a node."""

    name: str
    words: Sentence
    to: str
    n: int
    """How many took it so far; in a simulation, would have."""
    arms: dict[str, int]
    """The same, by arm."""


@dataclass(frozen=True)
class NodeView:
    """A node as it is drawn."""

    name: str
    kind: str
    title: str | None
    """In the reader's language: as the merchant wrote it, else what its message is about."""
    words: Sentence
    layer: int
    """How many nodes lie at most between it and the start."""
    ways: tuple[WayView, ...]
    here: int
    """Who stands there now; of an end, who ended there."""
    passed: int
    """Who passed; in a simulation, would have entered."""
    messages: int


@dataclass(frozen=True)
class Count:
    """How many, of what."""

    name: str
    words: Sentence
    n: int


@dataclass(frozen=True)
class VersionView:
    """One version of a journey."""

    number: int
    digest: str
    by: str
    at: datetime
    is_current: bool
    inside: int


@dataclass(frozen=True)
class FlowView:
    """A journey drawn: its nodes in order, who stands where, and how people left."""

    name: str
    title: str
    state: str
    number: int
    text: str
    begins: Sentence
    who: Sentence
    again: Sentence
    control: float
    nodes: tuple[NodeView, ...]
    exits: tuple[Count, ...]
    arms: tuple[Count, ...]
    versions: tuple[VersionView, ...]
    inside: int
    came_in: int
    needs: tuple[Sentence, ...]
    """What stands in the way of starting it."""


@dataclass(frozen=True)
class WalkerView:
    """One walk of one person."""

    person: str
    key: str | None
    journey: str
    node: str
    arm: str
    since: datetime
    wake_at: datetime
    left: str | None
    mark: str
    """Where the next page begins."""


@dataclass(frozen=True)
class SimulationView:
    """What a journey would have done on the shop's own past."""

    flow: FlowView
    """The journey, with the numbers of the simulation on its nodes."""
    first_day: str
    last_day: str
    evenings: int
    weekly: tuple[int, ...]
    """People who would have come in, by evening that was looked at."""
    came_in: int
    messages: int
    held_out: int
    unknown: tuple[Sentence, ...]
    """What the past cannot tell."""
