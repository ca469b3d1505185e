"""Where things stand in a drawing: shares of a width, never pixels, so every screen fits.

Drawings are SVG made on the server: they print, need no script, and pass a strict CSP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from huitou.doors.console.names import BEFORE
from huitou.facts.life import STAGE_NAMES
from huitou.runs.views import CohortRow, Range, StageFlow


@dataclass(frozen=True)
class Span:
    """An interval on a line, in percent of its width."""

    low: float
    value: float
    high: float
    zero: float

    @property
    def width(self) -> float:
        """From low to high, never so thin that it cannot be seen."""
        return max(self.high - self.low, 0.6)


def span(low: float, value: float, high: float, start: float, end: float) -> Span:
    """Place an interval on a line that runs from `start` to `end`."""
    length = (end - start) or 1.0

    def place(number: float) -> float:
        return round(min(max((number - start) / length, 0.0), 1.0) * 100, 2)

    return Span(place(low), place(value), place(high), place(0.0))


def range_span(shown: Range, others: Sequence[Range] = ()) -> Span:
    """Place an estimate on a line that has room for it, for `others`, and for zero."""
    every = (shown, *others)
    start = min(0, *(each.low.minor for each in every))
    end = max(0, *(each.high.minor for each in every))
    room = 0.04 * (end - start)
    return span(
        shown.low.minor,
        shown.value.minor,
        shown.high.minor,
        start - (room if start else 0),
        end + room,
    )


def share_width(part: float, whole: float) -> float:
    """A part of a whole in percent, within [0, 100]."""
    return round(100 * min(max(part / whole, 0.0), 1.0), 2) if whole else 0.0


def hundred(stages: Mapping[str, int]) -> tuple[str, ...]:
    """A hundred squares, each one customer in a hundred, by stage (largest remainders)."""
    known = {stage: stages.get(stage, 0) for stage in STAGE_NAMES}
    total = sum(known.values())
    if not total:
        return ()
    exact = {stage: 100 * count / total for stage, count in known.items()}
    squares = {stage: int(share) for stage, share in exact.items()}
    by_rest = sorted(exact, key=lambda stage: squares[stage] - exact[stage])
    for stage in by_rest[: 100 - sum(squares.values())]:
        squares[stage] += 1
    return tuple(stage for stage in STAGE_NAMES for _ in range(squares[stage]))


@dataclass(frozen=True)
class Stack:
    """One stage's place in a bar or a column, in percent."""

    stage: str
    start: float
    length: float
    people: int

    @property
    def middle(self) -> float:
        """Where its label goes."""
        return self.start + self.length / 2


def stacked(stages: Mapping[str, int], gap: float = 0.0) -> tuple[Stack, ...]:
    """Stages end to end; `gap` percent between them."""
    present = [(stage, stages.get(stage, 0)) for stage in BEFORE if stages.get(stage, 0)]
    total = sum(count for _, count in present)
    room = 100 - gap * max(len(present) - 1, 0)
    at, placed = 0.0, []
    for stage, count in present:
        length = room * count / total
        placed.append(Stack(stage, round(at, 2), round(length, 2), count))
        at += length + gap
    return tuple(placed)


@dataclass(frozen=True)
class Ribbon:
    """People who went from one stage to another, as a band between two columns."""

    before: str
    after: str
    people: int
    path: str


@dataclass(frozen=True)
class Movement:
    """Stages before, stages after, and the bands between; heights in percent."""

    before: tuple[Stack, ...]
    after: tuple[Stack, ...]
    ribbons: tuple[Ribbon, ...]


def movement(flows: Sequence[StageFlow]) -> Movement:
    """Draw who moved from which stage to which."""
    left = _sums(flows, "before")
    right = _sums(flows, "after")
    before, after = stacked(left, gap=3), stacked(right, gap=3)
    starts = {stack.stage: stack.start for stack in before}
    ends = {stack.stage: stack.start for stack in after}
    height_left = {stack.stage: stack.length / stack.people for stack in before}
    height_right = {stack.stage: stack.length / stack.people for stack in after}
    order = list(BEFORE)
    ribbons = []
    for flow in sorted(flows, key=lambda each: (order.index(each.before), order.index(each.after))):
        if not flow.people:
            continue
        a, c = starts[flow.before], ends[flow.after]
        b, d = (
            a + height_left[flow.before] * flow.people,
            c + height_right[flow.after] * flow.people,
        )
        starts[flow.before], ends[flow.after] = b, d
        path = (
            f"M0 {a:.2f}C50 {a:.2f} 50 {c:.2f} 100 {c:.2f}"
            f"L100 {d:.2f}C50 {d:.2f} 50 {b:.2f} 0 {b:.2f}Z"
        )
        ribbons.append(Ribbon(flow.before, flow.after, flow.people, path))
    return Movement(before, after, tuple(ribbons))


def _sums(flows: Sequence[StageFlow], side: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for flow in flows:
        stage = getattr(flow, side)
        sums[stage] = sums.get(stage, 0) + flow.people
    return sums


@dataclass(frozen=True)
class Shade:
    """One cell of a heat map: its value and how dark it is, 0 to 10."""

    share: float | None
    step: int


def shades(rows: Sequence[CohortRow]) -> tuple[tuple[Shade, ...], ...]:
    """Shades for the months after the first: the darkest is the best month of the table."""
    later = [share for row in rows for share in row.retention[1:] if share is not None]
    best = max(later, default=0.0) or 1.0

    def shade(share: float | None) -> Shade:
        return Shade(share, 0 if share is None else min(10, round(10 * share / best)))

    return tuple(tuple(shade(share) for share in row.retention[1:]) for row in rows)


def in_order(stages: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Stages in the order of a customer's life, with their counts."""
    return tuple((stage, stages.get(stage, 0)) for stage in STAGE_NAMES)


def doing(acts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Acts that reach somebody, the commonest first."""
    done = [(act, count) for act, count in acts.items() if act != "nothing" and count]
    return tuple(sorted(done, key=lambda pair: -pair[1]))


@dataclass(frozen=True)
class Bar:
    """One bar of a small chart, in percent of its room."""

    start: float
    width: float
    top: float
    height: float


def bars(values: Sequence[float], most: float) -> tuple[Bar, ...]:
    """Bars side by side, as high as their share of `most`; none where all is zero."""
    if not values or most <= 0:
        return ()
    step = 100 / len(values)
    heights = [round(max(100 * min(value / most, 1.0), 2.0), 2) for value in values]
    return tuple(
        Bar(round(place * step, 2), round(0.8 * step, 2), round(100 - height, 2), height)
        for place, height in enumerate(heights)
    )


@dataclass(frozen=True)
class Length:
    """A figure of a table as a bar, in percent of the longest; `below` zero it has another tone."""

    width: float
    below: bool


def lengths(values: Sequence[float | Decimal | None]) -> tuple[Length | None, ...]:
    """The bars of a column of figures; none where a figure is not known."""
    told = [None if value is None else float(value) for value in values]
    longest = max((abs(value) for value in told if value is not None), default=0.0)
    return tuple(
        None if value is None else Length(share_width(abs(value), longest), value < 0)
        for value in told
    )
