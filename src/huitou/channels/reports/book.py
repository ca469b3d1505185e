"""What providers and mailboxes tell afterwards: doubts are settled, dead addresses barred.

A report may come twice, late, or in any order: each counts once, and the end is the same. `failed`
wins over `delivered`, whichever came first: what was refused once is never called arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from huitou.care import book as care
from huitou.channels.post.tables import barred, post_report
from huitou.ground.errors import BadInput
from huitou.ground.ids import fingerprint
from huitou.journeys.sendings.tables import sending
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

VERDICTS = ("delivered", "failed", "complained")

Withdraw = Callable[[Unit, str, str, datetime], None]
"""(unit, person, channel, now): they want nothing more of this kind."""


@dataclass(frozen=True)
class Report:
    """What somebody tells of one message."""

    provider: str
    key: str
    """The provider's own name of this report: the same again counts once."""
    verdict: str
    sending_id: str | None = None
    reference: str | None = None
    address: str = ""
    """To which it did not go, or who complained; empty where nobody says."""
    words: str = ""
    is_dead: bool = False
    """The address takes nothing any more, not only this."""


def be_silent(unit: Unit, person_id: str, channel: str, now: datetime) -> None:
    """The withdrawal of a complaint: no marketing by this channel."""
    care.be_silent(unit, person_id, channel, "complaint about our mail", now)


def take(unit: Unit, told: Report, now: datetime, withdraw: Withdraw = be_silent) -> bool:
    """Take one report; whether it was news."""
    if told.verdict not in VERDICTS:
        raise BadInput(f"{told.verdict!r} is not one of {', '.join(VERDICTS)}")
    row = _about(unit, told)
    kept = {
        "id": fingerprint("report", told.provider, told.key),
        "provider": told.provider[:20],
        "sending_id": row["id"] if row else told.sending_id and told.sending_id[:64],
        "reference": told.reference and told.reference[:120],
        "verdict": told.verdict,
        "words": told.words[:500],
        "at": now,
    }
    if not unit.add_new(post_report, kept):
        return False
    if row is not None:
        _settle(unit, row, told, now)
        _follow(unit, row, told, now, withdraw)
    return True


def bar(
    unit: Unit, channel: str, address: str, why: str, words: str, sending_id: str | None,
    now: datetime,
) -> None:  # fmt: skip
    """Nothing goes to this address any more. Of the address only a fingerprint is kept."""
    row = {"mark": mark(channel, address), "channel": channel, "why": why, "words": words[:500]}
    unit.add_new(barred, {**row, "sending_id": sending_id, "at": now})


def unbar(unit: Unit, channel: str, address: str, why: str, by: str, now: datetime) -> bool:
    """It takes messages again, and who said so is told on; whether it was barred."""
    told = mark(channel, address)
    if unit.change(barred.delete().where(barred.c.mark == told)) != 1:
        return False
    body = {"channel": channel, "mark": told, "words": why[:500], "by": by}
    tell(unit, [Event("address.unbarred", f"unbarred:{told}:{now.isoformat()}"[:120], now, body)])
    return True


def barred_among(unit: Unit, channel: str, addresses: Iterable[str]) -> dict[str, str]:
    """address -> why nothing goes there."""
    marks = {mark(channel, each): each for each in addresses if each}
    query = select(barred.c.mark, barred.c.why).where(barred.c.mark.in_(list(marks)))
    return {marks[row["mark"]]: row["why"] for row in unit.rows(query)} if marks else {}


def barred_counted(unit: Unit) -> dict[str, int]:
    """channel -> how many addresses are barred."""
    query = select(barred.c.channel, func.count().label("n")).group_by(barred.c.channel)
    return {row["channel"]: row["n"] for row in unit.rows(query)}


def known(unit: Unit, provider: str, keys: Iterable[str]) -> set[str]:
    """Those of these reports that were taken before."""
    ids = {fingerprint("report", provider, key): key for key in keys}
    query = select(post_report.c.id).where(post_report.c.id.in_(list(ids)))
    return {ids[row["id"]] for row in unit.rows(query)}


def mark(channel: str, address: str) -> str:
    """The fingerprint of an address: large and small letters are the same."""
    return fingerprint("address", channel, address.strip().lower())


def _about(unit: Unit, told: Report) -> Row | None:
    if told.sending_id:
        return unit.first(select(sending).where(sending.c.id == told.sending_id))
    if not told.reference:
        return None
    rows = unit.rows(select(sending).where(sending.c.reference == told.reference).limit(2))
    return rows[0] if len(rows) == 1 else None


def _settle(unit: Unit, row: Row, told: Report, now: datetime) -> None:
    mine = update(sending).where(sending.c.id == row["id"])
    said = {"settled_by": told.provider[:120], "at": now}
    if told.verdict == "failed":
        open_ones = mine.where(
            sending.c.state.in_(("planned", "handing_over", "in_doubt", "accepted")),
            sending.c.attempt > 0,
        )
        if unit.change(open_ones.values(state="refused", reason=told.words[:500], **said)):
            _tell(unit, row, "refused", told, now)
        return
    unclear = mine.where(sending.c.state.in_(("handing_over", "in_doubt")))
    if unit.change(unclear.values(state="accepted", **said)):
        _tell(unit, row, "accepted", told, now)
        return
    # It was about to be handed over again, and had arrived: once is enough.
    again = mine.where(sending.c.state.in_(("planned", "claimed")), sending.c.attempt > 0)
    if unit.change(again.values(state="cancelled", reason="it had arrived", **said)):
        _tell(unit, row, "cancelled", told, now)


def _follow(unit: Unit, row: Row, told: Report, now: datetime, withdraw: Withdraw) -> None:
    if told.verdict == "complained":
        withdraw(unit, row["person_id"], row["channel"], now)
        if told.address:
            bar(unit, row["channel"], told.address, "complained", told.words, row["id"], now)
    elif told.verdict == "failed" and told.is_dead and told.address:
        bar(unit, row["channel"], told.address, "bounced", told.words, row["id"], now)


def _tell(unit: Unit, row: Row, state: str, told: Report, now: datetime) -> None:
    body = {"sending_id": row["id"], "person_id": row["person_id"], "channel": row["channel"]}
    body |= {"origin": row["origin"], "origin_id": row["origin_id"], "template": row["template"]}
    body |= {"purpose": row["purpose"], "reason": f"{told.provider}: {told.words}"[:500]}
    tell(unit, [Event(f"sending.{state}", f"sending:{row['id']}:{state}:report", now, body)])
