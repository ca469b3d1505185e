"""The remedy that fits a reason; nothing is promised that does not pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.unit.journeys import given

from huitou.care.reasons import REASONS
from huitou.decisions.acts import Act
from huitou.decisions.audience import Audience, FloatArray
from huitou.decisions.limits import Limits
from huitou.decisions.playbook import PLAYBOOK
from huitou.decisions.remedies import OFFERS, STEPS, WHY_NONE, Remedy, remedy, sure_depths

LIMITS = Limits(budget=0)


@dataclass(frozen=True)
class Shown:
    """The first guesses, as sure as letters would have made them."""

    version: str = "shown"
    letters: Mapping[str, int] = field(default_factory=dict)

    def shifts(self, act: Act, people: Audience) -> tuple[FloatArray, FloatArray]:
        """The guess, a tenth as wide."""
        mean, sd = PLAYBOOK.shifts(act, people)
        return mean, sd / 10


FREE = {"held_out": False, "left_alone": False}


def one(**facts: Any) -> Audience:
    """A lost customer with whom a return offer pays, unless told otherwise."""
    known = {"stage": "lost", "p_buy": 0.15, "p_alive": 0.2, "exposure": 0}
    return Audience.of(given.people(1, **{**known, "value_low": 200_000, **facts}))


def of(cause: str, person: Audience | None, **marks: bool) -> Remedy:
    return remedy(cause, person, LIMITS, **{**FREE, **marks}, effects=Shown())


def test_every_reason_of_the_tree_has_a_step_and_only_our_own_faults_cost_money() -> None:
    assert set(STEPS) == set(REASONS)
    paying = {cause for cause, step in STEPS.items() if step.money}
    assert paying == {"product", "service", "delivery", "price", "assortment", "returned_goods"}
    waiting = {cause for cause, step in STEPS.items() if step.review_days}
    assert {"competitor", "moved", "ill", "out_of_work"} <= waiting


def test_an_offer_is_made_where_it_pays_within_the_bound() -> None:
    found = of("price", one())
    assert found.offers and found.depth in {act.depth for act in OFFERS}
    assert 0 < found.gain_low < found.gain < found.gain_high
    assert 0 < found.cap == found.worst <= found.bound == 100_000


def test_price_is_met_with_more_than_a_fault_that_a_coupon_does_not_mend() -> None:
    assert of("price", one()).gain > of("returned_goods", one()).gain


def test_nothing_is_promised_that_does_not_pay() -> None:
    poor = of("price", one(margin_rate=0.01, value_if_kept=10))
    assert (poor.reason, poor.offers, poor.cap) == ("nothing_pays", False, 0)


def test_money_is_promised_only_where_it_pays_at_the_lower_end() -> None:
    guessed = remedy("price", one(), LIMITS, **FREE)
    assert (guessed.reason, guessed.offers, guessed.cap) == ("unsure", False, 0)
    # The same guess, shown by letters: now even its lower end pays.
    assert of("price", one()).gain_low > 0
    unsure_worth = of("price", one(value_low=0, value_high=10**7))
    assert not unsure_worth.offers


def test_who_promises_on_the_spot_may_promise_only_what_surely_pays() -> None:
    shown = sure_depths("price", one(), LIMITS, Shown())
    assert of("price", one()).depth in shown
    assert sure_depths("price", one(), LIMITS) == frozenset()
    assert sure_depths("price", one(value_if_kept=10, margin_rate=0.01), LIMITS, Shown()) == set()


def test_nothing_is_promised_beyond_what_they_are_surely_still_worth() -> None:
    assert of("price", one(value_low=10)).reason == "bound"
    assert of("price", one(exposure=100_000)).reason == "bound"
    # With some of the bound left, what is offered still fits.
    tight = of("price", one(exposure=97_000))
    assert not tight.offers or tight.exposure + tight.worst <= tight.bound


@pytest.mark.parametrize("stage", ["new", "active", "loyal", "returned"])
def test_no_regular_is_bought_back_for_saying_goodbye(stage: str) -> None:
    assert not of("price", one(stage=stage)).offers


@pytest.mark.parametrize("cause", list(REASONS))
def test_the_held_out_and_those_left_alone_are_offered_nothing(cause: str) -> None:
    assert not of(cause, one(), held_out=True).offers
    assert of(cause, one(), left_alone=True).reason == "left_alone"
    assert not of(cause, None).offers


def test_leave_me_alone_is_never_met_with_an_offer() -> None:
    assert of("leave_me_alone", one()).reason == "left_alone"


@pytest.mark.parametrize("cause", list(REASONS))
def test_why_an_offer_was_made_or_not_has_words(cause: str) -> None:
    assert of(cause, one()).reason in WHY_NONE
