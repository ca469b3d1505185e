"""Rules of paid cards and somebody who sells them, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from huitou.loyalty.membership import cards
from huitou.loyalty.membership.book import Done

SHIPPED = cards.RULES.as_shipped("CNY")
RULES = replace(SHIPPED, on=True)
PLAIN, PREMIUM = RULES.cards


def on(day: date, by: str = "clerk") -> Done:
    """What somebody does at noon of a day."""
    return Done(day, by, datetime.combine(day, time(12), UTC))
