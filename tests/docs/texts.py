"""Every text of the product that a merchant can read, found in the source."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, nodes

SOURCE = Path(__file__).parents[2] / "src" / "huitou"
SAYERS = {"said", "say", "says", "t"}


@lru_cache(maxsize=1)
def texts() -> frozenset[str]:
    """All literal texts that are handed to `said`, `say` or a template's `t`."""
    found = {text for path in SOURCE.rglob("*.py") for text in _in_python(path)}
    for path in (SOURCE / "doors").rglob("templates/**/*.html"):
        found.update(_in_template(path))
    return frozenset(found | _told() | _in_data())


def _in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in SAYERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value


def _in_template(path: Path) -> Iterator[str]:
    for call in Environment().parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
        said = isinstance(call.node, nodes.Name) and call.node.name == "t"
        if said and call.args and isinstance(call.args[0], nodes.Const):
            yield call.args[0].value


def _in_data() -> set[str]:
    """What the acts that are shipped as data are called."""
    text = (SOURCE / "decisions" / "acts.toml").read_text(encoding="utf-8")
    return {act["claim"] for act in tomllib.loads(text)["act"]}


def _told() -> set[str]:
    """Plain sentences of refusals at the door, which the sign-in pages show as they are."""
    book = SOURCE / "doors" / "book.py"
    refused = set()
    for node in ast.walk(ast.parse(book.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
            first = node.args[0]
            if isinstance(first, ast.Constant):
                refused.add(first.value)
    return refused
