"""Columns are told by their names in three scripts, and a date by its values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from huitou.sources import recognise
from huitou.sources.contract import FIELDS
from huitou.sources.sheet import Sheet, distinct_names


def sheet(**columns: list[str]) -> Sheet:
    table = pa.table(columns)
    return Sheet(table, np.arange(2, table.num_rows + 2))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("订单号", "order_id"), ("訂單編號", "order_id"), ("Order No.", "order_id"),
        ("Invoice", "order_id"),
        ("会员号", "member_no"), ("會員卡號", "member_no"), ("Customer ID", "member_no"),
        ("手机号", "phone"), ("手機號碼", "phone"), ("顾客手机", "phone"),
        ("會員電話", "phone"), ("顾客邮箱", "email"), ("買家姓名", "name"), ("E-Mail", "email"),
        ("下单时间", "ordered_at"), ("訂單日期", "ordered_at"), ("InvoiceDate", "ordered_at"),
        ("實付金額", "amount"), ("实付金额(元)", "amount"), ("Line_Total", "amount"),
        ("金额（元）", "amount"),
        ("数量", "quantity"), ("QTY", "quantity"), ("单价", "unit_price"), ("成本", "cost"),
        ("门店", "store"), ("門市", "store"), ("渠道", "channel"),
        ("ＯＲＤＥＲ＿ＩＤ", "order_id"),
        ("退款金额", "refund"), ("订单状态", "status"), ("StockCode", "sku"),
        ("商品名稱", "product"),
    ],
)  # fmt: skip
def test_a_name_stands_for_its_field(name: str, field: str) -> None:
    found = recognise.field_of(name)
    assert found is not None and found[0] == field


def test_a_name_that_says_nothing_stands_for_nothing() -> None:
    assert recognise.field_of("remarks") is None
    assert recognise.field_of("") is None


def test_every_field_has_names_and_every_name_a_field() -> None:
    assert set(recognise.NAMES) == set(FIELDS)


def test_the_most_usual_name_wins_and_empty_columns_lose() -> None:
    taken = recognise.columns(
        sheet(
            小计=["1"],
            实付金额=["2"],
            下单时间=["2024-03-01"],
            日期=["2024-03-02"],
            单号=[""],
            交易号=["7"],
        ),
        {},
    )
    assert taken == {"amount": "实付金额", "ordered_at": "下单时间", "order_id": "交易号"}


def test_what_was_declared_goes_first_and_can_be_nothing() -> None:
    arriving = sheet(total=["1"], other=["2"], date=["2024-03-01"], channel=["web"])
    taken = recognise.columns(arriving, {"amount": "other", "channel": ""})
    assert taken == {"amount": "other", "ordered_at": "date"}


def test_a_column_of_dates_is_the_date_whatever_its_name() -> None:
    taken = recognise.columns(sheet(wann=["2024年3月1日", "2024年3月2日"], total=["1", "2"]), {})
    assert taken["ordered_at"] == "wann"


@pytest.mark.parametrize(
    ("columns", "taken"),
    [
        ({"日期": ["2024-03-01"], "时间": ["18:05"]}, {"ordered_at": "日期", "time": "时间"}),
        ({"下单时间": ["下午3:20"], "日期": ["45352"]}, {"ordered_at": "日期", "time": "下单时间"}),
        ({"Date": ["2024-03-01 00:00:00"], "Time": ["1899-12-31 18:05:09"]},
         {"ordered_at": "Date", "time": "Time"}),
        ({"Date": ["2024-03-01 18:05"], "Time": ["18:05"]}, {"ordered_at": "Date"}),
        ({"下单时间": ["2024-03-01"], "时间": ["2024-03-02"]}, {"ordered_at": "下单时间"}),
        ({"时间": ["18:05"]}, {}),
    ],
)  # fmt: skip
def test_a_time_of_day_is_joined_to_dates_that_have_none(
    columns: dict[str, list[str]], taken: dict[str, str]
) -> None:
    assert recognise.columns(sheet(**columns), {}) == taken


def test_nobody_is_called_by_the_number_of_an_order() -> None:
    shop = {
        "Name": ["#1001", "#EU-1002"], "Billing Name": ["Ann", "Ben"],
        "Created at": ["2024-03-01", "2024-03-02"], "Total": ["5", "6"],
    }  # fmt: skip
    expected = {"name": "Billing Name", "ordered_at": "Created at", "amount": "Total"}
    assert recognise.columns(sheet(**shop), {}) == {**expected, "order_id": "Name"}
    named = {**shop, "Order ID": ["7", "8"]}
    assert recognise.columns(sheet(**named), {}) == {**expected, "order_id": "Order ID"}
    people = {**shop, "Name": ["#1001", "Ann"]}
    assert recognise.columns(sheet(**people), {}) == {**expected, "name": "Name"}


@pytest.mark.parametrize(
    ("ids", "product", "taken"),
    [(["1", "2"], [], True), (["1", "2"], ["tea", "cup"], False), (["1", "1"], ["tea"] * 2, True)],
    ids=["an order a row", "the number of a line", "lines that share it"],
)
def test_a_bare_id_numbers_orders(ids: list[str], product: list[str], taken: bool) -> None:
    told = {"id": ids, "created_at": ["2024-03-01"] * 2, "total": ["5", "6"]}
    found = recognise.columns(sheet(**told, **({"product": product} if product else {})), {})
    assert found.get("order_id") == ("id" if taken else None)


def test_doubled_and_nameless_columns_are_told_apart() -> None:
    assert distinct_names(["a", "", "a", " a "]) == ("a", "column 2", "a (2)", "a (3)")
