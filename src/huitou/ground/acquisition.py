"""What the merchant spends on winning new customers, month by month: one line of text.

read("1200")                                  every month 1200
read("2026-01 800 ads; 2026-01 300 flyers")   what January cost, by channel
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from huitou.ground.errors import BadInput

EXAMPLE = "2026-01 800 ads; 2026-01 300 flyers; 2026-02 950"
MONTH = re.compile(r"(\d{4})-(\d{2})$")


@dataclass(frozen=True)
class Spent:
    """One amount, in major units of the shop's currency."""

    amount: Decimal
    month: date | None = None
    """Its first day; None: every month that no other entry names."""
    channel: str = ""
    """Where it went: ads, flyers; empty where nobody said."""


def read(text: str) -> tuple[Spent, ...]:
    """The amounts in `text`; none where it is empty. Raises `BadInput` for what is no amount."""
    parts = (part.strip() for part in text.replace("；", ";").split(";"))
    return tuple(_spent(part) for part in parts if part)


def _spent(part: str) -> Spent:
    words = part.split()
    found = MONTH.match(words[0])
    try:
        month = date(int(found[1]), int(found[2]), 1) if found else None
        amount = Decimal(words[1 if found else 0])
    except (ValueError, InvalidOperation, IndexError) as bad:
        raise BadInput(f"{part!r} is not a month and an amount", to_try=EXAMPLE) from bad
    if not amount.is_finite() or amount < 0:
        raise BadInput(f"{part!r}: an amount is not below nothing", to_try=EXAMPLE)
    return Spent(amount, month, " ".join(words[2 if found else 1 :]))


def by_month(told: tuple[Spent, ...], months: list[date]) -> dict[date, Decimal]:
    """What each of these months cost; months of which nothing is known are absent."""
    usual = sum((each.amount for each in told if each.month is None), Decimal(0))
    always = any(each.month is None for each in told)
    found: dict[date, Decimal] = {}
    for month in months:
        mine = [each.amount for each in told if each.month == month]
        if mine or always:
            found[month] = sum(mine, Decimal(0)) if mine else usual
    return found
