"""What is taken in and wondered at."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.shop.intake import Desk

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
