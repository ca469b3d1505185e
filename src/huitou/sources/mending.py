"""Quarantined rows as a table to mend, and the mended table on its way back.

The table has the columns of the file the rows came from, and four more that say what is wrong.
Cells that a spreadsheet would run as a formula carry a `'` in front, which is taken off again.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.errors import BadInput
from huitou.ground.spreadsheets import NEUTRALISED, neutral, restored
from huitou.ground.words import Sentence
from huitou.sources import book
from huitou.sources.book import Quarantined
from huitou.sources.contract import Mapping, Preview
from huitou.sources.sheet import Sheet
from huitou.sources.texts import cleaned, written
from huitou.sources.wire import words_of

BATCH, ROW = "huitou_batch", "huitou_row"
Say = Callable[[Sentence], str]
MARKS = (BATCH, ROW, "huitou_column", "huitou_reason", "huitou_to_try")


def export(con: duckdb.DuckDBPyConnection, path: Path, say: Say = str) -> tuple[Path, ...]:
    """Write all waiting rows as CSV; one file for each way of reading, the first at `path`.

    `say` puts what is wrong into the words of the reader.
    """
    groups: dict[str, tuple[Mapping, list[Quarantined]]] = {}
    for row in book.quarantined(con):
        mapping = book.mapping_of(con, row.batch)
        groups.setdefault(mapping.digest(), (mapping, []))[1].append(row)
    files = []
    for number, (mapping, rows) in enumerate(groups.values(), start=1):
        target = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        _write(target, mapping.layout, rows, say)
        files.append(target)
    return tuple(files)


def mapping_for(con: duckdb.DuckDBPyConnection, preview: Preview) -> Mapping:
    """How a mended table is read: like the file its rows came from, from its own container."""
    if not preview.mends or preview.mapping is None:
        raise BadInput(
            "this file is not a table of mended rows",
            file=preview.name,
            to_try="huitou quarantine export FILE.csv, mend it, huitou quarantine mend FILE.csv",
        )
    kept = [book.mapping_of(con, batch) for batch in preview.mends]
    if len({mapping.digest() for mapping in kept}) > 1:
        raise BadInput(
            "rows of files with different columns stand in one table",
            file=preview.name,
            to_try="mend the exported tables one by one",
        )
    seen = preview.mapping
    return replace(
        kept[0], layout=seen.layout, format=seen.format, encoding=seen.encoding,
        delimiter=seen.delimiter, sheet=seen.sheet, header_row=seen.header_row,
    )  # fmt: skip


def came_from(sheet: Sheet) -> pa.Table:
    """Which quarantined rows a mended table brings back: `batch` and `row`, and where they stand
    in it (`here`); none for a plain file."""
    if not {BATCH, ROW} <= set(sheet.table.column_names):
        none = pa.array([], pa.int64())
        return pa.table({"batch": none.cast(pa.string()), "row": none, "here": none})
    batch, row = cleaned(sheet.column(BATCH)), cleaned(sheet.column(ROW))
    numbered = pc.fill_null(pc.match_substring_regex(row, r"^[0-9]{1,15}$"), False)
    kept = pc.and_(batch.is_valid(), numbered)
    return pa.table(
        {
            "batch": batch.filter(kept),
            "row": row.filter(kept).cast(pa.int64()),
            "here": pa.array(sheet.rows).filter(kept),
        }
    )


def mended(sheet: Sheet) -> Sheet:
    """The sheet without our columns, and with its signs again as they were."""
    if not {BATCH, ROW} <= set(sheet.table.column_names):
        return sheet
    kept = [name for name in sheet.table.column_names if name not in MARKS]
    columns = {
        restored(name): pc.replace_substring_regex(written(sheet.column(name)), NEUTRALISED, r"\1")
        for name in kept
    }
    bare = Sheet(pa.table(columns), sheet.rows, sheet.broken)
    return bare if len(kept) else Sheet(pa.table({}), np.array([], dtype=np.int64))


def _write(path: Path, layout: Sequence[str], rows: Iterable[Quarantined], say: Say) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow([*map(neutral, layout), *MARKS])
        for row in rows:
            raw = json.loads(row.raw)
            if "" in raw:  # it could not be parted: the whole text, to be parted by hand
                raw = {layout[0]: raw[""]}
            cells = [raw.get(name) or "" for name in layout]
            wrong = [say(words_of(kept)) for kept in (row.reason, row.to_try)]
            marks = [row.batch, str(row.row), row.column, *wrong]
            table.writerow([*map(neutral, cells), *map(neutral, marks)])
