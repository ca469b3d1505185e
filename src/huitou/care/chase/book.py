"""Keeping whom staff never chase again; who is left for a while stands in `interviews.rest`.

never(unit, person, mark, by, now)     nothing reaches them any more
review(unit, person, until, by, now)   somebody looked again, and it stands
lift(unit, person, words, by, now)     it is taken back
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from huitou.care.chase.rules import Mark
from huitou.care.chase.tables import chase_mark
from huitou.ground.errors import Refused
from huitou.identity.book import names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell


def never(unit: Unit, person_id: str, mark: Mark, by: str, now: datetime) -> None:
    """Mark somebody as never to be chased."""
    _add(unit, person_id, "never", mark, by, now)


def review(unit: Unit, person_id: str, until: date, by: str, now: datetime) -> None:
    """Somebody looked again: the mark stands until another day. Refused for who marked it."""
    row = _standing(unit, person_id)
    if row["by"] == by and row["state"] == "never":
        raise Refused(
            f"{by} marked them: somebody else looks again", to_try="another user, or lift it"
        )
    _add(unit, person_id, "reviewed", Mark(row["why"], row["words"], until), by, now)


def lift(unit: Unit, person_id: str, words: str, by: str, now: datetime) -> None:
    """Take a mark back. Raises `Refused` where none stands."""
    row = _standing(unit, person_id)
    _add(unit, person_id, "lifted", Mark(row["why"], words, row["review_on"]), by, now)


def marked(unit: Unit, people: Iterable[str] | None = None) -> dict[str, Row]:
    """person -> the mark that stands, under each of their ids, with `since`: the first word."""
    among = list(people) if people is not None else None
    known = names(unit, among)
    query = select(chase_mark).order_by(chase_mark.c.at, chase_mark.c.id)
    if among is not None:
        query = query.where(chase_mark.c.person_id.in_(known.every(among)))
    latest: dict[str, Row] = {}
    for row in unit.rows(query):
        person = known.now(row["person_id"])
        since = row["at"] if row["state"] == "never" else latest.get(person, row).get("since")
        latest[person] = {**row, "since": since}
    standing = {who: row for who, row in latest.items() if row["state"] != "lifted"}
    return known.spread(standing)


def due(unit: Unit, on: date) -> list[Row]:
    """The marks that somebody should look at again, the oldest first, each person once."""
    known = names(unit)
    rows = [row for who, row in marked(unit).items() if known.now(who) == who]
    return sorted((row for row in rows if row["review_on"] <= on), key=lambda row: row["review_on"])


def _standing(unit: Unit, person_id: str) -> Row:
    row = marked(unit, [person_id]).get(person_id)
    if row is None:
        raise Refused("they are not marked as never to be chased", to_try="huitou chase list")
    return row


def _add(unit: Unit, person_id: str, state: str, mark: Mark, by: str, now: datetime) -> None:
    row = {"person_id": person_id, "state": state, "why": mark.why, "words": mark.words}
    unit.add(chase_mark, [{**row, "review_on": mark.review_on, "by": by, "at": now}])
    body = {"person_id": person_id, "state": state, "why": mark.why, "by": by}
    tell(unit, [Event(f"chase.{state}", f"chase:{person_id}:{now.isoformat()}", now, body)])
