"""Does a plan earn what it promised, when its first guesses are as wrong as they say they are?"""

from __future__ import annotations

from datetime import date

import numpy as np
from tests.unit.decisions.crowd import crowd

from huitou.decisions.acts import ACTS, Act
from huitou.decisions.audience import Audience, FloatArray
from huitou.decisions.doubt import KINSHIP
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import Plan, draft
from huitou.decisions.playbook import PLAYBOOK
from huitou.decisions.price import moved, worth_of_a_buyer

KINDS = ("thank", "remind", "offer", "call")


def act_of(kind: str, depth: float) -> Act:
    return next(act for act in ACTS.values() if (act.kind, act.depth) == (kind, depth))


def errors(dice: np.random.Generator) -> dict[str, float]:
    """How wrong each kind's guess is in this world, in standard deviations; akin by `KINSHIP`."""
    shared = dice.normal()
    return {kind: KINSHIP**0.5 * shared + (1 - KINSHIP) ** 0.5 * dice.normal() for kind in KINDS}


def true_gain(plan: Plan, people: Audience, error: dict[str, float], level: float) -> float:
    """What the plan really adds in a world where effects and values are off by these errors."""
    receipts = plan.receipts
    done = list(zip(receipts["act"].to_pylist(), receipts["depth"].to_pylist(), strict=True))
    planned_cost, p_taken = receipts["cost"].to_numpy(), receipts["p_taken"].to_numpy()
    worth: FloatArray = worth_of_a_buyer(people) * level
    total = 0.0
    for which in {each for each in done if each[0] != "nothing"}:
        act, got = act_of(*which), np.array([each == which for each in done])
        mean, sd = PLAYBOOK.shifts(act, people)
        delta = moved(people.p_buy, mean + error[act.kind] * sd)
        offer = act.depth * people.spend
        planned = planned_cost - p_taken * offer
        cost = planned + (people.p_buy + delta) * offer * (act.depth > 0)
        attention = act.attention * people.value
        total += float((delta * worth - cost - attention)[got].sum())
    return total


def test_promised_over_true_is_near_one_and_the_interval_holds() -> None:
    dice = np.random.default_rng(11)
    promised, true, held = [], [], []
    for world in range(200):
        people = crowd(150, seed=world)
        plan = draft(people, Limits(budget=15_000, staff_hours=4), Holdout("s", 0.05), date.min)
        level = float(np.exp(dice.normal(0, 0.2)))
        truth = true_gain(plan, Audience.of(people), errors(dice), level)
        promised.append(plan.gain)
        true.append(truth)
        held.append(plan.gain_low <= truth <= plan.gain_high)
    assert 0.85 <= np.mean(promised) / np.mean(true) <= 1.15
    assert 0.85 <= np.mean(held) <= 0.97
