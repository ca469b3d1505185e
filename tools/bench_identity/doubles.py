"""Pairwise precision and recall where the truth is known, each at the cut chosen without it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.bench_identity._sets import PRECISION, RECALL, Found, chinese, febrl

ROOT = Path(__file__).parents[2]
FEBRL = (("1",), ("2",), ("3",), ("4a", "4b"))


def rows() -> list[dict[str, Any]]:
    """Of each set how many of the pairs made one are true, and how many of the true were made."""
    return [row for found in _every() for row in _rows(found)]


def _every() -> Iterator[Found]:
    data = Path(os.environ.get("HUITOU_TEST_DATA") or ROOT.parent / "shared" / "data")
    for numbers in FEBRL:
        yield febrl(*(data / "identity" / f"febrl_{each}.csv" for each in numbers))
    yield chinese()


def _rows(found: Found) -> Iterator[dict[str, Any]]:
    for name, value, bar in (
        ("precision", found.precision, PRECISION),
        ("recall", found.recall, RECALL),
    ):
        yield {
            "name": f"{found.name}: {name} of {found.true} true pairs",
            "value": round(value, 4), "unit": "", "peer": None, "ratio": None, "bar": bar,
            "holds": value >= bar,
        }  # fmt: skip
