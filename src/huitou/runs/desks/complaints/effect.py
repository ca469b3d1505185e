"""What answers to complaints were worth, read from the last run and from the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.complaints import book
from huitou.ground.clock import end_of_day
from huitou.ground.words import Sentence, said
from huitou.proof.answered import ANSWERS, LEAST, Worth, evening_of, how, worth
from huitou.runs.desks.complaints.views import Effect
from huitou.runs.moment import Moment
from huitou.runs.owners import current

if TYPE_CHECKING:
    from datetime import datetime

    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition

LEVEL = 0.9
WORDS: Mapping[str, Sentence] = {
    "well": said("Answered in time"),
    "late": said("Answered late"),
    "never": said("Not answered"),
}
NOTHING = Worth(0, None, None, None)


def effect(house: House) -> tuple[Effect, ...]:
    """One figure for each way of answering; *not known yet* where there are too few."""
    with house.books.reading() as unit:
        rows = book.told(unit)
    now = house.clock.now()
    edition = current(house)
    if edition is None or not edition.has("stages"):
        return tuple(_drawn(each, _count(rows, each, now), NOTHING, None) for each in ANSWERS)
    moment = Moment.read(edition.noted("moment"))
    found = _measured(edition, moment, rows)
    days = moment.horizon_days
    return tuple(
        _drawn(each, _count(rows, each, now), found.get(each, NOTHING), days) for each in ANSWERS
    )


def _count(rows: Sequence[Row], answer: str, now: datetime) -> int:
    due = [row for row in rows if _answered(row) is not None or row["due_at"] <= now]
    return sum(how(row["due_at"], _answered(row), now) == answer for row in due)


def _answered(row: Row) -> datetime | None:
    """When the customer had an answer: in words, or by what was done."""
    at: datetime | None = row["answered_at"] or row["resolved_at"]
    return at


def _measured(edition: Edition, moment: Moment, rows: Sequence[Row]) -> dict[str, Worth]:
    evenings = [each for each in moment.origins(moment.day) if edition.has(f"bought_{each}")]
    complained = _judged(rows, evenings, moment)
    if not complained:
        return {}
    cells: list[str] = []
    answers: list[str] = []
    bought: list[np.ndarray] = []
    for evening in evenings:
        people, stages, again = _stood(edition, evening)
        told = complained.get(evening, {})
        cells += [f"{evening}|{stage}" for stage in stages]
        answers += [told.get(person, "") for person in people]
        bought.append(again)
    return worth(cells, np.concatenate(bought), answers, LEVEL)


def _stood(edition: Edition, evening: date) -> tuple[list[str], list[str], np.ndarray]:
    """Who stood where on an evening, and whether they bought within the horizon after it."""
    stages = edition.table("stages")
    then = stages.filter(pc.equal(stages["at"], pa.scalar(evening)))
    buyers = edition.table(f"bought_{evening}")["person_id"].combine_chunks()
    again = pc.is_in(then["person_id"], value_set=buyers)
    return then["person_id"].to_pylist(), then["stage"].to_pylist(), np.asarray(again)


def _judged(
    rows: Sequence[Row], evenings: Sequence[date], moment: Moment
) -> dict[date, dict[str, str]]:
    """evening -> person -> how they were answered by then; of several complaints the worst."""
    found: dict[date, dict[str, str]] = {}
    for person, due, row in _of_somebody(rows, moment.zone):
        evening = evening_of(due, evenings, moment.horizon_days)
        if evening is None:
            continue
        by = end_of_day(evening, ZoneInfo(moment.zone)).replace(tzinfo=row["due_at"].tzinfo)
        answer = how(row["due_at"], _answered(row), by)
        before = found.setdefault(evening, {}).get(person, answer)
        found[evening][person] = max(before, answer, key=ANSWERS.index)
    return found


def _of_somebody(rows: Sequence[Row], zone: str) -> Iterator[tuple[str, date, Row]]:
    for row in rows:
        # Of an old file that names no answer nobody knows whether there was one.
        unknown = row["channel"] == "import" and row["answered_at"] is None
        if row["person_id"] is not None and not (unknown and row["resolved_at"]):
            yield row["person_id"], row["due_at"].astimezone(ZoneInfo(zone)).date(), row


def _drawn(answer: str, complaints: int, found: Worth, horizon: int | None) -> Effect:
    known = found.interval
    return Effect(
        answer=answer,
        words=WORDS[answer],
        complaints=complaints,
        measured=found.n,
        bought=found.bought,
        alike=found.alike,
        difference=found.difference,
        low=known.low if known else None,
        high=known.high if known else None,
        level=LEVEL,
        horizon_days=horizon,
        said=_said(complaints, found, horizon),
    )


def _said(complaints: int, found: Worth, horizon: int | None) -> Sentence:
    known = found.interval
    if known is None or found.difference is None or horizon is None:
        return said(
            "Not known yet. Complaints: {n}; old enough: {m}; it takes {least}.",
            n=complaints,
            m=found.n,
            least=LEAST,
        )
    return said(
        "{bought} % bought again within {days} days, {alike} % of customers at the same stage:"
        " {difference} points apart, between {low} and {high}.",
        bought=round(100 * (found.bought or 0)),
        days=horizon,
        alike=round(100 * (found.alike or 0)),
        difference=round(100 * found.difference),
        low=round(100 * known.low),
        high=round(100 * known.high),
    )
