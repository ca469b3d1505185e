"""One thing done to the shop, in a process of its own: prints seconds and megabytes as JSON.

python -m tools.bench_facts._asked FOLDER WHAT
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from huitou.facts.accounts import sums_of
from huitou.facts.contract import METRICS, Tables
from huitou.facts.customers import customers
from huitou.facts.engine import engine_over
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
        with self.lake.reading(self.edition, ()) as con:
            count = int(os.environ["HUITOU_BENCH_CUSTOMERS"])
            query = f"SELECT * FROM ({_shop.more(count)}) ORDER BY person_id"
            after.extend(con, "lines", self.edition, query)
        after.note("moment", Moment(NEXT, 56, (), "UTC").written())

    def _opened(self, ask: Callable[[Any, Tables], None]) -> None:
        with self.lake.reading(self.edition, BENEATH) as con:
            ask(con, tables_of(con, SETTINGS, self.edition))

    def _tell(self, con: Any, made: Any) -> None:
        self._write(con, engine_over(con).compile(made))

    def _write(self, con: Any, query: str) -> None:
        self.out.copy_slices(con, "told", [query])


if __name__ == "__main__":
    shop = Asked(Path(sys.argv[1]))
    with measured() as cost:
        getattr(shop, sys.argv[2])()
    print(json.dumps({"seconds": cost.seconds, "cpu": cost.cpu_seconds, "mb": cost.peak_megabytes}))
