"""What waits for staff this morning: what rings or is late, the calls, the oldest complaints.

It is asked of the desks, so that the first page and the rooms behind it say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from huitou.care.interviews import book as interviews
from huitou.ground.errors import NotYet
from huitou.ground.words import said
from huitou.runs.report import book as reports
from huitou.runs.views import Alert, AtHand, CallAtHand, ComplaintAtHand

if TYPE_CHECKING:
    from huitou.runs.desks.calls import CallList
    from huitou.runs.shop import Shop

MOST = 5
"""Rows of each list on the first page."""


def at_hand(shop: Shop) -> AtHand:
    """Everything that waits; a shop without a forecast has complaints all the same."""
    listing = shop.complaints.listed("open", limit=MOST)
    waits = [listing.counts.get(state, 0) for state in ("new", "assigned", "answered")]
    found = _calls(shop)
    days = found.days if found is not None else ()
    calls = [(call, day.clerk) for day in days for call in day.calls]
    return AtHand(
        alerts=tuple(_alerts(shop, listing.overdue)),
        complaints=tuple(
            ComplaintAtHand(
                number=row.number,
                beginning=row.beginning,
                person=row.person,
                name=row.name,
                left=row.left,
                state=row.state_words,
                hours_left=row.hours_left,
                overdue=row.overdue,
            )
            for row in listing.rows
        ),
        complaints_open=sum(waits),
        calls=tuple(
            CallAtHand(call.id, call.person, call.person_id, clerk, call.minutes, call.gain)
            for call, clerk in calls[:MOST]
        ),
        calls_left=len(calls),
        calls_made=sum(day.made for day in days),
        call_minutes=sum(day.planned for day in days),
        calls_withheld=len(found.complaints) if found is not None else 0,
    )


def _calls(shop: Shop) -> CallList | None:
    with suppress(NotYet):
        return shop.calls.today()
    return None


def _alerts(shop: Shop, overdue: int) -> Iterator[Alert]:
    """What rings, is late, or is in doubt: each leads to the page on which it is settled."""
    with suppress(NotYet):
        rings = shop.alarms.summary()
        if rings.customers:
            yield Alert("alarms", rings.words, "error" if rings.late else "warning")
    if overdue:
        words = said("{n} complaints are over their deadline", n=overdue)
        yield Alert("overdue", words, "error")
    with shop.books.reading() as unit:
        asked = len(interviews.in_doubt(unit))
        told = sum(row["state"] == "in_doubt" for row in reports.listed(unit))
    if asked:
        words = said("{n} questions by e-mail may or may not have arrived", n=asked)
        yield Alert("interviews_in_doubt", words, "warning")
    if told:
        words = said("{n} reports may or may not have arrived", n=told)
        yield Alert("reports_in_doubt", words, "warning")
