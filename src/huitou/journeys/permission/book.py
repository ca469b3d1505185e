"""Whether a message may leave now: asked when it is claimed and again when it is handed over.

One verdict for all that leaves the house, whoever wished for it; each with the rule that spoke.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huitou.care import book as care
from huitou.care.chase import book as chase
from huitou.store.books import Unit


@dataclass(frozen=True)
class Wanted:
    """A message that would leave: to whom, how, what for."""

    id: str
    person_id: str
    channel: str
    purpose: str
    value: int = 0
    not_after: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What is said to it: it goes; it waits until a moment; or it never goes. `rule` says why."""

    rule: str | None = None
    until: datetime | None = None

    @property
    def goes(self) -> bool:
        """Whether it may leave now."""
        return self.rule is None


GOES = Verdict()


def judge(unit: Unit, wanted: Sequence[Wanted], now: datetime) -> list[Verdict]:
    """A verdict for each, in their order, in the unit of the caller."""
    people = [one.person_id for one in wanted]
    silent = care.silent(unit, people)
    never = frozenset(chase.marked(unit, people))
    return [_judged(one, silent, never, now) for one in wanted]


def _judged(
    one: Wanted, silent: set[tuple[str, str]], never: frozenset[str], now: datetime
) -> Verdict:
    if one.not_after is not None and one.not_after <= now:
        return Verdict("late")
    if one.purpose == "marketing" and one.person_id in never:
        return Verdict("never")
    if one.purpose == "marketing" and (one.person_id, one.channel) in silent:
        return Verdict("silent")
    return GOES
