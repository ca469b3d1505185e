"""A yes that somebody said: a consent at once, or first a message that asks whether it was they.

Which it is, the law where they are decides (`permission.asks_twice`). What they say from their own
address needs no second yes: a reply, and their own page, which only the mailbox leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from huitou.care.consents import book
from huitou.care.consents.asking import book as asking
from huitou.care.consents.kinds import SECOND_HAND, Proof, Wording, meant
from huitou.journeys.permission import book as permission
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

PROVEN = frozenset({"reply", "preferences", "unsubscribe"})
"""Sources that show themselves that it was they."""


def agree(
    unit: Unit,
    person_id: str,
    channel: str,
    purpose: str,
    *,
    source: str,
    now: datetime,
    wording: Wording | None = None,
    at: datetime | None = None,
    proof: Proof = book.NOTHING,
    to: Mapping[str, Any] | None = None,
    confirmed: bool = False,
) -> int:
    """Somebody said yes; of how many channels it was news.

    `to` is where they are reached, where no run knows them yet; `confirmed` says that they gave
    their second yes already, to another program.
    """
    once = purpose != "marketing" or confirmed or source in PROVEN
    twice = frozenset[str]() if once else permission.asks_twice(unit, person_id)
    if not twice:
        return book.give(
            unit, person_id, channel, purpose, source=source, now=now, wording=wording, at=at,
            proof=proof,
        )  # fmt: skip
    book.was_said(at, now)
    standing = book.standing(unit, [person_id])
    news = 0
    for each in meant(channel, purpose):
        was = standing.get((person_id, each, purpose))
        if each not in twice or (was is not None and was.holds):
            news += book.give(
                unit, person_id, each, purpose, source=source, now=now, wording=wording, at=at,
                proof=proof,
            )  # fmt: skip
            continue
        refused = was is not None and was.state == "withdrawn"
        if refused and was is not None and (source in SECOND_HAND or was.at >= (at or now)):
            continue  # what they refused since, nobody else takes back
        row = asking.ask(
            unit, person_id, each, source=source, now=now, said_at=at or now, wording=wording,
            proof=proof,
        )  # fmt: skip
        if row is not None:
            _send(unit, row, to, now)
            news += 1
    return news


def ask_again(unit: Unit, person_id: str, channel: str, now: datetime) -> None:
    """Send the message of confirmation once more. Raises `Refused` where that is not to be."""
    row = asking.again(unit, person_id, channel, now)
    before = sendings.find(unit, _wish(row, None, times=1).id)
    _send(unit, row, before["told"].get("to") if before is not None else None, now)


def _send(unit: Unit, row: Row, to: Mapping[str, Any] | None, now: datetime) -> None:
    sendings.ask(unit, [_wish(row, to, times=row["times"])], now)


def _wish(row: Row, to: Mapping[str, Any] | None, *, times: int) -> Wish:
    return Wish(
        origin="consent",
        origin_id=f"{row['id']}.{times}",
        person_id=row["person_id"],
        channel=row["channel"],
        # They wait for it: it tells nothing but that it was asked for.
        purpose="transactional",
        template="consent_confirmation",
        told={"to": dict(to)} if to else {},
        not_after=row["ends_at"],
    )
