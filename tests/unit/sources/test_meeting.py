"""What a file says of lines that the lake knows, wherever in the file it says it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shop.intake import Desk

import huitou
from huitou.ground.errors import NothingTaken
from huitou.sources import book, files, meeting, reading, restated

HEADER = "order_id,line_id,customer_id,order_date,sku,store,amount"

Told = tuple[str, str, int]
"""A product and a store, either of them empty, and an amount."""
TOLD = st.tuples(
    st.sampled_from(["", "tea", "cup"]), st.sampled_from(["", "n", "s"]), st.integers(1, 3)
)
LINES = st.dictionaries(st.integers(1, 6), TOLD, min_size=1)


def tell(desk: Desk, name: str, lines: dict[int, Told]) -> tuple[int, int]:
    """A file of one order a line: how many rows changed anything, how many did not."""
    path = desk.folder / name
    rows = (f"{order},1,a,2024-03-01,{','.join(map(str, told))}" for order, told in lines.items())
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    taken = desk.take(path)
    return taken.applied, taken.unchanged


def after(first: dict[int, Told], then: dict[int, Told]) -> dict[int, Told]:
    """What is known after both: where the second says nothing, the earlier word stands."""
    known = dict(first)
    for order, (sku, store, amount) in then.items():
        had_sku, had_store, _ = known.get(order, ("", "", 0))
        known[order] = (sku or had_sku, store or had_store, amount)
    return known


@given(first=LINES, then=LINES, group=st.sampled_from([1, 2, 100]))
@settings(max_examples=25, deadline=None)
def test_each_line_says_now_what_the_last_file_said_of_it(
    tmp_path_factory: pytest.TempPathFactory,
    first: dict[int, Told],
    then: dict[int, Told],
    group: int,
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "GROUP", group)
        assert tell(desk, "first.csv", first) == (len(first), 0)
        known = after(first, then)
        changed = sum(known[order] != first.get(order) for order in then)
        assert tell(desk, "then.csv", then) == (changed, len(then) - changed)
    lines = {
        int(line["order_id"]): (line["sku"] or "", line["store"] or "", line["amount"] // 100)
        for line in desk.lines()
    }
    assert lines == known


def test_a_file_that_cannot_be_asked_once_more_has_changed_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are set aside are read again in their file: that comes before all that is written,
    for whoever catches its failure goes on in the same transaction."""
    desk = Desk(tmp_path)
    tell(desk, "first.csv", {1: ("tea", "n", 5), 2: ("cup", "n", 5)})
    before = desk.digest()
    later = tmp_path / "later.csv"
    later.write_text(f"{HEADER}\n1,1,a,2024-03-01,tea,n,7\n2,1,b,2024-03-01,cup,n,5\n")

    def gone(*_: object) -> dict[int, str]:
        raise NothingTaken("the file is gone")

    monkeypatch.setattr(files, "reread", gone)
    preview = desk.look(later)
    assert preview.mapping is not None
    batch = desk.read(later, preview.mapping)
    with desk.lake.writing("test") as con:
        with pytest.raises(NothingTaken):
            book.take(con, batch, desk.arrives)
        con.execute("CREATE TABLE went_on AS SELECT 1 AS a")
    assert desk.digest() == before


def test_no_table_made_on_the_way_has_the_name_of_one_that_stays() -> None:
    told = "".join(file.read_text() for file in Path(huitou.__file__).parent.rglob("*.py"))
    stays = {*re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", told)}
    made = {*re.findall(r"TEMP (?:TABLE|VIEW) (\w+)", inspect.getsource(meeting))}
    assert stays >= {"lines", "lines_before", "heard"} and made >= {"met", "unmet", "changed"}
    assert not stays & (made | {*restated.TABLES})
