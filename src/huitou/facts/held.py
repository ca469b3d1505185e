"""What is worth keeping of a large shop, so that each fact need not begin with all its lines.

    lines ─▶ orders ─▶ purchase days ─▶ accounts ─▶ every metric
                  └──▶ first purchases

Each is made of the ones before it. Those of one evening serve earlier ones too, but for accounts
and first purchases. A shop that keeps none of them has the same facts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import ibis

from huitou.facts.accounts import accounts
from huitou.facts.contract import Held, Tables
from huitou.facts.orders import first_purchases, orders_of_many_lines
from huitou.facts.rhythm import bought_days

PIECES: dict[str, Callable[[Tables, datetime], ibis.Table]] = {
    "orders": orders_of_many_lines,
    "purchase_days": bought_days,
    "accounts": accounts,
    "first_purchases": first_purchases,
}
"""What to keep of an evening, in the order in which it is made."""


def holding(t: Tables, as_of: datetime, name: str, kept: ibis.Table) -> Tables:
    """The same shop, in which a piece of that evening is kept."""
    at_hand = t.held.tables if t.held is not None and t.held.as_of == as_of else {}
    return replace(t, held=Held(t.lines, as_of, {**at_hand, name: kept}))
