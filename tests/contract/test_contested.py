"""The second learner's contest, from the books and what is kept of each plan: on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.unit.journeys import given
from tests.unit.journeys.given import LAST_DAY, NOW

from huitou.decisions.acts import ACTS
from huitou.decisions.audience import TRAITS
from huitou.decisions.effects.challenger import Challenger
from huitou.decisions.effects.design import TRIED
from huitou.decisions.effects.learned import Learned, believed
from huitou.decisions.explore import Exploring
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.question import Question
from huitou.journeys import book as journeys
from huitou.proof.contest import Contest
from huitou.runs import contested, inputs
from huitou.runs.contested import Over, drawn_of, hold
from huitou.runs.steps.learn import NOTE, effects_of, sizes, standing_of
from huitou.runs.steps.prove import Applied
from huitou.store.books import Books
from huitou.store.lake import Lake

LIMITS = Limits(budget=10_000_000, staff_hours=100)
BASKET = 20_000.0


def over(books: Books, lake: Lake, count: int = 90, explore: float = 0.4) -> Over:
    """A plan with a draw, applied, and whose window is over; every other person bought."""
    question = Question(
        given.people(count),
        LIMITS,
        Holdout("salt", 0.1),
        LAST_DAY,
        effects=given.TESTED,
        exploring=Exploring(0.2, explore, scale=100),
    )
    plan = question.drafted()
    made = inputs.keep(lake, question, lake.edition("run"))
    with books.unit() as unit:
        plan_id = journeys.keep_draft(unit, plan, NOW, made=made)
        journeys.approve(unit, plan_id, "owner", NOW)
        told = journeys.tried(unit, plan_id)
        row = journeys.the_plan(unit, plan_id)
    applied = Applied({**row, "applied_as_of": LAST_DAY}, pa.table({}), 0)
    return Over(applied, told, tried_of(told, plan_id))


def tried_of(told: pa.Table, plan_id: str) -> pa.Table:
    size = told.num_rows
    columns: dict[str, Any] = {
        "plan": [plan_id] * size,
        "age_days": [0] * size,
        "name": told["name"],
        "kind": told["kind"],
        "depth": sizes(told, ACTS, BASKET),
        "meant": told["meant"],
        "treated": [given != "nothing" for given in told["given"].to_pylist()],
        "stage": told["stage"],
        "cause": told["cause"],
        "posterior": told["suspicion"],
        "p_buy": told["p_buy"],
        "bought": [row % 2 == 0 for row in range(size)],
        "traits": [[0.1 * row] * len(TRAITS) for row in range(size)],
    }
    return pa.table(columns).select(TRIED.names).cast(TRIED)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def test_what_was_drawn_stands_with_its_chance_and_its_price(any_books: Books, lake: Lake) -> None:
    one = over(any_books, lake)
    drawn = drawn_of(lake, [one], ACTS, BASKET, "salt")
    assert drawn is not None
    told = {row["person_id"]: row for row in one.told.to_pylist() if row["chances"]}
    assert len(drawn) == len(told) > 30, "who had one thing to draw says nothing"
    assert np.allclose(drawn.chances.sum(axis=1), 1.0)
    names = [act.name for act in drawn.acts]
    with any_books.reading() as unit:
        rows = journeys.receipts(unit, one.applied.plan["id"], limit=500)
    kept = {row["person_id"]: row for row in rows}
    order = [row["person_id"] for row in one.told.to_pylist() if row["chances"]]
    for at, person in enumerate(order):
        row, receipt = told[person], kept[person]
        assert names[drawn.given[at]] == row["drawn"]
        assert drawn.chances[at, drawn.given[at]] == pytest.approx(row["propensity"])
        act = drawn.given[at]
        expected = drawn.fixed[at, act] + receipt["p_taken"] * drawn.taken[at, act]
        # A receipt rounds up to whole minor units what it costs; attention stands beside it.
        assert expected == pytest.approx(receipt["cost"] + receipt["attention"], abs=3)


def test_a_plan_whose_inputs_are_gone_is_left_out(any_books: Books, lake: Lake) -> None:
    one = over(any_books, lake)
    plan = {**one.applied.plan, "totals": {**one.applied.totals, "inputs": "gone"}}
    gone = replace(one, applied=replace(one.applied, plan=plan))
    assert drawn_of(lake, [gone], ACTS, BASKET, "salt") is None
    found, challenger = hold(lake, [gone], ACTS, BASKET, "salt", None)
    assert (found.admitted, found.reason, challenger) == (False, "too_few", None)


def test_no_more_decisions_are_looked_at_than_a_contest_needs(
    any_books: Books, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = over(any_books, lake)
    monkeypatch.setattr(contested, "MOST", 20)
    drawn = drawn_of(lake, [one, one], ACTS, BASKET, "salt")
    assert drawn is not None and 0 < len(drawn) <= 20


def test_who_is_admitted_decides_and_who_is_not_does_not(any_books: Books, lake: Lake) -> None:
    one = over(any_books, lake)
    edition = lake.edition("learned")
    standing = believed(one.tried)
    assert standing is not None
    edition.note(NOTE, standing.written())
    better = Contest(True, "better", 900, 300, 9.0, 1.0, 17.0)
    contested.note(edition, better, Challenger(standing, {}, 0.2))
    taken = effects_of(edition)
    assert isinstance(taken, Challenger) and taken.spread == 0.2
    for other in (
        replace(better, admitted=False, reason="not_shown"),
        Contest(False, "same", 9, 0),
    ):
        contested.note(edition, other, Challenger(standing, {}, 0.2))
        assert isinstance(effects_of(edition), Learned)
    assert standing_of(edition) is not None
    assert contested.outcome_of(edition) == Contest(False, "same", 9, 0)
