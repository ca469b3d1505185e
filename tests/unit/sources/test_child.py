"""What the reading process hands back."""

from __future__ import annotations

from pathlib import Path

from tests.shop.intake import NOW, USUAL

from huitou.sources import files


def test_a_file_that_earns_a_warning_passes_through_the_child(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    rows = ["订单号,会员号,手机号,下单时间,实付金额", "1,a,不详,2024-03-01,￥10"]
    path.write_text("\n".join([*rows, "2,b,13512345678,2024-03-02,￥20\n"]), encoding="utf-8")
    preview = files.look(path, USUAL, now=NOW)
    assert preview.mapping is not None
    batch = files.read(
        path, preview.mapping, tmp_path / "out", currency="CNY", timezone="Asia/Shanghai", now=NOW
    )
    (warning,) = batch.warnings
    assert "手机号" in str(warning)
