"""How points stand as a whole: what is owed, what comes and goes by month, what lapsed before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import extract, func, select

from huitou.loyalty.points.breakage import Lived
from huitou.loyalty.points.tables import movement, movement_leg, parcel, purse
from huitou.store.books import Unit

FLOWS = ("earned", "burnt", "expired", "taken")
_IN_FLOW = {
    "earn": "earned",
    "gift": "earned",
    "sell": "earned",
    "give_back": "burnt",
    "burn": "burnt",
    "pay_out": "burnt",
    "expire": "expired",
    "take_back": "taken",
}
"""Verb -> the flow it counts in. What is given back makes the burnt less."""


@dataclass(frozen=True)
class Owed:
    """What all people together have of one kind."""

    available: int
    pending: int
    debt: int
    people: int


def owed(unit: Unit) -> dict[str, Owed]:
    """Kind -> what is owed; nothing for kinds that nobody ever had."""
    sums = [func.sum(purse.c[name]).label(name) for name in ("available", "pending", "debt")]
    having = (purse.c.available + purse.c.pending > 0).label("has")
    query = select(purse.c.kind, having, func.count().label("n"), *sums)
    found: dict[str, Owed] = {}
    for row in unit.rows(query.group_by(purse.c.kind, having)):
        before = found.get(row["kind"], Owed(0, 0, 0, 0))
        found[row["kind"]] = Owed(
            before.available + int(row["available"]),
            before.pending + int(row["pending"]),
            before.debt + int(row["debt"]),
            before.people + (row["n"] if row["has"] else 0),
        )
    return found


def flows(unit: Unit, kind: str, since: datetime) -> dict[str, dict[str, int]]:
    """Month (2026-03, in UTC) -> what was earned, burnt, expired and taken back in it."""
    year, month = extract("year", movement.c.at), extract("month", movement.c.at)
    ours = (
        select(
            year.label("year"),
            month.label("month"),
            movement.c.verb,
            func.sum(movement_leg.c.amount).label("amount"),
        )
        .join(movement_leg, movement_leg.c.movement_key == movement.c.key)
        .where(movement.c.kind == kind, movement.c.at >= since, movement_leg.c.person_id.is_(None))
        .group_by(year, month, movement.c.verb)
    )
    found: dict[str, dict[str, int]] = {}
    for row in unit.rows(ours):
        flow = _IN_FLOW.get(row["verb"])
        if flow is not None:
            these = found.setdefault(
                f"{int(row['year'])}-{int(row['month']):02d}", dict.fromkeys(FLOWS, 0)
            )
            # Ours is the opposite of theirs: what was issued stands with a minus.
            these[flow] += -int(row["amount"]) if flow == "earned" else int(row["amount"])
    return found


def lived(unit: Unit, kind: str, now: datetime) -> Iterable[Lived]:
    """What people earned in months of which everything has ended or is spent."""
    year, month = extract("year", parcel.c.earned_at), extract("month", parcel.c.earned_at)
    came = (
        select(
            parcel.c.person_id,
            year.label("year"),
            month.label("month"),
            func.sum(parcel.c.amount).label("amount"),
            func.sum(parcel.c.lapsed).label("lapsed"),
            func.sum(parcel.c.rest).label("rest"),
            func.max(parcel.c.expires_at).label("ends"),
        )
        .where(parcel.c.kind == kind, parcel.c.source != "back")
        .group_by(parcel.c.person_id, year, month)
    )
    rows = unit.rows(came.where(parcel.c.expires_at.is_not(None)))
    lives = {(row["year"], row["month"]) for row in rows if row["rest"] or row["ends"] > now}
    for row in rows:
        if (row["year"], row["month"]) not in lives:
            name = f"{int(row['year'])}-{int(row['month']):02d}"
            yield Lived(row["person_id"], name, int(row["amount"]), int(row["lapsed"]))
