"""What a step cost: seconds, CPU seconds and the most memory it held."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cost:
    """Filled when the measured block ends."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Of this process and of the children that ended meanwhile."""
    peak_megabytes: int = 0
    """Most memory resident at once in this process."""


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure a block: `with measured() as cost: ...`, then read `cost`."""
    cost = Cost()
    _reset_peak()
    wall, cpu = time.perf_counter(), _cpu()
    try:
        yield cost
    finally:
        cost.seconds = time.perf_counter() - wall
        cost.cpu_seconds = _cpu() - cpu
        cost.peak_megabytes = _peak()


def _cpu() -> float:
    mine, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return mine.ru_utime + mine.ru_stime + children.ru_utime + children.ru_stime


def _reset_peak() -> None:
    # Linux only; elsewhere the peak is that of the process so far, and the figure says no less.
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak() -> int:
    with suppress(OSError, StopIteration):
        status = Path("/proc/self/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) // 1024
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest // (1024 * 1024 if sys.platform == "darwin" else 1024)
