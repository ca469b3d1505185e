"""The lake: an append-only raw zone, one DuckDB file with one writer, and published snapshots.

    <home>/lake/raw/<batch>/…          what arrived, as parsed; never changed
    <home>/lake/lake.duckdb            merged tables; opened only under `lake.lock`
    <home>/lake/run.lock               held by whoever does the day's work, from start to end
    <home>/lake/standing/              small tables for readers, between two editions
    <home>/lake/plans/<fingerprint>/   what a plan was drafted from; let go as `runs.inputs` says
    <home>/lake/published/<edition>/   Parquet files, never changed once named by CURRENT
    <home>/lake/published/CURRENT      the edition that readers open

A DuckDB file cannot be opened by a second process while it is written, so readers never open it:
they read the published version with a DuckDB of their own, in memory.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from huitou.ground.durable import put_in_place, settle
from huitou.ground.errors import Busy, HuitouError

KEPT_VERSIONS = 3
"""A reader that has just read CURRENT still finds its files while two more are published."""

MEMORY_LIMIT = "500MB"
"""What one connection may hold before it spills to the disk; `$HUITOU_MEMORY` says otherwise."""

QUICK = "snappy, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1000"
"""What is soon replaced is pressed lightly, and values that come again are looked for while they
are few: whole numbers are told by their differences. Two fifths sooner written, and smaller."""

OF_EACH = "uncompressed, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1000"
"""Where a row stands for one person, what is told by differences is as large as pressed."""

_WRITTEN = {"storage_compatibility_version": "v1.4.0"}
"""How a new lake lies on the disk: text is packed as DICT_FSST instead of Dictionary or FSST, which
is written a quarter sooner. DuckDB 1.3 knows it too, and misreads it where values are missing. A
lake made before stays as it was made."""


class Lake:
    """One shop's lake, in the folder `root`."""

    def __init__(self, root: Path, memory: str = MEMORY_LIMIT) -> None:
        self.root = root
        self._memory = memory
        self.raw = root / "raw"
        self.published = root / "published"
        self.standing = Edition(root / "standing")
        """Small tables outside any edition, each replaced whole: what arrived, what waits."""

    def inputs(self, address: str) -> Edition:
        """Where what a plan was drafted from is kept: outside any edition, for it outlives them."""
        return Edition(self.root / "plans" / address)

    def addresses(self) -> list[str]:
        """The addresses under which something of the kind is kept."""
        root = self.root / "plans"
        return sorted(each.name for each in root.iterdir()) if root.exists() else []

    @contextmanager
    def writing(self, purpose: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """The DuckDB file, alone, for one step; `Busy` says who holds it.

        One transaction: it is committed when the block ends well and rolled back otherwise.
        """
        with self._locked("lake.lock", purpose, "the lake is being written by"):
            connection = duckdb.connect(str(self.root / "lake.duckdb"), config={**_WRITTEN})
            try:
                _settle(connection, self.root, self._memory)
                connection.begin()
                yield connection
                connection.commit()
            except BaseException:
                _forget(connection)
                raise
            finally:
                connection.close()

    @contextmanager
    def running(self, purpose: str) -> Iterator[None]:
        """The day's work, alone, from start to end; `Busy` says who is at it."""
        with self._locked("run.lock", purpose, "the day's work is being done by"):
            yield

    def edition(self, name: str) -> Edition:
        """The unpublished edition called `name`: a fresh folder, or where a killed run left it."""
        return Edition(self.published / f".{name}")

    def published_as(self, name: str) -> Edition:
        """The published edition called `name`."""
        return Edition(self.published / name)

    def keeps(self, name: str) -> bool:
        """Whether what was written of the edition is still there, published or not."""
        return any(each.exists() for each in (self.edition(name).folder, self.published / name))

    def publish(self, edition: Edition) -> str:
        """Point readers at an edition; it is never changed afterwards. Publishing twice is once."""
        version = edition.folder.name.removeprefix(".")
        if edition.folder.exists():
            edition.folder.rename(self.published / version)
            settle(self.published)
        self._point_at(version)
        return version

    def sweep(self, going: str) -> None:
        """Let go of what runs that are over left behind; asked under `running` by the run `going`.

        Published editions that readers may still have open stay, and so does the run's own.
        """
        if self.published.exists():
            self._let_go(stays={*self._kept(), going, f".{going}"})

    def current(self) -> Edition | None:
        """The edition that readers open, or None while nothing was published."""
        pointer = self.published / "CURRENT"
        if not pointer.exists():
            return None
        return Edition(self.published / json.loads(pointer.read_text())["version"])

    @contextmanager
    def reading(
        self, edition: Edition | None = None, wanted: Collection[str] | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB in memory in which every table of the edition (the current one) is a view.

        Or each of those `wanted` that is there.
        """
        opened = edition or self.current()
        connection = duckdb.connect()
        try:
            _settle(connection, self.root, self._memory)
            for name, file in opened.files() if opened else ():
                if wanted is not None and name not in wanted:
                    continue
                _open(connection, name, file)
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _locked(self, name: str, purpose: str, busy: str) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / name).open("a+") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                held.seek(0)
                holder = held.read().strip() or "another process"
                raise Busy(f"{busy} {holder}", to_try="the same again in a minute") from taken
            held.truncate(0)
            held.write(f"process {os.getpid()} ({purpose})")
            held.flush()
            yield
            held.truncate(0)

    def _kept(self) -> list[str]:
        """Names of the published editions, the current one last."""
        pointer = self.published / "CURRENT"
        kept: list[str] = json.loads(pointer.read_text())["kept"] if pointer.exists() else []
        return kept

    def _point_at(self, version: str) -> None:
        before = self._kept()
        kept = [*(name for name in before if name != version), version][-KEPT_VERSIONS:]
        fresh = self.published / ".CURRENT"
        fresh.write_text(json.dumps({"version": version, "kept": kept}))
        put_in_place(fresh, self.published / "CURRENT")
        # Only what was published: an unpublished folder may be another run's work.
        for name in set(before) - set(kept):
            shutil.rmtree(self.published / name, ignore_errors=True)

    def _let_go(self, stays: set[str]) -> None:
        for folder in self.published.iterdir():
            if folder.is_dir() and folder.name not in stays:
                shutil.rmtree(folder, ignore_errors=True)


class Edition:
    """One version of the published tables: a folder of Parquet files, each whole or absent."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """The file of a table of this edition, or the folder of its files."""
        return self.folder / f"{name}.parquet"

    def has(self, name: str) -> bool:
        """Whether this edition holds the table."""
        return self.path(name).exists()

    def parts(self, name: str) -> list[Path]:
        """The files of a table: one, or those of its folder."""
        path = self.path(name)
        return sorted(path.glob("*.parquet")) if path.is_dir() else [path]

    def rows(self, name: str) -> int:
        """How many rows a table has, by the feet of its files."""
        return sum(int(pq.read_metadata(part).num_rows) for part in self.parts(name))

    def files(self) -> list[tuple[str, Path]]:
        """The tables by name, each with its file or the folder of its files."""
        return [(file.stem, file) for file in sorted(self.folder.glob("[!.]*.parquet"))]

    def table(
        self,
        name: str,
        columns: list[str] | None = None,
        *,
        only: tuple[str, Sequence[str]] | None = None,
    ) -> pa.Table:
        """One table as Arrow; `only` names a column and the values wanted in it.

        Tables are written in the order of their people, so a few of them are found by the
        statistics of the file without reading the rest.
        """
        wanted = [(only[0], "in", list(only[1]))] if only is not None else None
        if wanted is not None and not wanted[0][2]:
            return pq.read_table(self.path(name), columns=columns).slice(0, 0)
        return pq.read_table(self.path(name), columns=columns, filters=wanted)

    def write(self, name: str, table: pa.Table) -> None:
        """Keep an Arrow table."""
        with self._fresh(name) as file:
            pq.write_table(table, file, compression="zstd")

    def open(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Make a table a view of an open connection, in the place of another of its name."""
        _open(connection, name, self.path(name))

    def copy(self, connection: duckdb.DuckDBPyConnection, name: str, query: str) -> int:
        """Keep the answer of a query without holding it in memory; returns its rows."""
        with self._fresh(name) as file:
            return _copy(connection, query, file, "zstd")

    def copy_slices(
        self,
        connection: duckdb.DuckDBPyConnection,
        name: str,
        queries: Iterable[str],
        *,
        of_each: bool = False,
    ) -> None:
        """Keep the answers of some queries as one table: a folder, with a file for each.

        `of_each`: every row stands for another person.
        """
        how = OF_EACH if of_each else QUICK
        with self._fresh_folder(name) as folder:
            for number, query in enumerate(queries):
                _copy(connection, query, folder / f"{number:04}.parquet", how)

    def extend(
        self, connection: duckdb.DuckDBPyConnection, name: str, before: Edition, query: str
    ) -> None:
        """Keep a table of an earlier edition and the answer of a query as one.

        Its files never change, and stand in both editions.
        """
        with self._fresh_folder(name) as folder:
            parts = before.parts(name)
            for number, part in enumerate(parts):
                _stand(part, folder / f"{number:04}.parquet")
            _copy(connection, query, folder / f"{len(parts):04}.parquet", QUICK)

    def link(self, name: str, before: Edition) -> None:
        """Keep a table of an earlier edition as it is."""
        with self._fresh_folder(name) as folder:
            for part in before.parts(name):
                _stand(part, folder / part.name)

    def note(self, name: str, value: Any) -> None:
        """Keep a small JSON value beside the tables."""
        with self._fresh_file(self.folder / f"{name}.json") as file:
            file.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False))

    def noted(self, name: str) -> Any:
        """A small value kept by `note`, or None."""
        file = self.folder / f"{name}.json"
        return json.loads(file.read_text()) if file.exists() else None

    @contextmanager
    def _fresh_folder(self, name: str) -> Iterator[Path]:
        with self._fresh(name) as folder:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            yield folder
            for part in folder.iterdir():
                settle(part)

    @contextmanager
    def _fresh(self, name: str) -> Iterator[Path]:
        with self._fresh_file(self.path(name)) as file:
            yield file

    @contextmanager
    def _fresh_file(self, wanted: Path) -> Iterator[Path]:
        if not self.folder.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            settle(self.folder.parent)
        file = wanted.with_name(f".{wanted.name}")
        yield file
        if wanted.is_dir():  # a folder has no place for another to take at once
            shutil.rmtree(wanted)
        elif file.is_dir():
            wanted.unlink(missing_ok=True)
        put_in_place(file, wanted)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, file: Path, how: str) -> int:
    quoted = str(file).replace("'", "''")
    copied = connection.execute(
        f"COPY ({query}) TO '{quoted}' (FORMAT parquet, COMPRESSION {how})"
    ).fetchone()
    return int(copied[0]) if copied else 0


def _stand(file: Path, here: Path) -> None:
    """A file in a second place: the same one, or a copy where the disk knows no second names."""
    try:
        os.link(file, here)
    except OSError:
        shutil.copyfile(file, here)


def _open(connection: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    quoted = str(file / "*.parquet" if file.is_dir() else file).replace("'", "''")
    connection.execute(
        f"CREATE OR REPLACE VIEW \"{name}\" AS SELECT * FROM read_parquet('{quoted}')"
    )


def _settle(connection: duckdb.DuckDBPyConnection, root: Path, memory: str) -> None:
    # A shop's machine is small: spill beside the lake rather than push the till out of memory.
    try:
        connection.execute("SET memory_limit = $1", [memory])
    except duckdb.Error as unread:
        raise HuitouError(
            f"$HUITOU_MEMORY is {memory!r}, which is no amount of memory",
            to_try="HUITOU_MEMORY=4GB",
        ) from unread
    connection.execute("SET temp_directory = '" + str(root / "spill").replace("'", "''") + "'")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")
    # A group of rows is packed when it is full, by whoever filled it. By default five wait for each
    # other, and at the end one processor packs all while the others stand.
    connection.execute("SET write_buffer_row_group_count = 1")
    # Its bar would be printed to stdout, in the middle of an answer.
    connection.execute("SET enable_progress_bar = false")


def _forget(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.rollback()
    except duckdb.Error:
        return  # nothing had begun, or the commit itself failed: there is nothing to take back
