"""How many events a second a shop takes from its sites and servers, each on the disk before it is
answered; the load runs on the same machine. And how fast they reach the lake.
"""

from __future__ import annotations

import os
import subprocess
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

SECONDS = 6.0
WARM = 1.0
"""Seconds of load before anything is measured; what it tells is what is taken into the lake: how
much that is does not grow with how long the doors are measured."""
BATCH, LINES = 100, 16
SINGLE_LINES = 64


def rows() -> list[dict[str, Any]]:
    """The way into the lake, batches of a hundred, and single events."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        key, port = shop_with_key(home), free_port()
        with listening(home, port) as server:
            figures(load(port, key, size=BATCH, seconds=WARM, lines=LINES, first=9_000_000))
            taken = _taken(home)
            many = _loaded(server, port, key, BATCH, LINES, 0)
            each = _loaded(server, port, key, 1, SINGLE_LINES, 5_000_000)
    return [*_told(many, each), *taken]


def _loaded(
    server: subprocess.Popen[bytes], port: int, key: str, size: int, lines: int, first: int
) -> dict[str, Any]:
    """Figures of a load, with the microseconds of a processor that an event took of the server."""
    others, before = os.getloadavg()[0], processor_seconds(server)
    told = figures(load(port, key, size=size, seconds=SECONDS, lines=lines, first=first))
    events = max(1, len(told["acked"]) * size)
    spent = processor_seconds(server) - before
    return {
        **told,
        "others": others,
        "server_us": 1e6 * spent / events,
        "load_us": 1e6 * told["processor_seconds"] / events,
    }


def _told(many: dict[str, Any], each: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        _row("events a second in batches of 100, durable", many["events_a_second"], "events/s",
             150_000, more=True),
        _row("99 of 100 batches are answered within", many["p99_ms"], "ms", 30, more=False),
        _row("an event in a batch takes of a processor", many["server_us"], "us"),
        _row("events a processor second of the server", 1e6 / many["server_us"], "events/s"),
        _row("making the load takes of a processor, an event", many["load_us"], "us"),
        _row("single events a second, durable", each["requests_a_second"], "requests/s", 1_000,
             more=True),
        _row("99 of 100 single events are answered within", each["p99_ms"], "ms"),
        _row("a single event takes of a processor", each["server_us"], "us"),
        _row("requests refused or without an answer",
             many["refused"] + many["lost"] + each["refused"] + each["lost"], "requests", 0,
             more=False),
        _row(f"programs that wanted one of the {os.cpu_count()} processors before it began",
             many["others"], "programs"),
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
