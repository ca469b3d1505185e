"""What the house does by itself while it is open, each chore by its name and how often.

A chore is safe to do twice and safe to be killed in: what it does is decided by the books, not by
who does it. Whoever fires one says what time it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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


def chores() -> tuple[Chore, ...]:
    """All of them, in the order in which those due at one moment are done."""
    return (
        Chore("reports", timedelta(minutes=1), _reports),
        Chore("post", timedelta(seconds=5), _post),
    )


def _reports(shop: Shop, _now: datetime) -> Mapping[str, int]:
    if not shop.settings.report_recipients or not shop.has_run():
        return {}
    return {"reports": len(shop.reports.send_due())}


def _post(shop: Shop, _now: datetime) -> Mapping[str, int]:
    sent = shop.sending.send(seconds=POST_SECONDS)
    return {each.channel: each.handed for each in sent if each.handed}
