"""Who stands where: climbing at once, falling late, told before, and never off a cliff.

Pure: the same figures, the same step held and the same day give the same verdict, whoever asks
how often. Nobody falls before the day they were told, and that day is never nearer than the grace
and never within the window in which they climbed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.loyalty.ladder.steps import Condition, Ladder, Step

LIFTED = frozenset({"climbed", "placed", "hand"})
"""Ways of coming to a step that protect for a window."""


@dataclass(frozen=True)
class Figures:
    """What somebody did within the window."""

    spend: int = 0
    """Minor units, what came back taken off."""
    orders: int = 0
    visits: int = 0
    """Different days with a purchase."""
    tenure: int = 0
    """Days since the first purchase of all."""
    margin: int = 0
    """Profit, minor units."""
    joined: int = 0
    """1: has a card."""

    def at_least(self, other: Figures) -> Figures:
        """The larger of two in every measure."""
        names = [each.name for each in fields(self)]
        return Figures(**{name: max(getattr(self, name), getattr(other, name)) for name in names})


NOTHING = Figures()


@dataclass(frozen=True)
class Standing:
    """The figures that count today, and in calendar years those of the year before."""

    now: Figures = NOTHING
    before: Figures = NOTHING


@dataclass(frozen=True)
class Held:
    """The step somebody stands on."""

    step: str
    rank: int
    since: date
    how: str
    """climbed, placed (where the ladder found them), hand, or fell."""
    falls_on: date | None = None
    """They were told that they fall on this day, unless they earn their step again."""


@dataclass(frozen=True)
class Verdict:
    """Where somebody stands from today on."""

    rank: int
    what: str
    """stays; placed; climbed; warned: falls on a day; kept: does not fall after all; fell."""
    falls_on: date | None = None


@dataclass(frozen=True)
class Missing:
    """One thing that the next step asks for and is not there yet."""

    what: str
    have: int
    need: int

    @property
    def more(self) -> int:
        """How much of it is still missing."""
        return self.need - self.have

    @property
    def share(self) -> float:
        """How much of it is there, in [0, 1]."""
        return max(0.0, min(1.0, self.have / self.need))

    def words(self, currency: str, *, staff: bool = False) -> Sentence:
        """In words; what we earn on somebody is told to staff alone."""
        if self.what == "spend":
            return said("{amount} more spent", amount=Money(self.more, currency))
        if self.what == "margin":
            if staff:
                return said("{amount} more profit", amount=Money(self.more, currency))
            return said("a little more of what you buy here")
        if self.what == "joined":
            return said("a card of their own") if staff else said("a card of your own")
        return _COUNTED[self.what][self.more > 1](self.more)


_COUNTED = {
    "orders": (lambda n: said("one more order"), lambda n: said("{n} more orders", n=n)),
    "visits": (lambda n: said("one more visit"), lambda n: said("{n} more visits", n=n)),
    "tenure": (
        lambda n: said("one more day with us"),
        lambda n: said("{n} more days with us", n=n),
    ),
}


@dataclass(frozen=True)
class NextStep:
    """The step above, how far it is, and what is missing."""

    step: Step
    share: float
    """How much of the way is behind them, in [0, 1]."""
    all: tuple[Missing, ...] = field(default_factory=tuple)
    """Every one of these."""
    any: tuple[Missing, ...] = field(default_factory=tuple)
    """And one of these, where there are some."""


def judge(
    ladder: Ladder, standing: Standing, held: Held | None, today: date, *, begun: bool = True
) -> Verdict:
    """Where somebody stands from today on, who stood on `held`; None: they never left the lowest.

    Before the ladder has `begun` nobody climbs: it finds people where their figures put them.
    """
    reached = deserved(ladder, standing.now)
    if held is None:
        return (
            Verdict(reached, "climbed" if begun else "placed") if reached else Verdict(0, "stays")
        )
    here = ladder.rank(held.step, held.rank)
    if reached > here:
        return Verdict(reached, "climbed")
    if kept(ladder, standing) >= here:
        return Verdict(here, "kept" if held.falls_on else "stays")
    if held.falls_on is None:
        return _perhaps_warned(ladder, held, here, today)
    if today >= held.falls_on:
        return Verdict(here - 1, "fell")
    return Verdict(here, "stays", held.falls_on)


def _perhaps_warned(ladder: Ladder, held: Held, here: int, today: date) -> Verdict:
    grace = timedelta(days=ladder.grace_days)
    safe = protected_until(ladder, held)
    if safe is not None and today < safe - grace:
        return Verdict(here, "stays")
    earliest = today + grace
    return Verdict(here, "warned", earliest if safe is None else max(earliest, safe))


def deserved(ladder: Ladder, figures: Figures) -> int:
    """The place of the highest step that these figures reach."""
    reached = [place for place, step in enumerate(ladder.steps) if holds(step, figures)]
    return max(reached, default=0)


def kept(ladder: Ladder, standing: Standing) -> int:
    """The place of the highest step that is kept: in calendar years by the better of two."""
    here = deserved(ladder, standing.now)
    if ladder.window_days is not None:
        return here
    return max(here, deserved(ladder, standing.before))


def holds(step: Step, figures: Figures) -> bool:
    """Whether the figures meet what a step asks for."""
    enough = all(_met(each, figures) for each in step.all)
    return enough and (not step.any or any(_met(each, figures) for each in step.any))


def protected_until(ladder: Ladder, held: Held) -> date | None:
    """The first day on which somebody who climbed may fall; None for who did not climb last."""
    if held.how not in LIFTED:
        return None
    if ladder.window_days is None:
        return date(held.since.year + 1, 1, 1)
    return held.since + timedelta(days=ladder.window_days)


def next_step(ladder: Ladder, figures: Figures, rank: int) -> NextStep | None:
    """What is missing to the step above; None on the highest."""
    if rank + 1 >= len(ladder.steps):
        return None
    step = ladder.steps[rank + 1]
    every, some = _missing(step.all, figures), _missing(step.any, figures)
    if len(some) < len(step.any):
        some = ()
    shares = [each.share for each in every]
    if some:
        shares.append(max(each.share for each in some))
    return NextStep(step, min(shares, default=1.0), every, some)


def best_of(held: Sequence[Held]) -> Held:
    """What stands after several turned out to be one person: the higher step, and the surer."""
    return max(held, key=lambda each: (each.rank, each.falls_on or date.max, each.since))


def in_words(
    further: NextStep, currency: str, *, staff: bool = False
) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """What is missing as sentences: every one of the first, one of the second."""
    every, some = (
        tuple(each.words(currency, staff=staff) for each in those)
        for those in (further.all, further.any)
    )
    return every, some


def counted(ladder: Ladder, ranks: Mapping[int, int]) -> tuple[int, ...]:
    """How many stand on each step, the lowest first."""
    return tuple(ranks.get(place, 0) for place in range(len(ladder.steps)))


def _met(condition: Condition, figures: Figures) -> bool:
    return bool(getattr(figures, condition.what) >= condition.least)


def _missing(conditions: Sequence[Condition], figures: Figures) -> tuple[Missing, ...]:
    return tuple(
        Missing(each.what, getattr(figures, each.what), each.least)
        for each in conditions
        if not _met(each, figures)
    )
