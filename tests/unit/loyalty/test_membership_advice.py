"""Premium is offered to those whom it pays, and to nobody else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.loyalty.given_cards import PLAIN, PREMIUM, RULES

from huitou.loyalty.membership import advice
from huitou.loyalty.membership.advice import Past

LINE = 3_000_00
"""What 60 more and 2 % mean, in minor units."""


def drawn(count: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """How often a year members buy, and for what: spread widely, as people are."""
    return chance.gamma(2.0, 6.0, count), np.exp(chance.normal(np.log(200_00), 0.5, count))


def a_year(often: np.ndarray, amount: np.ndarray, chance: np.random.Generator) -> Past:
    """One year of these members."""
    orders = chance.poisson(often)
    spent = [chance.gamma(4.0, each / 4.0, n) for each, n in zip(amount, orders, strict=True)]
    total = np.array([each.sum() for each in spent])
    squares = np.array([(each**2).sum() for each in spent])
    return Past(orders.astype(float), np.ones(len(often)), total, squares)


def members(count: int, seed: int) -> tuple[Past, np.ndarray, np.ndarray]:
    """A year of simulated members: their past, what they truly spend a year, its noise."""
    chance = np.random.default_rng(seed)
    often, amount = drawn(count, chance)
    noise = np.sqrt(often) * amount * np.sqrt(1.25)
    return a_year(often, amount, chance), often * amount, noise


def test_the_line_is_three_thousand_for_sixty_more_and_two_percent() -> None:
    at = advice.lines(PLAIN, PREMIUM, margin=0.3, lift=0.0)
    assert at.member == pytest.approx(LINE) and at.shop_below == pytest.approx(LINE)
    assert advice.member_gain(PLAIN, PREMIUM, LINE) == pytest.approx(0)
    assert advice.shop_gain(PLAIN, PREMIUM, LINE, margin=0.3, lift=0.0) == pytest.approx(0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_thousand_members_are_advised_as_their_true_spend_would_have_it(seed: int) -> None:
    past, truth, noise = members(1_000, seed)
    told = advice.advise(advice.believe(past), PLAIN, PREMIUM, margin=0.3, rules=RULES)
    pays = truth > LINE
    clear = np.abs(truth - LINE) > 2 * noise
    offered = np.array([each == advice.OFFER for each in told.verdict])
    left = np.array([each == advice.LEAVE for each in told.verdict])
    assert clear.sum() > 400 and pays[clear].sum() > 50 and (~pays[clear]).sum() > 50
    # Of those not within noise of the line at most 4 in 1,000 are told the wrong thing, and at most
    # one in a hundred is not offered what pays for them.
    wrong = (offered & ~pays & clear).sum() + (left & pays & clear).sum()
    assert wrong <= 0.004 * clear.sum()
    assert (pays & clear & ~offered).sum() <= 0.01 * clear.sum()
    # Of all, near the line too: at most one in ten is offered what does not pay for them.
    assert (offered & ~pays).sum() <= 0.1 * offered.sum()
    # The regret of the advice, against knowing the truth, is a small part of what is at stake.
    stake = np.abs(truth - LINE)
    assert stake[offered != pays].sum() < 0.05 * stake.sum()


def test_the_chance_is_a_chance() -> None:
    chance_source = np.random.default_rng(7)
    often, amount = drawn(4_000, chance_source)
    chance = advice.believe(a_year(often, amount, chance_source)).above(LINE)
    passed = a_year(often, amount, chance_source).total > LINE
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        among = (chance >= low) & (chance < low + 0.2)
        assert passed[among].mean() == pytest.approx(chance[among].mean(), abs=0.06)


def test_somebody_seen_once_is_judged_by_members_alike() -> None:
    alike, _, _ = members(500, 3)
    one = np.ones(1)
    lucky = Past(one, 0.05 * one, 9_000_00 * one, (9_000_00.0**2) * one)
    mine = advice.believe(lucky, alike)
    # Twenty times 9,000 a year is what their own past alone would say.
    assert mine.mean[0] < 0.5 * 180_000_00


def test_the_shop_is_told_how_much_more_they_would_have_to_buy() -> None:
    past, _, _ = members(200, 5)
    told = advice.advise(advice.believe(past), PLAIN, PREMIUM, margin=0.3, rules=RULES)
    for place in np.flatnonzero(np.array(told.verdict) == advice.OFFER)[:20]:
        lift, spend = told.needed_lift[place], told.beliefs.mean[place]
        assert told.shop_gain[place] < 0 < lift
        even = advice.shop_gain(PLAIN, PREMIUM, spend, margin=0.3, lift=lift)
        assert even == pytest.approx(0, abs=1)
    assert not any(
        each == advice.OFFER
        for each in advice.advise(
            told.beliefs, PLAIN, PREMIUM, margin=0.3, rules=replace(RULES, offer_when="both")
        ).verdict
    )
