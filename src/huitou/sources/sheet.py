"""A file as a table of cells, before anything is understood: what every format hands over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.words import Sentence
from huitou.sources.faults import mask
from huitou.sources.texts import written

WIDEST = 2_000
"""Columns a file may have; an export has dozens."""


@dataclass(frozen=True)
class Broken:
    """A row that could not be parted into columns, or whose bytes are no text."""

    row: int
    text: str
    reason: Sentence
    to_try: Sentence


@dataclass(frozen=True)
class Sheet:
    """Cells by column. `rows` are row numbers as a spreadsheet shows them (the header is row 1)."""

    table: pa.Table
    rows: NDArray[np.int64]
    broken: tuple[Broken, ...] = ()

    @property
    def total(self) -> int:
        """All rows of the file that hold anything."""
        return int(self.table.num_rows) + len(self.broken)

    def column(self, name: str) -> pa.Array:
        """One column in one piece."""
        chunked = self.table.column(name)
        return chunked.chunk(0) if chunked.num_chunks == 1 else _joined(chunked)

    def head(self, height: int) -> Sheet:
        """The first rows."""
        return Sheet(self.table.slice(0, height), self.rows[:height])

    def taken(self, positions: NDArray[np.int64]) -> Sheet:
        """Some rows."""
        return Sheet(self.table.take(pa.array(positions)), self.rows[positions])

    def raw(self, positions: NDArray[np.int64]) -> list[dict[str, str | None]]:
        """Some rows as a person would write them, for the quarantine."""
        some = self.table.take(pa.array(positions))
        columns = {name: written(_joined(some.column(name))) for name in some.column_names}
        rows: list[dict[str, str | None]] = pa.table(columns).to_pylist()
        return rows

    def without_blank_rows(self) -> Sheet:
        """Rows with nothing in them are no rows: spreadsheets append them by the thousand."""
        if not self.table.num_rows:
            return self
        held = np.zeros(self.table.num_rows, dtype=bool)
        for name in self.table.column_names:
            held |= _holds_something(self.column(name))
            if held.all():
                return self
        return Sheet(self.table.filter(pa.array(held)), self.rows[held], self.broken)


def distinct_names(names: Sequence[str]) -> tuple[str, ...]:
    """Column names with blanks named and doubles told apart: `("", "a", "a")` -> 3 names."""
    taken: dict[str, None] = {}
    for position, written_name in enumerate(names, start=1):
        name = " ".join(written_name.replace("\ufeff", "").split()) or f"column {position}"
        copy, candidate = 1, name
        while candidate in taken:
            copy += 1
            candidate = twin_of(name, copy)
        taken[candidate] = None
    return tuple(taken)


def twin_of(name: str, copy: int = 2) -> str:
    """What another column of the same name is called."""
    return f"{name} ({copy})"


def _joined(chunked: pa.ChunkedArray) -> pa.Array:
    if chunked.num_chunks == 0:
        return pa.array([], chunked.type)
    joined = chunked.combine_chunks()
    return joined.chunk(0) if isinstance(joined, pa.ChunkedArray) else joined


def _holds_something(column: pa.Array) -> NDArray[np.bool_]:
    held = column.is_valid()
    if pa.types.is_string(column.type):
        held = pc.not_equal(pc.utf8_trim_whitespace(column), "")
    return mask(held)
