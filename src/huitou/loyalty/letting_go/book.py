"""Letting customers go, in the books: decided by a human, drawn by lot, ended by its day.

decide(unit, decision, now)            written down; it stands at once, or waits for a second person
agree / refuse(unit, id, by, …)        the second person's word
lift(unit, id, by, words, now)         taken back
appeal / answer(unit, …)               what the customer said against it, and what was answered
barred(unit, on, people)               who is given nothing on a day
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from huitou.ground.errors import Refused
from huitou.ground.words import said
from huitou.identity.book import names
from huitou.loyalty.letting_go.tables import let_go, let_go_word
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

OPEN = ("waiting", "standing", "control")
Spans = tuple[tuple[date, date], ...]
"""Days from one to another, both included."""


@dataclass(frozen=True)
class Decision:
    """What a human decided about somebody."""

    id: str
    person_id: str
    step: str
    kinds: tuple[str, ...]
    figures: Mapping[str, Any]
    """The evidence as it stood."""
    words: str
    language: str
    letter: str
    token_hash: str
    until: date
    by: str
    needs_second: bool


@dataclass(frozen=True)
class Drawn:
    """The lot of somebody, drawn before anybody decided."""

    lot: float
    control: bool
    since: date


def decide(unit: Unit, made: Decision, drawn: Drawn, now: datetime) -> Row:
    """Write a decision down. Raises `Refused` where one is open already."""
    holder = names(unit, [made.person_id]).now(made.person_id)
    end_over(unit, drawn.since, now)
    if (row := of_person(unit, holder)) is not None:
        raise Refused(said("A step of theirs is open already, until {day}.", day=row["until"]))
    told = {
        **{name: getattr(made, name) for name in _DECIDED},
        "person_id": holder,
        "kinds": list(made.kinds),
        "figures": dict(made.figures),
        "at": now,
        **_taken_effect(drawn, waits=made.needs_second),
    }
    unit.add(let_go, [told])
    _tell(unit, told, now)
    return find(unit, told["id"])


_DECIDED = (
    "id", "step", "words", "language", "letter", "token_hash", "until", "by", "needs_second",
)  # fmt: skip


def _taken_effect(drawn: Drawn, *, waits: bool) -> dict[str, Any]:
    if waits:
        return {"state": "waiting", "lot": None, "controlled": None, "since": None}
    state = "control" if drawn.control else "standing"
    told = {"lot": drawn.lot, "controlled": drawn.control, "since": drawn.since}
    return {"state": state, **told}


def agree(unit: Unit, let_go_id: str, by: str, drawn: Drawn, now: datetime) -> Row:
    """A second person agrees, and the step holds. Raises `Refused` for who decided it."""
    row = find(unit, let_go_id)
    if row["by"] == by:
        raise Refused(said("You decided it: somebody else has to agree."))
    effect = _taken_effect(drawn, waits=False)
    mine = update(let_go).where(let_go.c.id == let_go_id, let_go.c.state == "waiting")
    if not unit.change(mine.values(second_by=by, second_at=now, **effect)):
        raise Refused(said("Nothing waits for a second person there."))
    return _after(unit, let_go_id, now)


def refuse(unit: Unit, let_go_id: str, by: str, words: str, now: datetime) -> Row:
    """A second person does not agree: nothing was done."""
    return _end(unit, let_go_id, "refused", ("waiting",), by, words, now)


def lift(unit: Unit, let_go_id: str, by: str, words: str, now: datetime) -> Row:
    """Take a step back before its end; the reason is kept."""
    return _end(unit, let_go_id, "lifted", OPEN, by, words, now)


def end_over(unit: Unit, on: date, now: datetime) -> int:
    """End what was to last until a day before this one; how many there were."""
    past = (let_go.c.state.in_(("standing", "control")), let_go.c.until < on)
    return unit.change(update(let_go).where(*past).values(state="over", ended_at=now))


def appeal(unit: Unit, let_go_id: str, words: str, by: str, now: datetime) -> bool:
    """Somebody objects to a step; the same words again change nothing. Whether it is new."""
    same = (let_go_word.c.let_go_id == let_go_id) & (let_go_word.c.words == words)
    if unit.first(select(let_go_word.c.id).where(same, let_go_word.c.kind == "appeal")):
        return False
    _word(unit, let_go_id, "appeal", by, words, now)
    body = {"let_go_id": let_go_id}
    tell(unit, [Event("let_go.appealed", f"let_go:{let_go_id}:{now.isoformat()}", now, body)])
    return True


def answer(unit: Unit, let_go_id: str, by: str, words: str, now: datetime, *, granted: bool) -> Row:
    """Answer an objection: the step is lifted, or it stands because somebody else looked again.

    Raises `Refused` where whoever decided it says that it stands.
    """
    row = find(unit, let_go_id)
    if not granted and by in (row["by"], row["second_by"]):
        raise Refused(said("You decided it: somebody else has to look again."))
    _word(unit, let_go_id, "granted" if granted else "stands", by, words, now)
    return lift(unit, let_go_id, by, words, now) if granted else find(unit, let_go_id)


# -- reading


def barred(unit: Unit, on: date, people: Iterable[str] | None = None) -> dict[str, Row]:
    """person -> the step that holds on a day, under each of their ids."""
    among = list(people) if people is not None else None
    known = names(unit, among)
    query = select(let_go).where(let_go.c.state == "standing", let_go.c.until >= on)
    if among is not None:
        query = query.where(let_go.c.person_id.in_(known.every(among)))
    found = {known.now(row["person_id"]): row for row in unit.rows(query.order_by(let_go.c.at))}
    return known.spread(found)


def spans(unit: Unit) -> dict[str, Spans]:
    """person -> the days on which a step held, by the ids used now; one that was lifted ended so.

    What was bought on such a day earns nothing, whenever a file tells of it.
    """
    held = let_go.c.lot.is_not(None), let_go.c.controlled.is_(False)
    known, found = names(unit), dict[str, list[tuple[date, date]]]()
    for row in unit.rows(select(let_go).where(*held).order_by(let_go.c.at)):
        lifted = row["ended_at"].date() if row["state"] == "lifted" else row["until"]
        last = min(lifted, row["until"])
        found.setdefault(known.now(row["person_id"]), []).append((row["since"], last))
    return {person: tuple(days) for person, days in found.items()}


def refused_to(unit: Unit, person_id: str, on: date) -> None:
    """Raise `Refused` where somebody was let go: nothing is given to them."""
    if (row := barred(unit, on, [person_id]).get(person_id)) is not None:
        raise Refused(said("Nothing is given to them until {day}.", day=row["until"]))


def of_person(unit: Unit, person_id: str) -> Row | None:
    """The open step of somebody, whichever of their ids is asked for."""
    ids = names(unit, [person_id]).every([person_id])
    mine = let_go.c.person_id.in_(ids) & let_go.c.state.in_(OPEN)
    return unit.first(select(let_go).where(mine).order_by(let_go.c.at.desc()))


def find(unit: Unit, let_go_id: str) -> Row:
    """One decision. Raises `Refused` where there is none."""
    row = unit.first(select(let_go).where(let_go.c.id == let_go_id))
    if row is None:
        raise Refused(said("There is no such step."), to_try="huitou letgo list")
    return row


def by_token(unit: Unit, token_hash: str) -> Row | None:
    """The decision behind the link of a letter."""
    return unit.first(select(let_go).where(let_go.c.token_hash == token_hash))


def listed(unit: Unit, states: Iterable[str] = OPEN) -> list[Row]:
    """Decisions in these states, the latest first, by the ids used now."""
    query = select(let_go).where(let_go.c.state.in_(list(states)))
    known = names(unit)
    rows = unit.rows(query.order_by(let_go.c.at.desc(), let_go.c.id))
    return [{**row, "person_id": known.now(row["person_id"])} for row in rows]


def words_of(unit: Unit, let_go_id: str) -> list[Row]:
    """What was said about a step, the oldest first."""
    mine = select(let_go_word).where(let_go_word.c.let_go_id == let_go_id)
    return unit.rows(mine.order_by(let_go_word.c.at, let_go_word.c.id))


def arms(unit: Unit) -> list[Row]:
    """Everybody whose lot was drawn, the oldest first: person_id, lot, since, `controlled`.

    Whatever became of a step afterwards, they stay where the lot put them.
    """
    columns = ("person_id", "lot", "controlled", "since", "state", "step")
    drawn = select(*(let_go.c[name] for name in columns))
    known = names(unit)
    rows = unit.rows(drawn.where(let_go.c.lot.is_not(None)).order_by(let_go.c.at))
    return [{**row, "person_id": known.now(row["person_id"])} for row in rows]


# -- inside


def _end(
    unit: Unit,
    let_go_id: str,
    state: str,
    before: tuple[str, ...],
    by: str,
    words: str,
    now: datetime,
) -> Row:
    if not words.strip():
        raise Refused(said("Say why: it is kept."))
    find(unit, let_go_id)
    mine = update(let_go).where(let_go.c.id == let_go_id, let_go.c.state.in_(before))
    ended = {"state": state, "ended_by": by, "ended_at": now, "ended_words": words}
    if not unit.change(mine.values(**ended)):
        raise Refused(said("That step is not open any more."))
    return _after(unit, let_go_id, now)


def _after(unit: Unit, let_go_id: str, now: datetime) -> Row:
    row = find(unit, let_go_id)
    _tell(unit, row, now)
    return row


def _word(unit: Unit, let_go_id: str, kind: str, by: str, words: str, now: datetime) -> None:
    row = {"let_go_id": let_go_id, "kind": kind, "by": by, "words": words, "at": now}
    unit.add(let_go_word, [row])


def _tell(unit: Unit, row: Row, now: datetime) -> None:
    body = {name: row[name] for name in ("person_id", "step", "state", "by")}
    tell(unit, [Event(f"let_go.{row['state']}", f"let_go:{row['id']}:{row['state']}", now, body)])
