"""Which report was sent to whom: a row before the network is touched, so that it leaves once.

    claim      the row is ours, and says `handing_over`   (nobody else may send it)
    record     what became of it
    settle     a marker whose process is gone: nobody knows, `in_doubt`, never sent again

What surely did not leave (`waiting`) is tried again, by whoever comes first.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from huitou.channels.contract import End, Outcome
from huitou.runs.tables import report_sent
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

LEASE = timedelta(minutes=10)
"""A marker older than this belongs to a process that is gone."""
PAUSE = timedelta(minutes=15)
"""Between two attempts of a report that surely did not leave: a mail server is given time."""

STATES = {
    End.ACCEPTED: "accepted",
    End.REFUSED: "refused",
    End.IN_DOUBT: "in_doubt",
    End.RETRY_SAFE: "waiting",
}


def claim(
    unit: Unit, period: str, until: date, recipient: str, due_on: date | None, now: datetime
) -> bool:
    """Take a report upon us; False where it left, is leaving, or was tried a moment ago."""
    row = {"period": period, "until": until, "recipient": recipient, "due_on": due_on}
    fresh = {**row, "state": "handing_over", "attempt": 1, "at": now}
    if unit.add_new(report_sent, fresh):
        return True
    mine = (
        (report_sent.c.period == period)
        & (report_sent.c.until == until)
        & (report_sent.c.recipient == recipient)
        & (report_sent.c.state == "waiting")
    )
    if due_on is not None:  # by hand it is tried at once, on its day after a pause
        mine &= report_sent.c.at <= now - PAUSE
    begun = {"state": "handing_over", "attempt": report_sent.c.attempt + 1, "at": now}
    return unit.change(update(report_sent).where(mine).values(**begun)) == 1


def record(
    unit: Unit, period: str, until: date, recipient: str, outcome: Outcome, now: datetime
) -> None:
    """What became of a report that we had taken upon us."""
    mine = (
        (report_sent.c.period == period)
        & (report_sent.c.until == until)
        & (report_sent.c.recipient == recipient)
        & report_sent.c.state.in_(("handing_over", "in_doubt"))
    )
    state = STATES[outcome.end]
    written = {"state": state, "stage": outcome.stage, "reason": outcome.reason, "at": now}
    if state in ("waiting", "in_doubt"):  # doubt that somebody wrote down meanwhile stays
        mine &= report_sent.c.state == "handing_over"
    if unit.change(update(report_sent).where(mine).values(**written)) and state != "waiting":
        key = f"report:{period}:{until.isoformat()}:{recipient}:{state}"[:120]
        tell(unit, [Event(f"report.{state}", key, now, {"period": period})])


def settle(unit: Unit, now: datetime) -> int:
    """Old markers become doubts; how many."""
    old = (report_sent.c.state == "handing_over") & (report_sent.c.at <= now - LEASE)
    reason = "the process that was sending it ended before it wrote down how"
    doubted = update(report_sent).where(old)
    return unit.change(doubted.values(state="in_doubt", reason=reason, at=now))


def listed(unit: Unit, limit: int | None = None) -> list[Row]:
    """Every report that was sent or is being sent, the latest first."""
    query = select(report_sent).order_by(report_sent.c.at.desc(), report_sent.c.id.desc())
    return unit.rows(query.limit(limit) if limit else query)


def done_on(unit: Unit, due_on: date, latest: date, now: datetime) -> set[tuple[str, str]]:
    """(period, recipient) pairs of a day that need nothing now: all but those that wait.

    What left by hand for the same `latest` day is done too; what was tried a moment ago rests.
    """
    same = (report_sent.c.due_on == due_on) | (report_sent.c.until == latest)
    return {
        (row["period"], row["recipient"])
        for row in unit.rows(select(report_sent).where(same))
        if row["state"] != "waiting" or row["at"] > now - PAUSE
    }


def waiting(unit: Unit, due_on: date) -> dict[tuple[str, str], date]:
    """(period, recipient) of a day that surely did not leave yet -> `until` of that report."""
    query = select(report_sent).where(
        report_sent.c.due_on == due_on, report_sent.c.state == "waiting"
    )
    return {(row["period"], row["recipient"]): row["until"] for row in unit.rows(query)}
