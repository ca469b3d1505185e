"""What lies in a watched folder: files that are whole, each known by its content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from huitou.ground.errors import HuitouError

STILL = timedelta(seconds=10)
"""A file is whole when nothing wrote to it for so long."""
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", "~")
"""How programs call what they are still writing."""


@dataclass(frozen=True)
class Lying:
    """A file as it lies there."""

    path: Path
    size: int
    changed: int
    """Nanoseconds since 1970, by the clock of the disk."""

    @property
    def marks(self) -> tuple[str, int, int]:
        """What changes when somebody writes to it."""
        return self.path.name, self.size, self.changed


def checked(told: str) -> Path:
    """The folder, if it can be read."""
    folder = Path(told).expanduser()
    if not folder.is_absolute() or not folder.is_dir():
        raise HuitouError(
            f"{told} is no folder that can be read here", to_try="its whole path: /var/lib/exports"
        )
    return folder


def lying(folder: Path) -> list[Lying]:
    """The plain files of a folder, the oldest first; links and what is hidden are nobody's."""
    found = []
    for path in folder.iterdir():
        name = path.name
        if name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED) or path.is_symlink():
            continue
        if path.is_file():
            told = path.stat()
            found.append(Lying(path, told.st_size, told.st_mtime_ns))
    return sorted(found, key=lambda each: (each.changed, each.path.name))


def whole(
    files: list[Lying], now: datetime, before: Mapping[str, Any]
) -> tuple[list[Lying], dict[str, Any]]:
    """Files to which nothing was written for a while, and what to remember of the others.

    A file counts as whole when its own date is old enough, or when it looked the same at an earlier
    look: the clock of a share may be wrong. `before` is what was remembered then.
    """
    ready, remembered = [], {}
    for each in files:
        told: Any = before.get(each.path.name)
        same = told is not None and told["size"] == each.size and told["changed"] == each.changed
        first = told["first"] if same else now.isoformat()
        age = now - datetime.fromtimestamp(each.changed / 1e9, UTC)
        if age >= STILL or now - datetime.fromisoformat(first) >= STILL:
            ready.append(each)
        else:
            remembered[each.path.name] = {
                "size": each.size, "changed": each.changed, "first": first
            }  # fmt: skip
    return ready, remembered


def content_of(path: Path) -> str:
    """The SHA-256 of a file, read in blocks."""
    taken = hashlib.sha256()
    with path.open("rb") as file:
        for block in _blocks(file):
            taken.update(block)
    return taken.hexdigest()


def _blocks(file: Any) -> Iterator[bytes]:
    while block := file.read(2**20):
        yield block
