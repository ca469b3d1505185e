"""Marks of pages: where a listing goes on. They travel in addresses, so they name nobody.

A mark is the value that the last row was sorted by, and that row's own id.
"""

from __future__ import annotations

import base64
import json

from huitou.ground.errors import HuitouError

LONGEST = 500
"""Letters; ours have a tenth of that."""
LARGEST = 2**63 - 1
"""The largest whole number that a database knows."""

Value = int | float | str


def mark(value: Value, key: str) -> str:
    """The mark of the page after the row with this value and id."""
    return base64.urlsafe_b64encode(json.dumps([value, key]).encode()).decode()


def read(written: str) -> tuple[Value, str]:
    """Back from a mark; an error in words for anything that `mark` did not write."""
    try:
        if len(written) > LONGEST:
            raise ValueError
        value, key = json.loads(base64.urlsafe_b64decode(written.encode()))
        _check(value, key)
    except (TypeError, ValueError) as bad:
        raise HuitouError("this is not the mark of a page", to_try="the first page again") from bad
    return value, key


def _check(value: object, key: object) -> None:
    if not isinstance(value, Value) or isinstance(value, bool) or not isinstance(key, str):
        raise TypeError
    if isinstance(value, int) and abs(value) > LARGEST:
        raise ValueError
    if "\x00" in f"{value}{key}":
        raise ValueError
    f"{value}{key}".encode()  # half a letter is no letter
