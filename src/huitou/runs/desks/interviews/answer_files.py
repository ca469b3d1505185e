"""Answers typed from paper into a table: a CSV with `id, why, where_to, words`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from huitou.care.interviews.rules import PLACE_LETTERS, WORDS_LETTERS, tidy
from huitou.care.reasons import WHYS
from huitou.ground.errors import BadInput

LARGEST = 5_000_000
"""Bytes; a hundred thousand answers are smaller."""


@dataclass(frozen=True)
class AnswerRow:
    """One line of the table; `problem` says what is wrong with it, or is None."""

    line: int
    id: str
    why: str
    where_to: str | None
    words: str | None
    problem: str | None = None


@dataclass(frozen=True)
class Answers:
    """What became of a table of answers: every row is counted once."""

    kept: int
    known: int
    """Interviews that had their answer already; the first answer stays."""
    refused: tuple[tuple[int, str], ...]
    """(line, why it was not kept)."""


def read_answers(path: Path) -> Iterator[AnswerRow]:
    """The rows of a CSV in UTF-8. Raises `BadInput` for what is no such table."""
    if not path.is_file():
        raise BadInput(f"there is no file {path.name!r}", file=path.name)
    raw = path.read_bytes()
    if len(raw) > LARGEST:
        raise BadInput("the table is too large", file=path.name, to_try="several smaller ones")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as failed:
        raise BadInput("the table is not UTF-8", file=path.name) from failed
    table = csv.DictReader(io.StringIO(text))
    heads = [name.strip().lower() for name in table.fieldnames or ()]
    if absent := [name for name in ("id", "why") if name not in heads]:
        raise BadInput(
            f"the table has no column {' and '.join(absent)}",
            file=path.name,
            to_try="a first line that says: id,why,where_to,words",
        )
    table.fieldnames = heads
    for row in table:
        yield _row(table.line_num, row)


def _row(line: int, row: Mapping[str, str | None]) -> AnswerRow:
    why = (row.get("why") or "").strip()
    problem = None if why in WHYS else f"{why!r} is no answer; one of: {', '.join(WHYS)}"
    return AnswerRow(
        line=line,
        id=(row.get("id") or "").strip().lower(),
        why=why,
        where_to=tidy(row.get("where_to"), PLACE_LETTERS),
        words=tidy(row.get("words"), WORDS_LETTERS),
        problem=problem,
    )
