"""Asking databases and looking into folders, and taking in what is new, portion by portion.

    for each portion:  rows ─▶ a file ─▶ the lake (one transaction) ─▶ its position in the books

Killed between the last two, the same rows are asked for again, and change nothing.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from huitou.ground import settings as choices
from huitou.ground.errors import Ambiguous, BadInput, Busy, HuitouError
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import fingerprint
from huitou.ground.progress import Progress, silently
from huitou.ground.words import Sentence, said
from huitou.runs import taking
from huitou.sources import tables
from huitou.sources.contract import QUARANTINE, Declared, Mapping, Preview, Taken
from huitou.sources.fetched import book, database, folder
from huitou.sources.fetched.contract import FREEZE, SET_ASIDE, Expected, Source
from huitou.sources.fetched.database import Portion
from huitou.sources.fetched.surprises import (
    is_new,
    kind_of,
    meet,
    position_of,
    sort_out,
    texts,
    unlike,
    value_of,
)
from huitou.sources.wire import text_of

if TYPE_CHECKING:
    from huitou.ground.settings import Settings
    from huitou.runs.wiring import House


@dataclass(frozen=True)
class Pulled:
    """What one asking of one source brought."""

    name: str
    rows: int = 0
    applied: int = 0
    unchanged: int = 0
    quarantined: int = 0
    files: int = 0
    set_aside: int = 0
    told: tuple[Sentence, ...] = ()
    failed: bool = False


def pull_all(house: House, tell: Progress = silently) -> list[Pulled]:
    """Ask every source; one that fails stops no other, and says why in the list of sources.

    Raises `Busy` where somebody else writes the lake: the next time asks for the same.
    """
    with house.books.reading() as unit:
        sources = book.every(unit)
    return [_kindly(house, each, tell) for each in sources]


def _kindly(house: House, source: Source, tell: Progress) -> Pulled:
    try:
        return pull(house, source, tell=tell)
    except Busy:
        raise
    except HuitouError as failed:
        return Pulled(source.name, told=(failed.told,), failed=True)


def pull(
    house: House,
    source: Source,
    *,
    anew: bool = False,
    again: bool = False,
    tell: Progress = silently,
) -> Pulled:
    """Ask one source and take in what is new.

    Args:
        house: the stores.
        source: as the books know it.
        anew: ask for everything, from the first row on; what is known changes nothing.
        again: try files that were set aside once more.
        tell: is told how far it is.

    Raises `HuitouError` where it cannot be read; the reason stands in the list of sources too.
    """
    try:
        if source.query is not None:
            found = _from_database(house, source, anew, tell)
        else:
            found = _from_folder(house, source, again, tell)
    except Busy:
        raise
    except HuitouError as failed:
        with house.books.unit() as unit:
            book.failed(unit, source, failed.told, house.clock.now())
        raise
    with house.books.unit() as unit:
        book.seen(unit, source, _newest(house, source), house.clock.now())
    return found


def secret_of(source: Source) -> str | None:
    """The secret, from the environment; `HuitouError` where its variable is empty."""
    variable = book.variable_of(source.secret_env)
    if variable is None:
        return None
    secret = os.environ.get(variable)
    if not secret:
        raise HuitouError(
            f"the variable {source.secret_env} is empty", to_try=f"export {source.secret_env}=…"
        )
    return secret


def sample(source: Source, into: Path) -> tuple[Path, Portion]:
    """The first rows of a database as a file to look at."""
    assert source.query is not None and source.cursor is not None
    with database.opened(source.address, secret_of(source)) as asked:
        portion = next(asked.portions(source.query, source.cursor, None, database.SAMPLE))
    if not portion.rows:
        raise HuitouError("the query brings no row", to_try="a query that brings orders")
    rows = portion.rows[: database.SAMPLE]
    return _written(source, portion.columns, rows, into), portion


def kinds_of(portion: Portion) -> Expected:
    """What a first portion says of the columns."""
    known = dict.fromkeys(portion.columns, "")
    for row in portion.rows:
        for column, value in zip(portion.columns, row, strict=True):
            known[column] = known[column] or kind_of(value)
    return Expected(known)


# -- a database


def _from_database(house: House, source: Source, anew: bool, tell: Progress) -> Pulled:
    assert source.query is not None and source.cursor is not None
    position = None if anew else source.position
    after = value_of(position) if position else None
    total = Pulled(source.name)
    with database.opened(source.address, secret_of(source)) as asked:
        for portion in asked.portions(source.query, source.cursor, after):
            mark, is_all = _mark(portion, source.cursor)
            if not portion.rows or (position and is_all and mark == position["mark"]):
                continue  # nothing but the rows with the last cursor, which are known
            tell(f"{source.name}: {total.rows + len(portion.rows):,} rows", None)
            source, taken, words = _take_portion(house, source, portion)
            _keep_position(house, source, portion, mark, taken, words)
            total = _added(total, taken, words)
    return total


def _take_portion(
    house: House, source: Source, portion: Portion
) -> tuple[Source, Taken, tuple[Sentence, ...]]:
    mapping = Mapping.from_dict(source.mapping or {})
    met = meet(source.expected, mapping, portion.columns, source.name)
    judged = sort_out(met.expected, portion.columns, portion.rows, source.name)
    settings = choices.read(house.home)
    aside = _aside(portion, judged.unfit, judged.expected, len(judged.fit))
    with tempfile.TemporaryDirectory(prefix="huitou-pull-") as scratch:
        rows = [portion.rows[place] for place in judged.fit]
        path = _written(source, portion.columns, rows, Path(scratch))
        taken = taking.take(house, settings, path, met.mapping, silently, aside=aside)
    words = (*met.words, *judged.words, *taken.warnings)
    return replace(source, expected=judged.expected), taken, words


def _keep_position(
    house: House,
    source: Source,
    portion: Portion,
    mark: str,
    taken: Taken,
    words: Sequence[Sentence],
) -> None:
    failpoint("fetched.taken")
    position = source.position
    if portion.last is not None:
        position = {**position_of(portion.last), "mark": mark}
    with house.books.unit() as unit:
        book.advance(
            unit, source, position=position, expected=source.expected, applied=taken.applied,
            words=words[0] if words else None, now=house.clock.now(),
        )  # fmt: skip


def _mark(portion: Portion, cursor: str) -> tuple[str, bool]:
    """A mark of the rows with the last cursor, and whether those are all."""
    at = portion.columns.index(cursor)
    same = sorted(repr(row) for row in portion.rows if row[at] == portion.last)
    return fingerprint("\n".join(same)), len(same) == len(portion.rows)


def _written(
    source: Source, columns: Sequence[str], rows: Sequence[Sequence[Any]], into: Path
) -> Path:
    """The rows as a Parquet file of texts: they are read by the same rules as those of any file."""
    path = into / f"{source.name.replace('/', '-')}.parquet"
    cells = {
        column: pa.array([texts(row[at]) for row in rows], pa.string())
        for at, column in enumerate(columns)
    }
    pq.write_table(pa.table(cells), path)
    return path


def _aside(
    portion: Portion, unfit: Iterable[tuple[int, str]], expected: Expected, height: int
) -> pa.Table:
    """Rows whose values are of another kind than is expected, to wait with the others."""
    held = []
    for number, (place, column) in enumerate(unfit, start=height + 1):
        row = dict(zip(portion.columns, map(texts, portion.rows[place]), strict=True))
        value = portion.rows[place][portion.columns.index(column)]
        held.append(
            {
                "row": number, "column": column, "value": row[column] or "",
                "reason": text_of(unlike(value, expected.columns[column])),
                "to_try": text_of(said("mend the value, or let the source evolve")),
                "raw": json.dumps(row, ensure_ascii=False),
            }
        )  # fmt: skip
    return pa.Table.from_pylist(held, schema=QUARANTINE)


def _added(total: Pulled, taken: Taken, words: Iterable[Sentence]) -> Pulled:
    return replace(
        total,
        rows=total.rows + taken.rows,
        applied=total.applied + taken.applied,
        unchanged=total.unchanged + taken.unchanged,
        quarantined=total.quarantined + taken.quarantined,
        told=tuple({str(each): each for each in (*total.told, *words)}.values()),
    )


# -- a folder


def _from_folder(house: House, source: Source, again: bool, tell: Progress) -> Pulled:
    place, note = folder.checked(source.address), f"lying-{source.id}"
    before = house.lake.standing.noted(note) or {}
    ready, remembered = folder.whole(folder.lying(place), house.clock.now(), before)
    house.lake.standing.note(note, remembered)
    with house.books.reading() as unit:
        marks = book.marks(unit, source, again=again)
        contents = set(book.contents(unit, source, again=again))
    total = Pulled(source.name)
    for file in ready:
        if file.marks in marks:
            continue
        content = folder.content_of(file.path)
        if content in contents:
            continue
        tell(f"{source.name}: {file.path.name}", None)
        total = _take_file(house, source, file, content, total)
        contents.add(content)
    return total


def _take_file(
    house: House, source: Source, file: folder.Lying, content: str, total: Pulled
) -> Pulled:
    """Take one file, or keep it where it lies, with the reason."""
    row: dict[str, Any] = {
        "content": content, "name": file.path.name[:255], "size": file.size,
        "changed": file.changed, "at": house.clock.now(), "rows": 0, "applied": 0,
        "quarantined": 0, "reason": None,
    }  # fmt: skip
    words: tuple[Sentence, ...] = ()
    try:
        taken = _taken_file(house, choices.read(house.home), source, file.path)
    except Busy:
        raise
    except HuitouError as bad:
        row["reason"] = text_of(bad.told)
        words = (said(SET_ASIDE.text, file=file.path.name, reason=bad.told),)
        total = replace(total, files=total.files + 1, set_aside=total.set_aside + 1,
                        told=(*total.told, *words))  # fmt: skip
        applied = 0
    else:
        row |= {"rows": taken.rows, "applied": taken.applied, "quarantined": taken.quarantined}
        total = replace(_added(total, taken, taken.warnings), files=total.files + 1)
        applied = taken.applied
    failpoint("fetched.taken")
    with house.books.unit() as unit:
        book.keep_file(unit, source, row)
        book.advance(
            unit, source, position=None, expected=source.expected, applied=applied,
            words=words[0] if words else None, now=house.clock.now(),
        )  # fmt: skip
    return total


def _taken_file(house: House, settings: Settings, source: Source, path: Path) -> Taken:
    given = Mapping.from_dict(source.mapping) if source.mapping else None
    preview = taking.look(house, settings, path, Declared(mapping=given))
    if preview.mends:
        raise BadInput("this is a mended table", to_try=f"huitou quarantine mend {path.name}")
    if given is not None:
        _as_frozen(source, given, preview)
    mapping = taking.settled(house, preview, confirmed=given is not None)
    return taking.take(house, settings, path, mapping, silently)


def _as_frozen(source: Source, given: Mapping, preview: Preview) -> None:
    columns = [each.column for each in preview.columns]
    other = [each for each in columns if each not in given.layout]
    if other and source.expected.on_columns == FREEZE:
        raise Ambiguous(
            is_new(other),
            file=preview.name,
            column=other[0],
            to_try=f"huitou source change {source.name} --on-columns evolve",
        )


def _newest(house: House, source: Source) -> datetime | None:
    """The moment of the newest row of this source."""
    named = (source.mapping or {}).get("source")
    if named is None:
        return None
    with house.lake.writing(f"look at {source.name}") as lake:
        tables.create(lake)
        found = lake.execute(
            "SELECT max(ordered_at) FROM lines WHERE source = $source", {"source": named}
        ).fetchone()
    return found[0].replace(tzinfo=UTC) if found and found[0] else None
