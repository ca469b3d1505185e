"""Separated text (CSV, TSV, semicolons): parted into cells, broken rows kept with their number."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from huitou.ground.errors import NothingTaken
from huitou.ground.words import said
from huitou.sources.encodings import BAD
from huitou.sources.faults import mask
from huitou.sources.recognise import recognised_names
from huitou.sources.sheet import WIDEST, Broken, Sheet, distinct_names

DELIMITERS = (",", "\t", ";", "|")
_BLOCK = 2**22
_SWALLOWED = said("a quote was opened in this row and not closed: it swallowed the rows after it")
_MOST_LINES = 50
"""A cell with more line breaks than this is an unclosed quote that swallowed rows."""


def layout(path: Path, delimiter: str | None) -> tuple[str, int]:
    """The separator, and how many lines stand above the header (titles, `sep=;`)."""
    head = _head(path)
    if head.lower().startswith("sep=") and len(head.splitlines()[0]) == 5:
        told = head[4]
        return told, 1 + _header_line(head.split("\n", 1)[1], told)
    chosen = delimiter or max(DELIMITERS, key=lambda sign: _fit(head, sign))
    return chosen, _header_line(head, chosen)


def read(path: Path, delimiter: str, header_row: int) -> Sheet:
    """The cells of a UTF-8 file as strings."""
    names = _names(path, delimiter, header_row)
    unread: list[Broken] = []
    parted = _parted(path, delimiter, header_row, len(names), unread)
    table = parted.slice(1).rename_columns(list(names))
    numbers = header_row + np.arange(1, parted.num_rows + len(unread) + 1, dtype=np.int64)
    kept = numbers[~np.isin(numbers, [row.row for row in unread])] if unread else numbers
    broken = [row for row in unread if row.text.strip()]
    for row in broken:
        if row.reason == _SWALLOWED:
            raise _swallowed(path.name, row.row, None, row.text)
    sheet = Sheet(table, kept[1:], tuple(broken)).without_blank_rows()
    return _without_bad_bytes(_without_swallowed(sheet, path.name))


def _parted(
    path: Path, delimiter: str, header_row: int, width: int, unread: list[Broken]
) -> pa.Table:
    def keep(row: arrow_csv.InvalidRow) -> str:
        reason = said(
            "this row has {cells} cells, the header has {names}",
            cells=row.actual_columns,
            names=row.expected_columns,
        )
        if row.text.count("\n") > _MOST_LINES:
            reason = _SWALLOWED
        mend = said("mend the separators or the quotes")
        unread.append(Broken(row.number, row.text, reason, mend))
        return "skip"

    try:
        return arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=_BLOCK, skip_rows=header_row,
                autogenerate_column_names=True,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={f"f{i}": pa.string() for i in range(width)}, strings_can_be_null=False
            ),
        )  # fmt: skip
    except pa.ArrowInvalid as bad:
        raise NothingTaken(
            "a row of this file does not end: perhaps a quote was opened and not closed",
            file=path.name,
            to_try="export it again, or mend the quotes",
        ) from bad


def _names(path: Path, delimiter: str, header_row: int) -> tuple[str, ...]:
    lines = io.StringIO(_head(path), newline="")
    for _ in range(header_row):
        lines.readline()
    try:
        header = next(csv.reader(lines, delimiter=delimiter), []) or [""]
    except csv.Error as bad:
        raise NothingTaken(
            "the header of this file cannot be parted into names",
            file=path.name,
            to_try="export it again with one row a line",
        ) from bad
    if len(header) > WIDEST:
        raise NothingTaken(
            f"the header has {len(header)} columns; a file of orders has dozens",
            file=path.name,
            to_try="export only the columns that belong to orders",
        )
    return distinct_names(header)


def _head(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(2**18).decode("utf-8", "replace")


def _fit(head: str, delimiter: str) -> tuple[int, int]:
    widths = [len(row) for row in _rows(head, delimiter)[:30] if row]
    if not widths:
        return (0, 0)
    usual = max(set(widths), key=widths.count)
    return (widths.count(usual) if usual > 1 else 0, usual)


def _header_line(head: str, delimiter: str) -> int:
    """Physical lines above the first row in which two names are recognised, or else that holds
    anything."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    before, filled = 0, None
    try:
        for _, row in zip(range(20), reader, strict=False):
            if recognised_names(row) >= 2:
                return before
            if filled is None and any(row):
                filled = before
            before = reader.line_num
    except csv.Error:
        return filled or 0
    return filled or 0


def _rows(head: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))[:-1] or list(
            csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        )
    except csv.Error:
        return []


def _without_swallowed(sheet: Sheet, name: str) -> Sheet:
    for column in sheet.table.column_names:
        breaks = pc.count_substring(sheet.column(column), "\n")
        if len(breaks) and pc.max(breaks).as_py() > _MOST_LINES:
            at = int(np.flatnonzero(breaks.to_numpy() > _MOST_LINES)[0])
            value = sheet.column(column)[at].as_py()
            raise _swallowed(name, int(sheet.rows[at]), column, value)
    return sheet


def _swallowed(name: str, row: int, column: str | None, value: str) -> NothingTaken:
    return NothingTaken(
        _SWALLOWED, file=name, row=row, column=column, value=value[:40],
        to_try="close the quote or take it out",
    )  # fmt: skip


def _without_bad_bytes(sheet: Sheet) -> Sheet:
    bad = np.zeros(sheet.table.num_rows, dtype=bool)
    for column in sheet.table.column_names:
        bad |= mask(pc.match_substring(sheet.column(column), BAD))
    if not bad.any():
        return sheet
    rows = [
        Broken(
            int(sheet.rows[at]),
            "\t".join(cell or "" for cell in row.values()),
            said("these bytes are no letters in the encoding of the file"),
            said("mend the row, or name another encoding: --encoding gb18030"),
        )
        for at, row in zip(np.flatnonzero(bad), sheet.raw(np.flatnonzero(bad)), strict=True)
    ]
    return Sheet(sheet.table.filter(pa.array(~bad)), sheet.rows[~bad], (*sheet.broken, *rows))
