"""A loop of its own for what a test awaits, whatever its thread already runs.

A browser of an earlier test keeps a loop running in the thread of all tests (Playwright's sync API
does so until the run ends), and `asyncio.run` refuses a second one there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def awaited(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """What the coroutine returns or raises, from a loop in a thread of its own."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, coroutine).result()
