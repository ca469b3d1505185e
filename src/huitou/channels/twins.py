"""For a laptop without keys, and for tests: channels that reach nobody.

`Console` writes what would leave to a file and tells whoever watches; `Null` keeps it in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from huitou.channels.contract import End, Handed, Outcome, Parcel, one_by_one
from huitou.journeys.messages import plain


@dataclass(frozen=True)
class Console:
    """Writes messages to `file`, one after the other, as people read them."""

    name: str
    file: Path
    longest: float = 1.0

    def carry(self, parcels: Sequence[Parcel], go: Callable[[], bool]) -> list[Handed]:
        """Write them down."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        return one_by_one(parcels, go, self._write)

    def close(self) -> None:
        """Nothing is open."""

    def _write(self, parcel: Parcel) -> Handed:
        head = f"{parcel.channel} to {plain(parcel.to) or plain(parcel.name)} [{parcel.id[:12]}]"
        told = f"{head}\n{parcel.subject}\n{parcel.text}\n\n"
        try:
            with self.file.open("a", encoding="utf-8") as out:
                out.write(told)
        except OSError as failed:
            return Handed(Outcome(End.RETRY_SAFE, "writing", str(failed)), ours=True)
        return Handed(Outcome(End.ACCEPTED, "written"))


@dataclass(frozen=True)
class Null:
    """Keeps what it was given, and reaches nobody."""

    name: str
    given: list[Parcel] = field(default_factory=list)
    longest: float = 0.0

    def carry(self, parcels: Sequence[Parcel], go: Callable[[], bool]) -> list[Handed]:
        """Keep them."""
        return one_by_one(parcels, go, self._keep)

    def close(self) -> None:
        """Nothing is open."""

    def _keep(self, parcel: Parcel) -> Handed:
        self.given.append(parcel)
        return Handed(Outcome(End.ACCEPTED, "kept"))
