"""A row of looks in time: each week's effect with its interval, between the bounds of a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from huitou.ground.money import Money
from huitou.runs.verdicts import LookView, VerdictView

ROOM = 1.15
"""Above the highest of the later looks: the first ones reach far beyond, and are cut off."""
NARROW = 2 / 3
"""Looks after this share of those so far set the scale."""


@dataclass(frozen=True)
class Mark:
    """One look in percent of width and height; 0 is the top."""

    x: float
    y: float
    top: float
    bottom: float
    look: LookView


@dataclass(frozen=True)
class Row:
    """The whole drawing."""

    marks: tuple[Mark, ...]
    corridor: str
    """Points of the band in which nothing is proven, of a hundred by a hundred."""
    zero: float
    most: Money
    least: Money
    last: date


@dataclass(frozen=True)
class Claim:
    """What others would claim and what is proven, as bars, in percent of the longer."""

    claimed: float
    proven: float


def row_of(judged: VerdictView) -> Row | None:
    """Draw the looks on the time that was planned; None where none may say anything yet."""
    shown = [look for look in judged.looks if look.low is not None and look.high is not None]
    if not shown:
        return None
    reach = _reach(shown)
    planned = max(judged.written_down.looks, len(judged.looks))
    offset = len(judged.looks) - len(shown)

    def height(amount: Money) -> float:
        return round(min(max(50 - 50 * amount.minor / reach, 0.0), 100.0), 2)

    def place(look: int) -> float:
        return round(100 * (offset + look + 1) / planned, 2)

    marks = tuple(
        Mark(place(at), height(look.effect), height(look.high), height(look.low), look)
        for at, look in enumerate(shown)
        if look.low is not None and look.high is not None
    )
    bounds = [(mark.x, look.bound) for mark, look in zip(marks, shown, strict=True) if look.bound]
    above = [f"{x},{height(bound)}" for x, bound in bounds]
    below = [f"{x},{height(-bound)}" for x, bound in reversed(bounds)]
    currency = shown[0].effect.currency
    return Row(
        marks=marks,
        corridor=" ".join((*above, *below)),
        zero=50.0,
        most=Money(round(reach), currency),
        least=Money(-round(reach), currency),
        last=judged.planned_until,
    )


def claim_of(judged: VerdictView, proven: Money) -> Claim | None:
    """The two bars; None where nothing was sold after a letter."""
    longest = max(judged.attributed.minor, proven.minor)
    if longest <= 0:
        return None

    def width(amount: Money) -> float:
        return round(100 * max(amount.minor, 0) / longest, 2)

    return Claim(width(judged.attributed), width(proven))


def _reach(shown: Sequence[LookView]) -> float:
    later = shown[int(len(shown) * NARROW) :] or shown
    ends = [
        abs(each.minor)
        for look in later
        for each in (look.low, look.high, look.bound)
        if each is not None
    ]
    effects = [abs(look.effect.minor) for look in shown]
    return ROOM * max([*ends, *effects, 1])
