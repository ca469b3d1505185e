"""Journeys, people and days made up at random, and one person after another as the walker says."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from tests.unit.journeys.given import no_rest

from huitou.care.chase.tables import chase_mark
from huitou.care.complaints.tables import complaint
from huitou.care.tables import silence
from huitou.journeys.paths import filters, walk
from huitou.journeys.paths import journey as j
from huitou.journeys.paths.entries import book as entries
from huitou.journeys.paths.hearing import book as hearing
from huitou.journeys.paths.moves import book as moves
from huitou.journeys.paths.times import Length, Until
from huitou.store.books import Books

ZONE = ZoneInfo("America/New_York")
BEGIN = datetime(2026, 3, 6, 12, tzinfo=UTC)
"""Two days before the clocks change."""
EVENTS = ("order", "referral")
CHANNELS = ("email", "sms", "call", "webhook")
SALT = "salt of the test"
VILLAGES = itertools.count(1)
"""Each example has people and a journey of its own: much in the books is never deleted."""

lengths = st.builds(Length, st.integers(0, 3), st.integers(1, 2000))
untils = st.builds(
    Until,
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    st.builds(time, st.integers(0, 23), st.sampled_from((0, 30))),
)
leaves: st.SearchStrategy[filters.Filter] = st.one_of(
    st.builds(filters.Among, st.just("stage"), st.just(("lost", "slipping"))),
    st.builds(filters.Among, st.just("reach"), st.just(("email",))),
    st.builds(filters.Within, st.just("orders"), at_least=st.integers(0, 4)),
    st.builds(filters.Within, st.just("value"), below=st.integers(0, 400)),
    st.builds(filters.Within, st.just("p_buy"), above=st.floats(0, 1, width=16)),
    st.builds(filters.Happened, st.sampled_from(EVENTS), st.one_of(st.none(), st.integers(1, 3))),
)
trees = st.recursive(
    leaves,
    lambda part: st.one_of(
        st.builds(filters.All, st.lists(part, max_size=3).map(tuple)),
        st.builds(filters.Some, st.lists(part, max_size=3).map(tuple)),
        st.builds(filters.Not, part),
    ),
    max_leaves=5,
)


@st.composite
def journeys(draw: st.DrawFn) -> j.Journey:
    """Any journey: every node leads to later ones."""
    count = draw(st.integers(1, 5))
    names = [f"n{place}" for place in range(count)] + ["end_a", "end_b"]
    nodes: dict[str, j.Node] = {}
    for place in range(count):
        later = st.sampled_from(names[place + 1 :])
        nodes[names[place]] = draw(_node(later))
    nodes |= {"end_a": j.End(), "end_b": j.End()}
    exits = draw(st.sets(st.sampled_from(j.CHOSEN_EXITS)).map(lambda s: tuple(sorted(s))))
    return j.Journey(
        "made_up", {}, j.Trigger("event", name="referral"), j.EVERYBODY, nodes, "n0", exits,
        j.Again("never"),
    )  # fmt: skip


def _node(later: st.SearchStrategy[str]) -> st.SearchStrategy[j.Node]:
    channels = st.lists(st.sampled_from(CHANNELS), min_size=1, max_size=3, unique=True).map(tuple)
    purpose = st.sampled_from(("marketing", "service"))
    ways = st.lists(st.builds(j.Way, trees, later), min_size=1, max_size=3).map(tuple)
    arms = st.tuples(
        st.builds(j.Arm, st.just("a"), st.floats(0.5, 2), later),
        st.builds(j.Arm, st.just("b"), st.just(1.0), later),
    )
    return st.one_of(
        st.builds(j.Wait, st.one_of(lengths, untils), later),
        st.builds(j.WaitFor, st.sampled_from(EVENTS), lengths, later, later),
        st.builds(j.Branch, ways, later),
        st.builds(j.Split, arms),
        st.builds(j.Act, channels, st.just("words"), purpose, later, late_after=st.just(Length(1))),
        st.builds(j.Give, st.just("points"), st.just(5), st.just(""), later),
    )


facts = st.fixed_dictionaries(
    {
        "arm": st.sampled_from(("treated", "treated", "control", "held_out")),
        "stage": st.sampled_from((None, "lost", "slipping", "loyal")),
        "orders": st.one_of(st.none(), st.integers(0, 5)),
        "value": st.one_of(st.none(), st.integers(0, 500)),
        "p_buy": st.one_of(st.none(), st.floats(0, 1, width=16)),
        "reach": st.sampled_from((None, ",", ",email,", ",sms,call,", ",email,sms,")),
    }
)


@dataclass(frozen=True)
class Happening:
    """Something that happens to one of the people between two looks."""

    who: int
    what: str
    back: int
    """Hours before now that it was."""
    channel: str = "any"


@dataclass(frozen=True)
class Look:
    """A moment at which journeys move: how long after the last, and what happened meanwhile."""

    hours: int
    sweep: bool
    happenings: tuple[Happening, ...] = ()


happenings = st.builds(
    Happening,
    st.integers(0, 2),
    st.sampled_from((*EVENTS, "silent", "spoken_to", "complain", "never", "held", "lifted")),
    st.integers(0, 60),
    st.sampled_from(("any", "email", "call")),
)
looks = st.lists(
    st.builds(
        Look,
        st.one_of(st.integers(0, 80), st.just(-1)),
        st.booleans(),
        st.lists(happenings, max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=8,
)


@dataclass
class Told:
    """What is known of one person, as the walker is told it."""

    facts: Mapping[str, Any]
    heard: list[filters.Heard] = field(default_factory=list)
    words: list[tuple[datetime, str, str]] = field(default_factory=list)
    marks: list[tuple[datetime, str]] = field(default_factory=list)
    complaining: bool = False
    held: bool = False

    def person(self, name: str) -> walk.Person:
        """As a value. Silence is worked out here by hand: the last word on a channel counts.

        The last by its moment: a clock that was put back makes what is told later the earlier word.
        """
        words = [each[1:] for each in sorted(self.words, key=lambda each: each[0])]
        marks = [mark for _at, mark in sorted(self.marks, key=lambda each: each[0])]
        state = dict.fromkeys(("email", "call"), False)
        everywhere = False
        for channel, word in words:
            silent = word == "silent"
            state.update(dict.fromkeys(state, silent) if channel == "any" else {channel: silent})
            everywhere = silent if channel == "any" else everywhere and silent
        quiet = {channel for channel, silent in state.items() if silent}
        # `any` is also about channels that are never named alone.
        last_any = [word for channel, word in words if channel == "any"][-1:]
        if last_any == ["silent"]:
            quiet |= {"sms", "webhook"}
        if everywhere:
            quiet.add("any")
        return walk.Person(
            {**self.facts, "held": self.held}, tuple(self.heard), frozenset(quiet),
            self.complaining, marks[-1:] == ["never"], self.held, f"key:{name}",
        )  # fmt: skip


class Village:
    """The same few people twice: as rows in the books, and as values for the walker."""

    def __init__(self, books: Books, made: j.Journey, known: list[Mapping[str, Any]]) -> None:
        self.books = books
        self.walking = walk.Walking(made, ZONE, SALT)
        self.now, self.number = BEGIN, 0
        self.id = next(VILLAGES)
        self.running = moves.Running(self.id, self.id, self.walking)
        self.known = {
            f"v{self.id}p{place}": Told({k: v for k, v in each.items() if k != "arm"})
            for place, each in enumerate(known)
        }
        self.arms = {f"v{self.id}p{place}": each["arm"] for place, each in enumerate(known)}
        self.at = {
            name: walk.enter(self.walking, self.arms[name], self.now, self.now)
            for name in self.known
        }
        self.steps: dict[str, list[walk.Step]] = {name: [] for name in self.known}
        self._settle()

    def _settle(self) -> None:
        from huitou.journeys.paths.tables import position

        with self.books.unit() as unit:
            entries.know(unit, [self._row(name) for name in self.known])
            for name, here in self.at.items():
                row = {
                    "journey": self.id, "version": self.id, "person_id": name, "entry": "once",
                    "who": name,
                    "arm": here.arm, "node": here.node, "since": here.since,
                    "wake_at": here.wake_at, "as_of": here.as_of, "entered_at": self.now,
                    "steps": 0, "told": {},
                }  # fmt: skip
                unit.add(position, [row])

    def _row(self, name: str) -> dict[str, Any]:
        told = self.known[name]
        day = BEGIN.date()
        return {
            "person_id": name, "hold_key": f"key:{name}", "held": told.held,
            "known_on": day, **told.facts,
        }  # fmt: skip

    def happen(self, each: Happening) -> None:
        """Tell the books and the walker."""
        name = f"v{self.id}p{each.who % len(self.known)}"
        told, self.number = self.known[name], self.number + 1
        with self.books.unit() as unit:
            if each.what in EVENTS:
                at = self.now - timedelta(hours=each.back)
                event = filters.Heard(each.what, at, self.now)
                told.heard.append(event)
                hearing.note(
                    unit,
                    [hearing.Noted(f"v{self.id}e{self.number}", name, each.what, at)],
                    self.now,
                )
                here = walk.heard_now(self.walking, self.at[name], event, self.now)
                self.at[name] = here
            elif each.what in ("silent", "spoken_to"):
                told.words.append((self.now, each.channel, each.what))
                row = {"person_id": name, "channel": each.channel, "purpose": "marketing"}
                unit.add(silence, [{**row, "state": each.what, "source": "t", "at": self.now}])
            elif each.what == "complain":
                told.complaining = True
                unit.add(complaint, [_complaint(f"v{self.id}c{self.number}", name, self.now)])
            elif each.what in ("never", "lifted"):
                told.marks.append((self.now, each.what))
                row = {"person_id": name, "state": each.what, "why": "other", "words": "w"}
                unit.add(chase_mark, [
                    {**row, "review_on": self.now.date(), "by": "t", "at": self.now}
                ])  # fmt: skip
            else:
                told.held = True
                entries.know(unit, [self._row(name)])

    def look_as_walker(self, *, sweep: bool) -> None:
        """Everybody moves, one by one."""
        for name, told in self.known.items():
            person, here = told.person(name), self.at[name]
            if sweep and (gone := walk.left_now(self.walking, here, person, self.now)):
                self.steps[name].append(gone)
                self.at[name] = here = gone.to
            walked = walk.walk(self.walking, here, person, self.now)
            self.steps[name] += walked.steps
            self.at[name] = walked.position

    def look_in_sets(self, *, sweep: bool) -> None:
        """Everybody moves, in sets."""
        with self.books.unit() as unit:
            moves.wake(unit, [self.running], self.now)
        if sweep:
            moves.sweep(self.books, [self.running], self.now, no_rest, chunk=2)
        moves.tick(self.books, [self.running], self.now, no_rest, chunk=2)


def forward(now: datetime, hours: int) -> datetime:
    """So many hours later, or an hour back."""
    return now + timedelta(hours=hours)


def _complaint(number: str, name: str, now: datetime) -> dict[str, Any]:
    return {
        "id": number, "number": number, "token_hash": number, "source_key": number,
        "person_id": name, "kind": "other", "words": "w", "language": "en", "channel": "staff",
        "state": "new", "received_at": now, "due_at": now, "reopened": 0,
    }  # fmt: skip


def sent(village: Village) -> dict[str, tuple[str, str, str]]:
    """By the walker: id of a message -> person, channel, and whether it was taken back."""
    nodes = list(village.walking.journey.nodes)
    found = {}
    for name, steps in village.steps.items():
        left = village.at[name].left
        state = "cancelled" if left not in (None, "end") else "planned"
        for step in steps:
            if step.channel is not None:
                number = nodes.index(step.node) + 1
                found[f"j{village.id}.{number}.{name}.once"] = (name, step.channel, state)
    return found
