"""Old customers first: for any crowd and any acts, no regular gets less than a newcomer."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.decisions.crowd import crowd

from huitou.decisions import fair
from huitou.decisions.acts import ACTS, EXCEPTIONS, Act, act_of, in_use
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import Plan, draft
from huitou.decisions.playbook import PLAYBOOK, Effect, Playbook
from huitou.facts.life import STAGES

DAY = date(2011, 6, 9)
WHEREVER = Playbook(
    effects={
        **PLAYBOOK.effects,
        "offer": {stage: Effect(0.5, 0.01, PLAYBOOK.effect(ACTS["offer_5"], "lost").source)
                  for stage in STAGES},
    }
)  # fmt: skip
"""A shop whose tests found that offers move everybody, so that the solver wants to give them."""


def own(name: str, depth: float, stages: list[str], **more: object) -> Act:
    told = {"name": name, "kind": "offer", "claim": f"Own {name}", "depth": depth}
    return act_of({**told, "stages": stages, **more}, own=True)


def planned(acts: list[Act], n: int = 200, seed: int = 1, **columns: object) -> Plan:
    everything = {"may_mail": True, "not_for_now": False, "exposure": 0, **columns}
    limits = Limits(budget=10**9, staff_hours=1000, share_of_value=1.0)
    people = crowd(n, seed, **everything)
    return draft(people, limits, Holdout("salt", 0.1), DAY, in_use(acts), WHEREVER)


stages = st.lists(st.sampled_from(STAGES), min_size=1, max_size=6, unique=True)
offers = st.lists(st.tuples(st.sampled_from([0.02, 0.05, 0.1]), stages), max_size=4)


@settings(max_examples=60, deadline=None)
@given(offers, st.integers(1, 60), st.integers(0, 99))
def test_no_plan_that_is_drafted_breaks_it(told, n: int, seed: int) -> None:
    acts = [own(f"own_{i}", depth, list(who)) for i, (depth, who) in enumerate(told)]
    plan = planned(acts, n, seed)
    assert not fair.breaches(plan.receipts.to_pylist(), in_use(acts))


@settings(max_examples=60, deadline=None)
@given(offers, st.integers(1, 60), st.integers(0, 99))
def test_what_is_paid_never_rises_with_the_step(told, n: int, seed: int) -> None:
    acts = [own(f"own_{i}", depth, list(who)) for i, (depth, who) in enumerate(told)]
    rows = planned(acts, n, seed).receipts.to_pylist()
    open_ones = {act.name for act in acts}
    could = [row for row in rows if row["rule"] is None and row["arm"] == "treated"]
    for row in rows:
        if row["act_name"] in open_ones:
            above = [each for each in could if fair.step(each["stage"]) > fair.step(row["stage"])]
            assert all(1 - each["depth"] <= 1 - row["depth"] for each in above)


def test_an_offer_for_newcomers_alone_is_given_to_nobody() -> None:
    welcome = own("welcome", 0.05, ["new"])
    plan = planned([welcome])
    assert "welcome" not in plan.receipts["act_name"].to_pylist()
    assert fair.menu_breaches([welcome]) == (welcome,)


def test_an_offer_that_pays_for_all_goes_to_the_regulars_first() -> None:
    cheap = own("cheap", 0.02, list(STAGES))
    rich = {"value": 10**7, "value_low": 10**7, "value_high": 10**7, "value_if_kept": 10**7}
    plan = planned([cheap], 60, spend=1_000.0, open_complaint=False, open_case=False,
                   contacted_days_ago=400, **rich)  # fmt: skip
    given_to = {row["stage"] for row in plan.receipts.to_pylist() if row["act_name"] == "cheap"}
    assert "new" in given_to and "loyal" in given_to
    assert not fair.breaches(plan.receipts.to_pylist(), in_use([cheap]))


def test_without_an_open_act_nothing_changes() -> None:
    assert not any(fair.is_open(act) for act in in_use().values())
    assert planned([]).digest() == planned([]).digest()


@pytest.mark.parametrize("name", [act.name for act in in_use().values() if act.excepted])
def test_what_is_excepted_says_why(name: str) -> None:
    assert ACTS[name].excepted in EXCEPTIONS
    assert len(EXCEPTIONS[ACTS[name].excepted].text) > 20


def test_a_forged_receipt_is_found_and_named() -> None:
    rows = planned([]).receipts.to_pylist()
    newcomer = next(row for row in rows if row["stage"] == "new")
    newcomer |= {"act": "offer", "act_name": "welcome", "depth": 0.1, "cap": 500}
    welcome = own("welcome", 0.1, ["new"])
    (found,) = fair.breaches(rows, {**ACTS, "welcome": welcome})
    assert "Own welcome" in str(found.words) and found.people[0] in str(found.words)
    regulars = {row["person_id"] for row in rows if row["stage"] in ("active", "loyal")}
    assert regulars & set(found.people) and newcomer["person_id"] not in found.people


def test_an_act_nobody_knows_is_open() -> None:
    rows = planned([]).receipts.to_pylist()
    newcomer = next(row for row in rows if row["stage"] == "new")
    newcomer |= {"act": "offer", "act_name": "no_such_act", "depth": 0.1, "cap": 500}
    assert fair.breaches(rows, ACTS)


def test_the_same_thing_for_all_is_no_breach() -> None:
    cheap = own("cheap", 0.05, list(STAGES))
    everybody = [
        {**row, "act": "offer", "act_name": "cheap", "depth": 0.05, "cap": 100}
        for row in planned([]).receipts.to_pylist()
    ]
    assert not fair.breaches(everybody, {**ACTS, "cheap": cheap})
