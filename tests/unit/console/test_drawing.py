"""Drawings say what the figures say."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from huitou.doors.console import drawing
from huitou.facts.life import STAGE_NAMES
from huitou.ground.money import Money
from huitou.runs.views import CohortRow, Range, StageFlow

counts = st.dictionaries(st.sampled_from(list(STAGE_NAMES)), st.integers(0, 10_000_000), min_size=1)


@given(counts)
def test_a_hundred_squares_are_a_hundred(stages: dict[str, int]) -> None:
    squares = drawing.hundred(stages)
    assert len(squares) == (100 if sum(stages.values()) else 0)
    total = sum(stages.values())
    for stage, count in stages.items():
        if total:
            assert abs(squares.count(stage) - 100 * count / total) < 1


@given(counts, st.floats(0, 4))
def test_stacked_stages_fill_the_line(stages: dict[str, int], gap: float) -> None:
    placed = drawing.stacked(stages, gap)
    if placed:
        assert placed[0].start == 0
        assert abs(placed[-1].start + placed[-1].length - 100) < 0.1
    assert sum(stack.people for stack in placed) == sum(stages.values())


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_an_interval_stays_on_its_line(value: int, below: int, above: int) -> None:
    low, middle, high = (Money(minor, "CNY") for minor in (value - below, value, value + above))
    at = drawing.range_span(Range(middle, low, high))
    assert 0 <= at.low <= at.value <= at.high <= 100
    assert 0 <= at.zero <= 100


def test_ribbons_carry_everybody() -> None:
    moved = {
        ("not_yet", "new"): 40,
        ("new", "lost"): 30,
        ("new", "active"): 12,
        ("lost", "lost"): 5,
    }
    flows = [
        StageFlow(date(2024, 1, 1), date(2024, 4, 1), before, after, people, Money(0, "CNY"))
        for (before, after), people in moved.items()
    ]
    drawn = drawing.movement(flows)
    assert sum(ribbon.people for ribbon in drawn.ribbons) == 87
    assert {stack.stage: stack.people for stack in drawn.before} == {
        "not_yet": 40,
        "new": 42,
        "lost": 5,
    }


def test_the_best_month_is_the_darkest() -> None:
    rows = [
        CohortRow(date(2024, 1, 1), 10, (1.0, 0.4, 0.2)),
        CohortRow(date(2024, 2, 1), 10, (1.0, 0.1)),
    ]
    assert [[cell.step for cell in row] for row in drawing.shades(rows)] == [[10, 5], [2]]
