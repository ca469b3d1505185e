"""Reading what was written down: whole people, fixed lines, looks, and the claim beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.proof.test_experiment import WRITTEN

from huitou.proof.cohort import Brought, Cohort
from huitou.proof.lift import ESTIMATORS, Arms
from huitou.proof.registered import Carried, read

START = date(2027, 1, 4)
LOOKS = 8
FIXED = replace(
    WRITTEN,
    window_days=7 * LOOKS,
    asked_days=7 * LOOKS,
    gap_days=10.0,
    share=0.2,
    whale_line=40_000,
)
OVER = Carried(START, START + timedelta(days=7 * LOOKS + 30), sent=100)


def brought(amounts: np.ndarray) -> Brought:
    """From a row a person and a column a look."""
    who, look = np.nonzero(np.ones_like(amounts))
    return Brought(who, look, amounts[who, look], np.zeros(len(who)), 0.0)


def cohort(
    n: int = 1_500, seed: int = 1, effect: float = 0.0, cost: float = 0.0, later: float = 0.0
) -> Cohort:
    """People who differ for good; one in a hundred brings a fortune."""
    dice = np.random.default_rng(seed)
    kind = dice.lognormal(0, 0.5, n)
    kind[:: n // 10] *= 60
    held = dice.random(n) < FIXED.share
    before = np.round(kind * 800 * dice.uniform(0.8, 1.2, n))
    weekly = np.round(kind[:, None] * 100 * dice.uniform(0.2, 1.8, (n, LOOKS + 1)))
    weekly[~held, :LOOKS] += effect
    weekly[~held, LOOKS] += later
    spent = np.zeros((n, LOOKS + 1))
    spent[~held, 0] = -cost
    return Cohort(
        person_id=tuple(f"p{place:05d}" for place in range(n)),
        held=held,
        drawn=held,
        stage=np.where(np.arange(n) % 2, "loyal", "lost"),
        before=before,
        brought=brought(weekly),
        spent=brought(spent),
        reached=np.where(held, -1, 0),
    )


def test_the_last_look_is_the_plain_read_out_of_everybody_below_the_line() -> None:
    people = cohort(effect=20)
    found = read("plan", FIXED, people, OVER)
    kept = people.before <= FIXED.whale_line
    after = people.gross(LOOKS) - people.paid(LOOKS)
    plain = Arms.of(people.before[kept], after[kept], people.held[kept])
    lift = plain.lift(ESTIMATORS["leaning"])
    treated = int((kept & ~people.held).sum())
    assert found.finding.per_person == pytest.approx(lift.estimate)
    assert found.finding.effect == pytest.approx(lift.estimate * treated, abs=1)
    assert found.looks[-1].effect == found.finding.effect
    assert found.finding.compared == (treated, int((kept & people.held).sum()))


def test_a_gain_is_proven_early_and_kept_with_its_claim_beside_it() -> None:
    people = cohort(effect=60, cost=30)
    early = read("plan", FIXED, people, replace(OVER, known=START + timedelta(days=7 * 6 - 1)))
    assert len(early.looks) == 6
    assert (early.finding.verdict, early.advice.decision) == ("proven", "keep")
    assert early.decided_on == next(look.day for look in early.looks if look.crosses)
    sold = people.gross(6)[~people.held].sum()
    assert early.attributed == pytest.approx(sold, abs=2)
    assert early.ratio == pytest.approx(early.attributed / early.finding.effect)
    assert early.ratio > 3
    assert early.finding.cost == 30 * int((~people.held).sum())


def test_nothing_is_claimed_where_nothing_was_done() -> None:
    claimed = 0
    for seed in range(120):
        found = read("plan", FIXED, cohort(400, seed), OVER)
        claimed += found.finding.verdict != "not_proven"
        assert found.ratio is None or found.finding.verdict == "proven"
    assert claimed <= 13, "at five in a hundred, thirteen of 120 come once in a hundred times"


def test_a_loss_is_stopped() -> None:
    found = read("plan", FIXED, cohort(effect=-60), OVER)
    assert (found.finding.verdict, found.advice.decision) == ("harmful", "stop")


def test_costs_that_eat_the_gain_are_to_be_mended() -> None:
    found = read("plan", FIXED, cohort(effect=60, cost=480), OVER)
    assert found.finding.verdict == "not_proven"
    assert (found.advice.decision, found.advice.code) == ("fix", "costs")


def test_sales_only_brought_forward_are_told() -> None:
    found = read("plan", FIXED, cohort(effect=60, later=-600), OVER)
    assert found.finding.verdict == "proven"
    assert found.later is not None and found.later.effect < 0
    assert (found.advice.decision, found.advice.code) == ("fix", "borrowed")
    lasting = read("plan", FIXED, cohort(effect=60), OVER)
    assert lasting.later is not None and lasting.later.effect > 0
    assert lasting.advice.decision == "keep"


def test_one_kind_of_customer_who_is_harmed_is_found() -> None:
    people = cohort()
    ours = ~people.held[people.brought.who] & (people.brought.look < LOOKS)
    loyal = (people.stage == "loyal")[people.brought.who]
    moved = people.brought.earned + np.where(ours, np.where(loyal, -60.0, 200.0), 0.0)
    turned = replace(people, brought=replace(people.brought, earned=moved))
    found = read("plan", FIXED, turned, OVER)
    assert found.finding.verdict == "proven"
    assert (found.advice.decision, found.advice.code) == ("fix", "segment")


def test_the_largest_are_named_and_not_tested() -> None:
    people = cohort()
    found = read("plan", FIXED, people, OVER)
    aside = people.before > FIXED.whale_line
    assert 0 < aside.sum() == found.finding.set_aside == len(found.whales)
    assert [whale.before for whale in found.whales] == sorted(
        people.before[aside].astype(int), reverse=True
    )
    rich = people.brought.earned.copy()
    rich[aside[people.brought.who]] *= 1_000
    richer = read(
        "plan", FIXED, replace(people, brought=replace(people.brought, earned=rich)), OVER
    )
    assert richer.finding.effect == found.finding.effect, "whatever they do decides nothing"
    assert richer.whales_after > 900 * found.whales_after


def test_before_the_first_look_and_with_too_few_nothing_is_said() -> None:
    waiting = read("plan", FIXED, cohort(), replace(OVER, known=START + timedelta(days=3)))
    assert (waiting.finding.reason, waiting.finding.effect, waiting.looks) == (
        "too_early",
        None,
        (),
    )
    assert "8 more weeks" in str(waiting.advice.words)
    few = read("plan", FIXED, cohort(20), OVER)
    assert (few.finding.reason, few.advice.code) == ("too_few", "too_few")
    idle = read("plan", FIXED, cohort(), replace(OVER, applied=False))
    assert idle.advice.code == "nothing_applied"


def test_broken_lots_and_rewritten_rules_void_everything() -> None:
    people = cohort(effect=60)
    lost = replace(people, drawn=people.drawn & (np.arange(len(people)) % 3 > 0))
    assert read("plan", FIXED, lost, OVER).advice.code == "unfair"
    assert read("plan", FIXED, lost, OVER).finding.verdict == "not_proven"
    changed = read("plan", FIXED, people, replace(OVER, intact=False))
    assert (changed.finding.verdict, changed.advice.code) == ("not_proven", "rewritten")
    unsent = read("plan", FIXED, people, replace(OVER, sent=0))
    assert (unsent.finding.verdict, unsent.advice.code) == ("not_proven", "nothing_sent")


def test_a_broken_lot_of_the_campaigns_own_voids_it_too() -> None:
    """The universal lot may be right while half of the campaign's own was lost on the way."""
    people = cohort(effect=60)
    others = np.flatnonzero(~people.drawn)
    own = np.zeros(len(people), dtype=np.bool_)
    own[others[::10]] = True
    told = replace(OVER, own_share=0.1)
    fair = replace(people, held=people.held | own)
    assert read("plan", FIXED, fair, told).advice.code != "unfair"
    lost = replace(people, held=people.held | (own & (np.arange(len(people)) % 2 > 0)))
    assert read("plan", FIXED, lost, told).advice.code == "unfair"
    none = replace(OVER, own_share=0.0)
    assert read("plan", FIXED, fair, none).advice.code == "unfair", "held out by no lot"
    assert read("plan", FIXED, people, none).advice.code != "unfair"


def test_a_programmes_words_say_that_campaigns_are_not_added_up() -> None:
    whole = read("programme", replace(FIXED, kind="programme"), cohort(), OVER)
    assert "is not added up" in " ".join(map(str, whole.words))
    assert "is not added up" not in " ".join(map(str, read("plan", FIXED, cohort(), OVER).words))


@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_people_laid_out_block_by_block_are_the_same(n: int, looks: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    weekly = np.round(dice.normal(50, 80, (n, looks)))
    whole = brought(weekly).laid_out(0, n, looks)
    assert whole == pytest.approx(weekly.cumsum(axis=1))
    cut = n // 2
    parts = [brought(weekly).laid_out(0, cut, looks), brought(weekly).laid_out(cut, n - cut, looks)]
    assert np.concatenate(parts) == pytest.approx(whole)


def test_sales_before_a_persons_first_letter_are_nobodys_claim() -> None:
    people = cohort(200)
    half = np.where(people.held, -1, 4)
    found = replace(people, reached=half).after_letters(LOOKS)
    cumulated = people.gross(LOOKS) - people.gross(4)
    assert found == pytest.approx(cumulated[~people.held].sum())


def test_a_plan_that_meant_nothing_for_anybody_breaks_nothing() -> None:
    nobody = cohort(20).only(np.zeros(20, dtype=bool))
    found = read("plan", FIXED, nobody, OVER)
    assert (found.advice.code, found.attributed, found.whales) == ("too_few", 0, ())
