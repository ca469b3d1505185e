"""A million persons through one action node, while others write; on both databases.

    python -m tools.benching sending journeys

The peer is one durable workflow a person: 12.6 ms (PostgreSQL) and 17.5 ms (SQLite) of CPU for a
workflow of three steps, measured beside the choice of this design.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text

PERSONS = int(os.environ.get("HUITOU_BENCH_PERSONS", "1000000"))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BARS = {"sqlite": 15.0, "postgresql": 30.0}
PEER_SECONDS = {"sqlite": 0.0175, "postgresql": 0.0126}
P99_BAR = 250.0
AS_SHIPPED = "128MB"
"""What PostgreSQL has in memory where nobody set anything; the tests' servers have less."""
JOURNEY = """
name: bench
on: {stage: slipping}
nodes:
  mail: {message: slipping_thanks, channel: [email, sms]}
  wait: {wait: 3 days}
  done: {end: told}
"""
OTHER_WRITER = """
import json, sys, time
from datetime import UTC, datetime
from huitou.journeys.paths.tables import path_mark
from huitou.store.books import Books
books, took, number = Books(sys.argv[1]), [], 0
print("ready", flush=True)
import os, select
while not select.select([sys.stdin], [], [], 0.010)[0]:
    begun, number = time.perf_counter(), number + 1
    with books.unit() as unit:
        unit.put(path_mark, {"name": "other", "number": number, "at": datetime.now(UTC)})
    took.append((time.perf_counter() - begun) * 1000)
took.sort()
print(json.dumps({"n": len(took), "p50": took[len(took) // 2], "p99": took[int(len(took) * .99)]}))
"""


NUMBERS = "WITH RECURSIVE m(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM m WHERE n < :most)"
FILL = (
    "INSERT INTO position (journey, person_id, entry, who, version, arm, node, since, wake_at,"
    f" as_of, entered_at, steps, told) {NUMBERS} SELECT :journey, {{name}}, '20260301', {{name}},"
    " :version, 'treated', 'mail', CAST(:moment AS timestamptz), CAST(:moment AS timestamptz),"
    " CAST(:moment AS timestamptz), CAST(:moment AS timestamptz), 0, {empty} FROM m",
    "INSERT INTO path_person (person_id, hold_key, held, reach, known_on)"
    f" {NUMBERS} SELECT {{name}}, 'member:' || {{name}}, false, ',email,sms,',"
    " CAST(:day AS date) FROM m",
)


def rows() -> list[dict[str, Any]]:
    """Rows of the usual shape, for each database there is."""
    with tempfile.TemporaryDirectory() as folder:
        found = _measured(f"sqlite:///{folder}/books.db")
    with _postgres() as url:
        found += _measured(url)
    return found


def _measured(url: str) -> list[dict[str, Any]]:
    from tests.unit.journeys.given import every_table

    from huitou.store.books import Books

    books = Books(url)
    books.migrate(every_table())
    running = _filled(books)
    kind = books.engine.dialect.name
    with _other_writer(url) as other:
        cpu, wall, steps = _ticked(books, running)
    with books.reading() as unit:
        asked = unit.value(text("SELECT count(*) FROM sending"))
    books.close()
    right = steps == asked == PERSONS
    return [
        {
            "name": f"{PERSONS:,} persons through an action node, {kind}",
            "value": round(cpu, 2),
            "unit": "CPU s",
            "peer": round(PEER_SECONDS[kind] * PERSONS, 1),
            "ratio": round(PEER_SECONDS[kind] * PERSONS / cpu, 1),
            "bar": BARS[kind],
            "holds": right and cpu <= BARS[kind] * PERSONS / 1_000_000,
        },
        {
            "name": f"other writers meanwhile, p99 of {other['n']} writes, {kind}",
            "value": round(other["p99"], 1),
            "unit": "ms",
            "peer": None,
            "ratio": None,
            "bar": P99_BAR,
            "holds": other["p99"] <= P99_BAR,
        },
        {
            "name": f"the whole of it by the clock, {kind}",
            "value": round(wall, 1),
            "unit": "s",
            "peer": None,
            "ratio": None,
            "bar": None,
            "holds": None,
        },
    ]


def _filled(books: Any) -> Any:
    """A million people who stand at the node."""
    from huitou.journeys.paths import book
    from huitou.journeys.paths.moves.book import Running
    from huitou.journeys.paths.walk import Walking

    with books.unit() as unit:
        kept = book.keep(unit, JOURNEY, "bench", NOW)
        book.start(unit, "bench", "bench", NOW)
    with books.unit() as unit:
        on_sqlite = books.engine.dialect.name == "sqlite"
        name = "printf('%026d', n)" if on_sqlite else "lpad(n::text, 26, '0')"
        moment = NOW.strftime("%Y-%m-%d %H:%M:%S.000000" + ("" if on_sqlite else "+00"))
        told = {"moment": moment, "day": "2026-03-02", "most": PERSONS - 1}
        told |= {"journey": kept.journey_id, "version": kept.id}
        for statement in FILL:
            statement = statement.format(name=name, empty="'{}'" if on_sqlite else "'{}'::jsonb")
            if on_sqlite:
                # SQLite's CAST to such a type would make numbers of moments.
                statement = statement.replace("CAST(:moment AS timestamptz)", ":moment")
                statement = statement.replace("CAST(:day AS date)", ":day")
            asked = {key: value for key, value in told.items() if f":{key}" in statement}
            unit.execute(text(statement), asked)
    if books.engine.dialect.name == "postgresql":
        with books.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    walking = Walking(kept.read(2), ZoneInfo("Asia/Shanghai"), "bench")
    return Running(kept.id, kept.journey_id, walking)


def _ticked(books: Any, running: Any) -> tuple[float, float, int]:
    """CPU seconds of this process and of the backends it used, seconds, and steps taken."""
    from huitou.journeys.paths.moves import book as moves

    pids = _backends(books)
    before, begun = time.process_time() + _spent(pids), time.perf_counter()
    steps = sum(moves.tick(books, [running], NOW, time.sleep).values())
    return time.process_time() + _spent(pids) - before, time.perf_counter() - begun, steps


def _backends(books: Any) -> list[int]:
    if books.engine.dialect.name != "postgresql":
        return []
    with books.engine.connect() as connection:
        return [connection.execute(select(text("pg_backend_pid()"))).scalar()]


def _spent(pids: list[int]) -> float:
    spent = 0.0
    for pid in pids:
        parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        spent += (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    return spent


@contextmanager
def _other_writer(url: str) -> Iterator[dict[str, Any]]:
    """Somebody who writes a little every ten milliseconds; what they felt, at the end."""
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER_WRITER, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    felt: dict[str, Any] = {}
    assert other.stdout is not None
    other.stdout.readline()
    yield felt
    told, _ = other.communicate("stop\n")
    felt.update(json.loads(told))


@contextmanager
def _postgres() -> Iterator[str]:
    from tests.contract.postgres import running

    found = shutil.which("initdb")
    places = [found] if found else sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not places:
        raise FileNotFoundError("no PostgreSQL is installed")
    with running(Path(places[-1]).parent, memory=AS_SHIPPED) as url:
        yield url
