"""Hearing an answer, whoever wrote it down: kept once, obeyed, met with the remedy that fits."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from huitou.care.cases import Answer
from huitou.care.interviews import book as interviews
from huitou.decisions.audience import Audience
from huitou.decisions.effects.contract import Effects
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.playbook import PLAYBOOK
from huitou.decisions.remedies import Remedy, remedy, step
from huitou.ground.errors import Refused
from huitou.ground.settings import Settings
from huitou.identity import book as identity
from huitou.loyalty import book as loyalty
from huitou.runs.moment import Moment
from huitou.runs.steps.learn import effects_of

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

OFFER_DAYS = 30
"""How long an offer made on the spot is good for."""


@dataclass(frozen=True)
class Known:
    """What the last run knows of one person; `audience` is None for somebody it does not know."""

    audience: Audience | None
    held_out: bool
    effects: Effects = PLAYBOOK
    """What the last run believes of every act."""


def hear(
    house: House,
    settings: Settings,
    interview_id: str,
    given: Answer,
    by: str,
    language: str | None,
) -> bool:
    """Keep an answer, once; whether it was kept.

    In the same unit: silence is obeyed, a rest is marked, and the remedy is settled, with an offer
    only if it pays.
    """
    now = house.clock.now()
    with house.books.reading() as unit:
        row = interviews.find(unit, interview_id)
        person = identity.names(unit, [row["person_id"]]).now(row["person_id"])
    # Read before the books are locked: nobody waits for a file.
    known = known_of(house, settings, person)
    with house.books.unit() as unit:
        if not interviews.answer(unit, interview_id, given, by, now, language):
            return False
        left_alone = interviews.find(unit, interview_id)["left_alone"]
        rest(unit, person, given.why, settings, f"interview {interview_id}", now)
        _settle(unit, row, person, given.why, known, settings, now, left_alone=left_alone)
    return True


def rest(unit: Unit, person: str, why: str, settings: Settings, source: str, now: datetime) -> None:
    """Mark who is not to be chased for now, where the reason asks for it."""
    days = step(why).review_days
    if days is not None:
        today = now.astimezone(settings.zone).date()
        interviews.rest(unit, person, why, today, today + timedelta(days=days), source, now)


def known_of(house: House, settings: Settings, person: str) -> Known:
    """What the last run knows of a person."""
    edition = house.lake.current()
    if edition is None or not edition.has("people"):
        return Known(None, held_out=False)
    row = edition.table("people", only=("person_id", [person])).combine_chunks()
    if not row.num_rows:
        return Known(None, held_out=False)
    audience = Audience.of(row.slice(0, 1))
    day = Moment.read(edition.noted("moment")).day
    holdout = Holdout.of_the_year(settings.salt, settings.holdout_share, day)
    return Known(audience, holdout.holds(audience.hold_key[0]), effects_of(edition))


def _settle(
    unit: Unit,
    row: Row,
    person: str,
    why: str,
    known: Known,
    settings: Settings,
    now: datetime,
    *,
    left_alone: bool,
) -> None:
    """Decide the remedy, promise what it offers, and keep both."""
    audience = known.audience
    if audience is not None:
        owed = loyalty.held(unit, [person]).get(person, 0)
        audience = replace(audience, exposure=np.array([owed], dtype=np.int64))
    found = remedy(
        why,
        audience,
        limits(settings),
        held_out=known.held_out,
        left_alone=left_alone,
        effects=known.effects,
    )
    if found.offers and not _promise(unit, row["id"], person, found, settings, now):
        found = Remedy(why, found.kind, "bound", exposure=found.exposure, bound=found.bound)
    interviews.keep_remedy(unit, row["id"], asdict(found))


def _promise(
    unit: Unit, interview_id: str, person: str, found: Remedy, settings: Settings, now: datetime
) -> bool:
    last = now.astimezone(settings.zone).date() + timedelta(days=OFFER_DAYS + 1)
    ends_at = datetime(last.year, last.month, last.day, tzinfo=settings.zone)
    terms = loyalty.Terms(found.depth, found.cap, ends_at)
    try:
        loyalty.make_offer(unit, offer_id(interview_id), person, terms, found.bound, now)
    except Refused:
        return False
    return True


def offer_id(interview_id: str) -> str:
    """The id of the offer made for an interview's answer: there is one at most."""
    return f"interview-{interview_id}"


def limits(settings: Settings) -> Limits:
    """What may be promised to one person; there is no plan here, and no budget of one."""
    return Limits(
        budget=0,
        share_of_value=settings.share_of_value,
        letter_cost=settings.letter_cost,
        staff_hourly=settings.staff_hourly,
    )
