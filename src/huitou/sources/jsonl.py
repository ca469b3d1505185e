"""JSON lines: one object a line; what is nested becomes a column like `customer.phone`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from huitou.ground.errors import NothingTaken
from huitou.ground.words import Sentence, said
from huitou.sources.encodings import BAD
from huitou.sources.sheet import WIDEST, Broken, Sheet, distinct_names

_NOT_JSON = said("this line is not a JSON object")


class _Unread(Exception):
    """A line that is no object, and why."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(str(reason))
        self.reason = reason


def read(path: Path) -> Sheet:
    """The values of a UTF-8 file as strings; figures are kept as they were written."""
    cells: dict[str, list[str | None]] = {}
    rows: list[int] = []
    broken: list[Broken] = []
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                item = _parsed(line)
            except _Unread as bad:
                broken.append(Broken(number, line.strip(), bad.reason, said("mend the line")))
                continue
            _append(cells, item, len(rows), path.name)
            rows.append(number)
    if not rows:
        raise NothingTaken(
            "not one line of this file is a JSON object",
            file=path.name,
            to_try='one order a line: {"order_id": "1001", "ordered_at": "2026-03-31", …}',
        )
    return Sheet(_table(cells, len(rows)), np.array(rows, dtype=np.int64), tuple(broken))


def _append(cells: dict[str, list[str | None]], item: dict[str, str], at: int, name: str) -> None:
    for key, value in item.items():
        column = cells.setdefault(key, [])
        column.extend([None] * (at - len(column)))
        column.append(value)
    if len(cells) > WIDEST:
        raise NothingTaken(f"the objects of this file have more than {WIDEST} names", file=name)


def _table(cells: dict[str, list[str | None]], height: int) -> pa.Table:
    names = distinct_names(list(cells))
    columns = [
        pa.array(column + [None] * (height - len(column)), pa.string()) for column in cells.values()
    ]
    return pa.table(dict(zip(names, columns, strict=True)))


def _parsed(line: str) -> dict[str, str]:
    if BAD in line:
        raise _Unread(said("these bytes are no letters in the encoding of the file"))
    try:
        item = json.loads(
            line, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object
        )
    except (json.JSONDecodeError, RecursionError) as bad:
        raise _Unread(_NOT_JSON) from bad
    if not isinstance(item, dict):
        raise _Unread(_NOT_JSON)
    return dict(_flat(item, ""))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    taken = dict(pairs)
    if len(taken) < len(pairs):
        raise _Unread(said("a name stands twice in this object"))
    return taken


def _flat(item: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in item.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield prefix + name, json.dumps(value, ensure_ascii=False)
        elif isinstance(value, bool):
            yield prefix + name, "true" if value else "false"
        elif value is not None:
            yield prefix + name, value
