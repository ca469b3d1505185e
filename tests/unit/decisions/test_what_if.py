"""What if: nothing changed adds nothing, better is never worse, the interval holds its value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.decisions.what_if import Came, Customers, Lever, Levers, chances, checked, what_if
from huitou.ground.errors import BadInput

shares = st.floats(0.01, 0.9)
years = st.sampled_from([0.5, 1.0, 3.0, 10.0])
CAME = Came(per_year=600.0, first=1500.0, year=4000.0, low=3000.0, high=5500.0)


def people(seed: int, n: int = 200) -> Customers:
    draw = np.random.default_rng(seed)
    value = draw.lognormal(8, 1.2, n)
    whole = float(value.sum())
    alive = draw.beta(2, 1, n)
    return Customers(
        value, alive * draw.random(n), alive, draw.random(n) < 0.4, 0.8 * whole, 1.3 * whole
    )


@given(st.integers(0, 99), shares, shares, shares, st.floats(0, 9e4), years)
def test_nothing_changed_adds_nothing(
    seed: int, churn: float, repeat: float, margin: float, cost: float, over: float
) -> None:
    same = Levers(*(Lever(each, each) for each in (churn, repeat, margin, cost)))
    found = what_if(people(seed), CAME, same, over)
    assert found.added == found.low == found.high == 0.0
    assert found.before == found.after


@given(st.integers(0, 99), shares, shares, shares, years)
def test_the_less_leave_the_more_is_earned(
    seed: int, before: float, one: float, other: float, over: float
) -> None:
    less, more = sorted((one, other))
    kept = what_if(people(seed), None, Levers(churn=Lever(before, less)), over)
    lost = what_if(people(seed), None, Levers(churn=Lever(before, more)), over)
    assert kept.added >= lost.added - 1e-6 * abs(kept.before)
    assert kept.before == lost.before


@given(st.integers(0, 99), shares, shares, shares)
def test_repeat_and_margin_lift_and_cost_lowers(
    seed: int, before: float, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    for name in ("repeat", "margin"):
        low, high = (
            what_if(people(seed), CAME, Levers(**{name: Lever(before, after)})).added
            for after in (less, more)
        )
        assert high >= low - 1e-6
    dear = what_if(people(seed), CAME, Levers(cost=Lever(1000.0, 1000.0 + 100 * more)))
    assert dear.added == pytest.approx(-600 * 100 * more)


@given(st.integers(0, 99), shares, shares, shares, st.floats(0, 9e4), years)
def test_the_interval_holds_its_value(
    seed: int, one: float, other: float, margin: float, cost: float, over: float
) -> None:
    levers = Levers(Lever(one, other), Lever(other, one), Lever(margin, one), Lever(900.0, cost))
    found = what_if(people(seed), CAME, levers, over)
    assert found.low <= found.added <= found.high
    assert found.added == pytest.approx(found.after - found.before, rel=1e-6, abs=1e-3)


@given(st.integers(0, 99), st.floats(0.02, 0.9))
def test_the_chances_to_leave_lose_the_share_that_was_told(seed: int, churn: float) -> None:
    told = people(seed)
    found = chances(told, churn)
    assert float(np.average(found, weights=told.p_alive)) == pytest.approx(churn, abs=1e-6)
    order = np.argsort(told.p_buy)
    assert (np.diff(found[order]) <= 1e-12).all()


def test_halving_churn_of_equal_customers_doubles_the_time_they_stay() -> None:
    equal = replace(people(1), p_buy=np.full(200, 0.5), p_alive=np.full(200, 1.0))
    for before, after in ((0.10, 0.05),):
        over = 20.0
        found = what_if(equal, None, Levers(churn=Lever(before, after)), over)
        times = [(1 - (1 - c) ** over) / -np.log1p(-c) for c in (before, after)]
        assert found.after / found.before == pytest.approx(times[1] / times[0])


@pytest.mark.parametrize(
    ("levers", "column"),
    [
        (Levers(churn=Lever(0.1, 0.0)), "churn"),
        (Levers(margin=Lever(1.2, 0.5)), "margin"),
        (Levers(cost=Lever(-1.0, 5.0)), "cost"),
        (Levers(repeat=Lever(0.3, float("nan"))), "repeat"),
    ],
)
def test_what_cannot_be_is_said(levers: Levers, column: str) -> None:
    with pytest.raises(BadInput) as no:
        checked(levers, 1.0)
    assert no.value.column == column and no.value.to_try
    with pytest.raises(BadInput, match="Years"):
        checked(Levers(), 0.0)
