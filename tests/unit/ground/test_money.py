"""Money keeps every minor unit and never mixes currencies."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.errors import HuitouError
from huitou.ground.money import Money, digits, to_minor


@pytest.mark.parametrize(
    ("currency", "places"), [("EUR", 2), ("CNY", 2), ("TWD", 2), ("JPY", 0), ("KWD", 3)]
)
def test_each_currency_has_its_own_minor_unit(currency: str, places: int) -> None:
    assert digits(currency) == places


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_minor_units_survive_the_way_there_and_back(minor: int, currency: str) -> None:
    assert to_minor(Money(minor, currency).decimal, currency) == minor


def test_halves_go_to_the_even_neighbour() -> None:
    assert [to_minor(Decimal(text), "EUR") for text in ("0.005", "0.015", "-0.005")] == [0, 2, 0]


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8))
def test_sums_add_in_any_order(amounts: list[int]) -> None:
    total = sum((Money(each, "EUR") for each in amounts[1:]), Money(amounts[0], "EUR"))
    amounts.reverse()
    again = sum((Money(each, "EUR") for each in amounts[1:]), Money(amounts[0], "EUR"))
    assert total == again


def test_two_currencies_do_not_add() -> None:
    with pytest.raises(HuitouError, match="cannot add USD to EUR"):
        Money(1, "EUR") + Money(1, "USD")


def test_an_unknown_currency_is_refused_in_words() -> None:
    with pytest.raises(HuitouError, match="not a currency code"):
        digits("XQX")


def test_people_read_their_own_writing() -> None:
    assert Money(123456, "GBP").written() == "£1,234.56"
    assert Money(123456, "GBP").written(whole=True) == "£1,235"
    assert Money(123456, "CNY").written("zh_Hans") == "¥1,234.56"
