"""One figure as the benches print it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def row(
    name: str,
    value: Any,
    unit: str = "",
    *,
    peer: float | None = None,
    ratio: float | None = None,
    bar: Any = None,
    holds: bool | None = None,
) -> dict[str, Any]:
    """A row."""
    made = {"name": name, "value": value, "unit": unit, "peer": peer, "ratio": ratio}
    return {**made, "bar": bar, "holds": holds}


def no_peer(why: str) -> dict[str, Any]:
    """A row for peers that could not be asked: it does not hold."""
    return row(f"peers: {why}", None, holds=False)


def cpu(work: Callable[[], Any], times: int) -> float:
    """Seconds of CPU that the work takes, the best of some times."""
    best = float("inf")
    for _ in range(times):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best
