"""Below thirty customers nothing is forecast, and everything that needs no forecast is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.shop.scenes import HOME, NOW

from huitou.ground.errors import NotYet
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

HEADER = "order_id,member_no,date,amount\n"


def shop_of(home: Path, rows: list[str]) -> Shop:
    orders = home.parent / "orders.csv"
    orders.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    shop = open_shop(home, clock=NOW)
    shop.change_settings(margin=0.4)
    shop.take(orders, HOME, confirmed=True)
    shop.run()
    return shop


def test_twenty_customers_have_facts_and_a_plain_word_about_the_forecast(home: Path) -> None:
    rows = [f"{n},c{n % 20},2024-{1 + n % 9:02}-{1 + n % 27:02},{10 + n}.50" for n in range(60)]
    shop = shop_of(home, rows)
    assert shop.facts["customers"].value == 20
    assert shop.facts["orders"].value == 60
    assert shop.metric("revenue").num_rows == 1
    assert shop.cohorts()
    assert shop.plan() is None
    with pytest.raises(NotYet, match="needs 30 customers, and 20 are known"):
        shop.answers()


def test_one_customer_on_one_day(home: Path) -> None:
    shop = shop_of(home, ["1,c1,2024-03-01,10.00", "2,c1,2024-03-01,5.00"])
    assert shop.facts["customers"].value == 1
    assert shop.facts["repeat_purchase_rate"].value == 0
    assert shop.too_few() is not None


def test_a_shop_without_a_single_customer_key_has_its_trade(home: Path) -> None:
    shop = shop_of(home, [f"{n},,2024-03-{n + 1:02},10.00" for n in range(20)])
    assert shop.facts["customers"].value == 0
    assert shop.facts["anonymous_lines"].value == 20
    assert shop.facts["revenue"].value.minor == 20_000
