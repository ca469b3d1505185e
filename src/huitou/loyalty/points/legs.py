"""The legs of what happens to points, as values. What a person has is positive, ours its opposite.

    earn a            pending or available +a     issued -a      (sold -a where they paid for it)
    gift a            available +a                gifted -a
    clear a           available +a                pending -a
    burn a            available -a                burnt +a
    take back a       available or pending -a     issued +a      (clawback -a where all is spent)
    give back a       available +a                burnt -a
    expire a          available -a                expired +a
    pay out a         available -a                paid_out +a
    pay a debt of a   available -a                clawback +a

Each leg on `available` and `pending` names its parcel. Every movement sums to zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Leg:
    """One line of a movement."""

    account: str
    amount: int
    person_id: str | None = None
    parcel: str | None = None


@dataclass(frozen=True)
class Parcel:
    """Points that come in together."""

    id: str
    person_id: str
    kind: str
    source: str
    amount: int
    earned_at: datetime
    cleared: bool = True
    clears_at: datetime | None = None
    expires_at: datetime | None = None
    order_key: str | None = None

    @property
    def account(self) -> str:
        """Where they stand."""
        return "available" if self.cleared else "pending"


@dataclass(frozen=True)
class Movement:
    """One thing that happens to the points of one person, of one kind."""

    key: str
    verb: str
    kind: str
    person_id: str
    legs: tuple[Leg, ...]
    at: datetime
    mark: str
    """A fingerprint of what was asked: the same key with another is refused."""
    order_key: str | None = None
    why: str = ""
    by: str = ""
    fresh: tuple[Parcel, ...] = ()
    """Parcels that begin here."""
    clears: tuple[str, ...] = ()
    """Parcels that stop waiting here."""

    @property
    def balanced(self) -> bool:
        """Two legs or more, none of zero, and a sum of zero."""
        whole = sum(leg.amount for leg in self.legs)
        return len(self.legs) > 1 and all(leg.amount for leg in self.legs) and whole == 0


def come(parcel: Parcel, account: str, debt: int) -> tuple[Leg, ...]:
    """A parcel comes in; where it is theirs at once, it pays what they owe first."""
    person = parcel.person_id
    into = Leg(parcel.account, parcel.amount, person, parcel.id)
    paid = pay(parcel.id, person, min(debt, parcel.amount)) if parcel.cleared else ()
    return (into, Leg(account, -parcel.amount), *paid)


def pay(parcel: str, person_id: str, amount: int) -> tuple[Leg, ...]:
    """What was spent and had to be taken back is paid out of a parcel."""
    if not amount:
        return ()
    return (
        Leg("available", -amount, person_id, parcel),
        Leg("clawback", amount, person_id),
    )


def leave(parts: Iterable[tuple[str, str, str, int]], account: str) -> tuple[Leg, ...]:
    """Parts (account, person, parcel, amount) leave, together, for an account of ours."""
    gone = tuple(Leg(whose, -amount, person, parcel) for whose, person, parcel, amount in parts)
    whole = -sum(leg.amount for leg in gone)
    return (*gone, Leg(account, whole)) if whole else ()


def apportion(rests: Sequence[tuple[str, int]], amount: int) -> list[tuple[str, int]]:
    """Take `amount` from (parcel, rest), the first ones first; less where there is less."""
    parts = []
    for parcel, rest in rests:
        part = min(rest, amount)
        if part > 0:
            parts.append((parcel, part))
            amount -= part
    return parts
