"""Pages of the shelf: every row once, in order, whatever is asked and whatever is in the names."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huitou.ground import marks
from huitou.ground.errors import HuitouError
from huitou.store.shelf import Layout, Shelf

LAYOUT = Layout(
    key="id",
    finds=("name",),
    filters=("stage",),
    sorts={"value": True, "name": False},
    search=("name",),
)


def shelf(folder: Path, rows: list[tuple[str, int, str, str]]) -> Shelf:
    names = ("id", "value", "name", "stage")
    columns = list(zip(*rows, strict=True)) or [()] * 4
    table = pa.table({name: list(column) for name, column in zip(names, columns, strict=True)})
    made = Shelf(folder / "shelf.db", LAYOUT)
    made.rebuild(table)
    return made


def everything(made: Shelf, **asked: object) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        page = made.page(after=after, limit=3, **asked)
        found += [str(row["id"]) for row in page.rows]
        after = page.after
        if after is None:
            return found


@settings(max_examples=25)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.sampled_from(["value", "name"]))
def test_the_pages_hold_every_row_once_in_order(
    tmp_path_factory: pytest.TempPathFactory, values: list[int], sort: str
) -> None:
    rows = [(f"p{n:02}", value, f"n{value % 3}", "new") for n, value in enumerate(values)]
    made = shelf(tmp_path_factory.mktemp("shelf"), rows)
    by_value = sorted(rows, key=lambda row: (-row[1], row[0]))
    by_name = sorted(rows, key=lambda row: (row[2], row[0]))
    wanted = by_value if sort == "value" else by_name
    assert everything(made, sort=sort) == [row[0] for row in wanted]


def test_filters_and_search_meet(tmp_path: Path) -> None:
    made = shelf(
        tmp_path,
        [("a", 3, "王小明", "lost"), ("b", 2, "王大同", "new"), ("c", 1, "13800138000", "lost")],
    )
    assert everything(made, search="王") == ["a", "b"]
    assert everything(made, search="王", where={"stage": "lost"}) == ["a"]
    assert everything(made, search="0138") == ["c"]
    assert made.page(where={"stage": "lost"}).total == 2


def test_equals_fall_by_their_ties_and_a_shared_tie_parts_nobody(tmp_path: Path) -> None:
    layout = Layout(
        key="id", finds=("id",), filters=(), sorts={"value": True}, search=("id",), ties=("oldest",)
    )
    made = Shelf(tmp_path / "shelf.db", layout)
    table = {"id": list("abcdefg"), "value": [1] * 7, "oldest": ["2", "1", "2", "2", "1", "3", "2"]}
    made.rebuild(pa.table(table))
    assert everything(made) == ["b", "e", "a", "c", "d", "g", "f"]
    after = made.page(limit=2).after
    assert after is not None and marks.read(after) == (1, "e")
    gone = made.page(after=marks.mark(1, "nobody"), limit=9)
    assert len(gone.rows) == 7


@pytest.mark.parametrize(
    "search",
    [
        '"',
        "%",
        "_",
        "' OR 1=1 --",
        '"; DROP TABLE shelf',
        "a* OR",
        "\x00",
        "a\x00",
        "pl\x00ant",
        "\ud800",
        "ab\udcff",
    ],
)
def test_a_hostile_search_finds_nothing_and_breaks_nothing(tmp_path: Path, search: str) -> None:
    made = shelf(tmp_path, [("a", 3, "plain", "lost")])
    assert everything(made, search=search) == []
    assert everything(made) == ["a"]


@pytest.mark.parametrize(
    "asked",
    [
        {"sort": "id; DROP TABLE shelf"},
        {"where": {"value": "1"}},
        {"after": "nonsense"},
        {"after": "NQ=="},
        {"after": "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5LCAiYSJd"},
    ],
)
def test_only_what_stands_on_the_shelf_can_be_asked(
    tmp_path: Path, asked: dict[str, object]
) -> None:
    made = shelf(tmp_path, [("a", 3, "plain", "lost")])
    with pytest.raises(HuitouError):
        made.page(**asked)


def test_one_row_is_found_by_what_it_is_known_by(tmp_path: Path) -> None:
    made = shelf(
        tmp_path, [("b", 3, "same", "lost"), ("a", 2, "same", "new"), ("c", 1, "c", "new")]
    )
    found = made.find("same")
    assert found is not None and found["id"] == "a"
    assert made.find("nobody") is None and made.find("\ud800") is None


@pytest.mark.parametrize("name", ["a#b", "what?", "x%41", "two words", "店"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    made = shelf(tmp_path / name, [("a", 3, "plain", "lost")])
    assert everything(made) == ["a"]
    assert [path.name for path in tmp_path.iterdir()] == [name]
