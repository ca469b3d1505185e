"""Merging a parsed file into the lake, and what became of its rows.

Everything happens on a connection handed in, inside the transaction of its owner.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from huitou.ground.clock import naive_utc
from huitou.ground.errors import HuitouError
from huitou.ground.words import said
from huitou.sources import files, history, meeting, restated, wire
from huitou.sources.contract import QUARANTINE, Batch, Mapping, Taken
from huitou.sources.restated import Restated
from huitou.sources.tables import create, exists, quoted


@dataclass(frozen=True)
class Import:
    """One file that was taken in, as the list of imports shows it."""

    batch: str
    file: str
    at: datetime
    rows: int
    applied: int
    unchanged: int
    quarantined: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True)
class Quarantined:
    """One row that waits to be mended."""

    id: int
    batch: str
    file: str
    row: int
    column: str
    value: str
    reason: str
    """As the lake keeps it: `wire.words_of` makes it a sentence again. So `to_try`."""
    to_try: str
    raw: str
    """The whole row as a JSON object, column by column."""


def take(con: duckdb.DuckDBPyConnection, batch: Batch, now: datetime) -> Taken:
    """Merge a batch: every row ends applied, unchanged or quarantined.

    The same bytes read the same way change nothing. `now` is aware: when it was loaded.
    """
    create(con)
    earlier = _same_bytes(con, batch)
    if earlier is not None:
        return earlier
    meeting.bring(con, batch)
    # Their file is asked for them once more, which may fail: before anything is written.
    torn = list(_told_again(meeting.set_aside(con, batch), batch))
    moment = naive_utc(now)
    applied, told_anew = _merge(con, batch, moment)
    quarantined = _quarantine(con, batch, torn, moment)
    first, last = con.execute("SELECT min(day), max(day) FROM arrived").fetchone() or (None, None)
    restated.let_go(con)
    meeting.let_go(con)
    taken = Taken(
        batch.id, batch.file, batch.rows, applied, batch.rows - applied - quarantined, quarantined,
        first, last, (*batch.warnings, *told_anew.warnings()),
    )  # fmt: skip
    _record(con, batch, taken, moment)
    _mark_mended(con, batch)
    return taken


def imports(con: duckdb.DuckDBPyConnection) -> tuple[Import, ...]:
    """All files that were taken in, the latest first."""
    if not exists(con, "batches"):
        return ()
    found = con.execute(
        """SELECT batch, file, loaded_at, rows, applied, unchanged, quarantined, first_day, last_day
        FROM batches ORDER BY loaded_at DESC, batch"""
    ).fetchall()
    return tuple(Import(row[0], row[1], row[2].replace(tzinfo=UTC), *row[3:]) for row in found)


def quarantined(
    con: duckdb.DuckDBPyConnection, *, after: int | None = None, limit: int | None = None
) -> tuple[Quarantined, ...]:
    """Rows that wait to be mended, in the order they came; `after` is the last `id` of a page."""
    if not exists(con, "quarantine"):
        return ()
    found = con.execute(
        """SELECT id, batch, file, row, "column", value, reason, to_try, raw FROM quarantine
        WHERE mended_by IS NULL AND id > $after ORDER BY id LIMIT $limit""",
        {"after": -1 if after is None else after, "limit": 2**62 if limit is None else limit},
    ).fetchall()
    return tuple(Quarantined(*row) for row in found)


def waiting(con: duckdb.DuckDBPyConnection) -> int:
    """How many rows wait to be mended."""
    if not exists(con, "quarantine"):
        return 0
    return _count(con, "SELECT count(*) FROM quarantine WHERE mended_by IS NULL")


def mapping_of(con: duckdb.DuckDBPyConnection, batch: str) -> Mapping:
    """How a batch was read."""
    found = con.execute(
        "SELECT mapping FROM batches WHERE batch = $batch", {"batch": batch}
    ).fetchone()
    if found is None:
        raise HuitouError(f"there is no import called {batch!r}", to_try="huitou quarantine list")
    return Mapping.from_dict(json.loads(found[0]))


def _same_bytes(con: duckdb.DuckDBPyConnection, batch: Batch) -> Taken | None:
    found = con.execute(
        """SELECT batch, rows, first_day, last_day,
            (SELECT count(*) FROM quarantine q WHERE q.came_in = b.batch AND mended_by IS NULL)
        FROM batches b WHERE sha256 = $sha256 AND mapping_digest = $digest LIMIT 1""",
        {"sha256": batch.sha256, "digest": batch.mapping.digest()},
    ).fetchone()
    if found is None:
        return None
    name, rows, first, last, waiting = found
    return Taken(name, batch.file, rows, 0, rows - waiting, waiting, first, last, batch.warnings)


def _merge(con: duckdb.DuckDBPyConnection, batch: Batch, moment: datetime) -> tuple[int, Restated]:
    """Insert what is new, change what a later file changes; how many rows did either."""
    differ = meeting.meet(con, batch)
    told_anew = restated.restate(con, mended=bool(batch.mends))
    applied = _count(
        con,
        """SELECT count(DISTINCT row) FROM (
            SELECT row FROM unmet ANTI JOIN left_out USING (here)
            UNION ALL SELECT row FROM changed)""",
    )
    history.supersede(
        con,
        """SELECT * FROM lines
        WHERE rowid IN (SELECT place FROM changed UNION ALL SELECT place FROM outdated)""",
        moment,
    )
    stamped = {"batch": batch.id, "moment": moment}
    con.execute("DELETE FROM lines WHERE rowid IN (SELECT place FROM outdated)")
    _change(con, differ, stamped)
    named = ", ".join(f"coalesce(n.{name}, g.{name}) AS {name}" for name in restated.WHO)
    con.execute(
        f"""INSERT INTO lines BY NAME
        SELECT n.* EXCLUDE (here) REPLACE ({named}), $batch AS batch,
            $moment::TIMESTAMP AS loaded_at
        FROM (FROM arrived SEMI JOIN (FROM unmet ANTI JOIN left_out USING (here)) USING (here)) n
        LEFT JOIN given g USING (source, order_id)""",
        stamped,
    )
    return applied, told_anew


def _change(con: duckdb.DuckDBPyConnection, columns: list[str], stamped: dict[str, Any]) -> None:
    """Write what changed where it stands, and only the columns that any line changes: most say
    again what they said, and to write them anew took four times as long."""
    if not columns:
        return
    told = ", ".join(f"{name} = coalesce(c.{name}, lines.{name})" for name in columns)
    con.execute(
        f"""UPDATE lines SET {told}, row = c.row, batch = $batch, loaded_at = $moment::TIMESTAMP
        FROM changed c WHERE lines.rowid = c.place""",
        stamped,
    )


def _quarantine(
    con: duckdb.DuckDBPyConnection, batch: Batch, torn: list[dict[str, Any]], moment: datetime
) -> int:
    """Keep the rows that wait; how many. One that was mended wrongly keeps its first place."""
    rows = pa.Table.from_pylist(torn, schema=QUARANTINE)
    con.register("torn_rows", rows)
    con.execute(
        f"""INSERT INTO quarantine BY NAME
        SELECT q.* EXCLUDE (row), coalesce(m.row, q.row) AS row, coalesce(m.batch, $batch) AS batch,
            coalesce(b.file, $file) AS file, $moment::TIMESTAMP AS loaded_at, $batch AS came_in
        FROM (SELECT * FROM read_parquet({quoted(batch.quarantine_path)})
            UNION ALL BY NAME SELECT * FROM torn_rows) q
        LEFT JOIN {_mends(batch)} m ON m.here = q.row LEFT JOIN batches b ON b.batch = m.batch
        ORDER BY q.row""",
        {"batch": batch.id, "file": batch.file, "moment": moment},
    )
    con.unregister("torn_rows")
    return _count(con, "SELECT count(*) FROM quarantine WHERE came_in = $batch", batch=batch.id)


def _mark_mended(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Rows a mended table brought back no longer wait as they were."""
    con.execute(
        f"""UPDATE quarantine SET mended_by = $batch
        WHERE mended_by IS NULL AND came_in <> $batch
        AND (batch, row) IN (SELECT (batch, row) FROM {_mends(batch)})""",
        {"batch": batch.id},
    )


def _mends(batch: Batch) -> str:
    """The rows a batch brings back: where they were first, and where they stand `here`."""
    if batch.mends:
        return f"read_parquet({quoted(batch.lines_path.with_name('mends.parquet'))})"
    return "(SELECT '' AS batch, 0 AS row, 0 AS here WHERE false)"


def _told_again(torn: dict[int, str], batch: Batch) -> Iterator[dict[str, Any]]:
    """Rows that contradict an earlier file, as their own file has them."""
    raw = files.reread(batch, sorted(torn))
    for row, who in sorted(torn.items()):
        column = batch.mapping.columns.get(who, "")
        yield {
            "row": row, "column": column, "value": json.loads(raw[row]).get(column) or "",
            "reason": wire.text_of(said("an earlier file gives this order to another customer")),
            "to_try": wire.text_of(said("mend the customer or the order number")), "raw": raw[row],
        }  # fmt: skip


def _record(con: duckdb.DuckDBPyConnection, batch: Batch, taken: Taken, moment: datetime) -> None:
    con.execute(
        """INSERT INTO batches BY NAME SELECT $batch AS batch, $file AS file, $sha256 AS sha256,
        $source AS source, $digest AS mapping_digest, $mapping AS mapping, $rows AS rows,
        $applied AS applied, $unchanged AS unchanged, $quarantined AS quarantined,
        $first::DATE AS first_day, $last::DATE AS last_day, $moment::TIMESTAMP AS loaded_at""",
        {
            "batch": batch.id, "file": batch.file, "sha256": batch.sha256,
            "source": batch.mapping.source, "digest": batch.mapping.digest(),
            "mapping": json.dumps(batch.mapping.to_dict(), ensure_ascii=False),
            "rows": taken.rows, "applied": taken.applied, "unchanged": taken.unchanged,
            "quarantined": taken.quarantined, "first": taken.first_day, "last": taken.last_day,
            "moment": moment,
        },
    )  # fmt: skip


def _count(con: duckdb.DuckDBPyConnection, query: str, **values: Any) -> int:
    found = con.execute(query, values).fetchone()
    return int(found[0]) if found else 0
