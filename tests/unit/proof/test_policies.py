"""Another way of deciding moves chances from act to act, and makes none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.decisions.acts import ACTS
from huitou.ground.errors import HuitouError
from huitou.proof.policies import Policy, candidate, logged, names_of

KINDS = {name: act.kind for name, act in ACTS.items()}
LIMITS = {"budget": 1_000, "share_of_value": 0.5}


def row(**facts: Any) -> dict[str, Any]:
    return {
        "act_name": "offer_10",
        "intended_name": "offer_10",
        "runner_up_name": "thank",
        "chances": "nothing:0.2 thank:0.1 offer_10:0.7",
        "intended_gain": 100,
        "intended_cost": 50,
        "intended_worst": 200,
        "exposure": 0,
        "bound": 250,
        **facts,
    }


def asked(policy: Policy, rows: list[dict[str, Any]]) -> list[dict[str, float]]:
    names = names_of(rows, policy)
    found = candidate(rows, names, policy, KINDS, LIMITS)
    assert np.allclose(found.sum(axis=1), 1)
    return [
        {name: round(float(chance), 6) for name, chance in zip(names, each, strict=True) if chance}
        for each in found
    ]


def test_an_act_switched_off_gives_way_to_the_next_best() -> None:
    assert asked(Policy(without={"offer"}), [row()]) == [{"nothing": 0.2, "thank": 0.8}]


def test_where_the_next_best_is_off_too_nothing_is_done() -> None:
    rows = [row(runner_up_name="offer_5"), row(runner_up_name=None)]
    assert asked(Policy(without={"offer"}), rows) == [{"nothing": 0.9, "thank": 0.1}] * 2


def test_one_act_takes_the_place_of_another() -> None:
    assert asked(Policy(instead={"offer": "remind"}), [row()]) == [
        {"nothing": 0.2, "thank": 0.1, "remind": 0.7}
    ]


def test_without_a_draw_everybody_gets_the_best() -> None:
    rows = [row(), row(act_name="nothing", intended_name="thank")]
    assert asked(Policy(drawing=False), rows) == [{"offer_10": 1.0}, {"thank": 1.0}]


def test_less_money_drops_what_earns_least_for_its_cost() -> None:
    rows = [row(intended_gain=gain) for gain in (300, 100, 200)]
    kept = asked(Policy(budget=100), rows)
    assert [each.get("offer_10", 0.0) for each in kept] == [0.7, 0.0, 0.7]
    assert kept[1] == {"nothing": 0.9, "thank": 0.1}


def test_less_risk_drops_what_would_pass_the_smaller_bound() -> None:
    rows = [row(), row(intended_worst=100), row(intended_worst=100, exposure=40)]
    kept = asked(Policy(share_of_value=0.25), rows)
    assert ["offer_10" in each for each in kept] == [False, True, False]


def test_what_nobody_drew_is_certain() -> None:
    rows = [row(chances=None, act_name="nothing", intended_name="nothing", runner_up_name=None)]
    names = names_of(rows, Policy(without={"offer"}))
    assert logged(rows, names).tolist() == [[1.0]]


@pytest.mark.parametrize("policy", [Policy(budget=2_000), Policy(share_of_value=0.9)])
def test_a_larger_limit_is_refused(policy: Policy) -> None:
    with pytest.raises(HuitouError, match="larger"):
        candidate([row()], names_of([row()], policy), policy, KINDS, LIMITS)


def test_nothing_otherwise_is_refused() -> None:
    with pytest.raises(HuitouError):
        Policy()


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from([*sorted(ACTS), None])),
        min_size=1,
        max_size=8,
    ),
    st.sets(st.sampled_from(["offer", "thank", "call", "remind", "offer_10"]), min_size=1),
    st.booleans(),
)
def test_chances_stay_chances(
    acts: list[tuple[str, str | None]], without: set[str], drawing: bool
) -> None:
    rows = [
        row(act_name=act, intended_name=act, runner_up_name=other, chances=f"{act}:1")
        for act, other in acts
    ]
    policy = Policy(drawing=drawing, without=without)
    for each in asked(policy, rows):
        assert all(name not in without and KINDS[name] not in without for name in each)
