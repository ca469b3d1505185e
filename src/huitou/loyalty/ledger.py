"""The legs of a movement, as values: what is owed to a person, against what the house offered.

    promise a            owed +a   offered -a
    release, expire a    owed -a   offered +a
    settle a, s given    owed -a   offered +(a-s)   given +s
    reopen a, s given    owed +a   offered -(a-s)   given -s
    take back s given              offered +s       given -s

`owed` is kept by person; `offered` and `given` are the house's own. Every movement sums to zero.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Leg:
    """One line of a posting, in minor units."""

    account: str
    amount: int
    person_id: str | None = None


def promise(person_id: str, amount: int) -> tuple[Leg, ...]:
    """An offer was made: at worst it costs `amount`."""
    return (Leg("owed", amount, person_id), Leg("offered", -amount))


def release(person_id: str, amount: int) -> tuple[Leg, ...]:
    """An offer ended unused: nothing is owed any more."""
    return (Leg("owed", -amount, person_id), Leg("offered", amount))


def settle(person_id: str, amount: int, given: int) -> tuple[Leg, ...]:
    """An offer of at most `amount` was used, and cost `given`."""
    if not 0 <= given <= amount:
        raise ValueError(f"an offer of {amount} cannot have cost {given}")
    legs = (
        Leg("owed", -amount, person_id),
        Leg("offered", amount - given),
        Leg("given", given),
    )
    return tuple(leg for leg in legs if leg.amount)


def reopen(person_id: str, amount: int, given: int) -> tuple[Leg, ...]:
    """What settling moved, put back: the order was cancelled, and the promise stands again."""
    put_back = settle(person_id, amount, given)
    return tuple(Leg(leg.account, -leg.amount, leg.person_id) for leg in put_back)


def take_back(given: int) -> tuple[Leg, ...]:
    """What was given is given no more, and nothing is owed for it; nothing where none was."""
    return (Leg("offered", given), Leg("given", -given)) if given else ()


def balanced(legs: tuple[Leg, ...]) -> bool:
    """Two legs or more, none of zero, and a sum of zero."""
    return len(legs) > 1 and all(leg.amount for leg in legs) and not sum(x.amount for x in legs)
