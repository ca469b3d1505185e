"""What is worth keeping of a large shop, so that each fact need not begin with all its lines.

    lines ─▶ orders ─▶ days ─▶ accounts ─▶ every metric
                  └──▶ first purchases

Each is made of the ones before it. A shop that keeps none of them has the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import ibis

from huitou.facts.accounts import accounts, days
from huitou.facts.contract import Held, Tables
from huitou.facts.orders import first_purchases, orders_of_many_lines


@dataclass(frozen=True)
class Piece:
    """A table that facts begin with: its name, how facts ask for it, and how it is made."""

    name: str
    asked_as: Hashable
    make: Callable[[Tables], ibis.Table]


def pieces(as_of: datetime) -> Iterator[Piece]:
    """What to keep of an evening, in the order in which it is made."""
    yield Piece("orders", ("orders", as_of, None, None), lambda t: orders_of_many_lines(t, as_of))
    yield Piece("days", ("days", as_of, None), lambda t: days(t, as_of))
    yield Piece("accounts", ("accounts", as_of, None), lambda t: accounts(t, as_of))
    yield Piece(
        "first_purchases", ("first purchases", as_of, None), lambda t: first_purchases(t, as_of)
    )


def holding(t: Tables, piece: Piece, kept: ibis.Table) -> Tables:
    """The same shop, in which a piece is kept."""
    before = t.held.tables if t.held is not None and t.held.of is t.lines else {}
    return replace(t, held=Held(t.lines, {**before, piece.asked_as: kept}))
