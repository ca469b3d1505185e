"""Expected incremental profit, against sums done by hand."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm
from tests.unit.decisions.crowd import crowd

from huitou.decisions.acts import ACTS
from huitou.decisions.audience import Audience
from huitou.decisions.bound import bounds
from huitou.decisions.limits import Limits, usual_budget
from huitou.decisions.out import TO_COME_BACK, who_is_out
from huitou.decisions.playbook import PLAYBOOK, Effect, Playbook
from huitou.decisions.price import moved, price, reached_by, worth_of_a_buyer
from huitou.ground.errors import HuitouError
from huitou.ground.words import said

LIMITS = Limits(budget=10**6)
NAMES = list(ACTS)
DAY = date(2011, 6, 9)
FOR_ALL = set(NAMES) - {"mended", "amends", "step_up"}
BACK = {name for name, act in ACTS.items() if act.kind in TO_COME_BACK}
WORDS = {"nothing", "thank", "remind", "surprise", "call"}


def one(**columns) -> Audience:
    plain = {
        "stage": "slipping",
        "p_alive": 0.6,
        "p_buy": 0.3,
        "spend": 10_000.0,
        "margin_rate": 0.3,
        "value": 12_000,
        "value_low": 9_000,
        "value_high": 18_000,
        "value_if_kept": 20_000,
        "exposure": 0,
        "may_mail": True,
        "may_email": False,
        "may_call": True,
        "open_case": False,
        "contacted_days_ago": 400,
    }
    return Audience.of(crowd(1, **{**plain, **columns}))


def test_worth_of_a_buyer_by_hand() -> None:
    # 4/7 of those who would not buy are gone: winning one back is worth half of 20,000.
    # The rest would come later anyway: half of an order's 3,000 profit.
    assert worth_of_a_buyer(one())[0] == pytest.approx(4 / 7 * 10_000 + 3 / 7 * 1_500)


def test_who_sends_everything_back_is_worth_little_however_much_they_spend() -> None:
    assert worth_of_a_buyer(one(spend=10**8, value=50, value_if_kept=60))[0] <= 60


def test_a_reminder_on_paper_by_hand() -> None:
    priced = price(one(), tuple(ACTS.values()), PLAYBOOK, LIMITS)
    act = NAMES.index("remind")

    def moved_by(shift: float) -> float:
        odds = 0.3 / 0.7 * math.exp(shift)
        return float((odds / (1 + odds) - 0.3) * norm.pdf(shift, 0.10, 0.10))

    delta = quad(moved_by, -0.9, 1.1)[0]
    assert priced.delta[0, act] == pytest.approx(delta)
    # Stamp 100 and half a minute at 2,000 an hour, rounded up.
    assert priced.cost[0, act] == priced.worst_cost[0, act] == 117
    worth = 4 / 7 * 10_000 + 3 / 7 * 1_500
    assert priced.gain[0, act] == pytest.approx(delta * worth - 117 - 12_000 * 0.001)


def test_an_offer_is_paid_to_sure_buyers_too() -> None:
    priced = price(one(), tuple(ACTS.values()), PLAYBOOK, LIMITS)
    act = NAMES.index("offer_20")
    taken = 0.3 + priced.delta[0, act]
    assert priced.p_taken[0, act] == pytest.approx(taken)
    assert priced.cost[0, act] == math.ceil(100 + 2_000 / 120 + taken * 2_000)
    assert priced.cap[0, act] == 4_000
    assert priced.worst_cost[0, act] == 117 + 4_000


def test_nothing_changes_nothing_and_costs_nothing() -> None:
    priced = price(one(), tuple(ACTS.values()), PLAYBOOK, LIMITS)
    for column in (priced.delta, priced.cost, priced.gain, priced.half, priced.minutes):
        assert column[0, 0] == 0


@pytest.mark.parametrize(("changed", "pays"), [(0.62, False), (0.63, True)])
def test_one_hundred_for_a_hundred_and_sixty(changed: float, pays: bool) -> None:
    """Spending 100 on 160 of profit pays only above a chance of 62.5 % to change their mind."""
    p = 0.2
    shift = math.log((p + changed) / (1 - p - changed)) - math.log(p / (1 - p))
    sure = Playbook({"call": {"lost": Effect(shift, 0.0, said("A guess."))}}, {})
    who = one(stage="lost", p_alive=0.0, p_buy=p, value=0, value_if_kept=32_000, spend=0.0)
    ten_minutes_cost_100 = Limits(budget=0, staff_hourly=60_000)
    priced = price(who, (ACTS["call"],), sure, ten_minutes_cost_100)
    assert priced.delta[0, 0] == pytest.approx(changed)
    assert priced.gain[0, 0] == pytest.approx(changed * 16_000 - 10_000)
    assert (priced.gain[0, 0] > 0) == pays


@given(st.floats(0, 1), st.floats(-5, 5), st.floats(0, 3))
def test_a_push_never_leaves_0_to_1_and_grows_with_its_force(
    p: float, shift: float, more: float
) -> None:
    here, further = moved(np.array([p, p]), np.array([shift, shift + more]))
    assert -1e-9 <= p + here <= 1 + 1e-9
    assert further >= here - 1e-12


def test_risk_is_not_uplift() -> None:
    """The undecided move most; those who never come, or come anyway, hardly at all."""
    change = moved(np.array([0.0, 0.02, 0.5, 0.98, 1.0]), np.full(5, 0.2))
    assert change[0] == change[4] == 0
    assert change[2] > 5 * max(change[1], change[3])


def test_channels() -> None:
    letter, call, nothing = ACTS["thank"], ACTS["call"], ACTS["nothing"]
    both, paper, none = one(may_email=True), one(), one(may_mail=False, may_call=False)
    assert [reached_by(who, letter)[0] for who in (both, paper, none)] == ["email", "paper", ""]
    assert [reached_by(who, call)[0] for who in (both, none)] == ["call", ""]
    assert reached_by(both, nothing)[0] == ""
    assert price(both, (letter,), PLAYBOOK, LIMITS).cost[0, 0] == LIMITS.email_cost


def test_the_bound_is_a_share_of_the_lower_bound() -> None:
    assert bounds(one(value_low=9_001), LIMITS)[0] == 4_500
    assert bounds(one(value_low=-50), LIMITS)[0] == 0


@pytest.mark.parametrize(
    ("columns", "rule", "open_to"),
    [
        ({}, "", FOR_ALL),
        ({"mended": True}, "", FOR_ALL | {"mended"}),
        ({"cause": "delivery", "posterior": 0.6}, "", FOR_ALL | {"amends"}),
        ({"cause": "price", "posterior": 0.6}, "", FOR_ALL),
        ({"return_rests": True}, "", FOR_ALL - BACK),
        ({"mended": True, "open_case": True}, "open_case", {"nothing", "call"}),
        ({"stage": "loyal"}, "", WORDS | {"upgrade", "step_up"}),
        ({"may_mail": False, "may_call": False}, "no_channel", {"nothing"}),
        ({"may_mail": False}, "", {"nothing", "call"}),
        ({"contacted_days_ago": 29}, "contacted_lately", {"nothing"}),
        ({"contacted_days_ago": 30}, "", FOR_ALL),
        ({"contacts": 4}, "too_often", {"nothing"}),
        ({"silent_since": DAY}, "silent", {"nothing"}),
        ({"silent_since": DAY, "never_since": DAY}, "silent", {"nothing"}),
        ({"never_since": DAY, "open_complaint": True}, "never", {"nothing"}),
        ({"rests_until": date(2012, 1, 1)}, "not_for_now", {"nothing"}),
        ({"open_case": True}, "open_case", {"nothing", "call"}),
        ({"open_complaint": True}, "open_complaint", {"nothing", "call"}),
        ({"open_complaint": True, "open_case": True}, "open_complaint", {"nothing", "call"}),
        ({"open_complaint": True, "contacted_days_ago": 2}, "open_complaint", {"nothing"}),
        ({"not_by_traits": True}, "not_by_traits", {"nothing"}),
        ({"not_by_traits": True, "mended": True}, "not_by_traits", {"nothing", "mended"}),
        ({"not_by_traits": True, "open_complaint": True}, "not_by_traits", {"nothing"}),
    ],
)
def test_who_may_be_addressed(columns, rule, open_to) -> None:
    out = who_is_out(one(**columns), tuple(ACTS.values()), LIMITS, DAY)
    assert out.rules.tolist() == [rule]
    open_now = {name for name, no in zip(NAMES, out.barred[0], strict=True) if not no}
    assert open_now == open_to


def test_a_rule_stands_with_its_date() -> None:
    def day_of(**columns):
        return who_is_out(one(**columns), tuple(ACTS.values()), LIMITS, DAY).days[0].item()

    assert day_of() is None
    assert day_of(contacted_days_ago=10) == date(2011, 6, 29), "thirty quiet days, ten are over"
    assert day_of(rests_until=date(2012, 1, 1)) == date(2012, 1, 1)
    assert day_of(silent_since=date(2010, 5, 4)) == date(2010, 5, 4)


def test_every_act_has_a_sourced_effect_in_every_stage_it_is_allowed_in() -> None:
    for act in list(ACTS.values())[1:]:
        for stage in act.stages:
            effect = PLAYBOOK.effect(act, stage)
            assert effect.sd > 0
            assert abs(effect.mean) <= 0.3, "first guesses stay small"
            assert effect.sd >= 0.8 * abs(effect.mean), "and unsure"
            assert len(effect.source.text) > 40


def test_deeper_offers_move_more_but_less_than_in_proportion() -> None:
    means = [PLAYBOOK.effect(ACTS[f"offer_{d}"], "lost").mean for d in (5, 10, 20)]
    assert means[0] < means[1] < means[2] < 4 * means[0]


def test_a_cause_counts_as_far_as_it_is_suspected() -> None:
    def mean(cause: str, posterior: float) -> float:
        who = one(cause=cause, posterior=posterior)
        return float(PLAYBOOK.shifts(ACTS["offer_10"], who)[0][0])

    assert mean("price", 1.0) == pytest.approx(1.5 * 0.15)
    assert mean("price", 0.5) == pytest.approx(1.25 * 0.15)
    assert mean("returned_goods", 1.0) < mean("unknown", 1.0) == pytest.approx(0.15)


def test_absent_columns_are_read_with_care() -> None:
    table = crowd(3).select(
        ["person_id", "stage", "p_alive", "p_buy", "spend", "value", "value_low", "value_high"]
    )
    with pytest.raises(HuitouError, match="value_if_kept, margin_rate"):
        Audience.of(table)
    whole = crowd(3).drop_columns(["may_mail", "may_email", "hold_key", "contacted_days_ago"])
    people = Audience.of(whole)
    assert not people.may_mail.any()
    assert people.hold_key == people.person_id
    assert (people.quiet_for > 10_000).all()


@pytest.mark.parametrize("wrong", [{"budget": -1}, {"budget": 1, "share_of_value": 2.0}])
def test_limits_that_cannot_stand(wrong) -> None:
    with pytest.raises(HuitouError):
        Limits(**wrong)


def test_the_usual_budget_is_a_twentieth_of_a_quarter() -> None:
    assert usual_budget(80_000, 365) == pytest.approx(1_000, abs=1)
    assert usual_budget(-5, 365) == 0
