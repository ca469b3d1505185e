"""A mapping is a file that people read and change; batches say how a file was read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.errors import HuitouError
from huitou.sources import mappings
from huitou.sources.contract import FIELDS, LINES, READ, Mapping

PLAIN = Mapping(
    columns={"order_id": "订单号", "ordered_at": "时间", "amount": "金额"},
    layout=("订单号", "时间", "金额", "备注"),
    format="csv",
    currency="CNY",
    timezone="Asia/Shanghai",
)


def test_a_mapping_survives_its_file() -> None:
    assert Mapping.from_toml(PLAIN.to_toml()) == PLAIN


@given(st.lists(st.text(min_size=1, max_size=8), min_size=3, max_size=3, unique=True))
def test_any_column_name_survives(names: list[str]) -> None:
    names = [name.encode("utf-8", "replace").decode() for name in names]
    columns = dict(zip(("order_id", "ordered_at", "amount"), names, strict=True))
    mapping = Mapping(columns, tuple(names), "csv", "CNY", "UTC")
    assert Mapping.from_toml(mapping.to_toml()) == mapping


def test_the_digest_changes_with_what_is_read_and_not_with_the_rest_of_the_file() -> None:
    other = Mapping.from_dict({**PLAIN.to_dict(), "layout": ["x"]})
    assert other.digest() == PLAIN.digest()
    assert Mapping.from_dict({**PLAIN.to_dict(), "decimal": ","}).digest() != PLAIN.digest()


@pytest.mark.parametrize(
    "text",
    ["", "format = [", 'format = "csv"\nnonsense = 1', PLAIN.to_toml().replace('"csv"', '"doc"'),
     PLAIN.to_toml().replace("order_id", "order_number")],
)  # fmt: skip
def test_a_mapping_that_cannot_stand_is_refused_in_words(text: str) -> None:
    with pytest.raises(HuitouError):
        Mapping.from_toml(text)


def test_a_kept_mapping_is_found_by_its_columns(tmp_path: Path) -> None:
    assert mappings.kept(tmp_path, PLAIN.layout) is None
    assert mappings.keep(tmp_path, PLAIN).name == "shop.toml"
    assert mappings.keep(tmp_path, PLAIN).name == "shop.toml"
    other = Mapping.from_dict({**PLAIN.to_dict(), "layout": ["订单号", "时间", "金额"]})
    assert mappings.keep(tmp_path, other).name == "shop-2.toml"
    assert mappings.kept(tmp_path, tuple(reversed(PLAIN.layout))) == PLAIN
    assert mappings.kept(tmp_path, PLAIN.layout, source="till") is None


def test_lines_are_what_was_read_and_when() -> None:
    assert LINES.names[: len(READ)] == READ.names
    assert LINES.names[len(READ) :] == ["batch", "loaded_at"]


def test_the_reference_page_names_every_field() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "import.md"
    text = page.read_text(encoding="utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in text] == []
