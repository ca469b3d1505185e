"""The draw: within every limit, with the chance it says, and never for the held out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.decisions.crowd import crowd

from huitou.decisions.explore import (
    ALWAYS_BEST,
    PARTS,
    Exploring,
    Urn,
    draw,
    read_chances,
)
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import Plan, draft
from huitou.decisions.receipts import receipt_words
from huitou.decisions.trials import Trial
from huitou.ground.errors import HuitouError
from huitou.ground.languages import speaker

DAY = date(2011, 6, 9)
LOT = Holdout("salt", 0.1)
USUAL = Exploring(0.1, 0.2)


def planned(
    n: int = 300,
    seed: int = 1,
    exploring: Exploring = USUAL,
    *,
    day: date = DAY,
    trials: tuple[Trial, ...] = (),
    lot: Holdout = LOT,
    **limits,
) -> Plan:
    within = Limits(**{"budget": 40_000, **limits})
    return draft(crowd(n, seed), within, lot, day, exploring=exploring, trials=trials)


plans = st.builds(
    planned,
    st.integers(0, 120),
    st.integers(0, 1_000),
    st.builds(Exploring, st.floats(0, 0.5), st.floats(0, 0.5), st.integers(0, 1_000)),
    budget=st.integers(0, 60_000),
    staff_hours=st.floats(0, 10),
    share_of_value=st.floats(0, 1),
)


@given(plans)
def test_no_limit_is_exceeded_by_what_is_drawn(plan: Plan) -> None:
    check_every_limit(plan)


def check_every_limit(plan: Plan) -> None:
    assert plan.cost <= plan.limits.budget
    assert sum(plan.receipts["staff_minutes"].to_pylist()) <= plan.limits.staff_minutes + 1e-5
    for row in plan.receipts.to_pylist():
        if row["worst_cost"]:
            assert row["exposure"] + row["worst_cost"] <= row["bound"]
        assert (row["channel"] != "") == (row["act"] != "nothing")
        if row["act"] == "offer":
            assert row["stage"] in {"slipping", "lost"}


@given(plans)
def test_the_chances_add_up_and_hold_what_was_given(plan: Plan) -> None:
    check_chances(plan)


def check_chances(plan: Plan) -> None:
    for row in plan.receipts.to_pylist():
        if row["chances"] is None:
            assert row["propensity"] == 1.0
            continue
        chances = read_chances(row["chances"])
        assert sum(chances.values()) == pytest.approx(1.0, abs=1e-9)
        assert min(chances.values()) > 0
        assert chances[row["act_name"]] == pytest.approx(row["propensity"], abs=1e-9)


@given(plans)
def test_the_held_out_are_not_touched(plan: Plan) -> None:
    for row in plan.receipts.to_pylist():
        assert (row["held_by"] == "universal") == LOT.holds(row["hold_key"])
        if row["held_by"] == "universal":
            assert (row["act"], row["chances"], row["explored"]) == ("nothing", None, False)
        if row["held_by"] == "programme":
            assert (row["act"], row["arm"], row["reason"]) == ("nothing", "held_out", "control")
            assert row["intended"] != "nothing"
    assert plan.held_out == sum(map(LOT.holds, plan.receipts["hold_key"].to_pylist()))
    assert plan.controls == plan.receipts["reason"].to_pylist().count("control")


@given(plans)
def test_what_the_plan_promises_is_what_is_given(plan: Plan) -> None:
    explored = plan.receipts.filter(plan.receipts["explored"])
    assert plan.explored == explored.num_rows
    for row in explored.to_pylist():
        assert row["act_name"] != row["intended_name"]
        assert row["reason"] == "explored"
    best = plan.receipts.filter(pc.equal(plan.receipts["reason"], "best"))
    both = sum(best["gain"].to_pylist()) + sum(explored["gain"].to_pylist())
    assert plan.gain == both


@settings(max_examples=20)
@given(st.integers(2, 80), st.integers(0, 300))
def test_without_a_share_everybody_gets_the_best(n: int, seed: int) -> None:
    plan = planned(n, seed, ALWAYS_BEST)
    assert plan.explored == plan.controls == 0
    assert pc.all(pc.is_null(plan.receipts["chances"])).as_py()
    assert pc.all(pc.equal(plan.receipts["propensity"], 1.0)).as_py()


def test_the_same_plan_twice_is_the_same_and_another_day_draws_anew() -> None:
    assert planned().digest() == planned().digest()
    controls = [_controls(planned(600, day=day)) for day in (DAY, DAY + timedelta(days=30))]
    assert controls[0] and controls[1] and controls[0] != controls[1]


def _controls(plan: Plan) -> set[str]:
    rows = plan.receipts.to_pylist()
    return {row["hold_key"] for row in rows if row["held_by"] == "programme"}


def test_a_lot_knows_nothing_of_the_others() -> None:
    """With room for all, who joins changes nothing for those who are there."""
    urn = _urn(400)
    part = replace(
        urn,
        keys=urn.keys[:100],
        **{name: getattr(urn, name)[:100] for name in ("best", "allowed", "out", "cost", "gain")},
        use=tuple(use[:100] for use in urn.use),
    )
    whole, some = (draw(each, USUAL, "salt", "plan") for each in (urn, part))
    assert np.array_equal(whole.given[:100], some.given)


def _urn(n: int = 400, seed: int = 3) -> Urn:
    dice = np.random.default_rng(seed)
    cost = np.tile(np.array([0.0, 50, 100, 400]), (n, 1))
    best = dice.integers(0, 4, n)
    allowed = np.column_stack([np.ones(n, bool), dice.random((n, 3)) < 0.8])
    allowed[np.arange(n), best] = True
    return Urn(
        keys=[f"key {i}" for i in range(n)],
        best=best,
        allowed=allowed,
        out=np.zeros(n, dtype=bool),
        cost=cost,
        gain=dice.normal(0, 100, (n, 4)),
        use=(cost,),
        limit=np.array([1e9]),
        prices=np.array([0.0]),
    )


def test_the_chance_is_the_frequency_over_many_salts() -> None:
    urn = _urn(3)
    urn = replace(urn, best=np.array([0, 2, 3]), allowed=np.ones((3, 4), bool))
    exploring = Exploring(0.1, 0.3)
    times = 20_000
    seen = [Counter[int]() for _ in range(3)]
    for salt in range(times):
        given_ = draw(urn, exploring, str(salt), "plan").given
        for person, act in enumerate(given_):
            seen[person][int(act)] += 1
    parts = draw(urn, exploring, "0", "plan").parts
    assert (parts.sum(axis=1) == PARTS).all()
    for person in range(3):
        for act in range(4):
            p = parts[person, act] / PARTS
            assert seen[person][act] / times == pytest.approx(
                p, abs=4 * (p * (1 - p) / times) ** 0.5
            )


def test_known_chances() -> None:
    """Best is the second act; a free act is drawn twice as often as one that costs the scale."""
    urn = Urn(
        keys=["k"],
        best=np.array([1]),
        allowed=np.array([[True, True, True, False]]),
        out=np.array([False]),
        cost=np.array([[0.0, 50, 100, 100]]),
        gain=np.array([[0.0, 10, 5, 0]]),
        use=(np.array([[0.0, 50, 100, 100]]),),
        limit=np.array([1e9]),
        prices=np.array([0.0]),
    )
    parts = draw(urn, Exploring(0.1, 0.3, scale=100), "salt", "plan").parts
    # control .1; of the rest .3 elsewhere: two thirds of it nothing, one third the dearer letter.
    assert parts.tolist() == [[100_000 + 180_000, 630_000, 90_000, 0]]


def test_nothing_dearer_is_drawn_than_what_was_kept_back_reaches() -> None:
    urn = replace(_urn(400), limit=np.array([0.0]))
    urn = replace(urn, limit=np.array([_cost(urn)]))
    for salt in range(50):
        found = draw(urn, Exploring(0.0, 0.3), str(salt), "plan")
        rows = np.arange(len(urn))
        assert (urn.cost[rows, found.given] <= urn.cost[rows, urn.best]).all()


def test_the_logged_chances_hold_when_money_is_short() -> None:
    """The plan that draws nothing dearer after all is rare enough to leave the chances true."""
    urn = _urn(200)
    urn = replace(urn, limit=np.array([_cost(urn) * 1.06]))
    exploring = Exploring(0.0, 0.3)
    times = 3_000
    parts = np.zeros((200, 4))
    counts = np.zeros((200, 4))
    for salt in range(times):
        found = draw(urn, exploring, str(salt), "plan")
        rows = np.arange(200)
        assert urn.cost[rows, found.given].sum() <= urn.limit[0] + 1e-6
        parts += found.parts / PARTS
        counts[rows, found.given] += 1
    some = (parts > 0) & (parts < times)
    off = (counts - parts)[some] / np.sqrt(parts * (1 - parts / times))[some]
    assert abs(off.mean()) < 0.2
    assert np.abs(off).max() < 5


def _cost(urn: Urn) -> float:
    return float(urn.cost[np.arange(len(urn)), urn.best].sum())


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(HuitouError):
        Exploring(control_share=share)


def test_what_was_drawn_is_said_in_words() -> None:
    plan = planned(800, budget=10**6, staff_hours=100)
    say = speaker("en").say
    told = {
        row["reason"]: [say(words) for words in receipt_words(row, "GBP")]
        for row in plan.receipts.to_pylist()
    }
    assert any("by its own lot" in words for words in told["control"])
    assert any("Drawn by lot to learn" in words for words in told["explored"])
    assert any(words.startswith("Best of all it would have been") for words in told["explored"])
    for reason in ("control", "explored"):
        assert any("The chance that the lot gave this was" in words for words in told[reason])


# planned tests

ASKED = Trial(
    "t1", {"nothing": 0.5, "thank": 0.25, "remind": 0.25}, frozenset({"lost", "slipping"}), 10_000
)


@settings(max_examples=40)
@given(
    st.integers(0, 120),
    st.integers(0, 300),
    st.integers(0, 20_000),
    st.floats(0, 3),
    st.integers(1, 50),
)
def test_a_test_keeps_every_rule_and_limit(
    n: int, seed: int, budget: int, hours: float, most: int
) -> None:
    trial = replace(ASKED, most=most)
    plan = planned(n, seed, trials=(trial,), budget=budget, staff_hours=hours)
    check_every_limit(plan)
    check_chances(plan)
    inside = plan.receipts.filter(pc.is_valid(plan.receipts["test"]))
    assert inside.num_rows <= most
    for row in inside.to_pylist():
        assert row["stage"] in trial.stages
        assert row["act_name"] in trial.arms
        if row["held_by"] is None:
            assert read_chances(row["chances"]) == pytest.approx(dict(trial.arms))
            assert row["reason"] == "test"


def test_a_person_keeps_their_arm_when_others_join() -> None:
    room = {"budget": 10**8, "staff_hours": 10**4}
    plan = planned(500, trials=(ASKED,), **room)
    later = planned(500, trials=(ASKED,), day=DAY + timedelta(days=40), **room)
    for one, other in zip(plan.receipts.to_pylist(), later.receipts.to_pylist(), strict=True):
        assert (one["test"], one["test"] and one["act_name"]) == (
            other["test"],
            other["test"] and other["act_name"],
        )


def test_arms_come_as_often_as_planned() -> None:
    plan = planned(4_000, trials=(ASKED,), budget=10**8, staff_hours=10**4)
    inside = plan.receipts.filter(pc.is_valid(plan.receipts["test"]))
    inside = inside.filter(pc.is_null(inside["held_by"]))
    seen = Counter(inside["act_name"].to_pylist())
    assert inside.num_rows > 500
    for act, share in ASKED.arms.items():
        sd = (share * (1 - share) / inside.num_rows) ** 0.5
        assert seen[act] / inside.num_rows == pytest.approx(share, abs=4 * sd)


def test_who_is_in_a_test_is_done_nothing_else_with() -> None:
    plan = draft(
        crowd(300).append_column("in_test", pa.array([True] * 300)),
        Limits(10**6),
        LOT,
        DAY,
        exploring=USUAL,
    )
    assert set(plan.acts) == {"nothing"}


@pytest.mark.parametrize("arms", [{"thank": 1.0}, {"thank": 0.5, "nothing": 0.4}, {"a": 1, "b": 0}])
def test_arms_that_cannot_be_drawn_from_are_refused(arms: dict[str, float]) -> None:
    with pytest.raises(HuitouError):
        replace(ASKED, arms=arms)


def test_learning_costs_no_more_than_its_share_of_what_is_gained() -> None:
    for seed, budget in ((1, 10**6), (2, 60_000), (3, 10**6)):
        people, limits = crowd(1_500, seed), Limits(budget=budget, staff_hours=400)
        exploring = Exploring(0.0, 0.2)
        losses, gained = [], draft(people, limits, Holdout("none", 0.0), DAY).gain
        for day in range(12):
            plan = draft(
                people, limits, Holdout("s", 0.0), DAY + timedelta(days=day), exploring=exploring
            )
            losses.append(gained - plan.gain)
        assert any(plan.receipts["explored"].to_pylist())
        # Each plan is one draw; their mean keeps what is expected, with what is kept back for it.
        assert np.mean(losses) <= 2 * 0.2 * gained
