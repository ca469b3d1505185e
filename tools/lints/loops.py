"""Tests await in a loop of their own: whether one runs already depends on who came before them."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from tools.lints.rule import Found, Rule, dotted, nodes

STARTS = {"asyncio.run", "asyncio.Runner", "anyio.run"}


def _applies(path: PurePosixPath) -> bool:
    return path.parts[0] == "tests" and path.suffix == ".py" and path.name != "loops.py"


def _check(path: PurePosixPath, text: str) -> Found:
    for node in nodes(text):
        if isinstance(node, ast.Call) and (called := dotted(node.func)) in STARTS:
            yield node.lineno, f"{called}() in the tests' own thread: tests.loops.awaited()"


RULE = Rule(
    name="loops",
    reason="A browser's test leaves a loop running in its worker: eight tests that began one were "
    "green alone and red in a whole run.",
    blind="The same functions under another name.",
    applies=_applies,
    check=_check,
    example="tests/unit/events/test_bell.py",
    good_lines=("assert awaited(come()) == 1", "threading.Thread(target=asyncio.run)"),
    bad_lines=("import asyncio\nasyncio.run(come())", "import anyio\nanyio.run(come)"),
)
