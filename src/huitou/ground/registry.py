"""A list with names: docs, console, command line and contract tests read the same one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol, TypeVar

from huitou.ground.errors import HuitouError


class Named(Protocol):
    """Anything with a name."""

    @property
    def name(self) -> str:
        """What it is called in code, address and file."""
        ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Mapping[str, Entry]):
    """Entries in the order they were added; a name is taken once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}

    def add(self, entry: Entry) -> Entry:
        """Add an entry and hand it back, so that it can stand where it is defined."""
        if entry.name in self._entries:
            raise ValueError(f"{self.kind} {entry.name!r} is defined twice")
        self._entries[entry.name] = entry
        return entry

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            known = ", ".join(self._entries)
            raise HuitouError(f"there is no {self.kind} called {name!r}", to_try=f"one of: {known}")
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
