"""Measure care and print the rows: `python -m tools.bench_care [ROOM …] [--json]`."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def rooms() -> list[str]:
    """The rooms that can be measured."""
    return sorted(file.stem for file in HERE.glob("*.py") if not file.stem.startswith("_"))


def measured(chosen: list[str]) -> list[dict[str, Any]]:
    """The rows of these rooms; a room that cannot be measured here says so in a row."""
    found: list[dict[str, Any]] = []
    for room in chosen:
        print(f"{room} …", file=sys.stderr)
        try:
            found += importlib.import_module(f"tools.bench_care.{room}").rows()
        except FileNotFoundError as missing:
            found.append(_not_measured(room, str(missing)))
    return found


def _not_measured(room: str, why: str) -> dict[str, Any]:
    blank = dict.fromkeys(("value", "unit", "peer", "ratio", "bar"))
    return {"name": f"{room}: {why}", **blank, "holds": False}


def main(arguments: list[str]) -> int:
    """Print a table, or with `--json` one JSON value; 1 where a bar does not hold."""
    named = [name for name in arguments if not name.startswith("--")]
    if unknown := set(named) - set(rooms()):
        print(f"no such room: {sorted(unknown)}; there are {rooms()}", file=sys.stderr)
        return 2
    rows = measured(named or rooms())
    if "--json" in arguments:
        print(json.dumps(rows, ensure_ascii=False, allow_nan=False))
    else:
        for row in rows:
            print(_line(row))
    return 1 if any(row["holds"] is False for row in rows) else 0


def _line(row: dict[str, Any]) -> str:
    mark = {True: "holds ", False: "FAILS ", None: "      "}[row["holds"]]
    told = [f"{row['name']}: {_figure(row['value'])} {row['unit'] or ''}".rstrip()]
    told += [f"{name} {_figure(row[name])}" for name in ("peer", "ratio", "bar") if row[name]]
    return mark + " · ".join(told)


def _figure(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
