"""Each line of the ladder is read at those whom it alone keeps from the step."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.unit.loyalty.test_ladder_rules import ROLLING

from huitou.runs.desks.ladder.desk import threshold
from huitou.runs.steps.thresholds import found

PEOPLE = 6000
BROUGHT = 4000


def customers(seed: int = 1) -> tuple[dict[str, Any], Any]:
    """Spend about the line of `regular`; half visit too rarely for it, whatever they spend."""
    draw = np.random.default_rng(seed)
    spend = draw.gamma(2.0, 50_000, PEOPLE).astype(np.int64)
    visits = draw.choice([2, 8], PEOPLE)
    figures = {
        "spend": spend,
        "orders": visits,
        "visits": visits,
        "tenure": np.full(PEOPLE, 400),
        "margin": spend // 10,
        "joined": np.zeros(PEOPLE, dtype=np.int64),
    }
    stands = (spend >= 100_000) & (visits >= 4)
    profit = spend * 0.02 + BROUGHT * stands + draw.normal(0, 2000, PEOPLE)
    return figures, profit


def test_what_a_step_brings_is_found_at_its_line_and_nowhere_else() -> None:
    figures, profit = customers()
    lines = {(line["step"], line["what"]): line for line in found(ROLLING, figures, profit)}
    line = lines["regular", "spend"]
    assert line["verdict"] == "shown" and line["low"] < BROUGHT < line["high"] and line["low"] > 0
    # Half of them visit too rarely: for those the line decides nothing, and they are not read.
    assert line["near"] < PEOPLE / 2
    assert lines["regular", "visits"]["verdict"] == "too_coarse"
    assert ("member", "joined") not in lines


def test_a_line_is_said_in_words_with_its_interval() -> None:
    figures, profit = customers()
    for line in found(ROLLING, figures, profit):
        view = threshold(ROLLING, line, 90, "GBP", "zh-Hans")
        assert view.verdict == line["verdict"]
        assert (view.effect is None) == (line["effect"] is None)
        if view.step == "regular" and view.what == "spend":
            assert str(view.words).startswith("Crossing it brought")
            assert view.line.startswith("常客") and view.effect is not None
            assert view.effect.low.minor < BROUGHT < view.effect.high.minor
