"""Excel workbooks (xlsx, xls): measured from outside before a parser opens them.

A valid workbook of 1.4 KB can claim a cell in its last corner and ask the parser for 549 GB. So
the archive's sizes and the corners of its sheets are read first; and the whole happens in a child.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from zlib import error as ZlibError

import fastexcel
import numpy as np
import pyarrow as pa

from huitou.ground.errors import NothingTaken
from huitou.ground.words import said
from huitou.sources.contract import Choice, Question, typed
from huitou.sources.recognise import recognised_names
from huitou.sources.sheet import WIDEST, Sheet, distinct_names

MOST_UNPACKED = 2**30
"""Bytes of one part of the archive when unpacked: a million order lines take a third of it."""
MOST_CELLS = 60_000_000
"""Cells in the rectangle a sheet spans, empty ones counted: the parser allocates them all."""

_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})([0-9]{1,7})"')
_BLOCK = 2**22
_TITLE_ROWS = 20


def measure(path: Path) -> None:
    """Refuse a workbook that is not what it looks like, without opening it as one."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return  # an old .xls: no archive; the limits of the process hold
    try:
        with zipfile.ZipFile(path) as archive:
            _require_workbook(archive, path.name)
            for part in archive.infolist():
                if part.file_size > MOST_UNPACKED:
                    raise _bomb(path.name)
            for part in archive.infolist():
                if part.filename.startswith("xl/worksheets/"):
                    _measure_sheet(archive, part, path.name)
    except (zipfile.BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError) as bad:
        raise _damaged(path.name) from bad


def sheet_of(path: Path, declared: str | None) -> str | Question:
    """The one sheet with rows, or the question which; a sheet in whose top rows two names are
    recognised goes before sheets of notes."""
    book = _open(path)
    if declared is not None:
        if declared not in book.sheet_names:
            raise NothingTaken(
                f"the workbook has no sheet {declared!r}",
                file=path.name,
                to_try=f"--sheet NAME, where NAME is one of: {', '.join(book.sheet_names)}",
            )
        return declared
    telling = [name for name in book.sheet_names if _header(book, name) is not None]
    candidates = telling or list(book.sheet_names)
    if len(candidates) == 1:
        return candidates[0]
    choices = tuple(Choice(name) for name in candidates)
    return Question(
        "sheet",
        None,
        choices,
        said("Several sheets of this workbook look like orders. Which one is to be taken?"),
        typed("--sheet", choices),
    )


def header_row(path: Path, sheet: str) -> int:
    """Rows above the header: the first in which two names are recognised, else none."""
    return _header(_open(path), sheet) or 0


def read(path: Path, sheet: str, header: int) -> Sheet:
    """The cells of one sheet as strings, dates as ISO; rows numbered as the spreadsheet does."""
    measure(path)
    cells = _cells(_open(path), sheet, None)
    if cells.num_columns > WIDEST:
        raise NothingTaken(f"the sheet has {cells.num_columns} columns", file=path.name)
    if cells.num_rows <= header:
        raise NothingTaken("the sheet is empty", file=path.name, to_try="--sheet NAME")
    names = distinct_names([column[header].as_py() or "" for column in cells.columns])
    table = cells.slice(header + 1).rename_columns(list(names))
    rows = np.arange(header + 2, cells.num_rows + 1, dtype=np.int64)
    return Sheet(table, rows).without_blank_rows()


def _open(path: Path) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as bad:
        if "assword" in str(bad) or "ncrypt" in str(bad):
            raise NothingTaken(
                "this workbook is locked with a password",
                file=path.name,
                to_try="open it, take the password off, and save it again",
            ) from bad
        raise _damaged(path.name) from bad


def _cells(book: fastexcel.ExcelReader, sheet: str, height: int | None) -> pa.Table:
    loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, n_rows=height, dtypes="string")
    return pa.Table.from_batches([loaded.to_arrow()])


def _header(book: fastexcel.ExcelReader, sheet: str) -> int | None:
    top = _cells(book, sheet, _TITLE_ROWS).to_pylist()
    for number, row in enumerate(top):
        if recognised_names([cell or "" for cell in row.values()]) >= 2:
            return number
    return None


def _require_workbook(archive: zipfile.ZipFile, name: str) -> None:
    if not any(part.startswith("xl/") for part in archive.namelist()):
        raise NothingTaken(
            "this is a packed folder, not a workbook",
            file=name,
            to_try="unpack it first, then import the files in it",
        )


def _measure_sheet(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Unpack a sheet's text in blocks and follow the furthest cell it names."""
    rows = columns = 0
    with archive.open(part) as text:
        for block in _overlapping(text):
            for letters, number in _CELL.findall(block):
                rows, columns = max(rows, int(number)), max(columns, _column(letters))
            if rows * columns > MOST_CELLS:
                raise _bomb(name)


def _overlapping(text: IO[bytes]) -> Iterator[bytes]:
    tail = b""
    while block := text.read(_BLOCK):
        yield tail + block
        tail = block[-200:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _bomb(name: str) -> NothingTaken:
    return NothingTaken(
        "this workbook claims far more cells than it can hold: it is damaged or made to do harm",
        file=name,
        to_try="save the sheet as CSV",
    )


def _damaged(name: str) -> NothingTaken:
    return NothingTaken(
        "this workbook cannot be opened: it is damaged, locked, or no workbook",
        file=name,
        to_try="open it in a spreadsheet and save it as xlsx or CSV",
    )
