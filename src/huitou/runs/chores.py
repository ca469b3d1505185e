"""What the house does by itself while it is open, each chore by its name and how often.

A chore is safe to do twice and safe to be killed in: what it does is decided by the books, not by
who does it. Whoever fires one says what time it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huitou.ground.settings import Settings
    from huitou.runs.shop import Shop


POST_SECONDS = 20.0
"""So long the post claims in one round; then other chores have their turn."""


@dataclass(frozen=True)
class Chore:
    """One thing to look after."""

    name: str
    every: timedelta
    do: Callable[[Shop, datetime], Mapping[str, int]]
    """Does what is due at this moment; what it did, counted by kind."""
    at: Callable[[Settings], time | None] | None = None
    """For what is done once a day: when, on the shop's own clock; None says: not at all."""


def chores() -> tuple[Chore, ...]:
    """All of them, in the order in which those due at one moment are done."""
    return (
        Chore("sources", timedelta(minutes=10), _sources),
        Chore("day", timedelta(days=1), _day, at=lambda settings: settings.day_begins),
        Chore("events", timedelta(seconds=5), _events),
        Chore("reports", timedelta(minutes=1), _reports),
        Chore("post", timedelta(seconds=5), _post),
        Chore("bounces", timedelta(minutes=10), _bounces),
        Chore("rules", timedelta(minutes=1), _rules),
        Chore("letters", timedelta(minutes=10), _letters),
        Chore("journeys", timedelta(minutes=1), _journeys),
    )


def _sources(shop: Shop, _now: datetime) -> Mapping[str, int]:
    """What is new in databases and folders."""
    brought = {each.name: each.applied for each in shop.sources.pull_all()}
    return {name: n for name, n in brought.items() if n}


def _day(shop: Shop, _now: datetime) -> Mapping[str, int]:
    """The day's work, where something has arrived since it was done last."""
    if shop.is_empty() or not shop.has_news():
        return {}
    shop.run()
    return {"runs": 1}


def _events(shop: Shop, _now: datetime) -> Mapping[str, int]:
    """What connected shops and sites told."""
    taken = shop.connections.listen()
    return {"records": taken} if taken else {}


def _reports(shop: Shop, _now: datetime) -> Mapping[str, int]:
    if not shop.settings.report_recipients or not shop.has_run():
        return {}
    return {"reports": len(shop.reports.send_due())}


def _post(shop: Shop, _now: datetime) -> Mapping[str, int]:
    sent = shop.sending.send(seconds=POST_SECONDS)
    return {each.channel: each.handed for each in sent if each.handed}


def _bounces(shop: Shop, _now: datetime) -> Mapping[str, int]:
    """Undelivered mail and complaints, where their mailbox is set up."""
    if not shop.sending.has_mailbox:
        return {}
    told = shop.sending.read_bounces()
    return {name: n for name, n in told.items() if n}


def _rules(shop: Shop, _now: datetime) -> Mapping[str, int]:
    """Rules of sending that somebody edited by hand."""
    return {"rules": 1} if shop.consents.hold_rules() else {}


def _letters(shop: Shop, _now: datetime) -> Mapping[str, int]:
    """Letters of plans that waited for the hour, a pause or a cap."""
    from huitou.channels import book as channels

    with shop.books.reading() as unit:
        waiting = channels.deferred(unit)
    for plan_id in waiting:
        shop.apply_plan(plan_id, "huitou")
    return {"plans": len(waiting)} if waiting else {}


def _journeys(shop: Shop, _now: datetime) -> Mapping[str, int]:
    return shop.journeys.tick()
