"""No drawer without a label: a name that could hold anything will."""

from __future__ import annotations

import ast
import re
from pathlib import PurePosixPath

from tools.lints.rule import Found, Rule, nodes

DRAWERS = re.compile(r"^(utils?|helpers?|commons?|base|managers?|services?|misc|stuff)$")
SUFFIX = re.compile(r"[a-z](Utils?|Helpers?|Manager|Service)$")


def _applies(path: PurePosixPath) -> bool:
    return path.suffix == ".py" and path.parts[0] in ("src", "tests", "tools")


def _check(path: PurePosixPath, text: str) -> Found:
    for part in (*path.parts[:-1], path.stem):
        if DRAWERS.match(part):
            yield 1, f"{part!r} could hold anything: name the thing it holds"
    for node in nodes(text):
        if isinstance(node, ast.ClassDef) and SUFFIX.search(node.name):
            yield node.lineno, f"class {node.name}: name the thing it is"


RULE = Rule(
    name="labels",
    reason="In house after house the imports that run uphill start in `utils`; the worst files "
    "of thousands of lines are called `service`.",
    blind="A drawer with a good name.",
    applies=_applies,
    check=_check,
    example="src/huitou/loyalty/ledger.py",
    good_lines=("class Ledger:\n    pass", "class Baseline:\n    pass"),
    bad_lines=("class OrderManager:\n    pass", "class MailService:\n    pass"),
)
