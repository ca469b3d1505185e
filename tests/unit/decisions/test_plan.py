"""The plan keeps every promise it makes about itself, for any crowd and any limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.decisions.crowd import crowd

from huitou.decisions.acts import ACTS, act_of, in_use
from huitou.decisions.explore import ALWAYS_BEST, Exploring
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import Plan, draft, shrunk
from huitou.decisions.playbook import Effect, Playbook
from huitou.decisions.receipts import REASONS, RECEIPTS, receipt_words
from huitou.decisions.scarce import left_of
from huitou.decisions.trials import Trial
from huitou.ground.languages import speaker
from huitou.proof.assign import campaign

DAY = date(2011, 6, 9)
LOT = Holdout("salt", 0.1)


def planned(n: int = 400, seed: int = 1, budget: int = 20_000, **limits) -> Plan:
    return draft(crowd(n, seed), Limits(budget=budget, **limits), LOT, DAY)


WELCOME = {"name": "hi", "kind": "offer", "claim": "Hi", "depth": 0.01, "stages": ["new"]}
WELCOMED = in_use([act_of(WELCOME, own=True)])
MOVED = Playbook(effects={"offer": {"new": Effect(0.5, 0.01, ACTS["thank"].claim)}})
"""Nothing moves anybody but an offer for newcomers alone, which no plan gives."""
OFFERED = {name: ACTS[name] for name in ("nothing", "offer_10")}
DOUBTED = Playbook(
    effects={"offer": dict.fromkeys(("slipping", "lost"), Effect(0.6, 0.9, ACTS["thank"].claim))}
)
"""An offer that moves many, or nobody."""
LEFT_ALONE = (
    {"silent_since": DAY},
    {"never_since": DAY},
    {"let_go_until": DAY, "may_mail": True},
    {"not_by_traits": True, "may_mail": True},
    {"contacts": 4, "may_mail": True},
)


plans = st.builds(
    planned,
    st.integers(0, 80),
    st.integers(0, 1_000),
    st.integers(0, 30_000),
    staff_hours=st.floats(0, 10),
    share_of_value=st.floats(0, 1),
    letter_cost=st.integers(0, 500),
)


@given(plans)
def test_everybody_has_one_receipt_and_totals_are_their_sums(plan: Plan) -> None:
    assert plan.receipts.schema == RECEIPTS
    assert plan.people == len(set(plan.receipts["person_id"].to_pylist()))
    assert plan.cost == sum(plan.receipts["cost"].to_pylist())
    assert plan.gain == sum(plan.receipts["gain"].to_pylist())
    assert sum(plan.acts.values()) == plan.people
    assert plan.gain_low <= plan.gain <= plan.gain_high


@given(plans)
def test_no_limit_is_exceeded(plan: Plan) -> None:
    assert plan.cost <= plan.limits.budget
    assert sum(plan.receipts["staff_minutes"].to_pylist()) <= plan.limits.staff_minutes + 1e-6


@given(plans)
def test_nobody_is_courted_for_more_than_is_left(plan: Plan) -> None:
    for receipt in plan.receipts.to_pylist():
        if receipt["worst_cost"]:
            assert receipt["exposure"] + receipt["worst_cost"] <= receipt["bound"]
        assert receipt["cap"] <= receipt["worst_cost"]


@given(plans)
def test_the_held_out_get_nothing(plan: Plan) -> None:
    held = plan.receipts.filter(pc.equal(plan.receipts["arm"], "held_out"))
    expected = [key for key in plan.receipts["hold_key"].to_pylist() if LOT.holds(key)]
    assert held["hold_key"].to_pylist() == expected
    assert plan.held_out == len(expected)
    assert set(held["act"].to_pylist()) <= {"nothing"}
    assert set(held["channel"].to_pylist()) <= {""}
    for name in ("cost", "worst_cost", "gain", "staff_minutes", "delta", "cap", "depth"):
        assert not np.any(held[name].to_numpy())


@given(plans)
def test_what_is_done_pays_and_reaches_people_who_may_be_reached(plan: Plan) -> None:
    for receipt in plan.receipts.to_pylist():
        done = receipt["act"] != "nothing"
        assert done == (receipt["reason"] == "best")
        assert done == (receipt["channel"] != "")
        assert receipt["gain"] >= 0
        assert receipt["gain_low"] <= receipt["gain"] <= receipt["gain_high"]
        assert receipt["act"] == receipt["intended"] or receipt["arm"] == "held_out"
        if receipt["act"] == "offer":
            assert receipt["stage"] in {"slipping", "lost"}
            assert receipt["depth"] > 0


@settings(max_examples=20)
@given(st.integers(2, 60), st.integers(0, 500))
def test_the_lot_does_not_decide_who_is_meant(n: int, seed: int) -> None:
    people, limits = crowd(n, seed), Limits(budget=5_000)
    one, other = (draft(people, limits, Holdout("salt", share), DAY) for share in (0.0, 0.5))
    for name in ("intended", "intended_depth", "intended_cost", "runner_up"):
        assert one.receipts[name].equals(other.receipts[name])


def test_the_order_of_people_does_not_matter() -> None:
    people, limits = crowd(300), Limits(budget=10**7, staff_hours=10**4)
    turned = people.take(pa.array(np.arange(300)[::-1]))
    one, other = (draft(table, limits, LOT, DAY) for table in (people, turned))
    assert one.digest() == other.digest()


def test_a_replay_is_the_same_to_the_byte() -> None:
    assert planned().digest() == planned().digest()
    assert planned().digest() != planned(seed=2).digest()
    assert planned().digest() != planned(budget=20_001).digest()


def test_the_inputs_are_not_changed() -> None:
    people = crowd(50)
    before = people.to_pydict()
    draft(people, Limits(budget=1_000), LOT, DAY)
    assert people.to_pydict() == before


def test_an_empty_shop_has_an_empty_plan() -> None:
    plan = planned(0)
    assert (plan.people, plan.cost, plan.gain, plan.held_out) == (0, 0, 0, 0)
    assert plan.digest() == planned(0).digest()


def test_more_money_earns_more_and_its_price_falls() -> None:
    plans = [planned(2_000, budget=b, staff_hours=500) for b in (2_000, 20_000, 10**7)]
    wanted = [sum(plan.receipts["intended_gain"].to_pylist()) for plan in plans]
    assert wanted[0] < wanted[1] < wanted[2]
    assert plans[0].money_price > plans[1].money_price > plans[2].money_price == 0


def test_who_owes_us_nothing_more_is_not_owed_more() -> None:
    """The same people, once with all of the bound already promised: nothing may be added."""
    free = draft(crowd(200, exposure=0), Limits(budget=10**6), LOT, DAY)
    full = draft(crowd(200, exposure=free.receipts["bound"]), Limits(budget=10**6), LOT, DAY)
    assert free.cost > 0
    assert full.cost == 0
    assert "bound" in full.receipts["reason"].to_pylist()


def test_the_interval_of_the_sum_does_not_shrink_with_people() -> None:
    def spread(n: int) -> float:
        plan = draft(crowd(n), Limits(budget=10**9, staff_hours=10**6), LOT, DAY)
        return (plan.gain_high - plan.gain_low) / plan.gain

    assert spread(4_000) == pytest.approx(spread(400), rel=0.35)


def test_every_reason_occurs_and_has_words_in_every_receipt() -> None:
    spent = planned(3_000, budget=2_000, staff_hours=2)
    strapped = draft(crowd(300, value_low=300), Limits(budget=10**6), LOT, DAY)
    tried = draft(
        crowd(500).append_column("in_test", pa.array([i < 50 for i in range(500)])),
        Limits(budget=10**6, staff_hours=100),
        LOT,
        DAY,
        exploring=Exploring(0.2, 0.2),
        trials=[Trial("t", {"thank": 0.5, "nothing": 0.5}, frozenset({"lost"}), 50)],
    )
    left = [draft(crowd(9, **out), Limits(budget=10**6), LOT, DAY) for out in LEFT_ALONE]
    left.append(draft(crowd(99), Limits(budget=10**9), LOT, DAY, WELCOMED, MOVED))
    left.append(draft(crowd(300), Limits(budget=10**9), LOT, DAY, OFFERED, DOUBTED))
    drafted = [spent.receipts, strapped.receipts, tried.receipts, *(each.receipts for each in left)]
    both = pa.concat_tables(drafted).to_pylist()
    assert {receipt["reason"] for receipt in both} == set(REASONS)
    for language in ("en", "zh-Hans", "zh-Hant"):
        for receipt in both[::37]:
            for sentence in receipt_words(receipt, "GBP"):
                shown = speaker(language).say(sentence)
                assert shown
                assert "{" not in shown


def test_words_of_an_act_name_its_gain_cost_and_runner_up() -> None:
    done = next(row for row in planned().receipts.to_pylist() if row["act"] == "remind")
    words = " ".join(str(sentence) for sentence in receipt_words(done, "GBP"))
    assert "A reminder of what they usually buy" in words
    assert "after all costs" in words
    assert "Next best:" in words
    assert "first guess" in words
    assert "64,000 customers" in words


def test_a_held_out_receipt_says_what_it_would_have_been() -> None:
    rows = planned(2_000, budget=10**6).receipts.to_pylist()
    held = next(r for r in rows if r["arm"] == "held_out" and r["intended"] != "nothing")
    words = " ".join(str(sentence) for sentence in receipt_words(held, "GBP"))
    assert "Held out by lot" in words
    assert "Without the lot it would have been" in words


def test_fewer_acts_can_be_allowed() -> None:
    kept = {name: ACTS[name] for name in ("nothing", "thank")}
    plan = draft(crowd(200), Limits(budget=10**6), LOT, DAY, acts=kept)
    assert set(plan.acts) == {"nothing", "thank"}


def test_a_receipt_says_whether_it_was_guessed_or_learned() -> None:
    receipts = planned(40, 1, 10**6).receipts.to_pylist()
    receipt = next(row for row in receipts if row["act"] != "nothing")
    guessed = " ".join(str(sentence) for sentence in receipt_words(receipt, "GBP"))
    assert receipt["letters"] == 0
    assert "a first guess, not yet a result of this shop" in guessed
    learned = receipt_words({**receipt, "letters": 412}, "GBP")
    words = " ".join(str(sentence) for sentence in learned)
    assert "learned from 412 people" in words
    assert "not yet a result" not in words
    assert "The first guess it started from: " in words


def test_a_promise_is_shrunk_and_never_raised() -> None:
    plan = planned(40, 1, 10**6)
    assert plan.expected == plan.gain
    assert replace(plan, trust=0.5).expected == round(plan.gain * 0.5)
    assert replace(plan, trust=1.7).expected == plan.gain


def test_no_plan_gives_more_pieces_than_there_are() -> None:
    few = replace(ACTS["thank"], stock=7)
    acts = {**{name: ACTS[name] for name in ("nothing", "remind")}, "thank": few}
    for exploring in (ALWAYS_BEST, Exploring(0.1, 0.3)):
        plan = draft(
            crowd(500), Limits(budget=10**7, staff_hours=90), LOT, DAY, acts, exploring=exploring
        )
        names = plan.receipts["act_name"].to_pylist()
        assert 0 < names.count("thank") <= 7
        assert names.count("remind") > 0


def test_what_went_out_is_no_longer_there() -> None:
    acts = {"nothing": ACTS["nothing"], "thank": replace(ACTS["thank"], stock=7)}
    assert left_of(acts, {"thank": 5, "nothing": 9})["thank"].stock == 2
    assert left_of(acts, {"thank": 8})["thank"].stock == 0
    assert left_of(acts, {})["nothing"].stock is None


def test_a_plan_promises_only_what_its_own_read_out_sees() -> None:
    trial = Trial("t", {"nothing": 0.5, "thank": 0.5}, frozenset({"slipping", "lost"}), 50)
    plan = draft(
        crowd(600),
        Limits(budget=200_000),
        Holdout("salt", 0.1),
        DAY,
        exploring=Exploring(0.1, 0.3),
        trials=[trial],
    )
    rows = plan.receipts.to_pylist()
    compared = set(campaign(plan.receipts)["person_id"].to_pylist())
    gains = {row["person_id"]: row["gain"] for row in rows}
    assert plan.promise.gain == sum(gains[person] for person in compared)
    assert plan.promise.low < plan.promise.gain < plan.promise.high
    elsewhere = [
        row for row in rows if row["person_id"] not in compared and row["act"] != "nothing"
    ]
    assert {row["reason"] for row in elsewhere} == {"test", "explored"}
    assert plan.gain - plan.promise.gain == sum(row["gain"] for row in elsewhere) != 0
    best = [row for row in rows if row["explored"]]
    lost = sum(row["intended_gain"] - row["gain"] for row in best)
    assert plan.learning_cost == lost > 0


def test_doubt_makes_no_loss_smaller() -> None:
    assert (shrunk(1_000, 0.5), shrunk(1_000, 1.4), shrunk(-1_000, 0.5)) == (500, 1_000, -1_000)
