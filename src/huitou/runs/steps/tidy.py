"""Tidy: end the offers whose time is over, and hand on what happened in the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitou.loyalty import book as loyalty
from huitou.runs import inputs
from huitou.runs.book import EVENTS, tell_the_lake
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit


def end_offers(work: Work, unit: Unit) -> Result:
    """What ended unused is owed no more, and leaves room for another offer."""
    ended = 0
    while some := loyalty.expire(unit, work.now):
        ended += some
    return {"rows": ended}


def hand_on(work: Work) -> Result:
    """Events on their way to the lake arrive there once each; inputs no plan needs go."""
    with work.books.reading() as unit:
        inputs.sweep(work.lake, unit)
    return {"rows": tell_the_lake(work.books, work.lake.raw / EVENTS, work.now)}
