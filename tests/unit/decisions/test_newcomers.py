"""Winning new: cohorts, payback, and whether money answered."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from huitou.decisions.newcomers import LEAST_MONTHS, Cohort, answered, newcomers


def month(number: int) -> date:
    return date(2025 + number // 12, number % 12 + 1, 1)


def cohorts(count: int = 10, size: int = 100, each: float = 50.0) -> list[Cohort]:
    """Everybody brings `each` a month; the youngest cohort has seen one month."""
    return [
        Cohort(month(at), size, tuple(each * size for _ in range(count - at)))
        for at in range(count)
    ]


def test_what_a_newcomer_brings_grows_month_by_month() -> None:
    found = newcomers(cohorts())
    assert found is not None
    assert found.per_month == 100
    assert [round(each.value) for each in found.by_age] == [50 * n for n in range(1, 9)]
    assert found.by_age[-1].cohorts == 3
    assert all(each.low == pytest.approx(each.value) for each in found.by_age)


def test_a_year_is_followed_and_no_more() -> None:
    found = newcomers(cohorts(30))
    assert found is not None
    assert len(found.by_age) == 12


def test_too_few_cohorts_say_nothing() -> None:
    assert newcomers(cohorts(2)) is None
    assert newcomers([]) is None


def test_payback_is_the_first_month_that_brought_the_cost() -> None:
    found = newcomers(cohorts())
    assert found is not None
    assert found.payback(120)[0] == 3
    assert found.payback(50)[0] == 1
    assert found.payback(9_999) == (None, None, None)


def test_payback_at_worst_is_no_sooner_than_at_best() -> None:
    dice = np.random.default_rng(5)
    uneven = [
        Cohort(each.month, each.size, tuple(p * dice.uniform(0.5, 1.5) for p in each.profit))
        for each in cohorts(12)
    ]
    found = newcomers(uneven)
    assert found is not None
    expected, best, worst = found.payback(160)
    assert best is not None and expected is not None
    assert best <= expected <= (worst or 99)


def test_the_interval_holds_the_truth_nine_times_in_ten() -> None:
    dice = np.random.default_rng(11)
    held = 0
    for _ in range(300):
        drawn = [
            Cohort(month(at), 200, tuple(200 * dice.normal(50, 15) for _ in range(12)))
            for at in range(10)
        ]
        found = newcomers(drawn)
        assert found is not None
        sixth = found.by_age[5]
        held += sixth.low <= 300 <= sixth.high
    assert 0.86 <= held / 300 <= 0.94


def spending(elasticity: float, noise: float, months: int = 12, seed: int = 3):
    dice = np.random.default_rng(seed)
    spent = {month(at): float(dice.uniform(500, 3_000)) for at in range(months)}
    came = {
        at: round(20 * money**elasticity * np.exp(dice.normal(0, noise)))
        for at, money in spent.items()
    }
    return spent, came


def test_how_newcomers_answer_to_money_is_found_again() -> None:
    found = answered(*spending(0.4, 0.02))
    assert found is not None
    assert found.elasticity == pytest.approx(0.4, abs=0.05)
    assert found.low < found.elasticity < found.high
    assert found.come(1_000) == pytest.approx(20 * 1_000**0.4, rel=0.05)
    assert found.come(0) == 0


def test_money_that_does_nothing_is_not_said_to_do_something() -> None:
    wrong = 0
    for seed in range(200):
        found = answered(*spending(0.0, 0.3, seed=seed))
        assert found is not None
        wrong += not found.low <= 0 <= found.high
    assert wrong / 200 <= 0.15


def test_few_or_equal_months_draw_no_line() -> None:
    spent, came = spending(0.4, 0.02, months=LEAST_MONTHS - 1)
    assert answered(spent, came) is None
    spent, came = spending(0.4, 0.02)
    assert answered(dict.fromkeys(spent, 900.0), came) is None
    assert answered({}, came) is None
