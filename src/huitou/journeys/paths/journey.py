"""A journey as a frozen value: what begins it, who is meant, its nodes, and how one leaves it.

    wait        for a length of time, or until a weekday and hour
    wait_for    an event, at most so long: two ways
    branch      by what is known of the person: the first way that fits
    split       by lot, keyed: the same person draws the same way, and the arm is logged
    act         a message by the first channel that may be used, or something given
    end         they have walked it

Every node leads on, and none leads back: whoever begins comes to an end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from huitou.ground.ids import lot
from huitou.ground.words import Sentence, said
from huitou.journeys.paths.filters import All, Filter, by_traits, events_of
from huitou.journeys.paths.times import Length, Until

EVENTS: Mapping[str, tuple[tuple[str, ...], Sentence]] = {
    "order": ((), said("They bought")),
    "complaint": (("complaint.received",), said("They complained")),
    "complaint_recovered": (("complaint.resolved",), said("Their complaint was settled")),
    "card_joined": (("card.joined",), said("They took a card")),
    "tier_reached": (("ladder.climbed",), said("They climbed a step")),
    "referral": (("referral.rewarded",), said("They brought a friend")),
    "member_joined": (("membership.bought",), said("They became a paying member")),
    "member_renewed": (("membership.renewed",), said("They renewed their membership")),
    "offer_used": (("promise.settle",), said("They used an offer")),
    "interview_answered": (("interview.answered", "case.answered"), said("They told us why")),
    "will_come": (("call.will_come",), said("They said on the phone that they will come")),
}
"""Name of an event in journeys -> kinds in the outbox of the books that tell of it, and its words.

`order` comes with the day's orders. Any other kind of the outbox may be named as it is.
"""

DATES: Mapping[str, Sentence] = {
    "first_order": said("First order"),
    "last_order": said("Last order"),
    "birthday": said("Birthday"),
    "tier_close": said("The day a step closes"),
    "renewal": said("Renewal of a membership"),
    "refill_due": said("A refill is due"),
    "maintenance_due": said("A maintenance is due"),
    "trade_in_due": said("A machine's service life ends"),
}
"""Days of a person that a journey may begin at, before or after."""

FORESEEN = ("refill_due", "maintenance_due", "trade_in_due")
"""Days that follow from what somebody bought."""

EXITS: Mapping[str, Sentence] = {
    "purchase": said("They bought"),
    "complaint": said("A complaint is open"),
    "silence": said("They want no messages"),
    "never": said("They are never to be chased"),
    "merged": said("They are somebody who is inside already"),
    "held_out": said("Held out by lot"),
    "stopped": said("The journey was stopped"),
}
"""Why somebody left before an end; the first three a journey may name."""
CHOSEN_EXITS = ("purchase", "complaint", "silence")

EVERYBODY: Filter = All()
TWO_DAYS = Length(days=2)
ARMS = ("treated", "control", "held_out")
GIFTS = ("points", "surprise", "offer")


@dataclass(frozen=True)
class Trigger:
    """What lets a person in."""

    kind: Literal["becomes", "alarm", "date", "event"]
    becomes: Filter = EVERYBODY
    """For `becomes`: fits now, and did not on the evening before."""
    also_those_already: bool = False
    """For `becomes`: those it fitted before, too."""
    name: str = ""
    """Of the alarm, the date or the event."""
    days: int = 0
    """For `date`: so many days after it, before it where negative."""


@dataclass(frozen=True)
class Again:
    """Whether somebody who has been inside may come in once more."""

    kind: Literal["never", "always", "after", "each"]
    days: int = 0
    """For `after`: days since they came in last. `each`: once for each event, also side by side."""


@dataclass(frozen=True)
class Wait:
    """Time passes."""

    time: Length | Until
    then: str
    ways = ("over",)

    def after(self, way: str) -> str:
        """The node that follows."""
        return self.then


@dataclass(frozen=True)
class WaitFor:
    """An event, or so much time without it."""

    event: str
    at_most: Length
    happened: str
    timeout: str
    ways = ("happened", "timeout")

    def after(self, way: str) -> str:
        """The node that follows."""
        return self.happened if way == "happened" else self.timeout


@dataclass(frozen=True)
class Way:
    """One way out of a branch."""

    when: Filter
    then: str


@dataclass(frozen=True)
class Branch:
    """The first way whose condition fits."""

    choices: tuple[Way, ...]
    otherwise: str

    @property
    def ways(self) -> tuple[str, ...]:
        """`1`, `2`, … in their order, and `otherwise`."""
        return (*(str(number + 1) for number in range(len(self.choices))), "otherwise")

    def after(self, way: str) -> str:
        """The node that follows."""
        return self.otherwise if way == "otherwise" else self.choices[int(way) - 1].then


@dataclass(frozen=True)
class Arm:
    """One arm of a split."""

    name: str
    share: float
    then: str


@dataclass(frozen=True)
class Split:
    """By a keyed lot: the same person draws the same arm whoever else joins."""

    arms: tuple[Arm, ...]

    @property
    def ways(self) -> tuple[str, ...]:
        """The names of the arms."""
        return tuple(arm.name for arm in self.arms)

    def after(self, way: str) -> str:
        """The node that follows."""
        return next(arm.then for arm in self.arms if arm.name == way)

    def drawn(self, salt: str, journey: str, node: str, hold_key: str) -> str:
        """The arm that this person draws."""
        place = lot(salt, f"journey:{journey}:{node}", hold_key) * sum(a.share for a in self.arms)
        for arm in self.arms:
            place -= arm.share
            if place < 0:
                return arm.name
        return self.arms[-1].name


@dataclass(frozen=True)
class Act:
    """A message by the first of its channels that may be used."""

    channels: tuple[str, ...]
    template: str
    purpose: str
    then: str
    value: int = 0
    """Expected to bring, minor units."""
    late_after: Length = TWO_DAYS
    """Whoever comes here so much later than was meant is written nothing: it would be stale."""
    ways = ("asked", "unreached", "late")

    def after(self, way: str) -> str:
        """The node that follows."""
        return self.then

    @property
    def sells(self) -> bool:
        """Whether silence stops it."""
        return self.purpose == "marketing"


@dataclass(frozen=True)
class Give:
    """Something of value, given by the room that keeps it."""

    gift: str
    amount: int
    what: str
    then: str
    ways = ("given",)

    def after(self, way: str) -> str:
        """The node that follows."""
        return self.then


@dataclass(frozen=True)
class End:
    """They have walked it; its name says how."""

    ways: tuple[str, ...] = ()


Node = Wait | WaitFor | Branch | Split | Act | Give | End


@dataclass(frozen=True)
class Journey:
    """What a merchant wrote, read and checked."""

    name: str
    title: Mapping[str, str]
    """In each language that was given."""
    trigger: Trigger
    who: Filter
    nodes: Mapping[str, Node]
    start: str
    exits: tuple[str, ...]
    again: Again
    priority: int = 50
    control: float = 0.0
    """Share of those who may come in that walks silently, to compare with."""
    most_a_day: int | None = None
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Node -> its own words, where there are any."""

    def title_in(self, language: str) -> str:
        """Its title, in this language where it has one."""
        return self.title.get(language) or self.title.get("en") or self.name

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The nodes so that every one comes after those that lead to it; ends left out."""
        placed: list[str] = []
        self._place(self.start, placed, set())
        return tuple(name for name in reversed(placed) if not isinstance(self.nodes[name], End))

    def _place(self, name: str, placed: list[str], seen: set[str]) -> None:
        # Depth first without recursion: a chain of a hundred nodes is no reason to fall over.
        stack: list[tuple[str, Iterator[str]]] = [(name, iter(self.leads_to(name)))]
        seen.add(name)
        while stack:
            here, onward = stack[-1]
            following = next(onward, None)
            if following is None:
                placed.append(here)
                stack.pop()
            elif following not in seen:
                seen.add(following)
                stack.append((following, iter(self.leads_to(following))))

    def leads_to(self, name: str) -> tuple[str, ...]:
        """The nodes that may follow."""
        node = self.nodes[name]
        if isinstance(node, End):
            return ()
        return tuple(dict.fromkeys(node.after(way) for way in node.ways))

    @property
    def events(self) -> set[str]:
        """Every event this journey listens to."""
        asked = events_of(self.who)
        for node in self.nodes.values():
            if isinstance(node, WaitFor):
                asked.add(node.event)
            if isinstance(node, Branch):
                asked |= set().union(*(events_of(way.when) for way in node.choices))
        if self.trigger.kind == "event":
            asked.add(self.trigger.name)
        return asked | ({"order"} if "purchase" in self.exits else set())

    @property
    def by_traits(self) -> bool:
        """Whether who comes in, or goes which way, is chosen by what they bought."""
        if self.trigger.kind == "alarm" or self.trigger.name in FORESEEN:
            return True
        asked = [self.trigger.becomes, self.who]
        for node in self.nodes.values():
            if isinstance(node, Branch):
                asked += [way.when for way in node.choices]
        return any(by_traits(each) for each in asked)

    @property
    def gifts(self) -> set[str]:
        """What it gives."""
        return {node.gift for node in self.nodes.values() if isinstance(node, Give)}

    def arm(self, salt: str, hold_key: str, *, held: bool) -> str:
        """The arm in which a person walks: the universal hold-out goes first."""
        if held:
            return "held_out"
        drawn = lot(salt, f"journey:{self.name}:control", hold_key)
        return "control" if drawn < self.control else "treated"
