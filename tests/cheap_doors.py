"""Doors whose costs are paid once a process, as one shop pays them, and not once a test.

A shop opens its doors once and lets its staff in once a day; here hundreds of tests do. What the
doors do is the same. How slowly a password is kept is tried in `tests/unit/doors/test_web.py`, in
a process of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

LITTLE = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


@contextmanager
def cheap() -> Iterator[None]:
    """While it holds, doors cost little; those that no test of this run opens are left alone."""
    with pytest.MonkeyPatch.context() as patched:
        if "fastapi" in sys.modules:
            _read_once(patched)
        if book := sys.modules.get("huitou.doors.book"):
            hasher = book.PasswordHash((book.Argon2Hasher(**LITTLE),))
            patched.setattr(book, "_hasher", hasher)
            patched.setattr(book, "_NOBODY", hasher.hash("nobody"))
        yield


def _read_once(patched: pytest.MonkeyPatch) -> None:
    """A page that is included in a door again is the page it was: same routers, same settings."""
    from fastapi import routing

    made: dict[Any, Any] = {}
    plainly = routing._IncludedRouter._build_effective_context

    def build(included: Any, route: Any) -> Any:
        around = included.include_context
        if around.callbacks or around.responses or around.tags:
            return plainly(included, route)
        asked = tuple((each.dependency, each.use_cache) for each in around.dependencies)
        key = (id(route), asked, around.prefix, around.max_body_size, around.include_in_schema)
        # What is made holds its page: while it is kept, no other page has this id.
        if key not in made:
            made[key] = plainly(included, route)
        return made[key]

    patched.setattr(routing._IncludedRouter, "_build_effective_context", build)
