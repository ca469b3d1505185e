"""Messages of the outbox on paper and on the list of calls: both are done by people.

<home>/letters/<day>/<customer>-<mark>.html     one page each, written whole or not at all
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from huitou.channels.contract import End, Handed, Outcome, Parcel, one_by_one
from huitou.channels.sheets import file_name, lines, page, write_whole
from huitou.ground.clock import Clock
from huitou.ground.languages import speaker
from huitou.journeys.messages import plain


@dataclass(frozen=True)
class Pages:
    """Letters to print, as files."""

    folder: Path
    zone: ZoneInfo
    clock: Clock
    sender: str
    name: str = "paper"
    longest: float = 5.0

    def carry(self, parcels: Sequence[Parcel], go: Callable[[], bool]) -> list[Handed]:
        """Write a page for each."""
        return one_by_one(parcels, go, self._write)

    def close(self) -> None:
        """Nothing is open."""

    def _write(self, parcel: Parcel) -> Handed:
        day = self.clock.now().astimezone(self.zone).date()
        to = [plain(part) for part in (parcel.name, *parcel.address) if part]
        parts = parcel.text.strip().split("\n\n")
        inner = "\n".join(f"<p>{lines(part.splitlines())}</p>" for part in parts)
        body = (
            f'<main class="letter">\n<p class="from">{escape(plain(self.sender))}</p>\n'
            f'<p class="to">{lines(to)}</p>\n'
            f'<p class="date">{escape(speaker(parcel.language).shown(day))}</p>\n'
            f"<h1>{escape(parcel.subject)}</h1>\n{inner}\n</main>"
        )
        name = file_name(parcel.name or parcel.person_id, parcel.id[:8])
        file = self.folder / str(day) / f"{name}.html"
        try:
            write_whole(file, page(parcel.subject, parcel.language, body))
        except OSError as failed:
            return Handed(Outcome(End.RETRY_SAFE, "writing", str(failed)), ours=True)
        return Handed(Outcome(End.ACCEPTED, "written"), f"{day}/{name}.html")


@dataclass(frozen=True)
class CallSheet:
    """Calls for staff: `put` sets one on their list, and says whether it is on it now."""

    put: Callable[[Parcel], bool]
    name: str = "call"
    longest: float = 30.0

    def carry(self, parcels: Sequence[Parcel], go: Callable[[], bool]) -> list[Handed]:
        """Put each on the list."""
        return one_by_one(parcels, go, self._put)

    def close(self) -> None:
        """Nothing is open."""

    def _put(self, parcel: Parcel) -> Handed:
        fresh = self.put(parcel)
        words = None if fresh else "a call to them was on the list already"
        return Handed(Outcome(End.ACCEPTED, "assigned", words))
