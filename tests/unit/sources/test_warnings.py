"""What is taken in and wondered at."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.shop.intake import Desk

from huitou.ground.errors import HuitouError

HEADER = "order_id,customer_id,order_date,sku,amount"
ROWS = [f"{n},c{n},2024-03-01,tea,{n + 1}" for n in range(20)]


def warnings(rows: list[str], folder: Path, header: str = HEADER) -> list[str]:
    path = folder / "orders.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return [str(warning) for warning in Desk(folder / "home").take(path).warnings]


def test_a_block_that_was_pasted_twice_at_the_end_is_told(tmp_path: Path) -> None:
    (warning,) = warnings([*ROWS, *ROWS[3:11]], tmp_path)
    assert "last 8 rows" in warning


@pytest.mark.parametrize(
    "more",
    [[], ROWS[3:6], ROWS[-1:] * 9, [*ROWS[3:11], "99,z,2024-03-02,tea,5"]],
    ids=["none", "few", "one thing many times", "not at the end"],
)
def test_other_repetitions_are_not(more: list[str], tmp_path: Path) -> None:
    assert warnings([*ROWS, *more], tmp_path) == []


def test_a_file_without_customers_is_told(tmp_path: Path) -> None:
    (warning,) = warnings(["1,2024-03-01,5"], tmp_path, "order_id,order_date,amount")
    assert "anonymous" in warning


def test_a_column_that_stands_there_twice_is_told(tmp_path: Path) -> None:
    (warning,) = warnings(["1,a,2024-03-01,5,7"], tmp_path, "order_id,customer_id,date,paid,paid")
    assert "paid stands there twice" in warning


def test_a_log_without_amounts_is_taken_when_it_is_said_and_the_merchant_is_told(
    tmp_path: Path,
) -> None:
    desk, path = Desk(tmp_path / "home"), tmp_path / "days.csv"
    path.write_text("customer_id,date\n7,2026-01-02\n8,2026-01-02\n7,2026-01-09\n")
    with pytest.raises(HuitouError, match="what was paid"):
        desk.look(path)
    taken = desk.take(path, amount_is="each")
    assert [line["amount"] for line in desk.lines()] == [100, 100, 100]
    assert "every row counts as one CNY" in str(taken.warnings[-1])
