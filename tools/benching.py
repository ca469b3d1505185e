"""Measure what a chapter promises and print the rows: `python -m tools.benching care [ROOM …]`.

With `--full`, what takes longer too; with `--json`, as one JSON value.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CHAPTERS = tuple(sorted(folder.name.removeprefix("bench_") for folder in HERE.glob("bench_*/")))
"""The chapters that are measured: each a folder `bench_<chapter>` beside this file."""


def longer() -> bool:
    """Whether `--full` was said: rooms then measure what takes longer, too."""
    return "--full" in sys.argv


def rooms(chapter: str) -> list[str]:
    """The rooms of a chapter that can be measured."""
    files = (HERE / f"bench_{chapter}").glob("*.py")
    return sorted(file.stem for file in files if not file.stem.startswith("_"))


def measured(chapter: str, chosen: list[str]) -> list[dict[str, Any]]:
    """The rows of these rooms; a room that cannot be measured here says so in a row."""
    found: list[dict[str, Any]] = []
    for room in chosen:
        print(f"{room} …", file=sys.stderr)
        try:
            found += importlib.import_module(f"tools.bench_{chapter}.{room}").rows()
        except FileNotFoundError as missing:
            found.append(_not_measured(room, str(missing)))
    return found


def _not_measured(room: str, why: str) -> dict[str, Any]:
    blank = dict.fromkeys(("value", "unit", "peer", "ratio", "bar"))
    return {"name": f"{room}: {why}", **blank, "holds": False}


def main(arguments: list[str]) -> int:
    """Print the rows; 1 where a bar does not hold."""
    chapter, *named = [name for name in arguments if not name.startswith("--")] or [""]
    known = rooms(chapter) if chapter in CHAPTERS else []
    if not known or set(named) - set(known):
        print(f"what to measure: {' '.join(CHAPTERS)}; rooms: {' '.join(known)}", file=sys.stderr)
        return 2
    rows = measured(chapter, named or known)
    if "--json" in arguments:
        print(json.dumps(rows, ensure_ascii=False, allow_nan=False))
    else:
        print("\n".join(map(_line, rows)))
    return 1 if any(row["holds"] is False for row in rows) else 0


def _line(row: dict[str, Any]) -> str:
    mark = {True: "holds ", False: "FAILS ", None: "      "}[row["holds"]]
    told = [f"{row['name']}: {_figure(row['value'])} {row['unit'] or ''}".rstrip()]
    told += [f"{name} {_figure(row[name])}" for name in ("peer", "ratio", "bar") if row[name]]
    return mark + " · ".join(told)


def _figure(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.4g}" if abs(value) < 1_000 else f"{value:,.10g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
