"""One provider as a carrier: parcels one after the other, each number looked at first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from huitou.channels.answers import refused
from huitou.channels.contract import Handed, Parcel, one_by_one
from huitou.channels.egress import Egress


class Provider(Protocol):
    """Takes one parcel."""

    def hand_over(self, parcel: Parcel) -> Handed:
        """What became of it."""
        ...


@dataclass(frozen=True)
class Line:
    """A channel by one provider."""

    name: str
    provider: Provider
    egress: Egress

    @property
    def longest(self) -> float:
        """Seconds one call may take: to connect, to ask, to be answered."""
        return self.egress.timeout * 3

    def carry(self, parcels: Sequence[Parcel], go: Callable[[], bool]) -> list[Handed]:
        """Hand them over."""
        return one_by_one(parcels, go, self._hand)

    def close(self) -> None:
        """Hang up."""
        self.egress.close()

    def _hand(self, parcel: Parcel) -> Handed:
        if not parcel.to or not parcel.to.isprintable():
            return refused(f"{parcel.to!r} is nowhere to send to")
        return self.provider.hand_over(parcel)
