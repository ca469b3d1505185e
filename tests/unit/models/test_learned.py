"""Answers move what was judged: as far as they can, the right way, and not a step further."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitou.models.causes import CLUES, SUSPECTS, UNKNOWN, causes, judged, with_answers
from huitou.models.learned import (
    ENOUGH,
    HEARD,
    classwise_error,
    learn,
    temperature,
    top_label_error,
)
from huitou.models.responses import MOST, answer_weights, chance_to_answer

NAMES = sorted({clue.evidence for clue in CLUES})


def evidence(people: int, seed: int = 0, **fixed) -> pa.Table:
    """People with evidence drawn at random: each clue present in one of six."""
    chance = np.random.default_rng(seed)
    columns = {
        clue.evidence: np.where(chance.random(people) < 1 / 6, clue.present, clue.absent)
        for clue in CLUES
    }
    columns |= {name: np.full(people, value) for name, value in fixed.items()}
    return pa.table({"person_id": [f"p{n:05}" for n in range(people)], **columns})


def heard(whys, **more) -> pa.Table:
    rows = [
        dict.fromkeys(HEARD.names)
        | {"person_id": f"p{n:05}", "why": why, "channel": "email"}
        | more
        for n, why in enumerate(whys)
    ]
    return pa.Table.from_pylist(rows, schema=HEARD)


def said_by_evidence(table: pa.Table, name: str, cause: str, otherwise: str) -> list[str]:
    return [cause if value >= 0.5 else otherwise for value in table[name].to_pylist()]


def share_of(table: pa.Table, cause: str) -> np.ndarray:
    found = {
        row["person_id"]: row["posterior"] for row in table.to_pylist() if row["cause"] == cause
    }
    return np.array([found[who] for who in sorted(found)])


def test_without_interviews_it_says_so_and_all_is_as_judged() -> None:
    table = evidence(50)
    learned = learn(table, HEARD.empty_table())
    assert [str(words) for words in learned.words] == [
        "Nobody has been asked yet: these are suspicions from records alone."
    ]
    assert causes(table, learned.weights).equals(causes(table))


def test_asked_but_unanswered_it_says_so() -> None:
    learned = learn(evidence(30), heard([None] * 20 + ["unknown", "not_lost", "leave_me_alone"]))
    assert (learned.asked, learned.answers) == (23, 0)
    assert "Until somebody does" in str(learned.words[1])
    assert np.array_equal(learned.weights.theta, judged(evidence(30)).theta)


def test_few_answers_move_little_and_many_move_far() -> None:
    table = evidence(3000)
    whys = said_by_evidence(table, "clerk_left", "price", "moved")
    shift = [
        np.abs(learn(table, heard(whys[:n])).weights.theta - judged(table).theta).max()
        for n in (1, 30, 3000)
    ]
    assert shift[0] < 0.4 < shift[2] and shift[0] < shift[1] < shift[2]


def test_what_answers_say_is_learned() -> None:
    table = evidence(1500, seed=1)
    whys = said_by_evidence(table, "payment_failed", "out_of_work", "moved")
    learned = learn(table, heard(whys))
    failed = np.array(table["payment_failed"].to_pylist()) > 0.5
    before, after = (share_of(causes(table, w), "out_of_work") for w in (None, learned.weights))
    assert after[failed].min() > 0.75 > before[failed].mean()
    assert after[~failed].max() < 0.15
    assert learned.moved[0].evidence in {clue.evidence for clue in CLUES}
    assert all(one.low < one.learned < one.high for one in learned.moved)
    assert learned.top_right > 0.8 and learned.top_error < 0.1 and learned.class_error < 0.05


def test_a_judged_ratio_that_is_wrong_is_mended_but_never_turned_round() -> None:
    table = evidence(1500, seed=2)
    late = np.array(table["delivery_failed"].to_pylist()) > 0.5
    # Here late deliveries are what the others had: judged tenfold, it is not even one.
    whys = ["moved" if one else ("delivery" if n % 3 else "moved") for n, one in enumerate(late)]
    learned = learn(table, heard(whys))
    after = share_of(causes(table, learned.weights), "delivery")
    assert share_of(causes(table), "delivery")[late].mean() > 0.1
    less, more = (evidence(20, seed=9, delivery_failed=value) for value in (0.0, 1.0))
    both = [share_of(causes(each, learned.weights), "delivery") for each in (less, more)]
    assert (both[1] >= both[0] - 1e-9).all() and np.isfinite(after).all()


def test_nobody_without_a_clue_is_named_a_cause_however_often_others_name_it() -> None:
    table = evidence(400, **{clue.evidence: clue.absent for clue in CLUES})
    learned = learn(table, heard(["price"] * 400))
    found = causes(table, learned.weights).to_pylist()
    first = {row["person_id"]: row["cause"] for row in reversed(found)}
    assert set(first.values()) == {UNKNOWN}
    assert sum(row["posterior"] for row in found) == pytest.approx(400)


def test_the_order_of_answers_changes_nothing() -> None:
    table = evidence(200)
    whys = said_by_evidence(table, "complaint_service", "service", "ill")
    one = heard(whys)
    other = one.take(pa.array(np.random.default_rng(3).permutation(len(one))))
    shuffled = table.take(pa.array(np.random.default_rng(4).permutation(200)))
    assert np.array_equal(learn(table, one).weights.theta, learn(shuffled, other).weights.theta)


@given(st.sampled_from([c for c in CLUES if c.ratio_present > c.ratio_absent]), st.integers(0, 5))
@settings(max_examples=25)
def test_more_of_a_clue_never_lowers_its_cause(clue, seed) -> None:
    table = evidence(60, seed=seed)
    whys = [("price", "service", "delivery", "moved")[n % 4] for n in range(60)]
    weights = learn(table, heard(whys)).weights
    steps = [
        evidence(
            10, seed=seed + 50, **{clue.evidence: clue.absent + part * (clue.present - clue.absent)}
        )
        for part in (0.0, 0.3, 0.7, 1.0)
    ]
    if clue.evidence == "one_purchase":
        steps = [steps[0], steps[-1]]
    shares = [share_of(causes(each, weights), clue.cause) for each in steps]
    assert all((after >= before - 1e-9).all() for before, after in pairwise(shares))


def test_intervals_hold_the_posterior_and_narrow_with_answers() -> None:
    table = evidence(1500, seed=5)
    whys = said_by_evidence(table, "rival_opened", "competitor", "moved")
    widths = []
    for n in (0, 1500):
        rows = causes(table, learn(table, heard(whys[:n])).weights).to_pylist()
        assert all(0 <= row["low"] <= row["posterior"] <= row["high"] <= 1 for row in rows)
        widths.append(np.mean([row["high"] - row["low"] for row in rows]))
    assert widths[1] < 0.8 * widths[0]


def test_who_told_us_is_believed_but_never_for_certain() -> None:
    table = evidence(3)
    told = with_answers(causes(table), {"p00001": "moved", "nobody": "ill"})
    assert told.schema == SUSPECTS
    mine = [row for row in told.to_pylist() if row["person_id"] == "p00001"]
    assert (mine[0]["cause"], mine[0]["posterior"]) == ("moved", 0.9)
    assert sum(row["posterior"] for row in mine) == pytest.approx(1)
    assert all(0 <= row["low"] <= row["posterior"] <= row["high"] < 1 for row in mine)
    assert len({row["person_id"] for row in told.to_pylist()}) == 3


def test_kinds_that_answer_less_count_more_but_never_rule() -> None:
    chance = np.random.default_rng(6)
    shy = chance.random(4000) < 0.5
    answered = chance.random(4000) < np.where(shy, 0.1, 0.4)
    p = chance_to_answer(shy[:, None].astype(float), answered.astype(float))
    assert p[shy].mean() == pytest.approx(0.1, abs=0.03)
    assert p[~shy].mean() == pytest.approx(0.4, abs=0.03)
    weights = answer_weights(p[answered], np.ones(answered.sum()))
    assert weights[shy[answered]].sum() == pytest.approx(weights[~shy[answered]].sum(), rel=0.25)
    assert weights.sum() < answered.sum(), "unequal weights are worth less than their number"
    rare = answer_weights(np.array([0.5] * 50 + [0.001]), np.ones(51))
    assert rare.max() <= MOST * np.median(rare) * 1.0001


def test_few_asked_leave_everybody_alike() -> None:
    p = chance_to_answer(np.array([[1.0], [0.0], [0.0]]), np.array([1.0, 0.0, 0.0]))
    assert p.max() / p.min() < 3


def test_calibration_errors_are_what_they_say() -> None:
    share = np.array([[0.95, 0.05]] * 10)
    label, weight = np.array([0] * 5 + [1] * 5), np.ones(10)
    assert top_label_error(share, label, weight) == pytest.approx(0.45)
    assert classwise_error(share, label, weight) == pytest.approx(0.45)
    honest = np.array([[0.5, 0.5]] * 10)
    assert classwise_error(honest, label, weight) == pytest.approx(0)


def test_an_overconfident_score_is_cooled() -> None:
    from huitou.models.learned import Answers

    chance = np.random.default_rng(7)
    label = chance.integers(0, 2, 2000)
    right = chance.random(2000) < 0.65
    unseen = np.zeros((2000, 2))
    unseen[np.arange(2000), np.where(right, label, 1 - label)] = 4.0
    answers = Answers(tuple(map(str, range(2000))), label, np.ones(2000), ())
    assert temperature(unseen, answers) > 2
    few = Answers(tuple("ab"), label[:2], np.ones(2), ())
    assert temperature(unseen[:2], few) == pytest.approx(1, abs=0.2)
    assert ENOUGH > 2
