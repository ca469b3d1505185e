"""One thing done to the shop, in a process of its own: prints seconds and megabytes as JSON.

python -m tools.bench_facts._asked FOLDER WHAT
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from huitou.facts.accounts import sums_of
from huitou.facts.contract import Tables
from huitou.facts.customers import customers
from huitou.facts.metrics import METRICS
from huitou.ground.settings import Settings
from huitou.runs import beneath
from huitou.runs.measure import measured
from huitou.runs.moment import Moment
from huitou.runs.work import BENEATH, tables_of
from huitou.store.lake import Edition, Lake
from tools.bench_facts import _shop

SETTINGS = Settings(currency="CNY", timezone="UTC", margin=0.3)
OF_FORECASTS = ("stages", "flows", "loss_by_stage", "loss_by_age")
AS_OF = _shop.evening(_shop.LAST)
NEXT = _shop.LAST + timedelta(days=1)


class Asked:
    """The shop, opened with four gigabytes."""

    def __init__(self, folder: Path) -> None:
        self.lake = Lake(folder, "4GB")
        self.edition = self.lake.published_as("first")
        self.out = Edition(folder / "out")

    def scan(self) -> None:
        """What cannot be undercut: lines grouped by customer, two sums."""
        with self.lake.reading(self.edition, ("lines",)) as con:
            self._write(
                con, "SELECT person_id, count(*) AS n, sum(amount) AS s FROM lines GROUP BY 1"
            )

    def rebuild(self) -> None:
        """All that facts begin with, the customers, and every metric."""
        _let_go(self.edition)
        with self.lake.reading(self.edition, ("lines",)) as con:
            beneath.keep(self.edition, con, tables_of(con, SETTINGS), AS_OF)
            tables = beneath.with_pieces(tables_of(con, SETTINGS), con, AS_OF)
            self._tell(con, customers(tables, AS_OF))
            for name, metric in METRICS.items():
                if name not in OF_FORECASTS:
                    self._tell(con, metric.value(tables, AS_OF))

    def summary(self) -> None:
        """Of each customer orders, days, gaps and money: what forecasts are made of."""
        self._opened(lambda con, tables: self._tell(con, sums_of(tables, AS_OF)))

    def made(self) -> None:
        """The same, made of their orders and purchase days and not read from their accounts; a
        slice of the people at a time, as accounts are."""
        many = self.edition.rows("lines")

        def asked(con: Any, tables: Tables) -> None:
            made = sums_of(_without(tables), AS_OF)
            slices = beneath.in_slices(con, made, "person_id", many)
            self.out.copy_slices(con, "told", slices, of_each=True)

        self._opened(asked)

    def cutoffs(self) -> None:
        """The same as of six earlier evenings."""

        def asked(con: Any, tables: Tables) -> None:
            for evening in _shop.cutoffs():
                self._tell(con, sums_of(tables, evening))

        self._opened(asked)

    def published(self) -> None:
        """The whole table of customers, written for readers."""
        self._opened(lambda con, tables: self._tell(con, customers(tables, AS_OF)))

    def day(self) -> None:
        """One more day, whose lines the edition has: every piece goes on from before."""
        after = self.lake.published_as("second")
        with self.lake.reading(after, ("lines",)) as con:
            evening = _shop.evening(NEXT)
            beneath.add_a_day(after, self.edition, con, tables_of(con, SETTINGS), evening)

    def lines(self) -> None:
        """The lines of that day, beside those of before."""
        after = self.lake.published_as("second")
        _let_go(after)
        with self.lake.reading(self.edition, ()) as con:
            count = int(os.environ["HUITOU_BENCH_CUSTOMERS"])
            query = f"SELECT * FROM ({_shop.more(count)}) ORDER BY person_id"
            after.extend(con, "lines", self.edition, query)
        after.note("moment", Moment(NEXT, 56, (), "UTC").written())

    def _opened(self, ask: Callable[[Any, Tables], None]) -> None:
        with self.lake.reading(self.edition, BENEATH) as con:
            ask(con, tables_of(con, SETTINGS, self.edition))

    def _tell(self, con: Any, made: Any) -> None:
        self._write(con, beneath.typed(con, made))

    def _write(self, con: Any, query: str) -> None:
        self.out.copy_slices(con, "told", [query], of_each=True)


def _let_go(edition: Edition) -> None:
    """Pieces that an earlier measurement left behind: none is made where it is there."""
    for name in beneath.KEPT:
        shutil.rmtree(edition.path(name), ignore_errors=True)


def _without(tables: Tables) -> Tables:
    """The shop without the accounts that it keeps."""
    assert tables.held is not None, "made by the rebuild"
    others = {name: kept for name, kept in tables.held.tables.items() if name != "accounts"}
    return replace(tables, held=replace(tables.held, tables=others))


@contextmanager
def spilling(folder: Path) -> Iterator[dict[str, int]]:
    """The most that lay on the disk at once because memory did not do: `disk`, megabytes."""
    most, ended = {"disk": 0}, Event()

    def look() -> None:
        while not ended.wait(0.1):
            most["disk"] = max(most["disk"], _size(folder) // 1_000_000)

    looking = Thread(target=look, daemon=True)
    looking.start()
    yield most
    ended.set()
    looking.join()


def _size(folder: Path) -> int:
    with suppress(OSError):  # files come and go meanwhile
        return sum(file.stat().st_size for file in folder.glob("**/*"))
    return 0


if __name__ == "__main__":
    shop = Asked(Path(sys.argv[1]))
    with measured() as cost, spilling(shop.lake.root / "spill") as spilled:
        getattr(shop, sys.argv[2])()
    took = {"seconds": cost.seconds, "cpu": cost.cpu_seconds, "mb": cost.peak_megabytes}
    print(json.dumps(took | spilled))
