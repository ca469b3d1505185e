"""Nobody but the clock reads the clock."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from tools.lints.rule import Found, Rule, dotted, in_source, nodes

READS = {"now", "utcnow", "today"}
OWNERS = {"datetime", "date", "dt"}
TIME = {"time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime"}


def _applies(path: PurePosixPath) -> bool:
    return in_source(path) and path.parts[2:] != ("ground", "clock.py")


def _check(path: PurePosixPath, text: str) -> Found:
    for node in nodes(text):
        if isinstance(node, ast.Call):
            owner, _, verb = dotted(node.func).rpartition(".")
            called = f"{owner}.{verb}"
            if called in TIME or (verb in READS and owner.split(".")[-1] in OWNERS):
                yield node.lineno, f"{called}() reads the wall clock: be told `now` or `as_of`"


RULE = Rule(
    name="wall_clock",
    reason="A day that reads the clock cannot be replayed: a score computed again next week "
    "knew the future, and no test could say so.",
    blind="A clock handed on under another name, or read by a package or by SQL (`now()`).",
    applies=_applies,
    check=_check,
    example="src/huitou/facts/orders.py",
    good_lines=(
        "days = (as_of - first).days",
        "moment = clock.now()",
        "began = time.perf_counter()",
        "day = date(2011, 6, 9)",
    ),
    bad_lines=(
        "from datetime import datetime\nmoment = datetime.now(UTC)",
        "import datetime\nmoment = datetime.datetime.utcnow()",
        "day = date.today()",
        "import time\nstamp = time.time()",
    ),
)
