"""What was typed wrong is answered with what to type."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.shop import files
from tests.shop.intake import NOW, Desk

from huitou.ground.errors import BadInput
from huitou.sources import files as front
from huitou.sources.contract import Declared
from huitou.sources.typed import checked


@pytest.mark.parametrize(
    ("declared", "to_try"),
    [
        (Declared(timezone="Beijing"), "--timezone Asia/Shanghai"),
        (Declared(timezone="台北"), "--timezone Asia/Taipei"),
        (Declared(timezone="europe/pariss"), "--timezone Europe/Paris"),
        (Declared(timezone="Mars"), "--timezone Asia/Shanghai"),
        (Declared(currency="RMB"), "--currency CNY"),
        (Declared(currency="NT$"), "--currency TWD"),
        (Declared(currency="XXY"), "--currency CNY"),
        (Declared(date_order="dd"), "--date-order ymd or dmy or mdy"),
        (Declared(decimal=";"), "--decimal . or ,"),
        (Declared(grain="row"), "--grain line or order"),
        (Declared(delimiter="ab"), '--delimiter ";"'),
        (Declared(columns={"ammount": "x"}), "--column amount=NAME"),
    ],
)
def test_what_was_typed_wrong_is_told(declared: Declared, to_try: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as told:
        front.look(files.one_customer(tmp_path), declared, now=NOW)
    assert (told.value.exit_code, told.value.to_try) == (2, to_try)


def test_what_was_typed_right_passes() -> None:
    right = Declared(currency="cny", timezone="Asia/Shanghai", decimal=",", delimiter=";")
    assert checked(right) == replace(right, currency="CNY")


def test_sample_rows_are_shown_for_people(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    rows = "会员号,下单时间,实付金额,数量\na,2024-03-01 18:05,1234.5,2\nb,2024-03-02,-8,\n"
    path.write_text(rows, encoding="utf-8")
    one, two = Desk(tmp_path / "home").look(path).shown
    assert list(one) == list(two)
    assert "order_id" not in one
    assert (one["ordered_at"], one["amount"], one["is_return"]) == (
        "2024-03-01 18:05", "CN¥1,234.50", "no"
    )  # fmt: skip
    assert (two["amount"], two["is_return"], two["quantity"]) == ("-CN¥8.00", "yes", "")
