"""Profit against spend as a drawing: curves in percent of their room, with marks and ticks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs.desks.balance import BalanceView, CurveView, NewView, SpotView

BEYOND = 1.6
"""How far past the dearest mark the drawing reaches."""
ABOVE, BELOW = 1.35, 0.4
"""Room over and under the highest curve, in heights of it; what reaches further is cut."""
TOGETHER = 4.0
"""Winning new is drawn with the others while it spends no more than so many times as much."""
TICKS = 4
NEAR = 4.0
"""Marks nearer than so many percent are one."""


@dataclass(frozen=True)
class Drawn:
    """One curve: its line, and the band of its interval, as SVG paths in a box of 100 by 100."""

    code: str
    tone: str
    name: Sentence
    line: str
    band: str


@dataclass(frozen=True)
class Mark:
    """A point of interest: numbers of the list under the drawing, and where it stands in %."""

    numbers: str
    x: float
    y: float
    tone: str


@dataclass(frozen=True)
class Tick:
    """A line of the grid with its amount."""

    at: float
    amount: Money


@dataclass(frozen=True)
class Note:
    """One line of the list under the drawing."""

    number: int
    code: str
    """best, today, split or new."""
    spot: SpotView


@dataclass(frozen=True)
class Plot:
    """A drawing of curves with everything on it."""

    curves: tuple[Drawn, ...]
    marks: tuple[Mark, ...]
    notes: tuple[Note, ...]
    across: tuple[Tick, ...]
    upwards: tuple[Tick, ...]
    zero: float
    new_is_elsewhere: bool = False
    """Whether winning new is too far off to stand on the same scale."""


TONES = {"together": "primary", "keep": "returned", "back": "lost", "new": "new"}


def plot(found: BalanceView, *, only: Sequence[str] = ("together", "keep", "back", "new")) -> Plot:
    """The drawing of a balance; `only` names the curves that are wanted."""
    notes = _notes(found, only)
    near = max((note.spot.spend.minor for note in notes if note.code != "new"), default=0)
    near = max(near, found.together.best.spend.minor, 1)
    new = found.new if "new" in only else None
    apart = new is not None and _spend_of(new) > TOGETHER * near
    if apart:
        notes = tuple(note for note in notes if note.code != "new")
        new = None
    curves = [each for each in (found.together, found.keep, found.back) if each.code in only]
    curves = [each for each in curves if len(each.spots) > 1]
    if new is not None and new.curve is not None:
        curves.append(new.curve)
    right = max([near, *(note.spot.spend.minor for note in notes)]) * BEYOND
    tops = [each.best.gain.value.minor for each in curves]
    top = max([1, *tops, *(note.spot.gain.value.minor for note in notes)]) * ABOVE
    bottom = min([0, *(note.spot.gain.value.minor for note in notes)]) - BELOW * top
    scale = _Scale(right, bottom, top)
    return Plot(
        curves=tuple(_drawn(each, scale) for each in curves),
        marks=_marks(notes, scale),
        notes=notes,
        across=_ticks(0, right, scale.x, found.budget.currency),
        upwards=_ticks(bottom, top, scale.y, found.budget.currency),
        zero=scale.y(0),
        new_is_elsewhere=apart,
    )


@dataclass(frozen=True)
class _Scale:
    right: float
    bottom: float
    top: float

    def x(self, minor: float) -> float:
        return round(100 * min(max(minor / self.right, 0.0), 1.0), 2)

    def y(self, minor: float) -> float:
        share = (minor - self.bottom) / (self.top - self.bottom)
        return round(100 - 100 * min(max(share, 0.0), 1.0), 2)


def _spend_of(new: NewView) -> int:
    spots = new.curve.spots if new.curve is not None else ()
    return max((each.spend.minor for each in (*spots, new.point) if each is not None), default=0)


def _notes(found: BalanceView, only: Sequence[str]) -> tuple[Note, ...]:
    spots: list[tuple[str, SpotView]] = [("best", found.together.best), ("today", found.today)]
    if "keep" in only:
        spots.append(("split", found.split.spot))
    if "new" in only and found.new is not None and found.new.point is not None:
        spots.append(("new", found.new.point))
    return tuple(Note(number, code, spot) for number, (code, spot) in enumerate(spots, start=1))


def _drawn(curve: CurveView, scale: _Scale) -> Drawn:
    inside = _inside(curve.spots, scale.right)
    line = _path((scale.x(each[0]), scale.y(each[1])) for each in inside)
    upper = [(scale.x(each[0]), scale.y(each[3])) for each in inside]
    lower = [(scale.x(each[0]), scale.y(each[2])) for each in inside]
    return Drawn(
        curve.code, TONES[curve.code], curve.name, line, _path([*upper, *reversed(lower)]) + "Z"
    )


def _inside(spots: Sequence[SpotView], right: float) -> list[tuple[float, float, float, float]]:
    """Spend, gain, low and high of the spots, cut off at the right edge."""
    told = [(s.spend.minor, s.gain.value.minor, s.gain.low.minor, s.gain.high.minor) for s in spots]
    kept = [tuple(map(float, each)) for each in told if each[0] <= right]
    over = next((each for each in told if each[0] > right), None)
    if over is not None and kept:
        last = kept[-1]
        weight = (right - last[0]) / (over[0] - last[0])
        kept.append(tuple(a + weight * (b - a) for a, b in zip(last, over, strict=True)))
    return [(each[0], each[1], each[2], each[3]) for each in kept]


def _path(points: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)


def _marks(notes: Sequence[Note], scale: _Scale) -> tuple[Mark, ...]:
    """Marks of the notes; those that would cover each other are one, with all their numbers."""
    found: list[Mark] = []
    for note in notes:
        x, y = scale.x(note.spot.spend.minor), scale.y(note.spot.gain.value.minor)
        tone = "new" if note.code == "new" else "primary"
        near = next((m for m in found if abs(m.x - x) < NEAR and abs(m.y - y) < 2 * NEAR), None)
        if near is None:
            found.append(Mark(str(note.number), x, y, tone))
        else:
            at = found.index(near)
            found[at] = Mark(f"{near.numbers}·{note.number}", near.x, near.y, near.tone)
    return tuple(found)


def _ticks(
    low: float, high: float, place: Callable[[float], float], currency: str
) -> tuple[Tick, ...]:
    """A few round amounts between two ends."""
    step = _round_step((high - low) / TICKS)
    first = math.ceil(low / step) * step
    at = [first + step * n for n in range(int((high - first) / step) + 1)]
    return tuple(Tick(place(each), Money(round(each), currency)) for each in at)


def _round_step(rough: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(rough, 1)))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= rough)


@dataclass(frozen=True)
class Bar:
    """What a newcomer has brought after so many months, in percent of the drawing's height."""

    months: int
    x: float
    width: float
    y: float
    height: float
    low: float
    high: float


@dataclass(frozen=True)
class Growth:
    """A newcomer's profit month by month, and the line of what winning one costs."""

    bars: tuple[Bar, ...]
    cost: float | None


def growth(new: NewView) -> Growth:
    """Bars of what one newcomer has brought, with their interval, and the line of the cost."""
    cost = new.cost_each.minor if new.cost_each is not None else None
    most = max([1, cost or 0, *(each.profit.high.minor for each in new.by_age)]) * 1.05
    step = 100 / len(new.by_age)

    def height(minor: float) -> float:
        return round(100 * min(max(minor / most, 0.0), 1.0), 2)

    bars = tuple(
        Bar(
            each.months,
            round(step * at + 0.12 * step, 2),
            round(0.76 * step, 2),
            100 - height(each.profit.value.minor),
            height(each.profit.value.minor),
            100 - height(each.profit.low.minor),
            100 - height(each.profit.high.minor),
        )
        for at, each in enumerate(new.by_age)
    )
    return Growth(bars, None if cost is None else 100 - height(cost))
