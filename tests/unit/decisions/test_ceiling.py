"""Worth it? A hundred for a hundred and sixty, paid to each or paid on return."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.decisions.crowd import crowd

from huitou.decisions.acts import ACTS
from huitou.decisions.ceiling import (
    EACH,
    TAKERS,
    needed,
    needed_words,
    paid_on_return,
    paid_to_each,
)
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import draft

DAY = date(2011, 6, 9)
SHARES = st.floats(0.001, 0.999)
MONEY = st.floats(1, 1e6)


def test_a_hundred_for_a_hundred_and_sixty_paid_to_each() -> None:
    assert paid_to_each(100, 160).share == 0.625
    assert not paid_to_each(100, 160, delta=0.625).pays
    assert paid_to_each(100, 160, delta=0.626).pays


def test_a_hundred_for_a_hundred_and_sixty_paid_on_return() -> None:
    assert paid_on_return(100, 160).share == 0.625
    # Ten come anyway and fifteen because of it: 60 % of the takers, and it loses.
    assert not paid_on_return(100, 160, p_buy=0.10, delta=0.15).pays
    assert paid_on_return(100, 160, p_buy=0.10, delta=0.17).pays
    # The same seventeen, and nobody comes anyway: every taker is won, whatever their number.
    assert paid_on_return(100, 160, p_buy=0.0, delta=0.17).expected == 1.0


def test_one_who_will_bring_thirty_may_not_be_won_back_for_a_hundred() -> None:
    assert paid_on_return(100, 30).share > 1 and not paid_on_return(100, 30, delta=0.999).pays
    assert not paid_to_each(100, 30, delta=1.0).pays
    assert not paid_to_each(1, 0, delta=1.0).pays


@given(MONEY, MONEY, SHARES, SHARES, st.floats(0, 100))
def test_the_line_is_where_the_gain_turns(price, worth, p_buy, delta, contact) -> None:
    found = paid_on_return(price, worth, p_buy, delta, contact)
    gain = delta * worth - (p_buy + delta) * price - contact
    if abs(gain) > 1e-6 * (price + worth + contact):
        assert found.pays == (gain > 0)
    each = paid_to_each(price, worth, delta)
    if abs(delta * worth - price) > 1e-6 * (price + worth):
        assert each.pays == (delta * worth > price)


@given(MONEY, SHARES, SHARES)
def test_at_the_most_it_just_pays(worth, p_buy, delta) -> None:
    most = paid_on_return(1, worth, p_buy, delta).most
    assert not paid_on_return(most + 1, worth, p_buy, delta).pays
    assert not most or paid_on_return(0.999 * most, worth, p_buy, delta).pays


def test_every_receipt_of_a_plan_says_which_line_applies_in_its_own_numbers() -> None:
    plan = draft(crowd(500, 3), Limits(budget=10**6), Holdout("salt", 0.1), DAY)
    done = [row for row in plan.receipts.to_pylist() if row["act"] != "nothing"]
    assert done
    for row in done:
        found = needed(row)
        assert found is not None
        assert found.of == (TAKERS if row["cap"] else EACH)
        if abs(row["gain"]) > 2:  # amounts are whole minor units
            assert found.pays == (row["gain"] > 0)
        words = " ".join(str(each) for each in needed_words(row, "GBP"))
        assert ("of the takers" in words) == bool(row["cap"])


def test_sizes_that_pay_lie_between_the_least_that_moves_and_the_most_that_pays() -> None:
    rich = {"value": 10**6, "value_low": 10**6, "value_high": 10**6, "value_if_kept": 5 * 10**6}
    people = crowd(300, 3, may_mail=True, **rich)
    plan = draft(people, Limits(budget=10**6), Holdout("salt", 0), DAY)
    rows = [row for row in plan.receipts.to_pylist() if row["least_pays"] is not None]
    assert rows and all(0 < row["least_pays"] <= row["most_pays"] for row in rows)
    assert all(row["stage"] in ACTS["offer_5"].stages for row in rows)
    told = " ".join(str(each) for each in needed_words(rows[0], "GBP"))
    assert "the least that moves" in told


@pytest.mark.parametrize("name", ["least_pays", "most_pays"])
def test_a_receipt_from_before_says_nothing_of_sizes(name: str) -> None:
    row = {"act": "nothing", "least_pays": 5, "most_pays": 9}
    assert needed_words({**row, name: None}, "GBP") == ()
