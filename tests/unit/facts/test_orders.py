"""What counts as an order, and as a purchase."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from tests.unit.facts.rows import line, rows, shop

from huitou.facts.orders import of_persons, orders, purchases

DAY = date(2011, 3, 1)
AS_OF = datetime(2011, 4, 1)


def test_lines_of_one_order_are_one_purchase() -> None:
    t = shop(line("a", DAY, 300, order="1"), line("a", DAY, 500, order="1"))
    (order,) = rows(purchases(t, AS_OF))
    assert (order["amount"], order["lines"], order["person_id"]) == (800, 2, "a")


@pytest.mark.parametrize(
    "amounts", [(500, -100), (0,), (-200,), (100, -100)], ids=["return", "free", "refund", "void"]
)
def test_a_returned_line_or_nothing_paid_is_no_purchase(amounts: tuple[int, ...]) -> None:
    t = shop(*(line("a", DAY, amount, order="1") for amount in amounts))
    assert rows(purchases(t, AS_OF)) == []
    (order,) = rows(orders(t, AS_OF))
    assert order["amount"] == sum(amounts)
    assert order["returned"] == -sum(amount for amount in amounts if amount < 0)


def test_a_discount_line_that_is_no_return_leaves_the_purchase_standing() -> None:
    discount = line("a", DAY, -100, order="1", is_return=False, is_product=False)
    (order,) = rows(purchases(shop(line("a", DAY, 500, order="1"), discount), AS_OF))
    assert (order["amount"], order["returned"]) == (400, 0)


def test_the_same_number_at_two_sources_is_two_orders() -> None:
    t = shop(line("a", DAY, order="1"), line("a", DAY, order="1", source="web"))
    assert len(rows(purchases(t, AS_OF))) == 2


def test_anonymous_purchases_count_but_belong_to_nobody() -> None:
    t = shop(line("a", DAY), line(None, DAY))
    assert len(rows(purchases(t, AS_OF))) == 2
    assert [row["person_id"] for row in rows(of_persons(purchases(t, AS_OF)))] == ["a"]


def test_cut_along_a_dimension_each_value_is_a_shop_of_its_own() -> None:
    t = shop(
        line("a", DAY, 300, order="1", category="tea"),
        line("a", DAY, 500, order="1", category="pots"),
        line("a", DAY, 0, order="2", category="tea"),
    )
    out = rows(purchases(t, AS_OF, by="category"), "part")
    assert [(row["part"], row["amount"]) for row in out] == [("pots", 500), ("tea", 300)]


def test_orders_of_one_evening_are_put_together_once_and_those_of_another_margin_anew() -> None:
    tables = shop(line("a", DAY, 1_000, order="1"))
    june, july = datetime(2024, 6, 1), datetime(2024, 7, 1)
    assert orders(tables, june) is orders(tables, june)
    dearer = replace(tables, margin=0.9)
    for other in (orders(tables, july), orders(tables, june, by="store"), orders(dearer, june)):
        assert other is not orders(tables, june)
