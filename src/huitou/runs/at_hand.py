"""What waits for staff this morning: what rings or is late, the calls, the oldest complaints.

Calls are read from the book by the rules of their room: the first page needs no sheets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from huitou.care import book as care
from huitou.care.calls import book as calls
from huitou.care.calls.sharing import in_order
from huitou.care.complaints import book as complaints
from huitou.care.interviews import book as interviews
from huitou.channels import book as channels
from huitou.ground.errors import NotYet
from huitou.ground.words import said
from huitou.runs.first_page import Alert, AtHand, CallAtHand, ComplaintAtHand
from huitou.runs.people import money_range, person_row
from huitou.runs.report import book as reports

if TYPE_CHECKING:
    from huitou.runs.shop import Shop
    from huitou.store.books import Row, Unit
    from huitou.store.shelf import Shelf

MOST = 5
"""Rows of each list on the first page."""


def at_hand(shop: Shop, shelf: Shelf) -> AtHand:
    """Everything that waits; a shop without a forecast has complaints all the same."""
    listing = shop.complaints.listed("open", limit=MOST)
    waits = [listing.counts.get(state, 0) for state in ("new", "assigned", "answered")]
    with shop.books.reading() as unit:
        open_ones, done = _calls(unit, shop)
        asked = [row["person_id"] for row in open_ones]
        first = complaints.people_waiting(unit, asked)
        silent = {person for person, channel in care.silent(unit, asked) if channel == "call"}
    held = [row for row in open_ones if row["person_id"] in first - silent]
    due = [row for row in open_ones if row["person_id"] not in first | silent]
    rows = _fitting(shop, due, done)
    return AtHand(
        alerts=tuple(_alerts(shop, listing.overdue)),
        complaints=tuple(map(_complaint, listing.rows)),
        complaints_open=sum(waits),
        calls=tuple(_call(shop, shelf, row) for row in rows[:MOST]),
        calls_left=len(rows),
        calls_made=len(done),
        call_minutes=sum(row["minutes"] for row in rows),
        calls_withheld=len(held),
    )


def _calls(unit: Unit, shop: Shop) -> tuple[list[Row], list[Row]]:
    """Calls that are due, and those made today; neither where there are no orders yet."""
    if shop.settings.timezone is None or shop.settings.currency is None:
        return [], []
    today, zone = _today(shop), shop.settings.zone
    morning = datetime.combine(today, datetime.min.time(), tzinfo=zone)
    due = [
        row
        for row in channels.without_halted(unit, calls.open_calls(unit))
        if row["due_on"] <= today
    ]
    return due, calls.written_since(unit, morning)


def _today(shop: Shop) -> date:
    return shop.clock.now().astimezone(shop.settings.zone).date()


def _fitting(shop: Shop, due: Sequence[Row], done: Sequence[Row]) -> list[Row]:
    """What fits into each clerk's minutes, in the order in which it is to be called."""
    minutes = {clerk.name: clerk.minutes for clerk in shop.settings.roster}
    others = sorted({row["clerk"] for row in due} - set(minutes))
    minutes |= dict.fromkeys(others, max(minutes.values()))
    fit: list[Row] = []
    for clerk, room in minutes.items():
        mine = [row for row in due if row["clerk"] == clerk]
        spent = sum(row["minutes"] for row in done if row["clerk"] == clerk)
        fit += in_order(mine, _today(shop), room, spent).calls if mine else ()
    return fit


def _call(shop: Shop, shelf: Shelf, row: Row) -> CallAtHand:
    money = shop.settings.money
    known = shelf.find(row["person_id"]) if shelf.file.exists() else None
    gain = row["gain"]
    return CallAtHand(
        row["id"],
        person_row(known, money) if known else None,
        row["person_id"],
        row["clerk"],
        row["minutes"],
        money_range(gain, row["gain_low"], row["gain_high"], money) if gain is not None else None,
    )


def _complaint(row: Any) -> ComplaintAtHand:
    return ComplaintAtHand(
        number=row.number,
        beginning=row.beginning,
        person=row.person,
        name=row.name,
        left=row.left,
        state=row.state_words,
        hours_left=row.hours_left,
        overdue=row.overdue,
    )


def _alerts(shop: Shop, overdue: int) -> Iterator[Alert]:
    """What rings, is late, or is in doubt: each leads to the page on which it is settled."""
    with suppress(NotYet):
        rings = shop.alarms.summary()
        if rings.customers:
            yield Alert("alarms", rings.words, "error" if rings.late else "warning")
    if overdue:
        words = said("Complaints over their deadline: {n}.", n=overdue)
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
