"""The lake: an append-only raw zone, one DuckDB file with one writer, and published snapshots.

    <home>/lake/raw/<batch>/…          what arrived, as parsed; never changed
    <home>/lake/lake.duckdb            merged tables; opened only under `lake.lock`
    <home>/lake/published/<version>/   Parquet files, never changed once named by CURRENT
    <home>/lake/published/CURRENT      the version readers open

A DuckDB file cannot be opened by a second process while it is written, so readers never open it:
they read the published version with a DuckDB of their own, in memory.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from huitou.ground.errors import Busy
from huitou.ground.ids import new_id

KEPT_VERSIONS = 3
"""A reader that has just read CURRENT still finds its files while two more are published."""

MEMORY_LIMIT = "700MB"


class Lake:
    """One shop's lake, in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.raw = root / "raw"
        self.published = root / "published"

    @contextmanager
    def writing(self, purpose: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """The DuckDB file, alone, for one step; `Busy` says who holds it.

        One transaction: it is committed when the block ends well and rolled back otherwise.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        with self._locked(purpose):
            connection = duckdb.connect(str(self.root / "lake.duckdb"))
            try:
                _settle(connection, self.root)
                connection.begin()
                yield connection
                connection.commit()
            except BaseException:
                _forget(connection)
                raise
            finally:
                connection.close()

    def publish(
        self, tables: Mapping[str, pa.Table], *, keep: tuple[str, ...] = ()
    ) -> str:
        """Publish tables as the next version and point readers at it.

        `keep` names tables that are carried over unchanged (by hard link) from the current one.
        Returns the version's name.
        """
        version = new_id()
        fresh = self.published / f".{version}"
        fresh.mkdir(parents=True)
        for name in keep:
            os.link(self.path(name), fresh / f"{name}.parquet")
        for name, table in tables.items():
            pq.write_table(table, fresh / f"{name}.parquet", compression="zstd")
            _sync(fresh / f"{name}.parquet")
        fresh.rename(self.published / version)
        self._point_at(version)
        return version

    def current(self) -> str | None:
        """The version readers open, or None while nothing was published."""
        pointer = self.published / "CURRENT"
        return json.loads(pointer.read_text())["version"] if pointer.exists() else None

    def path(self, name: str) -> Path:
        """The file of a published table (of the current version)."""
        version = self.current()
        return self.published / (version or "none") / f"{name}.parquet"

    def has(self, name: str) -> bool:
        """Whether the current version holds this table."""
        return self.path(name).exists()

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A published table, whole, as Arrow."""
        return pq.read_table(self.path(name), columns=columns)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A DuckDB in memory in which every published table is a view."""
        version = self.current()
        connection = duckdb.connect()
        try:
            _settle(connection, self.root)
            if version is not None:
                for file in sorted((self.published / version).glob("*.parquet")):
                    quoted = str(file).replace("'", "''")
                    connection.execute(
                        f"CREATE VIEW \"{file.stem}\" AS SELECT * FROM read_parquet('{quoted}')"
                    )
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _locked(self, purpose: str) -> Iterator[None]:
        with (self.root / "lake.lock").open("a+") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                held.seek(0)
                holder = held.read().strip() or "another process"
                raise Busy(
                    f"the lake is being written by {holder}", to_try="the same again in a minute"
                ) from taken
            held.truncate(0)
            held.write(f"process {os.getpid()} ({purpose})")
            held.flush()
            yield
            held.truncate(0)

    def _point_at(self, version: str) -> None:
        pointer = self.published / "CURRENT"
        fresh = self.published / ".CURRENT"
        before = json.loads(pointer.read_text())["kept"] if pointer.exists() else []
        kept = [*before, version][-KEPT_VERSIONS:]
        fresh.write_text(json.dumps({"version": version, "kept": kept}))
        _sync(fresh)
        fresh.replace(pointer)
        _sync(self.published)
        for folder in self.published.iterdir():
            if folder.is_dir() and folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _settle(connection: duckdb.DuckDBPyConnection, root: Path) -> None:
    # A shop's machine is small: spill beside the lake rather than push the till out of memory.
    connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
    connection.execute("SET temp_directory = '" + str(root / "spill").replace("'", "''") + "'")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = false")


def _forget(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.rollback()
    except duckdb.Error:
        return  # nothing had begun, or the commit itself failed: there is nothing to take back


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
