"""How many events a second a shop takes from its sites and servers, each on the disk before it is
answered; the load runs on the same machine. And how fast they reach the lake.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import huitou
from tools.bench_sources._house import (
    figures,
    free_port,
    listening,
    load,
    processor_seconds,
    shop_with_key,
)

SECONDS = 8.0
LINES = 16
BATCH = 100


def rows() -> list[dict[str, Any]]:
    """Batches of a hundred, single events, and the way into the lake."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        key, port = shop_with_key(home), free_port()
        with listening(home, port) as server:
            figures(load(port, key, size=BATCH, seconds=1, lines=LINES, first=9_000_000))
            before = processor_seconds(server)
            many = figures(load(port, key, size=BATCH, seconds=SECONDS, lines=LINES))
            spent = processor_seconds(server) - before
            each = figures(load(port, key, size=1, seconds=SECONDS, lines=64, first=5_000_000))
        return [*_told(many, each, spent), *_taken(home)]


def _told(many: dict[str, Any], each: dict[str, Any], spent: float) -> list[dict[str, Any]]:
    return [
        _row("events a second in batches of 100, durable", many["events_a_second"], "events/s",
             150_000, more=True),
        _row("99 of 100 batches are answered within", many["p99_ms"], "ms", 30, more=False),
        _row("events a processor second of the server", len(many["acked"]) * BATCH / spent,
             "events/s"),
        _row("single events a second, durable", each["requests_a_second"], "requests/s", 1_000,
             more=True),
        _row("99 of 100 single events are answered within", each["p99_ms"], "ms"),
        _row("requests refused or without an answer",
             many["refused"] + many["lost"] + each["refused"] + each["lost"], "requests", 0,
             more=False),
    ]  # fmt: skip


def _taken(home: Path) -> list[dict[str, Any]]:
    shop = huitou.open(home)
    begun = time.perf_counter()
    shop.connections.listen()
    seconds = time.perf_counter() - begun
    visits = sum({row.source: row.visits for row in shop.connections.listed()}.values())
    again = time.perf_counter()
    shop.connections.listen()
    return [
        _row("events a second from the inbox into the lake", visits / seconds, "events/s"),
        _row("nothing new is found out in", time.perf_counter() - again, "s"),
    ]


def _row(
    name: str, value: float, unit: str, bar: float | None = None, *, more: bool = True
) -> dict[str, Any]:
    holds = None if bar is None else (value >= bar if more else value <= bar)
    sign = "" if bar is None else f"{'>=' if more else '<='} {bar:,}"
    return {"name": name, "value": round(float(value), 2), "unit": unit, "peer": None,
            "ratio": None, "bar": sign or None, "holds": holds}  # fmt: skip
