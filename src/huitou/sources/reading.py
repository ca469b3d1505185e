"""Looking at a file and reading it, inside the child process: from a path to Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from huitou.ground.errors import BadInput, NothingTaken
from huitou.ground.progress import Progress
from huitou.ground.words import Sentence, said
from huitou.sources import (
    columnar,
    encodings,
    exports,
    jsonl,
    keys,
    mending,
    recognise,
    separated,
    wire,
    workbook,
)
from huitou.sources.contract import (
    FIELDS,
    QUARANTINE,
    READ,
    Declared,
    Preview,
    Question,
)
from huitou.sources.contract import Mapping as Decided
from huitou.sources.decide import all_zero, checked_columns, decide, require
from huitou.sources.faults import Fault, first_of_each_row
from huitou.sources.lines import Shop, Written, assemble
from huitou.sources.sheet import Sheet, twin_of
from huitou.sources.survey import Survey, survey
from huitou.sources.texts import written

GROUP = 122_880
"""Rows that lie together in the file of lines: each group is read by a processor of its own."""
SHOWN = 10
"""Rows of a preview."""

_TIRELESS = 10_000
"""Rows of one customer above which, in a fifth of the file, a till is suspected."""


@dataclass(frozen=True)
class Found:
    """What reading wrote: the numbers a `Batch` is made of."""

    sha256: str
    rows: int
    warnings: tuple[Sentence, ...]
    mends: tuple[str, ...] = ()


def look(
    path: Path,
    declared: Declared,
    folder: Path,
    now: datetime,
    kept: Sequence[Decided] = (),
) -> Preview:
    """What a file would be taken for. Nothing is kept; `folder` holds a copy in UTF-8 at most.

    `kept` are mappings of earlier files: one with the same columns answers what this file leaves
    open.
    """
    surveyed = survey(path)
    how, earlier = _opened(path, surveyed, declared, folder, kept)
    if isinstance(how, Question):
        return Preview(path, path.name, surveyed.format, None, (), None, (how,), (), (), total=0)
    sheet = _cells(path, how, surveyed, folder)
    mends = tuple(pc.unique(mending.came_from(sheet)["batch"]).to_pylist())
    sheet = mending.mended(sheet)
    _require_parted(sheet, path.name)
    earlier = earlier or _fitting(sheet, declared, kept)
    export = None if earlier else exports.known(sheet.table.column_names)
    if export is not None:
        declared = export.told(declared)
    wanted = checked_columns(sheet, _columns(declared, earlier, export, sheet), path.name)
    columns = recognise.columns(sheet, wanted)
    require(
        columns, sheet, path.name, declared.amount_is or (earlier.amount_is if earlier else None)
    )
    source = declared.source or (earlier.source if earlier else "shop")
    layout = tuple(sheet.table.column_names)
    how = replace(how, columns=columns, layout=layout, source=source)
    mapping, questions = (how, ()) if mends else decide(how, sheet, declared, earlier)
    return Preview(
        path,
        path.name,
        surveyed.format,
        mapping.encoding,
        recognise.described(sheet, columns, {} if export else wanted, export),
        None if questions else mapping,
        questions,
        _shown(sheet, mapping, now),
        _noticed(sheet, mapping),
        total=sheet.total,
        mends=mends,
    )


def _opened(
    path: Path, surveyed: Survey, declared: Declared, folder: Path, kept: Sequence[Decided]
) -> tuple[Decided | Question, Decided | None]:
    """How to part the file into cells. Where that is a question, an earlier mapping answers it
    if the columns then are the ones it was made for: nonsense would not read as their names."""
    how = _how(path, surveyed, declared, folder)
    if not isinstance(how, Question):
        return how, None
    for mapping in [declared.mapping] if declared.mapping else kept:
        told = replace(
            declared,
            encoding=declared.encoding or mapping.encoding,
            sheet=declared.sheet or mapping.sheet,
        )
        again = None if mapping.format != surveyed.format else _how(path, surveyed, told, folder)
        if isinstance(again, Decided) and _fits(_cells(path, again, surveyed, folder), mapping):
            return again, mapping
    return how, None


def _fitting(sheet: Sheet, declared: Declared, kept: Sequence[Decided]) -> Decided | None:
    if declared.mapping is not None:
        return declared.mapping
    return next((mapping for mapping in kept if _fits(sheet, mapping)), None)


def _fits(sheet: Sheet, mapping: Decided) -> bool:
    return sorted(sheet.table.column_names) == sorted(mapping.layout)


def _columns(
    declared: Declared, earlier: Decided | None, export: exports.Export | None, sheet: Sheet
) -> dict[str, str]:
    """What was said about columns; a field that an earlier mapping leaves out stays out."""
    if export is not None:
        return {**export.found(sheet.table.column_names), **declared.columns}
    if earlier is None:
        return dict(declared.columns)
    return {**dict.fromkeys(FIELDS, ""), **earlier.columns, **declared.columns}


def read(
    path: Path,
    mapping: Decided,
    folder: Path,
    *,
    zone: str,
    now: datetime,
    progress: Progress,
    strict: bool = True,
) -> Found:
    """Write `lines.parquet` and `quarantine.parquet` into `folder`; `now` is naive UTC.

    `strict` raises `NothingTaken` where not one row can be taken.
    """
    progress("opening", None)
    surveyed = survey(path)
    sheet = _cells(path, mapping, surveyed, folder, needed=_needed(mapping))
    mends = mending.came_from(sheet)
    pq.write_table(mends, folder / "mends.parquet")
    sheet = mending.mended(sheet)
    _same_layout(sheet, mapping, path.name)
    _require_parted(sheet, path.name)
    if strict or sheet.total:
        require(mapping.columns, sheet, path.name, mapping.amount_is)
    progress("reading", 0.3)
    lines, work = assemble(sheet, mapping, Shop(zone, now, surveyed.sha256[:8]))
    if strict and all_zero(lines["amount"].combine_chunks()):
        raise NothingTaken(
            "every amount is zero, so no row can be a purchase",
            file=path.name,
            column=mapping.columns.get("amount"),
            to_try="--column amount=NAME, where NAME holds what was paid",
        )
    progress("sorting out", 0.6)
    good, faults, listed = _judged(lines, work)
    progress("writing", 0.9)
    work.warnings.extend([*_nobody(mapping), *_counted(mapping), *_twins(mapping)])
    work.warnings.extend([*_tireless(good), *keys.pasted_twice(lines, mapping)])
    if strict:
        _require_some(good, sheet, listed, faults, path.name)
    pq.write_table(
        good.select(READ.names).cast(READ), folder / "lines.parquet",
        compression="zstd", row_group_size=GROUP,
    )  # fmt: skip
    held = np.flatnonzero(faults >= 0)
    raw = _raw(path, mapping, sheet, held)
    pq.write_table(
        _quarantine(sheet, held, raw, [listed[faults[at]] for at in held]),
        folder / "quarantine.parquet",
    )
    back = tuple(pc.unique(mends["batch"]).to_pylist())
    return Found(surveyed.sha256, sheet.total, tuple(work.warnings), back)


def reread(path: Path, mapping: Decided, folder: Path, *, sha256: str, rows: Sequence[int]) -> None:
    """Write `raw.parquet` into `folder`: some rows of a file that was read before, whole."""
    surveyed = survey(path)
    if surveyed.sha256 != sha256:
        raise BadInput(
            "the file changed while it was being imported",
            file=path.name,
            to_try=f"huitou import {path.name}",
        )
    sheet = mending.mended(_cells(path, mapping, surveyed, folder))
    wanted = np.array(sorted(rows), dtype=np.int64)
    raw = [_plain(cells) for cells in sheet.raw(np.searchsorted(sheet.rows, wanted))]
    pq.write_table(pa.table({"row": wanted, "raw": pa.array(raw)}), folder / "raw.parquet")


def _judged(lines: pa.Table, work: Written) -> tuple[pa.Table, NDArray[np.int64], list[Fault]]:
    """Good lines with keys; for each row the index of its fault or -1; the faults."""
    faulty, _ = first_of_each_row(work.faults, work.height)
    fit = lines
    if (faulty >= 0).any():
        fit = lines.filter(pa.array(faulty[lines["position"].to_numpy()] < 0))
    good, later = keys.keyed(fit, work.mapping)
    first, listed = first_of_each_row([*work.faults, *later], work.height)
    return good, first, listed


def _tireless(good: pa.Table) -> Iterable[Sentence]:
    """A number with which a till writes down whoever says nothing."""
    counts = pc.value_counts(good["member_no"].combine_chunks().drop_null())
    if not len(counts):
        return
    most = int(pc.index(counts.field("counts"), pc.max(counts.field("counts"))).as_py())
    key, count = counts[most]["values"].as_py(), counts[most]["counts"].as_py()
    if count > _TIRELESS and count > 0.2 * good.num_rows:
        yield said(
            "{count} rows name the customer {key}. Is that a number the till writes by itself?",
            count=count,
            key=key,
        )


def _require_parted(sheet: Sheet, name: str) -> None:
    """At least one row must have come apart into columns."""
    if sheet.broken and not sheet.table.num_rows:
        first = sheet.broken[0]
        raise NothingTaken(first.reason, file=name, row=first.row, to_try=str(first.to_try))


def _require_some(
    good: pa.Table, sheet: Sheet, listed: list[Fault], first: NDArray[np.int64], name: str
) -> None:
    if good.num_rows:
        return
    told = listed[int(first[0])]
    value = written(sheet.head(1).column(told.column))[0].as_py() if told.column else ""
    raise NothingTaken(
        _none_of(sheet.total, told.reason),
        file=name,
        row=int(sheet.rows[0]),
        column=told.column,
        value=value or "",
        to_try=str(told.to_try),
    )


def _none_of(rows: int, reason: Sentence) -> Sentence:
    if rows == 1:
        return said("the only row could not be taken: {reason}", reason=reason)
    return said("not one of {n} rows could be taken: {reason}", n=rows, reason=reason)


def _raw(
    path: Path, mapping: Decided, sheet: Sheet, held: NDArray[np.int64]
) -> list[dict[str, str | None]]:
    """The whole rows at fault. Of a Parquet file only the columns in use were read before."""
    if mapping.format != "parquet" or not len(held):
        return sheet.raw(held)
    whole = columnar.read(path)
    return whole.raw(np.searchsorted(whole.rows, sheet.rows[held]))


def _quarantine(
    sheet: Sheet,
    held: NDArray[np.int64],
    raw: list[dict[str, str | None]],
    faults: list[Fault],
) -> pa.Table:
    rows = [
        _held(int(sheet.rows[at]), fault, cells)
        for at, fault, cells in zip(held, faults, raw, strict=True)
    ]
    rows += [
        {
            "row": broken.row, "column": "", "value": broken.text[:200],
            "reason": wire.text_of(broken.reason), "to_try": wire.text_of(broken.to_try),
            "raw": _plain({"": broken.text}),
        }
        for broken in sheet.broken
    ]  # fmt: skip
    return pa.Table.from_pylist(sorted(rows, key=_by_row), schema=QUARANTINE)


def _held(row: int, fault: Fault, raw: Mapping[str, str | None]) -> dict[str, Any]:
    return {
        "row": row, "column": fault.column, "value": raw.get(fault.column) or "",
        "reason": wire.text_of(fault.reason), "to_try": wire.text_of(fault.to_try),
        "raw": _plain(raw),
    }  # fmt: skip


def _plain(raw: Mapping[str, str | None]) -> str:
    return json.dumps(raw, ensure_ascii=False)


def _by_row(held: dict[str, Any]) -> int:
    row: int = held["row"]
    return row


def _how(path: Path, surveyed: Survey, declared: Declared, folder: Path) -> Decided | Question:
    """How to part the file into cells; the rest of the mapping is still open."""
    how = Decided(
        columns={}, layout=(), format=surveyed.format, currency=declared.currency or "USD",
        timezone=declared.timezone or "UTC", source=declared.source or "shop",
        sheet=declared.sheet,
    )  # fmt: skip
    if surveyed.format in ("csv", "jsonl"):
        encoding = encodings.decide(path, surveyed, declared.encoding)
        if isinstance(encoding, Question):
            return encoding
        how = replace(how, encoding=encoding)
    if surveyed.format == "excel":
        workbook.measure(path)
        sheet = workbook.sheet_of(path, declared.sheet)
        if isinstance(sheet, Question):
            return sheet
        how = replace(how, sheet=sheet, header_row=workbook.header_row(path, sheet))
    if surveyed.format == "csv":
        text = encodings.utf8_file(path, how.encoding or "utf-8", surveyed, folder)
        delimiter, header = separated.layout(text, declared.delimiter)
        how = replace(how, delimiter=delimiter, header_row=header)
    return how


def _cells(
    path: Path,
    how: Decided,
    surveyed: Survey,
    folder: Path,
    needed: frozenset[str] | None = None,
) -> Sheet:
    if surveyed.format != how.format:
        raise NothingTaken(
            f"the mapping is for {how.format}, the file is {surveyed.format}",
            file=path.name,
            to_try="huitou import without --mapping",
        )
    if how.format == "parquet":
        return columnar.read(path, needed)
    if how.format == "excel":
        return workbook.read(path, how.sheet or "", how.header_row)
    text = encodings.utf8_file(path, how.encoding or "utf-8", surveyed, folder)
    if how.format == "jsonl":
        return jsonl.read(text)
    return separated.read(text, how.delimiter or ",", how.header_row)


def _needed(mapping: Decided) -> frozenset[str]:
    """The columns that are read; a price is not where the amount is given."""
    unused = (
        {"unit_price"} if mapping.columns.get("amount") and mapping.amount_is == "total" else {}
    )
    return frozenset(column for field, column in mapping.columns.items() if field not in unused)


def _same_layout(sheet: Sheet, mapping: Decided, name: str) -> None:
    missing = sorted(_needed(mapping) - set(sheet.table.column_names))
    if missing:
        raise NothingTaken(
            f"the mapping names columns that the file does not have: {', '.join(missing)}",
            file=name,
            to_try="huitou import without --mapping, so that the columns are recognised anew",
        )


def _shown(sheet: Sheet, mapping: Decided, now: datetime) -> tuple[dict[str, str], ...]:
    """The first rows as they would be taken."""
    head = sheet.head(SHOWN)
    if not head.table.num_rows:
        return ()
    lines, _ = assemble(head, mapping, Shop(mapping.timezone, now, ""))
    names = [name for name in READ.names if name in lines.column_names]
    seen = lines.select(names).slice(0, SHOWN).to_pylist()
    return tuple({k: str(v) for k, v in row.items() if v is not None} for row in seen)


def _noticed(sheet: Sheet, mapping: Decided) -> tuple[Sentence, ...]:
    return tuple(_notices(sheet, mapping))


def _nobody(mapping: Decided) -> Iterable[Sentence]:
    if not {"member_no", "phone", "email"} & set(mapping.columns):
        yield said("No column names a customer: all of it is anonymous trade")


def _counted(mapping: Decided) -> Iterable[Sentence]:
    if mapping.amount_is == "each":
        yield said("No amounts are known: every row counts as one {currency}, and revenue counts "
                   "purchases", currency=mapping.currency)  # fmt: skip


def _twins(mapping: Decided) -> Iterable[Sentence]:
    for column in mapping.columns.values():
        if twin_of(column) in mapping.layout:
            yield said("The column {column} stands there twice: the first is read", column=column)


def _notices(sheet: Sheet, mapping: Decided) -> Iterable[Sentence]:
    yield from _nobody(mapping)
    yield from _counted(mapping)
    yield from _twins(mapping)
    if sheet.broken:
        yield said("{count} rows could not be parted into columns", count=len(sheet.broken))
