"""Writing TOML, which Python reads and does not write: plain values, escaped as the standard says.

https://toml.io/en/v1.0.0
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huitou.ground.errors import HuitouError


def pairs(values: Mapping[str, Any]) -> str:
    """`name = value`, one a line. TOML has no word for None: such values are left out.

    Names must be bare keys: letters, digits, `_` and `-`.
    """
    told = ((name, value) for name, value in values.items() if value is not None)
    return "".join(f"{name} = {written(value)}\n" for name, value in told)


def written(value: Any) -> str:
    """One value: text, a truth value, a number, or a list of those."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(written(item) for item in value) + "]"
    return repr(value)


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as broken:
        raise HuitouError(f"{value!r} holds half a letter and cannot be kept") from broken
    escaped = "".join(
        f"\\u{ord(letter):04x}" if letter < " " or letter in '"\\\x7f' else letter
        for letter in value
    )
    return f'"{escaped}"'
