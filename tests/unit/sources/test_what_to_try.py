"""What sentences say to type can be typed: commands and options exist as they are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import huitou.sources
from huitou.doors.cli.main import app

COMMANDS = typer.main.get_command(app)
FILES = sorted(Path(huitou.sources.__file__).parent.glob("*.py"))


def strings(path: Path) -> Iterator[str]:
    """Every text of a module but its docstrings; what is filled in stands as NAME."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
             for part in node.values}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            told = [
                part.value if isinstance(part, ast.Constant) else "NAME" for part in node.values
            ]
            yield "".join(map(str, told))
        elif isinstance(node, ast.Constant) and id(node) not in bare | parts:
            yield node.value if isinstance(node.value, str) else ""


def options(command: object) -> set[str]:
    return {name for each in getattr(command, "params", ()) for name in each.opts}


TOLD = [(path.name, text) for path in FILES for text in strings(path)]
TYPED = [
    (name, text) for name, text in TOLD if re.search(r"\bhuitou [a-z]|(?<![\w-])--[a-z]", text)
]


@pytest.mark.parametrize(("module", "text"), TYPED)
def test_what_is_to_be_typed_exists(module: str, text: str) -> None:
    calls = re.findall(r"\bhuitou ([a-z]+)(?: ([a-z]+)\b)?", text)
    for name, then in calls:
        command = getattr(COMMANDS, "commands", {}).get(name)
        assert command is not None, f"{module}: huitou {name}"
        below = getattr(command, "commands", None)
        assert below is None or then in below, f"{module}: huitou {name} {then}"
    known = options(getattr(COMMANDS, "commands", {})["import"])
    assert set(re.findall(r"(?<![\w-])(--[a-z][a-z-]*)", text)) <= known


def test_there_is_something_to_try() -> None:
    assert len(TYPED) > 15
