"""A law of chance that has a function of its own is asked there: `scipy.stats` loads them all."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from tools.lints.lazy_doors import at_the_top
from tools.lints.rule import Found, Rule, imported, in_source, module


def _applies(path: PurePosixPath) -> bool:
    return in_source(path)


def _check(path: PurePosixPath, text: str) -> Found:
    for statement in at_the_top(module(text).body):
        for line, name in imported(ast.walk(statement)):
            if name == "scipy.stats" or name.startswith("scipy.stats."):
                yield line, f"{name} at the top: scipy.special, or an import in the function"


RULE = Rule(
    name="late_laws",
    reason="Nine modules took normal quantiles and the like from scipy.stats, whose loading was "
    "half a second of every console's start and of every test's worker.",
    blind="A package of others that loads it.",
    applies=_applies,
    check=_check,
    example="src/huitou/stats/power.py",
    good_lines=(
        "from scipy.special import ndtri",
        "def days():\n    from scipy.stats import nbinom",
    ),
    bad_lines=("from scipy.stats import norm", "import scipy.stats"),
)
