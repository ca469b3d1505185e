"""The balance: every point is a best plan, the curve is concave, and its top is the best of all."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.decisions.crowd import crowd

from huitou.decisions import balance as room
from huitou.decisions.acts import ACTS
from huitou.decisions.allocate import allocate
from huitou.decisions.balance import Balance, Curve, Spot
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import draft

DAY = date(2011, 6, 9)
LOT = Holdout("salt", 0.1)


def weighed(n: int = 400, seed: int = 1, budget: int = 20_000, lot=LOT, **limits) -> Balance:
    within = Limits(budget=budget, **limits)
    found = draft(crowd(n, seed), within, lot, DAY, with_balance=True).balance
    assert found is not None
    return found


crowds = st.builds(
    weighed, st.integers(0, 300), st.integers(0, 1_000), staff_hours=st.floats(0, 10)
)


@settings(deadline=None, max_examples=40)
@given(crowds)
def test_curves_are_concave_and_rise_to_their_top(found: Balance) -> None:
    for curve in (found.together, found.keep, found.back):
        top = curve.best
        below = [spot for spot in curve.spots if spot.spend <= top.spend]
        assert all(a.gain <= b.gain + 1 for a, b in pairwise(below))
        # Amounts are whole: a slope over few coins is right to a coin over the run.
        for (left, right), (before, after) in pairwise(pairwise(curve.spots)):
            first = (right.gain - left.gain) / (right.spend - left.spend)
            then = (after.gain - before.gain) / (after.spend - before.spend)
            slack = 2 / (right.spend - left.spend) + 2 / (after.spend - before.spend)
            assert then <= first + slack
        assert all(spot.low <= spot.gain <= spot.high for spot in curve.spots)
        assert all(spot.price >= -1 - 1e-9 for spot in curve.spots)


@settings(deadline=None, max_examples=30)
@given(crowds)
def test_keeping_and_winning_back_add_up_at_the_top(found: Balance) -> None:
    apart = found.keep.best.gain + found.back.best.gain
    assert apart == pytest.approx(found.together.best.gain, abs=4 + 1e-3 * abs(apart))


def test_a_spot_is_the_plan_that_the_budget_buys() -> None:
    nobody = Holdout("salt", 0.0)
    people = crowd(3_000, 5)
    limits = Limits(budget=10**9, staff_hours=6)
    found = draft(people, limits, nobody, DAY, with_balance=True).balance
    assert found is not None
    for spot in found.together.spots[2:10:3]:
        plan = draft(people, replace(limits, budget=spot.spend), nobody, DAY)
        assert plan.gain == pytest.approx(spot.gain, rel=2e-3)
        assert plan.gain <= spot.gain * (1 + 1e-3)


def test_the_top_is_the_plan_without_a_budget() -> None:
    nobody = Holdout("salt", 0.0)
    people = crowd(2_000, 9)
    limits = Limits(budget=10**9, staff_hours=4)
    plan = draft(people, limits, nobody, DAY, with_balance=True)
    assert plan.balance is not None
    top = plan.balance.together.best
    assert top.gain == pytest.approx(plan.gain, rel=1e-3)
    assert top.minutes <= limits.staff_minutes + 1e-6
    assert top.price == 0


def test_a_plan_that_is_short_of_money_lies_on_the_curve() -> None:
    people = crowd(3_000, 3)
    free = draft(people, Limits(budget=10**9), LOT, DAY, with_balance=True)
    assert free.balance is not None
    third = free.balance.together.best.spend // 3
    plan = draft(people, Limits(budget=third), LOT, DAY, with_balance=True)
    assert plan.balance is not None
    on_it = plan.balance.together.at(plan.cost)
    assert plan.gain == pytest.approx(on_it.gain, rel=0.02)
    assert plan.gain_high - plan.gain == pytest.approx(on_it.high - on_it.gain, rel=0.1)
    assert on_it.price == pytest.approx(plan.money_price, rel=0.5)


def test_many_people_are_asked_by_a_sample_and_looked_at_in_full(monkeypatch) -> None:
    full = weighed(4_000, 2, staff_hours=6).together
    monkeypatch.setattr(room, "SOME", 1_500)
    some = weighed(4_000, 2, staff_hours=6).together
    assert some.best.gain == pytest.approx(full.best.gain, rel=0.05)
    assert some.best.minutes == pytest.approx(full.best.minutes, rel=0.1)


LINE = Curve(
    (
        Spot(0, 0, 0, 0, 0.0, 0.0, 0),
        Spot(100, 200, 0, 300, 1.0, 5.0, 10),
        Spot(200, 250, 0, 400, 0.0, 8.0, 20),
        Spot(300, 225, 0, 400, -0.25, 9.0, 25),
    )
)


@pytest.mark.parametrize(
    ("share", "spend", "gain"),
    [(0.0, 0, 0), (0.2, 0, 0), (0.4, 150, 225), (0.5, 240, 240), (0.8, 420, 105)],
)
def test_a_split_is_the_plan_of_which_customers_get_that_share(share, spend, gain) -> None:
    spot = LINE.split(share)
    assert (spot.spend, spot.gain) == (spend, gain)
    if spend:
        assert spot.share == pytest.approx(share, abs=0.01)


@settings(deadline=None, max_examples=30)
@given(crowds, st.floats(0, 0.95))
def test_a_split_never_beats_the_best(found: Balance, share: float) -> None:
    spot = found.together.split(share)
    assert spot.gain <= found.together.best.gain
    if spot.spend:
        assert spot.spend == pytest.approx(share * (spot.spend + spot.gain), abs=2)


def test_what_is_spent_beyond_all_acts_is_a_gift() -> None:
    assert LINE.at(400).gain == 125
    assert LINE.at(150).gain == 225
    assert LINE.at(0).gain == 0


def test_a_balance_is_read_back_as_it_was_written() -> None:
    found = weighed()
    assert Balance.read(json.loads(json.dumps(found.written()))) == found


def test_a_plan_without_it_has_the_same_digest() -> None:
    people, limits = crowd(200, 4), Limits(budget=5_000)
    plain = draft(people, limits, LOT, DAY)
    assert plain.balance is None
    assert plain.digest() == draft(people, limits, LOT, DAY, with_balance=True).digest()


@pytest.mark.parametrize("pieces", [0, 3, 25])
def test_no_point_of_the_curve_means_more_pieces_than_are_left(pieces: int) -> None:
    people, nobody = crowd(400, 2), Holdout("salt", 0.0)
    listed = {**ACTS, "thank": replace(ACTS["thank"], stock=pieces)}
    within = Limits(budget=20_000, staff_hours=100)
    free = draft(people, within, nobody, DAY, with_balance=True).balance
    found = draft(people, within, nobody, DAY, listed, with_balance=True).balance
    assert free is not None and found is not None
    assert found.together.best.gain < free.together.best.gain, "what is scarce is worth something"
    rich = draft(people, Limits(budget=10**9, staff_hours=100), nobody, DAY, listed)
    assert rich.acts.get("thank", 0) <= pieces
    assert found.together.best.gain == pytest.approx(rich.gain, rel=0.02, abs=50)
    apart = found.keep.best.gain + found.back.best.gain
    assert apart == pytest.approx(found.together.best.gain, abs=4 + 1e-3 * abs(apart))


def test_nobody_to_reach_makes_an_empty_curve() -> None:
    found = weighed(50, 1, lot=Holdout("salt", 1.0))
    assert found.together.best.spend == 0
    assert found.together.split(0.5) == found.together.spots[0]


def test_allocate_cannot_beat_a_curve() -> None:
    dice = np.random.default_rng(3)
    gain = np.column_stack([np.zeros(500), dice.normal(5, 20, (500, 3))])
    cost = np.column_stack([np.zeros(500), dice.integers(1, 9, (500, 3))])
    free = np.zeros_like(cost)
    seen = allocate(gain, (cost, free), np.array([300.0, 1.0]))
    part = room._Part(
        room.Choices(gain, (cost, free), np.zeros(2)),
        np.arange(4),
        np.zeros_like(gain),
        np.zeros_like(gain),
    )
    curve, *_ = part.curve(0.0)
    assert seen.total == pytest.approx(curve.at(300).gain, rel=0.02)
