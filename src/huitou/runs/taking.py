"""Taking files in: look, read in the limited child, merge, and tell readers what arrived."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from huitou.ground import settings as choices
from huitou.ground.errors import Ambiguous, HuitouError
from huitou.ground.ids import new_id
from huitou.ground.languages import speaker
from huitou.ground.progress import Progress
from huitou.ground.words import said
from huitou.identity.forgetting import book as forgotten
from huitou.identity.forgetting import lake as sales
from huitou.runs.measure import measured
from huitou.runs.views import ImportRow, QuarantinedRow, Step
from huitou.sources import book, files, mappings, mending
from huitou.sources.contract import Batch, Declared, Mapping, Preview, Taken
from huitou.sources.wire import words_of

if TYPE_CHECKING:
    import duckdb

    from huitou.ground.settings import Settings
    from huitou.runs.wiring import House


SHOWN_QUARANTINE = 10_000
"""Rows of the quarantine that pages show; the export holds all of them."""


def look(house: House, settings: Settings, path: Path, declared: Declared) -> Preview:
    """What a file would be taken for; earlier answers hold for a file like an earlier one."""
    told = _with_shop(declared, settings)
    return files.look(path, told, now=house.clock.now(), kept=mappings.all_kept(house.home))


def settled(house: House, preview: Preview, *, confirmed: bool) -> Mapping:
    """The mapping to read the file with; `Ambiguous` where the merchant has something to say."""
    if preview.mends:
        with house.lake.writing(f"mend {preview.name}") as lake:
            return mending.mapping_for(lake, preview)
    if preview.questions or preview.mapping is None:
        first = preview.questions[0]
        unclear = Ambiguous(
            first.words, file=preview.name, column=first.column, to_try=first.option
        )
        unclear.questions = preview.questions
        raise unclear
    known = mappings.kept(house.home, preview.mapping.layout, source=preview.mapping.source)
    if not confirmed and (known is None or known.meaning() != preview.mapping.meaning()):
        raise Ambiguous(
            said("nobody has confirmed yet how the columns of this file are read"),
            file=preview.name,
            to_try="--yes, after a look at the preview",
        )
    return preview.mapping


def take(
    house: House,
    settings: Settings,
    path: Path,
    mapping: Mapping,
    progress: Progress,
    *,
    aside: pa.Table | None = None,
) -> Taken:
    """Read a file by its mapping and merge it; what became of its rows.

    The first file that is merged settles the shop's currency and time zone; one that is not, does
    not. `aside` are rows (`QUARANTINE`) that were left out of it before, to wait with the others;
    of such a file it may be that not one row can be taken.
    """
    folder = house.lake.raw / new_id()
    settings = settings.changed(
        currency=settings.currency or mapping.currency,
        timezone=settings.timezone or mapping.timezone,
    )
    now = house.clock.now()
    with measured() as cost:
        try:
            batch = files.read(
                path, mapping, folder, currency=settings.money, timezone=str(settings.zone),
                now=now, progress=progress, strict=aside is None,
            )  # fmt: skip
            if aside is not None and aside.num_rows:
                batch = _with_aside(batch, aside)
            progress("merging", None)
            with house.lake.writing(f"import {path.name}") as lake:
                taken = book.take(lake, batch, now)
                leave_out_the_forgotten(house, settings, lake, taken.batch)
                tell_readers(house, lake)
                _settle(house, settings)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    if taken.batch != batch.id:  # the same bytes as before: their first copy is kept
        shutil.rmtree(folder, ignore_errors=True)
    if not batch.mends:
        mappings.keep(house.home, mapping)
    house.lake.standing.note("last_import", {"name": "import", "rows": taken.rows, **vars(cost)})
    return replace(taken, encoding=mapping.encoding)


def _with_aside(batch: Batch, aside: pa.Table) -> Batch:
    held = pa.concat_tables([pq.read_table(batch.quarantine_path), aside])
    pq.write_table(held, batch.quarantine_path)
    return replace(batch, rows=batch.rows + aside.num_rows)


def leave_out_the_forgotten(
    house: House, settings: Settings, lake: duckdb.DuckDBPyConnection, batch: str
) -> None:
    """A file that still names somebody who was forgotten does not bring them back."""
    with house.books.reading() as unit:
        theirs = forgotten.known(unit, sales.keys_of(lake, batch), settings.salt)
    if theirs:
        sales.forget(lake, (), list(theirs), house.lake.raw)


def mend(house: House, settings: Settings, path: Path, progress: Progress) -> Taken:
    """Take the rows of a mended table in again; `BadInput` for any other file."""
    progress("looking", None)
    preview = look(house, settings, path, Declared())
    if preview.mapping is None and not preview.columns:  # how its letters are read is not clear yet
        settled(house, preview, confirmed=True)
    with house.lake.writing(f"mend {path.name}") as lake:
        mapping = mending.mapping_for(lake, preview)
    return take(house, settings, path, mapping, progress)


def _settle(house: House, told: Settings) -> None:
    # Before the merge is committed: lines whose currency nobody wrote down would be worse than a
    # currency without lines, which may still be changed.
    known = choices.read(house.home)
    if known.currency is None or known.timezone is None:
        settled = known.changed(currency=told.currency, timezone=told.timezone)
        choices.write(house.home, settled)


def tell_readers(house: House, lake: duckdb.DuckDBPyConnection) -> None:
    """Put what arrived and what waits where pages can read it while the lake is being written."""
    arrived = [vars(each) for each in book.imports(lake)]
    waiting = [vars(each) for each in book.quarantined(lake, limit=SHOWN_QUARANTINE)]
    house.lake.standing.write("imports", pa.Table.from_pylist(arrived))
    house.lake.standing.write("quarantine", pa.Table.from_pylist(waiting))
    house.lake.standing.note("waiting", book.waiting(lake))


def waiting(house: House) -> int:
    """How many rows wait to be mended, however many pages show."""
    return int(house.lake.standing.noted("waiting") or 0)


def imports(house: House) -> tuple[ImportRow, ...]:
    """The files that were taken in, the latest first."""
    if not house.lake.standing.has("imports"):
        return ()
    rows = house.lake.standing.table("imports").to_pylist()
    return tuple(_import_row(row) for row in rows)


def quarantined(house: House, after: str | None, limit: int) -> tuple[QuarantinedRow, ...]:
    """A page of the rows that wait; `after` is the `id` of the last one seen."""
    if not house.lake.standing.has("quarantine"):
        return ()
    rows = house.lake.standing.table("quarantine").to_pylist()
    last = _row_named(after) if after is not None else -1
    return tuple(_waiting_row(row) for row in [row for row in rows if row["id"] > last][:limit])


def _row_named(after: str) -> int:
    try:
        return int(after)
    except ValueError as bad:
        raise HuitouError(
            "this is not the id of a row that waits", to_try="huitou quarantine list"
        ) from bad


def _import_row(row: dict[str, Any]) -> ImportRow:
    names = ("batch", "file", "rows", "applied", "unchanged", "quarantined")
    return ImportRow(**{name: row[name] for name in names}, at=row["at"].astimezone(UTC))


def _waiting_row(row: dict[str, Any]) -> QuarantinedRow:
    names = ("batch", "file", "row", "column", "value")
    return QuarantinedRow(
        id=str(row["id"]),
        **{name: row[name] for name in names},
        reason=words_of(row["reason"]),
        to_try=words_of(row["to_try"]),
    )


def export_quarantine(house: House, path: Path, language: str) -> tuple[Path, ...]:
    """Write all waiting rows as tables to mend; the first file is `path`."""
    with house.lake.writing("export the quarantine") as lake:
        return mending.export(lake, path, speaker(language).say)


def costs(house: House) -> tuple[Step, ...]:
    """What the latest import cost, to stand before the steps of a run."""
    if not house.lake.standing.has("imports"):
        return ()
    noted = house.lake.standing.noted("last_import")
    return (Step(**noted),) if noted else ()


def _with_shop(declared: Declared, settings: Settings) -> Declared:
    """What the merchant said once for the shop holds for every file."""
    return replace(
        declared,
        currency=declared.currency or settings.currency,
        timezone=declared.timezone or settings.timezone,
    )
