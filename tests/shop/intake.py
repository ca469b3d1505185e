"""A shop's front desk for tests: a file goes in, and what became of it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from huitou.ground.clock import naive_utc
from huitou.ground.ids import new_id
from huitou.sources import book, mending, reading
from huitou.sources.contract import Batch, Declared, Mapping, Preview, Taken
from huitou.store.lake import Lake

NOW = datetime(2026, 6, 1, tzinfo=UTC)
USUAL = Declared(currency="CNY", timezone="Asia/Shanghai")


@dataclass
class Desk:
    """Takes files into a lake of its own, in this process (the child has its own tests)."""

    folder: Path
    arrives: datetime = NOW
    """When files are taken in."""

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "lake")

    def look(self, path: Path, kept: Sequence[Mapping] = (), **said: Any) -> Preview:
        scratch = self._scratch()
        return reading.look(path, replace(USUAL, **said), scratch, naive_utc(NOW), kept)

    def take(self, path: Path, **said: Any) -> Taken:
        preview = self.look(path, **said)
        assert preview.mapping is not None, preview.questions
        return self.merge(path, preview.mapping)

    def merge(self, path: Path, mapping: Mapping) -> Taken:
        batch = self.read(path, mapping)
        with self.lake.writing("import") as con:
            return book.take(con, batch, self.arrives)

    def read(self, path: Path, mapping: Mapping) -> Batch:
        scratch = self._scratch()
        found = reading.read(
            path, mapping, scratch,
            zone=mapping.timezone, now=naive_utc(NOW), progress=lambda step, share: None,
        )  # fmt: skip
        return Batch(
            new_id(), path.name, path, found.sha256, mapping, found.rows, scratch / "lines.parquet",
            scratch / "quarantine.parquet", found.warnings, (), found.mends,
        )  # fmt: skip

    def mend(self, path: Path) -> Taken:
        preview = self.look(path)
        with self.lake.writing("mend") as con:
            mapping = mending.mapping_for(con, preview)
        return self.merge(path, mapping)

    def waiting(self) -> tuple[book.Quarantined, ...]:
        with self.lake.writing("look") as con:
            return book.quarantined(con)

    def lines(self) -> list[dict[str, Any]]:
        with self.lake.writing("look") as con:
            found = con.execute("SELECT * FROM lines ORDER BY row, order_id").to_arrow_table()
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows

    def digest(self) -> tuple[int, int]:
        """Changes when any line does."""
        with self.lake.writing("look") as con:
            found = con.execute("SELECT count(*), sum(hash(lines)) FROM lines").fetchone()
        assert found is not None
        return int(found[0]), int(found[1] or 0)

    def _scratch(self) -> Path:
        scratch = self.folder / new_id()
        scratch.mkdir(parents=True)
        return scratch
