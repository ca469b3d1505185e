"""The shop's past as arrays, and what was seen of it on any evening: nothing later leaks in.

Purchase days are sorted by person and day. One evening costs one binary search a person, so that a
rule can be replayed over every week of several years in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huitou.ground.words import Sentence

Index = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Made = TypeVar("Made", Floats, Truths)
"""What is made once an evening."""

YEAR = 365
PRIOR_GAPS = 2.0
"""The shop's usual gap weighs as much as this many gaps of the person's own (as in `facts`)."""


@dataclass(frozen=True)
class Past:
    """Every purchase day of everybody: person `i` owns the rows `start[i]` to `start[i + 1]`."""

    people: tuple[str, ...]
    start: Index
    day: Index
    """Days since 1970."""
    amount: Floats
    """Paid on that day, minor units."""

    @classmethod
    def of(cls, purchases: pa.Table, others: Iterable[str] = ()) -> Past:
        """From `person_id, day, gross` in any order; `others` are known and have not bought.

        Two rows of one person and day count as one purchase day.
        """
        names = purchases["person_id"].to_pylist()
        bought = list(dict.fromkeys(names))
        people = (*bought, *(one for one in dict.fromkeys(others) if one not in set(bought)))
        place = {person: at for at, person in enumerate(people)}
        who = np.array([place[name] for name in names], dtype=np.int64)
        days = purchases["day"].cast(pa.int32()).to_numpy().astype(np.int64)
        amount = purchases["gross"].cast(pa.float64()).to_numpy()
        return cls.from_arrays(people, who, days, np.asarray(amount, dtype=np.float64))

    @classmethod
    def from_arrays(cls, people: tuple[str, ...], who: Index, days: Index, paid: Floats) -> Past:
        """From one person's place, day and amount a row."""
        order = np.lexsort((days, who))
        who, days, paid = who[order], days[order], paid[order]
        fresh = np.ones(len(who), dtype=bool)
        fresh[1:] = (who[1:] != who[:-1]) | (days[1:] != days[:-1])
        amount = np.bincount(np.cumsum(fresh) - 1, paid) if len(who) else paid
        start = np.searchsorted(who[fresh], np.arange(len(people) + 1))
        return cls(people, start.astype(np.int64), days[fresh], amount.astype(np.float64))

    def __len__(self) -> int:
        """How many people are known."""
        return len(self.people)

    @cached_property
    def first_day(self) -> int:
        """The first purchase day of all."""
        return int(self.day.min()) if len(self.day) else 0

    @cached_property
    def last_day(self) -> int:
        """The last purchase day of all."""
        return int(self.day.max()) if len(self.day) else 0

    def some(self, most: int) -> Past:
        """At most so many of the people, evenly picked: enough to tell how a rule behaves."""
        every = -(-len(self) // most) if most else 1
        if every <= 1:
            return self
        kept = np.arange(0, len(self), every)
        rows = np.concatenate([np.arange(self.start[i], self.start[i + 1]) for i in kept])
        who = np.repeat(np.arange(len(kept)), (self.start[1:] - self.start[:-1])[kept])
        people = tuple(self.people[i] for i in kept)
        return Past.from_arrays(people, who, self.day[rows], self.amount[rows])

    def upto(self, day: int) -> Index:
        """For each person the row after their last purchase up to the evening of `day`."""
        if not len(self.day):
            return self.start[:-1]
        span = self.last_day - self.first_day + 2
        at = min(max(day - self.first_day, -1), span - 2)
        wanted = np.arange(len(self), dtype=np.int64) * span + at
        return np.searchsorted(self._key, wanted, side="right").astype(np.int64)

    @cached_property
    def _key(self) -> Index:
        span = self.last_day - self.first_day + 2
        owner = np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.start))
        return owner * span + (self.day - self.first_day)

    @cached_property
    def paid(self) -> Floats:
        """Sums of `amount` before each row."""
        return np.concatenate([[0.0], np.cumsum(self.amount)])


@dataclass(frozen=True)
class Seen:
    """What was known of each person on one evening; arrays in the order of `past.people`."""

    past: Past
    day: int

    @cached_property
    def end(self) -> Index:
        """The row after each person's last purchase known."""
        return self.past.upto(self.day)

    @cached_property
    def visits(self) -> Index:
        """Purchase days known."""
        return self.end - self.past.start[:-1]

    @cached_property
    def has_bought(self) -> Truths:
        """Who has bought at all."""
        return self.visits > 0

    @cached_property
    def first(self) -> Index:
        """The first purchase day; -1 for who has not bought."""
        return self._day_of(self.past.start[:-1])

    @cached_property
    def last(self) -> Index:
        """The last purchase day; -1 for who has not bought."""
        return self._day_of(self.end - 1)

    def _day_of(self, row: Index) -> Index:
        if not len(self.past.day):
            return np.full(len(self.past), -1, dtype=np.int64)
        bounded = np.clip(row, 0, len(self.past.day) - 1)
        return np.where(self.has_bought, self.past.day[bounded], -1)

    @cached_property
    def silent(self) -> Index:
        """Days since the last purchase; 0 for who has not bought."""
        return np.where(self.has_bought, self.day - self.last, 0)

    @cached_property
    def gaps(self) -> Floats:
        """How many gaps between purchases were seen."""
        return np.maximum(self.visits - 1, 0).astype(np.float64)

    @cached_property
    def shop_gap(self) -> float:
        """The shop's usual gap: the geometric mean of the mean gaps."""
        own = (self.last - self.first)[self.gaps > 0] / self.gaps[self.gaps > 0]
        return float(np.exp(np.log(own).mean())) if len(own) else float(YEAR)

    @cached_property
    def usual_gap(self) -> Floats:
        """Each person's usual gap in days, shrunken to the shop's."""
        span = (self.last - self.first).astype(np.float64)
        return (span + PRIOR_GAPS * self.shop_gap) / (self.gaps + PRIOR_GAPS)

    @cached_property
    def ended_silences(self) -> Floats:
        """Every gap that was over by this evening, in usual gaps of its owner then; in order."""
        past, shop = self.past, PRIOR_GAPS * self.shop_gap
        row = np.arange(len(past.day))
        first = np.repeat(past.start[:-1], np.diff(past.start))
        ended = (row > first) & (past.day <= self.day)
        row, first = row[ended], first[ended]
        span = (past.day[row - 1] - past.day[first]).astype(np.float64)
        usual = (span + shop) / (row - 1 - first + PRIOR_GAPS)
        return np.sort((past.day[row] - past.day[row - 1]) / usual)

    def visits_since(self, day: int) -> Index:
        """Purchase days after the evening of `day`."""
        return self.end - self.past.upto(day)

    @cached_property
    def worth(self) -> Floats:
        """What each person paid in the last year, minor units."""
        return self.past.paid[self.end] - self.past.paid[self.past.upto(self.day - YEAR)]

    def worthiest(self, share: float) -> Truths:
        """Who belongs to this share of those who bought within the year, by what they paid."""
        paid = self.worth[self.worth > 0]
        if share >= 1 or not len(paid):
            return self.worth > 0
        return self.worth >= max(float(np.quantile(paid, 1 - share)), 1e-9)


@dataclass(frozen=True)
class Mark:
    """One thing that happened to one person: a complaint, a booking, a payment that failed."""

    kind: str
    person: str
    day: int
    known: int
    """The day on which the shop came to know of it."""
    until: int | None = None
    """The day on which it ended: answered, paid, over."""
    due: int | None = None


@dataclass(frozen=True)
class Foreseen:
    """What the forecast says of each person now, and what it said before."""

    alive: Floats
    """Chance to still be a customer; NaN where nothing was foreseen."""
    alive_before: Floats
    before: int | None
    """The day of the forecast before; None where there was none."""
    buy: Floats
    """Chance to buy within the horizon."""
    buy_before: Floats
    value: Floats
    """Profit still expected, minor units."""
    why: Callable[[str], Sequence[Sentence]] = lambda _person: ()
    """What moved the chance of a person at risk most, the strongest first."""


@dataclass(frozen=True)
class Evening:
    """All that a rule may look at: what is known at the end of one day."""

    seen: Seen
    marks: Sequence[Mark] = ()
    foreseen: Foreseen | None = None
    currency: str = "XXX"
    """ISO 4217's code for no currency: a replay counts rings and says no amount."""
    margin: float = 1.0
    """Profit per unit of revenue, for the value at stake where nothing was foreseen."""
    _once: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """An array that several facts of this evening want, made when first asked for."""
        if name not in self._once:
            self._once[name] = make()
        made: Made = self._once[name]
        return made

    @property
    def day(self) -> int:
        """The last day known."""
        return self.seen.day

    @cached_property
    def place(self) -> dict[str, int]:
        """person -> their place in the arrays."""
        return {person: at for at, person in enumerate(self.seen.past.people)}

    def known(self, *kinds: str) -> list[Mark]:
        """Marks of these kinds that were known by this evening, the earliest first.

        What ended later had not ended yet.
        """
        told = (m for m in self.marks if m.kind in kinds and max(m.day, m.known) <= self.day)
        return sorted(told, key=lambda mark: (mark.day, mark.person))

    def is_over(self, mark: Mark) -> bool:
        """Whether it had ended by this evening."""
        return mark.until is not None and mark.until <= self.day

    @cached_property
    def value(self) -> Floats:
        """Profit at stake with each person: by the forecast, else a year's purchases."""
        usual = self.seen.worth * self.margin
        if self.foreseen is None:
            return usual
        return np.where(np.isfinite(self.foreseen.value), self.foreseen.value, usual)
