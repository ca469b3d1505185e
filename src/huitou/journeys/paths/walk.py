"""How one person walks: where they are, what is known of them, and what time it is. Nothing else.

This is the meaning of a journey. `moves.book` does the same for a million people in sets, and a
test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from huitou.ground.channels import ANY
from huitou.journeys.paths.filters import Asked, Heard
from huitou.journeys.paths.journey import (
    Act,
    Branch,
    End,
    Give,
    Journey,
    Node,
    Split,
    Wait,
    WaitFor,
)
from huitou.journeys.paths.times import Length

AHEAD = timedelta(days=1)
"""Whoever came to a node more than this after now came there by a clock that was wrong."""


@dataclass(frozen=True)
class Walking:
    """What every step of a journey is told beside the person."""

    journey: Journey
    zone: ZoneInfo
    salt: str


@dataclass(frozen=True)
class Position:
    """Where one walk of one person stands."""

    node: str
    arm: str
    since: datetime
    """When they came to the node."""
    wake_at: datetime
    """From when on they may move; after a wait, when that was."""
    as_of: datetime
    """What was known when they came in reached to here."""
    steps: int = 0
    left: str | None = None
    """`end`, or one of `EXITS`."""


@dataclass(frozen=True)
class Person:
    """What is known of the person at the moment of a step."""

    facts: Mapping[str, Any]
    heard: Sequence[Heard] = ()
    silent: frozenset[str] = frozenset()
    """Channels on which they want no marketing; `any` is all of them."""
    complaining: bool = False
    never: bool = False
    held: bool = False
    hold_key: str = ""


@dataclass(frozen=True)
class Step:
    """One step: out of which node, by which way, what was asked, and where it led."""

    node: str
    way: str
    to: Position
    channel: str | None = None
    """By which a message was asked for; nothing is asked for whoever is not treated."""
    gives: Give | None = None


@dataclass(frozen=True)
class Walked:
    """All steps that are due at one moment."""

    position: Position
    steps: tuple[Step, ...] = field(default_factory=tuple)


def enter(walking: Walking, arm: str, now: datetime, as_of: datetime) -> Position:
    """Somebody comes in."""
    start = walking.journey.start
    wake_at = wakes(walking, start, now) or now
    ends = isinstance(walking.journey.nodes[start], End)
    return Position(start, arm, now, wake_at, as_of, left="end" if ends else None)


def walk(walking: Walking, position: Position, person: Person, now: datetime) -> Walked:
    """Every step that is due now."""
    taken: list[Step] = []
    here = position
    while (taken_now := step(walking, here, person, now)) is not None:
        taken.append(taken_now)
        here = taken_now.to
    return Walked(here, tuple(taken))


def step(walking: Walking, position: Position, person: Person, now: datetime) -> Step | None:
    """The step that is due now, or None."""
    if position.left is not None or position.wake_at > now:
        return None
    if (reason := leaving(walking.journey, position, person)) is not None:
        return _left(position, reason, now)
    node = walking.journey.nodes[position.node]
    if isinstance(node, Act):
        return _acted(walking, node, position, person, now)
    way = _way(walking, node, position, person, now)
    gives = node if isinstance(node, Give) and position.arm == "treated" else None
    return _on(walking, position, way, now, gives=gives)


def leaving(journey: Journey, position: Position, person: Person) -> str | None:
    """Why this person leaves before an end, or None; asked before every step."""
    if person.held and position.arm == "treated":
        return "held_out"
    if person.never:
        return "never"
    if "silence" in journey.exits and ANY in person.silent:
        return "silence"
    if "complaint" in journey.exits and person.complaining:
        return "complaint"
    if "purchase" in journey.exits and _bought(position, person):
        return "purchase"
    return None


def left_now(walking: Walking, position: Position, person: Person, now: datetime) -> Step | None:
    """The step out of the journey, for somebody who need not be due: what the day's sweep does."""
    if position.left is not None:
        return None
    reason = leaving(walking.journey, position, person)
    return None if reason is None else _left(position, reason, now)


def heard_now(walking: Walking, position: Position, event: Heard, now: datetime) -> Position:
    """Somebody who waits for this event need not wait longer."""
    node = walking.journey.nodes[position.node]
    waits = position.left is None and isinstance(node, WaitFor) and node.event == event.name
    if waits and position.wake_at > now and event.at > position.as_of:
        return replace(position, wake_at=now)
    return position


def mended(walking: Walking, position: Position, now: datetime) -> Position:
    """Somebody who came to a node in a future that was none waits from now on."""
    if position.left is not None or position.since <= now + AHEAD:
        return position
    return replace(position, since=now, wake_at=wakes(walking, position.node, now) or now)


def usable(node: Act, facts: Mapping[str, Any], silent: frozenset[str]) -> tuple[str | None, bool]:
    """The channel of a message, and whether it was silence alone that left none."""
    reach = [channel for channel in node.channels if reaches(facts.get("reach"), channel)]
    quiet = silent if node.sells else frozenset()
    free = [channel for channel in reach if channel not in quiet]
    return (free[0] if free else None), bool(reach) and not free


def reaches(reach: str | None, channel: str) -> bool:
    """Whether somebody can be reached so; a webhook asks nothing of the person."""
    return channel == "webhook" or (reach is not None and f",{channel}," in reach)


def span(length: Length) -> timedelta:
    """A length of time by the clock."""
    return timedelta(days=length.days, minutes=length.minutes)


def wakes(walking: Walking, name: str, now: datetime) -> datetime | None:
    """When somebody who comes to a node now may leave it; None where nothing is waited for."""
    node = walking.journey.nodes[name]
    if isinstance(node, WaitFor):
        return node.at_most.after(now, walking.zone)
    return node.time.after(now, walking.zone) if isinstance(node, Wait) else None


def _acted(walking: Walking, node: Act, position: Position, person: Person, now: datetime) -> Step:
    if now - position.wake_at > span(node.late_after):
        return _on(walking, position, "late", now)
    channel, silenced = usable(node, person.facts, person.silent)
    if silenced:
        return _left(position, "silence", now)
    if channel is None:
        return _on(walking, position, "unreached", now)
    asked = channel if position.arm == "treated" else None
    return _on(walking, position, "asked", now, channel=asked)


def _way(walking: Walking, node: Node, position: Position, person: Person, now: datetime) -> str:
    if isinstance(node, WaitFor):
        came = any(
            each.name == node.event and each.at > position.as_of and each.noted_at >= position.since
            for each in person.heard
        )
        return "happened" if came else "timeout"
    if isinstance(node, Branch):
        asked = Asked(person.facts, person.heard, position.as_of, now)
        fits = (str(n + 1) for n, way in enumerate(node.choices) if way.when.holds(asked))
        return next(fits, "otherwise")
    if isinstance(node, Split):
        return node.drawn(walking.salt, walking.journey.name, position.node, person.hold_key)
    return node.ways[0]


def _bought(position: Position, person: Person) -> bool:
    return any(each.name == "order" and each.at > position.as_of for each in person.heard)


def _on(
    walking: Walking,
    position: Position,
    way: str,
    now: datetime,
    *,
    channel: str | None = None,
    gives: Give | None = None,
) -> Step:
    node = walking.journey.nodes[position.node]
    assert not isinstance(node, End)
    following = node.after(way)
    moved = replace(
        position,
        node=following,
        steps=position.steps + 1,
        left="end" if isinstance(walking.journey.nodes[following], End) else None,
        since=now,
        # Where nothing is waited for, they go on as from when they were meant to be here.
        wake_at=wakes(walking, following, now) or position.wake_at,
    )
    return Step(position.node, way, moved, channel, gives)


def _left(position: Position, reason: str, now: datetime) -> Step:
    gone = replace(position, since=now, steps=position.steps + 1, left=reason)
    return Step(position.node, reason, gone)
