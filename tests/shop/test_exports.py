"""Order exports of shop systems are known by their own headers; who is in them was made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.shop.intake import Desk

from huitou.sources import exports
from huitou.sources.contract import FIELDS

FOLDER = Path(__file__).parent / "exports"
EURO = {"currency": "EUR", "timezone": "Europe/Berlin"}
CASES = {
    "shopify": (EURO, {"#1001": [-10, 2000, 3000], "#1001/refund": [-1500],
                                "#1002": [0], "#1003": [0]}),
    "woocommerce-advanced": (EURO, {
        "501": [490, 2000, 3000], "502": [0], "503": [1500, 1500, 2000], "503/refund": [-1500]}),
    "woocommerce-items": (EURO, {
        "501": [2000, 3000], "501/refund": [-2000], "502": [0]}),
    "woocommerce-report": (EURO, {"501": [5000], "502": [0]}),
    "taobao-orders": ({}, {
        "900679858170001": [12800], "900679858170001/refund": [-3000],
        "900679858170002": [0], "900679858170003": [0]}),
    "taobao-items": ({}, {
        "900679858170010": [2800, 12000], "900679858170010/refund": [-2800]}),
    "jd": ({}, {"26030100001": [-800, 3000, 12800], "26030100002": [0]}),
    "youzan": ({}, {"E20260301000001": [2800, 12000],
                            "E20260301000001/refund": [-2800], "E20260301000002": [0]}),
}  # fmt: skip


def written(name: str) -> str:
    return (FOLDER / f"{name}.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_an_export_is_known_by_its_headers_and_says_what_was_paid(
    name: str, tmp_path: Path
) -> None:
    said, expected = CASES[name]
    chinese = not said
    desk, path = Desk(tmp_path / "home"), tmp_path / "export.csv"
    path.write_bytes(written(name).encode("gb18030" if chinese else "utf-8"))
    preview = desk.look(path, **(said or {"currency": None, "timezone": None}))
    assert preview.mapping is not None, preview.questions
    assert preview.encoding == ("gb18030" if chinese else "utf-8")
    assert any("exported by" in str(each.why) for each in preview.columns)
    if chinese:
        assert (preview.mapping.currency, preview.mapping.timezone) == ("CNY", "Asia/Shanghai")
    taken = desk.merge(path, preview.mapping)
    assert taken.quarantined == 0
    told: dict[str, list[int]] = {}
    for line in desk.lines():
        told.setdefault(line["order_id"], []).append(line["amount"])
    assert {order: sorted(amounts) for order, amounts in told.items()} == expected
    assert desk.merge(path, preview.mapping).applied == 0


def test_who_bought_is_read_without_what_keeps_a_spreadsheet_from_rounding(tmp_path: Path) -> None:
    desk, path = Desk(tmp_path / "home"), tmp_path / "ExportOrderList.csv"
    path.write_text(written("taobao-orders"), encoding="utf-8")
    desk.take(path, currency=None, timezone=None)
    first = next(line for line in desk.lines() if line["order_id"] == "900679858170001")
    told = [first[name] for name in ("member_no", "phone", "name", "store")]
    assert told == ["山间小屋", "+8613800000001", "林某", "茶铺"]


def test_what_the_merchant_says_goes_before(tmp_path: Path) -> None:
    desk, path = Desk(tmp_path / "home"), tmp_path / "export.csv"
    path.write_text(written("shopify"), encoding="utf-8")
    preview = desk.look(path, **EURO, columns={"store": "Vendor", "email": ""})
    assert preview.mapping is not None
    assert preview.mapping.columns["store"] == "Vendor"
    assert "email" not in preview.mapping.columns


def test_an_export_in_yuan_is_not_taken_for_another_currency(tmp_path: Path) -> None:
    desk, path = Desk(tmp_path / "home"), tmp_path / "export.csv"
    path.write_text(written("jd"), encoding="utf-8")
    preview = desk.look(path, currency="EUR", timezone="Europe/Berlin")
    assert preview.mapping is not None and preview.mapping.currency == "CNY"


def test_a_till_with_half_of_the_headers_is_read_as_any_file(tmp_path: Path) -> None:
    assert exports.known(["订单编号", "买家会员名", "订单状态"]) is None
    assert exports.known(["Name", "Email", "Total"]) is None


@pytest.mark.parametrize("export", exports.EXPORTS.values(), ids=lambda each: each.name)
def test_what_an_export_says_it_holds_exists(export: exports.Export) -> None:
    assert set(export.columns) <= set(FIELDS)
    assert {"order_id", "ordered_at", "amount"} <= set(export.columns)
