"""The knapsack: never over a limit, near the best, and honest about how near."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.decisions.allocate import GAP, allocate
from huitou.decisions.choices import Choices
from huitou.decisions.exact import solve_exactly


def question(n: int, k: int, seed: int, tight: float) -> Choices:
    """Random gains and uses of two resources; `tight` is the share of the wanted use there is."""
    dice = np.random.default_rng(seed)
    gain = dice.normal(50, 120, (n, k + 1))
    use = np.stack([dice.integers(0, 300, (n, k + 1)), dice.choice([0.0, 0.5, 10.0], (n, k + 1))])
    gain[dice.random((n, k + 1)) < 0.2] = -np.inf
    gain[:, 0], use[:, :, 0] = 0.0, 0.0
    free = Choices(gain, tuple(use.astype(float)), np.zeros(2))
    wanted = free.used(free.best_at(np.zeros(2))[0])
    return Choices(gain, free.use, np.floor(wanted * tight))


questions = st.builds(
    question, st.integers(1, 60), st.integers(1, 5), st.integers(0, 10_000), st.floats(0, 1.2)
)


@given(questions)
def test_no_limit_is_ever_exceeded(asked: Choices) -> None:
    found = allocate(asked.gain, asked.use, asked.limit)
    assert np.all(asked.used(found.choice) <= asked.limit)
    assert np.isfinite(asked.gained(found.choice))
    assert asked.gained(found.choice) == pytest.approx(found.total)
    assert np.all(found.prices >= 0)


@given(questions)
def test_the_total_lies_below_its_bound(asked: Choices) -> None:
    found = allocate(asked.gain, asked.use, asked.limit)
    assert 0 <= found.total <= found.bound * (1 + 1e-6) + 1e-6


@given(st.integers(1, 5), st.integers(0, 10_000), st.floats(0, 1))
def test_few_people_are_answered_exactly(n: int, seed: int, tight: float) -> None:
    asked = question(n, 3, seed, tight)
    best = max(
        asked.gained(np.array(every))
        for every in itertools.product(range(4), repeat=n)
        if asked.fits(np.array(every))
    )
    found = allocate(asked.gain, asked.use, asked.limit)
    assert found.total == pytest.approx(best, rel=GAP, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("tight", [0.02, 0.3, 0.8])
def test_a_small_shop_is_answered_within_a_thousandth(seed: int, tight: float) -> None:
    asked = question(800, 7, seed, tight)
    found = allocate(asked.gain, asked.use, asked.limit)
    assert found.gap <= GAP


def test_the_dual_agrees_with_the_exact_solver() -> None:
    asked = question(2_000, 7, 4, 0.25)
    found = allocate(asked.gain, asked.use, asked.limit)
    exact, bound = solve_exactly(asked.gain, np.stack(asked.use), asked.limit)
    assert exact is not None
    assert asked.fits(exact)
    assert found.total == pytest.approx(asked.gained(exact), rel=1e-3)
    assert found.bound >= asked.gained(exact) - 1e-6
    assert bound >= asked.gained(exact) - 1e-6


def test_a_large_shop_is_answered_within_a_hundred_thousandth() -> None:
    asked = question(50_000, 7, 2, 0.2)
    found = allocate(asked.gain, asked.use, asked.limit)
    assert found.gap <= 1e-5
    assert np.all(asked.used(found.choice) <= asked.limit)


def test_the_price_is_what_one_more_coin_brings() -> None:
    asked = question(20_000, 7, 3, 0.3)
    more = np.array([asked.limit[0] * 1.01, asked.limit[1]])
    found, richer = (allocate(asked.gain, asked.use, limit) for limit in (asked.limit, more))
    earned = (richer.total - found.total) / (more[0] - asked.limit[0])
    assert earned == pytest.approx(found.prices[0], rel=0.05)


def test_plenty_costs_nothing() -> None:
    asked = question(100, 3, 1, 5.0)
    found = allocate(asked.gain, asked.use, asked.limit)
    assert found.prices.tolist() == [0.0, 0.0]
    assert found.gap == 0.0
    assert found.choice.tolist() == np.argmax(asked.gain, axis=1).tolist()


def test_nothing_to_gain_and_nobody_there() -> None:
    nobody = allocate(np.zeros((0, 3)), np.zeros((2, 0, 3)), np.ones(2))
    assert (len(nobody.choice), nobody.total, nobody.gap) == (0, 0.0, 0.0)
    idle = allocate(np.array([[0.0, -5.0]]), np.ones((1, 1, 2)), np.array([9.0]))
    assert idle.choice.tolist() == [0]


def test_without_money_only_what_is_free_is_done() -> None:
    gain = np.array([[0.0, 5.0, 9.0], [0.0, 5.0, 9.0]])
    use = np.array([[[0.0, 0.0, 3.0], [0.0, 0.0, 3.0]]])
    assert allocate(gain, use, np.zeros(1)).choice.tolist() == [1, 1]


def test_equal_questions_get_equal_answers() -> None:
    asked = question(300, 5, 8, 0.3)
    first, second = (allocate(asked.gain, asked.use, asked.limit) for _ in range(2))
    assert first.choice.tolist() == second.choice.tolist()
