"""The read-out says what was proven, and never more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.errors import HuitouError
from huitou.proof.assign import PEOPLE, campaign, programme, with_outcomes
from huitou.proof.finding import Finding
from huitou.proof.lift import whales
from huitou.proof.needs import TEN_YEARS, foreseen, needs
from huitou.proof.readout import Programme, readout

SPRING = Programme("spring", "GBP", date(2011, 6, 10), date(2011, 9, 8), share=0.2)
LATE = date(2011, 12, 9)


def shop(effect: float, n: int = 4_000, seed: int = 1, share: float = 0.2) -> pa.Table:
    """People of whom the treated bring `effect` more, at a cost of 100 each."""
    dice = np.random.default_rng(seed)
    before = dice.lognormal(7, 1, n)
    held = dice.random(n) < share
    after = 0.7 * before + dice.normal(800, 600, n) + np.where(held, 0, effect)
    return pa.table(
        {
            "person_id": [f"p{i}" for i in range(n)],
            "arm": np.where(held, "held_out", "treated").tolist(),
            "before": before.astype(np.int64),
            "after": after.astype(np.int64),
            "cost": np.where(held, 0, 100).astype(np.int64),
        },
        schema=PEOPLE,
    )


def said_by(finding: Finding) -> str:
    return " ".join(str(sentence) for sentence in finding.words)


def test_a_gain_is_proven_after_its_cost() -> None:
    people = shop(effect=300)
    found = readout(people, SPRING, LATE)
    assert (found.verdict, found.reason) == ("proven", "proven")
    kept = found.treated - (found.set_aside * found.treated / people.num_rows)
    assert found.per_person == pytest.approx(300 - 100, abs=60)
    assert found.low < 200 * kept < found.high
    assert found.cost == 100 * found.treated
    assert "Proven: it earned £" in said_by(found)
    assert "never paid, so the orders show it already" in said_by(found)


def test_the_words_count_those_who_were_compared() -> None:
    found = readout(shop(effect=300), SPRING, LATE)
    assert sum(found.compared) + found.set_aside == found.treated + found.held_out
    treated, held = found.compared
    assert f"{treated:,} treated are compared with {held:,} held out" in said_by(found)
    few = readout(shop(effect=300, n=20), SPRING, LATE)
    assert f"{few.compared[0]} treated and {few.compared[1]} held out" in said_by(few)


def test_a_loss_is_called_harmful() -> None:
    found = readout(shop(effect=-200), SPRING, LATE)
    assert found.verdict == "harmful"
    assert "lost money" in said_by(found)


def test_letters_that_move_nobody_cost_their_stamps() -> None:
    found = readout(shop(effect=0, n=40_000), SPRING, LATE)
    assert found.verdict == "harmful"
    assert found.per_person == pytest.approx(-100, abs=30)


def test_noise_is_not_proven_and_says_what_it_would_take() -> None:
    found = readout(shop(effect=110, n=600), replace(SPRING, promised=10 * 480), LATE)
    assert (found.verdict, found.reason) == ("not_proven", "unclear")
    assert found.low < 0 < found.high
    assert found.customers_needed > 600
    words = said_by(found)
    assert "Not proven" in words
    assert "more weeks" in words or "ten years" in words


@pytest.mark.parametrize(
    ("change", "known", "reason", "words"),
    [
        ({"applied": False}, LATE, "nothing_applied", "has not been applied"),
        ({}, date(2011, 9, 7), "too_early", "Not proven yet: the result is read once"),
    ],
)
def test_nothing_is_said_too_soon(change, known, reason, words) -> None:
    found = readout(shop(effect=900), replace(SPRING, **change), known)
    assert (found.verdict, found.reason) == ("not_proven", reason)
    assert words in said_by(found)
    assert found.effect is None
    assert found.treated > 0


def test_what_was_never_sent_proves_nothing_however_large_the_difference() -> None:
    found = readout(shop(effect=900), replace(SPRING, sent=0), LATE)
    assert (found.verdict, found.reason) == ("not_proven", "nothing_sent")
    assert "nothing was really sent" in said_by(found)
    assert found.effect is not None and found.low is not None and found.low > 0


def test_the_window_is_read_on_its_last_day() -> None:
    assert readout(shop(effect=900), SPRING, SPRING.until).verdict == "proven"


def test_an_unfair_lot_stops_everything() -> None:
    found = readout(shop(effect=900, share=0.2), replace(SPRING, share=0.05), LATE)
    assert (found.verdict, found.reason) == ("not_proven", "unfair")
    assert found.fair < 0.001


def test_too_few_people_are_not_compared() -> None:
    found = readout(shop(effect=900, n=20), SPRING, LATE)
    assert (found.verdict, found.reason) == ("not_proven", "too_few")
    assert found.effect is None
    empty = readout(PEOPLE.empty_table(), SPRING, LATE)
    assert empty.reason == "too_few"


def test_one_whale_decides_nothing() -> None:
    people = shop(effect=0).to_pydict()
    people["cost"] = [0] * len(people["cost"])
    plain = readout(pa.table(people, schema=PEOPLE), SPRING, LATE)
    people["before"][0] = people["after"][0] = 10**9
    whale = readout(pa.table(people, schema=PEOPLE), SPRING, LATE)
    assert plain.verdict == whale.verdict == "not_proven"
    assert whale.per_person == pytest.approx(plain.per_person, abs=5)


def test_it_equals_an_independent_intention_to_treat() -> None:
    """Least squares of profit on arm and past, on all but the whales."""
    people = shop(effect=150)
    before = people["before"].to_numpy().astype(float)
    kept = ~whales(before)
    treated = np.array(people["arm"].to_pylist())[kept] == "treated"
    profit = (people["after"].to_numpy() - people["cost"].to_numpy())[kept]
    design = np.column_stack([np.ones(kept.sum()), treated, before[kept]])
    effect = np.linalg.lstsq(design, profit, rcond=None)[0][1]
    found = readout(people, SPRING, LATE)
    assert found.per_person == pytest.approx(effect)
    assert found.effect == round(effect * treated.sum())


@given(st.permutations(range(40)))
def test_the_order_of_people_does_not_matter(order) -> None:
    people = shop(effect=200, n=40, share=0.5)
    turned = people.take(pa.array(order))
    one, other = (readout(rows, replace(SPRING, share=0.5), LATE) for rows in (people, turned))
    assert one.per_person == pytest.approx(other.per_person)
    assert one.verdict == other.verdict


def test_strange_arms_and_doubled_people_are_refused() -> None:
    people = shop(effect=0, n=50)
    with pytest.raises(HuitouError, match="twice"):
        readout(pa.concat_tables([people, people]), SPRING, LATE)
    strange = people.set_column(1, "arm", pa.array(["maybe"] * 50))
    with pytest.raises(HuitouError, match="maybe"):
        readout(strange, SPRING, LATE)


RECEIPTS = pa.table(
    {
        "person_id": ["a", "b", "c"],
        "arm": ["treated", "held_out", "treated"],
        "intended": ["thank", "call", "nothing"],
        "act": ["thank", "nothing", "nothing"],
    }
)


def test_a_campaign_compares_whom_it_meant_and_a_programme_everybody() -> None:
    assert campaign(RECEIPTS)["person_id"].to_pylist() == ["a", "b"]
    assert programme(RECEIPTS)["person_id"].to_pylist() == ["a", "b", "c"]


def test_who_brought_nothing_stays_in() -> None:
    outcomes = pa.table({"person_id": ["b", "z"], "before": [5, 9], "after": [7, 9]})
    people = with_outcomes(programme(RECEIPTS), outcomes)
    assert people.schema == PEOPLE
    assert people.to_pylist() == [
        {"person_id": "a", "arm": "treated", "before": 0, "after": 0, "cost": 0},
        {"person_id": "b", "arm": "held_out", "before": 5, "after": 7, "cost": 0},
        {"person_id": "c", "arm": "treated", "before": 0, "after": 0, "cost": 0},
    ]


def test_needs_by_hand() -> None:
    # 2.8 standard errors of 1 are wanted for an effect of 1.4: four times the evidence.
    found = needs(se=1.0, hoped=2.8016 / 2, people=1_000, weeks=12)
    assert found.customers == pytest.approx(4_000, abs=2)
    assert found.weeks == pytest.approx(36, abs=1)
    assert needs(1.0, 5.0, 1_000, 12).weeks == 0
    assert needs(1.0, 0.0, 1_000, 12) == needs(0.1, 0.0, 9, 1)
    assert needs(1.0, 0.01, 1_000, TEN_YEARS).weeks is None


def test_what_is_foreseen_is_what_is_found() -> None:
    """Said before the start from a quiet window, and read afterwards, the needs agree."""
    quiet = shop(effect=0, seed=2)
    before, after = (quiet[name].to_numpy().astype(float) for name in ("before", "after"))
    hoped, weeks = 40.0, SPRING.weeks
    ahead = foreseen(before, after, 0.2, hoped, quiet.num_rows, weeks)
    promised = replace(SPRING, promised=round(hoped * 0.8 * 0.99 * quiet.num_rows))
    found = readout(shop(effect=140, seed=3), promised, LATE)
    assert found.customers_needed == pytest.approx(ahead.customers, rel=0.1)
    assert ahead.customers > quiet.num_rows
    assert ahead.weeks == pytest.approx(found.weeks_needed + weeks, rel=0.15)


def test_what_can_never_be_proven_is_foreseen() -> None:
    quiet = np.array([1.0, 2.0, 5.0, 9.0])
    for share, hoped, people in ((0.2, 0.0, 50), (0.0, 1.0, 50), (0.2, 1.0, 0), (0.2, 1e-6, 50)):
        assert foreseen(quiet, quiet[::-1], share, hoped, people, 13).weeks is None
