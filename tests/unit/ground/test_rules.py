"""Files of rules: the merchant's own counts whole, and what cannot stand is named with its line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from huitou.ground.errors import BadRule
from huitou.ground.rules import LARGEST, RuleFile, Told, line_of, switched

TEXT = """# Cups.
on = false
each = 1

[[gift]]
name = "a"

  [[gift.part]]
  size = 1

[[gift]]
name = "b"
parts = { size = 2, wide = true }
sizes = [
  [1, 2],
]

  [[gift.part]]
  size = 3

[till]
bearer = true
"""


def cups(told: Mapping[str, Any]) -> int:
    return Told(told).whole("each", 1, 1, 9)


@pytest.fixture
def file(tmp_path: Path) -> RuleFile[[], int]:
    shipped = tmp_path / "shipped.toml"
    shipped.write_text("each = 1\n", encoding="utf-8")
    return RuleFile("cups", shipped, cups)


def test_without_one_of_their_own_what_is_shipped_counts(
    file: RuleFile[[], int], tmp_path: Path
) -> None:
    assert file.read(tmp_path) == file.as_shipped() == 1 and not file.is_own(tmp_path)
    file.write(tmp_path, "each = 2\n")
    assert file.read(tmp_path) == 2 and file.is_own(tmp_path)


@pytest.mark.parametrize(
    ("text", "row", "column", "value"),
    [("\neach = \n", 2, None, None), ("# a\neach = 10\n", 2, "each", "10"),
     ("each = 1\n[x", 2, None, None)],
)  # fmt: skip
def test_what_cannot_stand_is_named(
    file: RuleFile[[], int], tmp_path: Path, text: str, row: int, column: str, value: str
) -> None:
    file.write(tmp_path, text)
    with pytest.raises(BadRule) as bad:
        file.read(tmp_path)
    wrong = bad.value
    assert (wrong.file, wrong.row, wrong.column) == ("rules/cups.toml", row, column)
    assert wrong.value == value and str(wrong).startswith(f"rules/cups.toml, line {row}: ")


def test_a_file_that_is_none_is_refused_in_words(file: RuleFile[[], int], tmp_path: Path) -> None:
    file.write(tmp_path, "")
    (tmp_path / file.file).write_bytes(b"each = '\xff'")
    with pytest.raises(BadRule, match="UTF-8"):
        file.read(tmp_path)
    (tmp_path / file.file).write_bytes(b"#" * 300_000)
    with pytest.raises(BadRule, match="larger"):
        file.read(tmp_path)


@pytest.mark.parametrize("letter", ["#", "茶"])
def test_a_text_larger_than_any_file_is_refused(file: RuleFile[[], int], letter: str) -> None:
    size = len(letter.encode())
    fits = f"each = 3\n# {letter * ((LARGEST - 20) // size)}"
    assert file.understood(fits) == 3
    with pytest.raises(BadRule, match="larger") as bad:
        file.understood(fits + letter * 20)
    assert bad.value.file == "rules/cups.toml"


@pytest.mark.parametrize(
    ("rule", "line"),
    [("each", 3), ("gift.1.name", 6), ("gift.2.name", 12), ("gift.2.parts.size", 13),
     ("gift.1.part.1.size", 9), ("gift.2.part.1.size", 19), ("gift.2.cost", 11),
     ("till.bearer", 22), ("till.none", 21), ("none", None)],
)  # fmt: skip
def test_the_line_of_a_rule_is_found_or_that_of_its_table(rule: str, line: int | None) -> None:
    assert line_of(TEXT, rule) == line


def test_a_switch_changes_one_line_wherever_it_stands() -> None:
    on = switched(TEXT, on=True)
    assert on == TEXT.replace("on = false", "on = true") and switched(on, on=False) == TEXT
    without = TEXT.replace("on = false\n", "")
    assert switched(without, on=True) == on
    dated = switched(TEXT, on=True, since=date(2026, 3, 1))
    assert "on = true\nsince = 2026-03-01\neach" in dated
    assert switched("[till]\non = 1", on=True) == "on = true\n[till]\non = 1\n"
    assert switched("", on=True).strip() == "on = true"
