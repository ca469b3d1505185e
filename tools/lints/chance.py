"""Chance is handed in: a generator or a seed is an argument."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

from tools.lints.rule import Found, Rule, dotted, imported, in_source, nodes

SOURCES = ("random", "secrets", "uuid")
CALLS = {"os.urandom", "np.random.seed", "numpy.random.seed"}
GENERATORS = {"default_rng", "SeedSequence", "Generator", "PCG64", "Philox"}


def _applies(path: PurePosixPath) -> bool:
    return in_source(path) and path.parts[2:] != ("ground", "ids.py")


def _check(path: PurePosixPath, text: str) -> Found:
    for line, name in imported(nodes(text)):
        if name.split(".")[0] in SOURCES:
            yield line, f"{name} draws from the system: take a name from ground.ids, or a generator"
    for node in nodes(text):
        if isinstance(node, ast.Call):
            yield from _drawn(node)


def _drawn(node: ast.Call) -> Found:
    called = dotted(node.func)
    owner, _, verb = called.rpartition(".")
    if called in CALLS:
        yield node.lineno, f"{called}() hides where chance comes from"
    elif verb == "default_rng" or called == "default_rng":
        if not (node.args or node.keywords):
            yield node.lineno, "default_rng() without a seed differs on every run"
    elif owner in ("np.random", "numpy.random") and verb not in GENERATORS:
        yield node.lineno, f"{called}() draws from a generator that everybody shares"


RULE = Rule(
    name="chance",
    reason="Who is held out, and what a resample says, must come out the same tomorrow, and on "
    "another machine.",
    blind="A package that draws for itself, and `ORDER BY random()` inside SQL.",
    applies=_applies,
    check=_check,
    example="src/huitou/stats/resample.py",
    good_lines=(
        "rng = np.random.default_rng(seed)",
        "drawn = rng.normal(size=n)",
        "from huitou.ground.ids import new_id",
    ),
    bad_lines=(
        "import random",
        "from secrets import token_hex",
        "import uuid\nname = uuid.uuid4()",
        "rng = np.random.default_rng()",
        "x = np.random.rand(3)",
        "np.random.seed(1)",
        "import os\nraw = os.urandom(8)",
    ),
)
