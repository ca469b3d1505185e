"""Facts of ten million customers on two processors: all anew, and one more day.

`$HUITOU_BENCH_CUSTOMERS` makes a smaller shop, for which no bar is told. The shop itself is made
first, which takes some minutes and 2 GB; in the folder `$HUITOU_BENCH_SHOP` it stays for the next
time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from huitou.runs import beneath
from tools.bench_facts import _asked, _pandas, _shop
from tools.bench_models._row import row

CUSTOMERS = 10_000_000
BARS = {"rebuild": 300.0, "summary": 20.0, "made": 20.0, "day": 6.0, "cutoffs": 90.0}
"""Seconds."""
MEGABYTES = 6_000
TITLES = {
    "scan": "a bare scan: lines by customer, two sums",
    "rebuild": "all anew: orders, days, accounts, customers, every metric",
    "summary": "orders, days, gaps and money of each customer, as accounts keep them",
    "made": "the same, made of orders and purchase days",
    "cutoffs": "the same as of six earlier evenings",
    "published": "the table of customers, written whole",
    "lines": "one more day: its lines beside the others",
    "day": "one more day: every piece that facts begin with",
}


def rows() -> list[dict[str, Any]]:
    """The figures."""
    customers = int(os.environ.get("HUITOU_BENCH_CUSTOMERS") or CUSTOMERS)
    if kept := os.environ.get("HUITOU_BENCH_SHOP"):
        return list(_rows(Path(kept), customers))
    with tempfile.TemporaryDirectory(prefix="huitou-bench-") as folder:
        return list(_rows(Path(folder), customers))


def _rows(folder: Path, customers: int) -> Iterator[dict[str, Any]]:
    edition = _shop.make(folder, customers)
    counted = f"{customers:,} customers, {edition.rows('lines'):,} orders"
    scan = 0.0
    for name, title in TITLES.items():
        cost = _ask(folder, customers, name)
        scan = scan or cost["seconds"]
        bar = BARS.get(name) if customers == CUSTOMERS else None
        said = title + (f", {_touched(folder):,} customers" if name == "day" else "")
        holds = None if bar is None else cost["seconds"] <= bar
        took, named = cost["seconds"], f"{counted}: {said}"
        yield row(named, took, "s", peer=scan, ratio=took / scan, bar=bar, holds=holds)
        if name == "rebuild":
            fits = cost["mb"] <= MEGABYTES
            yield row(f"{counted}: {title}", cost["mb"], "MB", bar=MEGABYTES, holds=fits)
            yield row(f"{counted}: {title}, spilled to the disk", cost["disk"], "MB")
    yield from _pandas.beside(edition)


def _ask(folder: Path, customers: int, name: str) -> dict[str, float]:
    print(f"  {name} …", file=sys.stderr, flush=True)
    call = [sys.executable, "-m", _asked.__name__, str(folder), name]
    asked = subprocess.run(
        call, check=True, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "HUITOU_BENCH_CUSTOMERS": str(customers)},
    )  # fmt: skip
    cost: dict[str, float] = json.loads(asked.stdout)
    told = f"{cost['seconds']:.1f} s, {cost['cpu']:.1f} s of CPU, {cost['mb']:.0f} MB"
    print(f"    {told}, {cost['disk']:.0f} MB on the disk", file=sys.stderr, flush=True)
    return cost


def _touched(folder: Path) -> int:
    parts = folder / "published" / "second" / f"{beneath.ACCOUNTS_SINCE}.parquet" / "*.parquet"
    found = duckdb.execute(f"SELECT count(*) FROM read_parquet('{parts}')").fetchone()
    return int(found[0]) if found else 0
