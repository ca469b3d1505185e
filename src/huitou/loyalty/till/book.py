"""Telling sales at the till, and asking who bought since a moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select, update

from huitou.ground.errors import Refused
from huitou.identity.book import names
from huitou.loyalty.till.tables import till_order
from huitou.store.books import Unit


def tell(
    unit: Unit, order_id: str, person_id: str, total: int, now: datetime, *, by: str = ""
) -> bool:
    """Somebody bought; `total` in minor units. Whether it was new: the same again changes nothing.

    Raises `Refused` for an order that was told with another total or another customer.
    """
    holder = names(unit, [person_id]).now(person_id)
    row = {"order_id": order_id, "person_id": holder, "total": total, "by": by, "at": now}
    if unit.add_new(till_order, row):
        return True
    before = unit.first(select(till_order).where(till_order.c.order_id == order_id))
    theirs = names(unit, [holder]).every([holder])
    if before is None or before["total"] != total or before["person_id"] not in theirs:
        raise Refused(f"the order {order_id} was told before, and not like this")
    return False


def note(
    unit: Unit, order_id: str, person_id: str, total: int, now: datetime, *, by: str = ""
) -> None:
    """The same where the sale may have been told already, in whatever words: the first count."""
    holder = names(unit, [person_id]).now(person_id)
    row = {"order_id": order_id, "person_id": holder, "total": total, "by": by, "at": now}
    unit.add_new(till_order, row)


def cancel(unit: Unit, order_id: str, now: datetime) -> bool:
    """The sale was taken back; whether it stood until now."""
    stands = update(till_order).where(
        till_order.c.order_id == order_id, till_order.c.cancelled_at.is_(None)
    )
    return unit.change(stands.values(cancelled_at=now)) == 1


def bought_since(
    unit: Unit, person_id: str, since: datetime, *, besides: Iterable[str] = ()
) -> bool:
    """Whether somebody bought after a moment, under any of their ids, `besides` these orders."""
    theirs = names(unit, [person_id]).every([person_id])
    query = select(func.count()).where(
        till_order.c.person_id.in_(theirs),
        till_order.c.at > since,
        till_order.c.cancelled_at.is_(None),
        till_order.c.order_id.not_in(list(besides)),
    )
    return bool(unit.value(query.select_from(till_order)))


def cancelled(unit: Unit) -> set[str]:
    """The orders that were told and taken back."""
    query = select(till_order.c.order_id).where(till_order.c.cancelled_at.is_not(None))
    return {row["order_id"] for row in unit.rows(query)}
