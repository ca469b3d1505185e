"""A load of events on few cores: one thread, raw sockets, requests made ready beforehand.

    python -m tools.bench_sources._load PORT KEY SIZE SECONDS CONNECTIONS [FIRST]

Prints one JSON value. `acked` are numbers of requests that were answered with 200: the events of
request 7 have the names `0000000007-000`, `0000000007-001` and so on.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

NUMBER = b"##########"


@dataclass
class Load:
    """What became of the requests."""

    acked: list[int] = field(default_factory=list)
    refused: int = 0
    lost: int = 0
    """Requests without an answer: the line broke."""
    waits: list[float] = field(default_factory=list)
    seconds: float = 0.0
    processor_seconds: float = 0.0
    """What making the load took of a processor."""

    def told(self, size: int) -> dict[str, Any]:
        """Figures, in events a second and milliseconds."""
        waits = sorted(self.waits)
        return {
            "acked": self.acked, "refused": self.refused, "lost": self.lost,
            "events_a_second": len(self.acked) * size / self.seconds if self.seconds else 0.0,
            "requests_a_second": len(self.acked) / self.seconds if self.seconds else 0.0,
            "processor_seconds": self.processor_seconds,
            "p50_ms": _part(waits, 0.5), "p99_ms": _part(waits, 0.99),
        }  # fmt: skip


def _part(waits: Sequence[float], share: float) -> float:
    return 1000 * waits[min(len(waits) - 1, int(share * len(waits)))] if waits else 0.0


def event(place: int) -> dict[str, Any]:
    """A product that was looked at, as a browser tells it: half a kilobyte."""
    return {
        "type": "track", "event": "Product Viewed", "messageId": f"{NUMBER.decode()}-{place:03d}",
        "anonymousId": f"b5b7b1c2-{place:03d}-4b0e-9d3c-0d6b3d1d7a11",
        "timestamp": "2026-03-01T10:00:00.000Z",
        "properties": {"product_id": f"507f1f77bcf86cd7994390{place:02d}", "sku": f"G-{place}",
                       "category": "Games", "name": "Monopoly: 3rd Edition", "price": 18.99,
                       "url": "https://shop.example/product/monopoly"},
        "context": {"library": {"name": "analytics.js", "version": "2.11.1"},
                    "page": {"path": "/product/monopoly", "title": "Monopoly"},
                    "userAgent": "Mozilla/5.0 (X11; Linux x86_64)", "locale": "en-GB"},
    }  # fmt: skip


def request(key: str, size: int) -> bytes:
    """One request of `size` events, with NUMBER where its number is to stand."""
    told: dict[str, Any] = {"batch": [event(n) for n in range(size)]} if size > 1 else event(0)
    body = json.dumps({"writeKey": key, "sentAt": "2026-03-01T10:00:01.000Z", **told}).encode()
    path = "batch" if size > 1 else "track"
    head = f"POST /v1/{path} HTTP/1.1\r\nhost: shop\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def run(port: int, ready: bytes, seconds: float, connections: int, first: int) -> Load:
    """Keep every connection busy with one request at a time."""
    load = Load()
    number = first
    begun, used = time.perf_counter(), time.process_time()
    until = begun + seconds
    with selectors.DefaultSelector() as lines:
        for _ in range(connections):
            line = _line(port)
            lines.register(line, selectors.EVENT_READ, [number, 0.0])
            number += 1
        for each in list(lines.get_map().values()):
            _send(each.fileobj, ready, each.data)
        while lines.get_map():
            for key, _ in lines.select(timeout=5) or _all_lost(lines, load):
                sent, at = key.data
                if not _answered(key.fileobj, load, sent, at):
                    lines.unregister(key.fileobj)
                elif time.perf_counter() < until:
                    key.data[0], number = number, number + 1
                    if not _send(key.fileobj, ready, key.data):
                        load.lost += 1
                        lines.unregister(key.fileobj)
                else:
                    lines.unregister(key.fileobj)
    load.seconds = time.perf_counter() - begun
    load.processor_seconds = time.process_time() - used
    return load


def _all_lost(lines: selectors.BaseSelector, load: Load) -> Sequence[Any]:
    load.lost += len(lines.get_map())
    for key in list(lines.get_map().values()):
        lines.unregister(key.fileobj)
    return ()


def _line(port: int) -> socket.socket:
    line = socket.socket()
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**20)
    line.connect(("127.0.0.1", port))
    return line


def _send(line: Any, ready: bytes, data: list[Any]) -> bool:
    data[1] = time.perf_counter()
    try:
        line.sendall(ready.replace(NUMBER, b"%010d" % data[0]))
    except OSError:
        return False
    return True


def _answered(line: Any, load: Load, number: int, at: float) -> bool:
    answer = b""
    try:
        while not answer.endswith(b"}") and (more := line.recv(65536)):
            answer += more
    except OSError:
        answer = b""
    if not answer.endswith(b"}"):
        load.lost += 1
        return False
    load.waits.append(time.perf_counter() - at)
    if answer.startswith(b"HTTP/1.1 200"):
        load.acked.append(number)
    else:
        load.refused += 1
    return True


def main(told: list[str]) -> None:
    """One load, and its figures."""
    port, key, size, seconds, connections = told[:5]
    first = int(told[5]) if len(told) > 5 else 0
    load = run(int(port), request(key, int(size)), float(seconds), int(connections), first)
    print(json.dumps(load.told(int(size))))


if __name__ == "__main__":
    main(sys.argv[1:])
