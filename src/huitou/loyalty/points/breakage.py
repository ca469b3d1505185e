"""Breakage: the share of what is earned that ends unspent, judged by months that are over.

A month is over when everything earned in it has ended or been spent. People stand for themselves:
who lets one parcel lapse lets others lapse, so the interval counts people, not points.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

FEWEST_PEOPLE = 30
FEWEST_MONTHS = 3
Z = 1.645
"""Half-width of an interval that holds the truth 9 times out of 10."""


@dataclass(frozen=True)
class Lived:
    """What one person earned in one month that is over, and how much of it ended unspent."""

    person_id: str
    month: str
    amount: int
    lapsed: int


@dataclass(frozen=True)
class Breakage:
    """The share that ends unspent, with its interval (9 times out of 10)."""

    share: float
    low: float
    high: float
    people: int
    months: int


def estimate(lived: Iterable[Lived]) -> Breakage | None:
    """The share over all months that are over; None while it is not known yet.

    A ratio of sums, its spread from how people differ from it (Cochran 1977, 6.4). Needs 30 people
    and three months. Where nobody, or everybody, let anything lapse, the interval still has a
    width: that of the rule of three.
    """
    rows = list(lived)
    months = {row.month for row in rows}
    by_person: dict[str, tuple[int, int]] = {}
    for row in rows:
        amount, lapsed = by_person.get(row.person_id, (0, 0))
        by_person[row.person_id] = (amount + row.amount, lapsed + row.lapsed)
    n, whole = len(by_person), sum(amount for amount, _ in by_person.values())
    if n < FEWEST_PEOPLE or len(months) < FEWEST_MONTHS or not whole:
        return None
    share = sum(lapsed for _, lapsed in by_person.values()) / whole
    apart = sum((lapsed - share * amount) ** 2 for amount, lapsed in by_person.values())
    reach = max(Z * sqrt(n / (n - 1) * apart) / whole, 3 / n if share in (0.0, 1.0) else 0.0)
    return Breakage(share, max(0.0, share - reach), min(1.0, share + reach), n, len(months))
