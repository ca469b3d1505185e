"""What another way would have earned: right where the truth is known, silent where it cannot be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools.bench_decisions.replay import logged, tried, world

from huitou.proof.replay import LEAST_COMPARABLE, LEAST_EFFECTIVE, Log, effective, replay
from huitou.proof.replay import _expected as expected


def drawn(floor: float = 0.2, people: int = 3_000, seed: int = 1) -> tuple[Log, np.ndarray, float]:
    dice = np.random.default_rng(seed)
    shop = world(dice, people)
    log, candidate = logged(shop, floor, dice)
    return log, candidate, float(((candidate - log.chances) * shop.expected).sum())


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    found = tried(0.2, replicates=60, seed=11)
    assert found["answered"] == 60
    assert found["coverage"] >= 0.88
    assert found["high"] >= 0.95


def test_the_same_policy_gains_nothing_and_is_certain() -> None:
    log, _, _ = drawn()
    found = replay(log, log.chances)
    assert (found.verdict, found.reason, found.value, found.low, found.high) == (
        "answered",
        "same",
        0.0,
        0.0,
        0.0,
    )


def test_whom_both_treat_alike_says_nothing() -> None:
    """Only the others' outcomes move the answer, up to what the outcome model learns of all."""
    log, candidate, _ = drawn()
    half = np.arange(len(log)) % 2 == 0
    candidate[half] = log.chances[half]
    found = replay(log, candidate)
    assert found.differing <= (~half).sum()
    assert found.value is not None


def test_few_people_are_no_answer() -> None:
    log, candidate, _ = drawn(floor=0.02, people=1_000)
    found = replay(log, candidate)
    assert (found.verdict, found.reason, found.value, found.interval) == (
        "refused",
        "too_few",
        None,
        None,
    )
    assert found.effective < found.needed == LEAST_EFFECTIVE


def test_what_never_had_a_chance_is_no_answer() -> None:
    log, candidate, _ = drawn()
    never = np.zeros_like(log.chances)
    never[np.arange(len(log)), log.given] = 1.0
    found = replay(replace(log, chances=never), candidate)
    assert (found.verdict, found.reason) == ("refused", "no_overlap")
    assert found.comparable < LEAST_COMPARABLE * found.differing


def test_known_value_without_noise() -> None:
    """Two acts, outcome 10 for the second and 0 for the first, drawn half and half."""
    given_ = np.tile([0, 1], 200)
    log = Log(
        np.arange(400),
        given_,
        np.full((400, 2), 0.5),
        10.0 * given_,
        np.zeros((400, 1)),
    )
    always = np.tile([0.0, 1.0], (400, 1))
    found = replay(log, always)
    # The log earned 5 a person in expectation, the candidate earns 10.
    assert found.value == pytest.approx(2_000, rel=0.02)
    assert found.low is not None and found.high is not None
    assert found.low < 2_000 < found.high
    assert found.effective == pytest.approx(200)
    assert dict(found.plain)["ips"].value == pytest.approx(2_000)


@given(st.lists(st.floats(1.001, 50), min_size=1, max_size=30))
def test_a_sample_is_worth_at_most_its_people(weights: list[float]) -> None:
    worth = effective(np.array(weights), np.arange(len(weights)))
    assert 1 - 1e-9 <= worth <= len(weights) + 1e-9
    twice = effective(np.array(weights * 2), np.tile(np.arange(len(weights)), 2))
    assert twice == pytest.approx(worth)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1_000))
def test_the_order_of_decisions_does_not_matter(seed: int) -> None:
    log, candidate, _ = drawn(people=400, seed=seed)
    turn = np.random.default_rng(seed).permutation(len(log))
    turned = Log(*(getattr(log, name)[turn] for name in Log.__dataclass_fields__))
    one, other = replay(log, candidate), replay(turned, candidate[turn])
    assert other.value == pytest.approx(one.value)
    assert other.low == pytest.approx(one.low)


def test_nobody_is_guessed_from_their_own_outcome() -> None:
    """The outcome model is cross-fitted: a person's own profit does not move their own guess."""
    log, _, _ = drawn(people=500)
    person = np.repeat(np.arange(250), 2)
    log = replace(log, person=person)
    moved = log.outcome.copy()
    moved[:2] += 1e6
    before, after = expected(log), expected(replace(log, outcome=moved))
    assert np.allclose(before[:2], after[:2])
    assert not np.allclose(before[2:], after[2:])
