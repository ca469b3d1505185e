"""An order that a later file tells anew is not two orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shop.intake import Desk

from huitou.sources.contract import Taken

HEADER = "order_id,customer_id,order_date,sku,quantity,amount"
FIRST = ["1,a,2024-03-01,tea,1,5220", "1,a,2024-03-01,cup,1,1134", "1,a,2024-03-01,pot,2,1260"]
Line = tuple[int, str, int]


class Till(Desk):
    """A desk that takes rows."""

    def rows(self, rows: Sequence[str], header: str = HEADER) -> Taken:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{len(list(self.folder.iterdir()))}.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return self.take(path)

    def amounts(self) -> dict[str, list[int]]:
        told: dict[str, list[int]] = {}
        for line in self.lines():
            told.setdefault(line["order_id"], []).append(line["amount"] // 100)
        return {order: sorted(amounts) for order, amounts in told.items()}


@pytest.fixture
def desk(tmp_path: Path) -> Till:
    desk = Till(tmp_path / "home")
    desk.rows(FIRST)
    return desk


def test_corrected_lines_replace_those_they_correct(desk: Till) -> None:
    again = ["1,,2024-03-01,tea,1,5219", "1,,2024-03-01,cup,1,1133", "1,,2024-03-02,pot,2,1259"]
    taken = desk.rows(again)
    assert (taken.applied, taken.unchanged) == (3, 0)
    assert desk.amounts() == {"1": [1133, 1259, 5219]}
    assert {line["member_no"] for line in desk.lines()} == {"a"}
    warning = taken.warnings[-1]
    assert str(warning).startswith("Order 1 was known with other lines: ")


def test_several_orders_told_anew_are_counted_and_the_first_are_named(desk: Till) -> None:
    desk.rows([f"{order},a,2024-03-01,tea,1,10" for order in range(2, 6)])
    told = desk.rows([f"{order},a,2024-03-01,tea,1,11" for order in range(2, 6)]).warnings[-1]
    assert str(told).startswith("4 orders were known") and str(told).endswith("(2, 3, 4, …)")
    told = desk.rows([f"{order},a,2024-03-01,tea,1,12" for order in (4, 5)]).warnings[-1]
    assert str(told).startswith("2 orders were known") and str(told).endswith("(4, 5)")


def test_lines_that_did_not_change_stay(desk: Till) -> None:
    taken = desk.rows([*FIRST[:2], "1,a,2024-03-01,pot,2,-1260"])
    assert (taken.applied, taken.unchanged) == (1, 2)
    assert desk.amounts() == {"1": [-1260, 1134, 5220]}


def test_a_part_of_an_order_changes_only_the_lines_it_tells(desk: Till) -> None:
    taken = desk.rows(["1,a,2024-03-01,cup,1,1000"])
    assert taken.applied == 1
    assert desk.amounts() == {"1": [1000, 1260, 5220]}
    assert str(taken.warnings[0]).startswith("Order 1 has fewer lines here")


@pytest.mark.parametrize(
    "other",
    ["1,a,2024-03-04,tray,1,80", "1,a,2025-03-01,tea,1,80"],
    ids=["shipped apart", "number used again a year later"],
)
def test_what_is_another_part_or_another_order_is_added(desk: Till, other: str) -> None:
    assert desk.rows([other]).warnings == ()
    assert desk.amounts() == {"1": [80, 1134, 1260, 5220]}


def test_the_total_of_an_order_is_not_added_to_its_lines(desk: Till) -> None:
    header, total = "order_id,customer_id,order_date,amount", "1,a,2024-03-01,7614"
    assert desk.rows([total], header).applied == 0
    assert desk.amounts() == {"1": [1134, 1260, 5220]}
    turned = Till(desk.folder / "turned")
    turned.rows([total], header)
    assert turned.rows(FIRST).applied == 3
    assert turned.amounts() == desk.amounts()


def test_a_mended_row_joins_the_rest_of_its_order(desk: Till) -> None:
    desk.rows(["2,a,2024-03-01,tea,1,10", "2,a,2024-13-01,tea,1,20"])
    waiting = desk.waiting()[0]
    marks = ",huitou_batch,huitou_row"
    path = desk.folder / "mended.csv"
    row = f"2,a,2024-03-01,tea,1,20,{waiting.batch},{waiting.row}"
    path.write_text(f"{HEADER}{marks}\n{row}\n", encoding="utf-8")
    assert desk.mend(path).applied == 1
    assert desk.amounts()["2"] == [10, 20]


ORDERS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["tea", "cup", "pot"]), st.integers(1, 9)),
    min_size=1,
    max_size=12,
)


def written(lines: Sequence[Line]) -> list[str]:
    return [f"{order},a,2024-03-01,{sku},1,{amount}" for order, sku, amount in lines]


def held(desk: Till) -> Counter[tuple[int, str, int]]:
    lines = desk.lines()
    return Counter((int(line["order_id"]), line["sku"], line["amount"] // 100) for line in lines)


@settings(max_examples=25, deadline=None)
@given(ORDERS, st.integers(1, 4), st.integers(1, 4), st.integers(1, 5))
def test_overlaps_never_double_and_corrections_never_add(
    lines: list[Line], one: int, other: int, dearer: int
) -> None:
    """Two exports that overlap are the whole; the same orders with other amounts replace it."""
    early = [line for line in lines if line[0] <= max(one, other)]
    late = [line for line in lines if line[0] >= min(one, other)]
    with TemporaryDirectory() as folder:
        desk = Till(Path(folder))
        for part in (early, late):
            if part:
                desk.rows(written(part))
        assert held(desk) == Counter(lines)
        corrected = [(order, sku, amount + dearer) for order, sku, amount in lines]
        desk.rows(written(corrected))
        assert held(desk) == Counter(corrected)
        assert desk.rows(written(list(reversed(corrected)))).applied == 0


def test_money_back_without_an_order_number_is_met_however_its_purchase_is_counted(
    tmp_path: Path,
) -> None:
    """Of two equal rows the second is paid back; a later file holds it alone, as the first."""
    desk, header = Till(tmp_path / "other"), f"{HEADER},refund"
    row = ",a,2024-03-01,tea,1,80"
    desk.rows([f"{row},", f"{row},30"], header)
    assert desk.rows([f"{row},40"], header).unchanged == 0
    assert sorted(line["amount"] for line in desk.lines()) == [-4000, 8000, 8000]
    (back,) = (line["order_id"] for line in desk.lines() if line["is_return"])
    assert back.endswith("-2/refund")
    assert len(set(line["order_id"] for line in desk.lines())) == 3


def test_what_a_correction_does_not_say_stays_said(desk: Till) -> None:
    header = f"{HEADER},category,line_id"
    first, again = Till(desk.folder / "one"), "2,a,2024-03-01,tea,1,20,,1"
    first.rows(["2,a,2024-03-01,tea,1,10,drinks,1", "2,a,2024-03-01,cup,1,5,cups,2"], header)
    before = first.lines()
    assert first.rows([again], header).applied == 1
    tea, cup = first.lines()
    assert (tea["amount"], tea["category"]) == (2000, "drinks") and tea["batch"] != cup["batch"]
    assert cup == before[1]
