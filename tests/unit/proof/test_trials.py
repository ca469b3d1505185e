"""A planned test: the size it says is the size it needs, and it proves no more than it saw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.proof.trials import (
    Members,
    Spread,
    base_of,
    contrasts,
    fair,
    sized,
    spread_of,
)

HALVES = {"nothing": 0.5, "thank": 0.5}


def spread(usual: float = 0.2, sd: float = 0.4) -> Spread:
    return Spread("visits", usual, sd, 0.0, 1_000)


def test_known_size() -> None:
    """16 sd² / effect² an arm, more or less: 2 · 15.7 · .16 / .02² = 12,558 people for +10 %."""
    found = sized(spread(), HALVES, 0.1, a_plan=1_000, window_weeks=8)
    assert found.people == pytest.approx(12_558, rel=0.002)
    assert (found.plans, found.weeks) == (13, 104)
    # A thousand people see as much more as the root of what is missing.
    assert found.detectable == pytest.approx(0.1 * (12_558 / 1_000) ** 0.5, rel=0.001)


def test_a_salon_cannot_prove_five_percent_of_profit() -> None:
    profit = Spread("profit", 2_000, 5_000, 0.2, 800)
    found = sized(profit, HALVES, 0.05, a_plan=150, window_weeks=8)
    assert found.people is not None and found.people > 50_000
    assert found.plans is None and found.weeks is None
    assert found.detectable is not None and found.detectable > 1


def test_more_arms_need_more_people_for_one_error_is_shared() -> None:
    thirds = {"nothing": 1 / 3, "thank": 1 / 3, "offer_10": 1 / 3}
    two, three = (sized(spread(), arms, 0.1, 1_000, 8).people for arms in (HALVES, thirds))
    assert two is not None and three is not None
    assert three > 1.5 * two


def test_where_nothing_is_usual_nothing_is_promised() -> None:
    found = sized(spread(usual=0.0), HALVES, 0.1, 100, 8)
    assert (found.people, found.weeks, found.detectable) == (None, None, None)


def test_nobody_to_bring_in_takes_for_ever() -> None:
    found = sized(spread(), HALVES, 0.1, 0, 8)
    assert found.weeks is None and found.detectable is None


def test_the_past_explains_what_it_does() -> None:
    dice = np.random.default_rng(1)
    before = dice.normal(100, 10, 20_000)
    after = before + dice.normal(0, 10, 20_000)
    found = spread_of("profit", [(before, after)])
    assert found is not None
    # The hundredth of whales narrows the past, and with it what it explains.
    assert found.explained == pytest.approx(0.5, abs=0.04)
    assert found.sd == pytest.approx(10, rel=0.02)
    assert spread_of("profit", [(before[:5], after[:5])]) is None


def _members(n: int, lift: float, seed: int, share: float = 0.5) -> Members:
    dice = np.random.default_rng(seed)
    act = np.where(dice.random(n) < share, "thank", "nothing")
    before = dice.gamma(2, 500, n)
    came = (dice.random(n) < 0.2 + lift * (act == "thank")).astype(float)
    after = 0.5 * before + 1_000 * came
    return Members(act, before, after, (dice.random(n) < 0.2).astype(float), came)


def test_a_planted_effect_is_found_and_none_is_not() -> None:
    visits, profit = contrasts(_members(8_000, 0.05, 1), HALVES)
    assert (visits.verdict, profit.verdict) == ("better", "better")
    assert visits.low is not None and visits.high is not None
    assert visits.low < 0.05 < visits.high
    wrong = sum(
        each.verdict != "not_proven"
        for seed in range(200)
        for each in contrasts(_members(400, 0.0, seed), HALVES)[:1]
    )
    assert wrong <= 20, "one in twenty, give or take"


def test_a_harmful_act_is_worse() -> None:
    visits, _ = contrasts(_members(8_000, -0.05, 1), HALVES)
    assert visits.verdict == "worse"


def test_too_few_are_not_compared() -> None:
    for each in contrasts(_members(15, 0.5, 1), HALVES):
        assert (each.verdict, each.difference) == ("too_few", None)


def test_arms_that_the_lot_would_not_give() -> None:
    assert fair(_members(1_000, 0, 1), HALVES) > 0.01
    assert fair(_members(1_000, 0, 1, share=0.6), HALVES) < 0.001


@given(st.floats(0.05, 0.9), st.floats(0.01, 1.0), st.integers(1, 10_000))
def test_what_can_be_seen_and_what_is_needed_agree(share: float, hoped: float, people: int) -> None:
    """With as many people as it needs, a test sees just the effect it hopes for."""
    arms = {"nothing": 1 - share, "thank": share}
    needed = sized(spread(), arms, hoped, people, 8).people
    assert needed is not None
    seen = sized(spread(), arms, hoped, needed, 8).detectable
    assert seen == pytest.approx(hoped, rel=0.02 + 1 / needed)


def test_the_base_is_nothing_where_it_is_one_of_them() -> None:
    assert base_of({"thank": 0.5, "nothing": 0.5}) == "nothing"
    assert base_of({"remind": 0.5, "thank": 0.5}) == "thank"
