"""What an answer was worth is measured against those alike, and said only when known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from huitou.proof.answered import LEAST, evening_of, how, worth

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def crowd(
    seed: int, n: int, lift: float, complainers: int
) -> tuple[list[str], np.ndarray, list[str]]:
    """People of three stages that buy at different rates; the complainers by `lift` more."""
    dice = np.random.default_rng(seed)
    stage = dice.integers(0, 3, n)
    told = np.full(n, "", dtype="<U5")
    # Those at the worst stage complain most: a plain comparison of shares would be wrong.
    chosen = dice.choice(n, complainers, replace=False, p=(stage + 1) / (stage + 1).sum())
    told[chosen] = "well"
    rate = np.array([0.6, 0.4, 0.1])[stage] + np.where(told == "well", lift, 0.0)
    return [f"s{each}" for each in stage], dice.random(n) < rate, told.tolist()


@pytest.mark.parametrize("lift", [0.0, 0.15, -0.08])
def test_the_interval_holds_the_truth_as_often_as_it_says(lift: float) -> None:
    held = 0
    for seed in range(200):
        cells, bought, told = crowd(seed, 2_000, lift, 120)
        found = worth(cells, bought, told)["well"].interval
        assert found is not None
        held += lift in found
    assert held >= 176  # 90 % of 200, less three standard errors of luck: 180 - 4


def test_too_few_say_nothing() -> None:
    cells, bought, told = crowd(1, 1_000, 0.0, LEAST - 1)
    found = worth(cells, bought, told)
    assert found["well"].n == LEAST - 1 and found["well"].difference is None
    assert found["never"].n == 0 and found["never"].bought is None


def test_who_stands_where_nobody_else_stands_is_left_out() -> None:
    found = worth(["a"] * 30, np.ones(30, dtype=bool), ["late"] * 30)
    assert found["late"].n == 0 and found["late"].interval is None


def test_in_time_late_or_never() -> None:
    hour = timedelta(hours=1)
    assert how(NOW, NOW, NOW + hour) == "well"
    assert how(NOW, NOW + hour, NOW + hour) == "late"
    assert how(NOW, NOW + 2 * hour, NOW + hour) == "never"  # not yet, by then
    assert how(NOW, None, NOW) == "never"


def test_judged_at_the_first_evening_after_it_was_due() -> None:
    evenings = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert evening_of(date(2026, 1, 15), evenings, 60) == date(2026, 2, 1)
    assert evening_of(date(2026, 1, 15), evenings, 10) is None
    assert evening_of(date(2026, 3, 2), evenings, 60) is None
