"""What a merchant has decided about one room of the house, as a file to read and to edit.

    rules/points.toml      in the shop's folder; without it what the house ships counts

A file is taken as a whole: what it leaves out is not filled up from what is shipped.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from huitou.ground.durable import put_in_place
from huitou.ground.errors import HuitouError

FOLDER = "rules"
LARGEST = 256 * 1024
"""Bytes of a file of rules: nobody writes so many by hand."""


def text(home: Path, name: str, shipped: Path) -> str:
    """The rules of the room `name` as they are written; those of `shipped` where none are."""
    own = home / FOLDER / f"{name}.toml"
    return _decoded(own if own.exists() else shipped)


def read(home: Path, name: str, shipped: Path) -> dict[str, Any]:
    """The same, as TOML means them. Raises `HuitouError` with the file and the place."""
    own = home / FOLDER / f"{name}.toml"
    return parsed(text(home, name, shipped), str(own if own.exists() else shipped))


def parsed(told: str, where: str) -> dict[str, Any]:
    """Rules in TOML as values; `where` names them in the error."""
    try:
        return tomllib.loads(told)
    except tomllib.TOMLDecodeError as bad:
        raise HuitouError(f"{where} cannot be read: {bad}") from bad


def write(home: Path, name: str, told: str) -> None:
    """Keep the rules of a room, whole or not at all. Whoever calls has read them through first."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f".{name}.new"
    fresh.write_text(told, encoding="utf-8", newline="\n")
    put_in_place(fresh, folder / f"{name}.toml")


def _decoded(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise HuitouError(f"{path} is larger than any file of rules")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as bad:
        raise HuitouError(f"{path} cannot be read: {bad}") from bad
