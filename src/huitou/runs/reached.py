"""By which way somebody can be told of what they have from the shop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huitou.store.lake import Edition


@dataclass(frozen=True)
class Reach:
    """How a person can be reached, and the key that draws their lot."""

    hold_key: str
    email: bool
    phone: bool
    address: bool

    @property
    def way(self) -> str | None:
        """The cheapest way there is: email, sms or paper; None for none."""
        ways = (("email", self.email), ("sms", self.phone), ("paper", self.address))
        return next((name for name, there in ways if there), None)


def reaches(edition: Edition, day: date, people: Iterable[str]) -> Mapping[str, Reach]:
    """How each of these can be reached; who never bought is not known to the edition."""
    wanted = sorted(set(people))
    if not wanted:
        return {}
    told = ["person_id", "has_email", "has_phone"]
    rows = edition.table(f"customers_{day}", told, only=("person_id", wanted)).to_pylist()
    holders = {
        row["person_id"]: row
        for row in edition.table("holders", only=("person_id", wanted)).to_pylist()
    }
    return {
        row["person_id"]: Reach(
            holders[row["person_id"]]["hold_key"],
            bool(row["has_email"]),
            bool(row["has_phone"]),
            bool(holders[row["person_id"]]["has_address"]),
        )
        for row in rows
        if row["person_id"] in holders
    }
