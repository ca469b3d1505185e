"""What moving people needs of a shop: its folder, its stores, and a clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from huitou.ground.clock import Clock

if TYPE_CHECKING:
    from huitou.store.books import Books
    from huitou.store.lake import Lake


class House(Protocol):
    """Anything with these rooms: the whole house is more than is needed."""

    @property
    def home(self) -> Path:
        """Rules are read."""
        ...

    @property
    def lake(self) -> Lake:
        """Editions are read."""
        ...

    @property
    def books(self) -> Books:
        """Walks are written."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...


@dataclass(frozen=True)
class Rooms:
    """A house of these rooms alone."""

    home: Path
    lake: Lake
    books: Books
    clock: Clock
