"""Mappings that were confirmed, kept as files in the shop's folder for the next export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from huitou.ground.errors import HuitouError
from huitou.sources.contract import Mapping

FOLDER = "mappings"


def keep(home: Path, mapping: Mapping) -> Path:
    """Write a mapping to `<home>/mappings/<source>.toml`; a second layout gets a number."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = next(
        path
        for path in _names(folder, mapping.source)
        if not path.exists() or _read(path).layout == mapping.layout
    )
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(mapping.to_toml(), encoding="utf-8")
    fresh.replace(path)
    return path


def all_kept(home: Path) -> tuple[Mapping, ...]:
    """Every mapping kept in the shop's folder."""
    return tuple(_read(path) for path in sorted((home / FOLDER).glob("*.toml")))


def kept(home: Path, layout: tuple[str, ...], *, source: str | None = None) -> Mapping | None:
    """The mapping of an earlier file with the same columns, in whatever order they stand."""
    for mapping in all_kept(home):
        if source in (None, mapping.source) and sorted(mapping.layout) == sorted(layout):
            return mapping
    return None


def given(path: Path) -> Mapping:
    """A mapping file named by the merchant."""
    try:
        return Mapping.from_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as bad:
        raise HuitouError(f"{path} cannot be read: {bad}", to_try="--mapping FILE.toml") from bad


def _names(folder: Path, source: str) -> Iterator[Path]:
    plain = re.sub(r"[^\w.-]+", "-", source).strip(".-") or "shop"
    yield folder / f"{plain}.toml"
    number = 2
    while True:
        yield folder / f"{plain}-{number}.toml"
        number += 1


def _read(path: Path) -> Mapping:
    try:
        return Mapping.from_toml(path.read_text(encoding="utf-8"))
    except HuitouError as bad:
        raise HuitouError(f"{path}: {bad.sentence}", to_try=bad.to_try) from bad
