"""Opening and answering cases of lost customers, and keeping who asked to be left alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, or_, select, update

from huitou.care.cases import Answer, NewCase
from huitou.care.chase import book as chase
from huitou.care.reasons import LEAVE_ALONE
from huitou.care.tables import answer, case, silence
from huitou.ground.channels import ANY, PEOPLE
from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint
from huitou.identity.alike import book as alike
from huitou.identity.book import Pairs, names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

CHANNELS = tuple(PEOPLE)
"""Those on which somebody can be left alone."""


def open_cases(unit: Unit, cases: Sequence[NewCase], now: datetime) -> int:
    """Open a case for each person who may be asked; how many were opened.

    Nobody is asked who asked for silence, on whatever channel, nor twice: an open or an answered
    case stands in the way until it ends. A case's id is computed from person and day, so that a
    run done twice opens it once.
    """
    standing = _people_with(unit, "open", "answered")
    quiet = {person for person, _ in silent(unit, [new.person_id for new in cases])}
    opened = 0
    for new in cases:
        if new.person_id not in standing | quiet:
            opened += unit.add_new(case, _row(new, now))
    return opened


def record_answer(unit: Unit, case_id: str, given: Answer, by: str, now: datetime) -> None:
    """Keep what the customer said; *leave me alone* is obeyed in the same unit, on all channels.

    The same answer by the same person again is kept once.
    """
    person = find(unit, case_id)["person_id"]
    mark = fingerprint(case_id, by, *(f"{name}={said}" for name, said in vars(given).items()))
    told = {"case_id": case_id, "by": by, "at": now, "fingerprint": mark, **vars(given)}
    if unit.add_new(answer, told):
        unit.change(update(case).where(case.c.id == case_id).values(status="answered", owner=by))
        body = {"person_id": person, "case_id": case_id, "why": given.why}
        body |= {"where_to": given.where_to, "by": by}
        tell(unit, [Event("case.answered", f"answer:{mark}", now, body)])
    if given.why == LEAVE_ALONE and not silent_everywhere(unit, person):
        be_silent(unit, person, ANY, f"case {case_id}, told to {by}", now)


def assign(unit: Unit, case_id: str, owner: str) -> None:
    """Give a case to somebody of the staff."""
    find(unit, case_id)
    unit.change(update(case).where(case.c.id == case_id).values(owner=owner))


def close(unit: Unit, case_id: str, now: datetime, *, returned: bool = False) -> None:
    """End a case: the customer came back, or it is not followed any further."""
    find(unit, case_id)
    ended = {"status": "returned" if returned else "closed", "closed_at": now}
    unit.change(update(case).where(case.c.id == case_id).values(**ended))


def close_returned(unit: Unit, people: Iterable[str], now: datetime) -> int:
    """Close the cases of people who bought again; how many there were."""
    closed = 0
    for some in _chunks(sorted(names(unit).every(people))):
        waiting = update(case).where(
            case.c.person_id.in_(some), case.c.status.in_(("open", "answered"))
        )
        closed += unit.change(waiting.values(status="returned", closed_at=now))
    return closed


def reopen(unit: Unit, case_id: str) -> None:
    """Take up again what was closed: not a case whose customer came back."""
    closed = (case.c.id == case_id) & (case.c.status == "closed")
    unit.change(update(case).where(closed).values(status="open", closed_at=None))


def opened_by_hand(unit: Unit) -> set[str]:
    """Whose case somebody opened by hand, lost or not, and is open, under each of their ids."""
    query = select(case.c.person_id).where(case.c.opened_by.is_not(None), case.c.status == "open")
    return names(unit).every(row["person_id"] for row in unit.rows(query))


def find(unit: Unit, case_id: str) -> Row:
    """One case; an error in words for an unknown id."""
    row = unit.first(select(case).where(case.c.id == case_id))
    if row is None:
        raise HuitouError(f"there is no case {case_id!r}")
    return row


def listed(
    unit: Unit, *, status: str = "open", after: tuple[int, str] | None = None, limit: int = 50
) -> list[Row]:
    """Cases, the worthiest first; `after` is (worth, id) of the last one seen."""
    query = select(case).where(case.c.status == status)
    if after is not None:
        worth, last = after
        query = query.where(or_(case.c.worth < worth, (case.c.worth == worth) & (case.c.id > last)))
    return unit.rows(query.order_by(case.c.worth.desc(), case.c.id).limit(limit))


def counted(unit: Unit) -> dict[str, int]:
    """How many cases there are in each status."""
    rows = unit.rows(select(case.c.status, func.count().label("n")).group_by(case.c.status))
    return {row["status"]: row["n"] for row in rows}


def answers(unit: Unit, case_id: str) -> list[Row]:
    """What was said in one case, in order."""
    return unit.rows(select(answer).where(answer.c.case_id == case_id).order_by(answer.c.id))


def answered_causes(unit: Unit) -> dict[str, str]:
    """person -> the cause they named last: stronger evidence than any suspicion."""
    query = select(case.c.person_id, answer.c.why).join(answer, answer.c.case_id == case.c.id)
    known = names(unit)
    rows = unit.rows(query.order_by(answer.c.id))
    return known.spread({known.now(row["person_id"]): row["why"] for row in rows})


def said_why(unit: Unit) -> list[Row]:
    """Every answer of a case with whose it is: person_id (as it was asked), why, as_of, at."""
    query = select(case.c.person_id, case.c.as_of, answer.c.why, answer.c.at)
    return unit.rows(query.join(answer, answer.c.case_id == case.c.id).order_by(answer.c.id))


def every_answer(unit: Unit) -> list[Row]:
    """Everything said in every case, in order: person_id, why, words, at."""
    columns = (case.c.person_id, answer.c.why, answer.c.words, answer.c.at)
    query = select(*columns).join(answer, answer.c.case_id == case.c.id)
    return unit.rows(query.order_by(answer.c.id))


def places_named(unit: Unit) -> list[Row]:
    """Where people said they went (where_to, n), the most named first."""
    times = func.count().label("n")
    query = select(answer.c.where_to, times).where(answer.c.where_to.is_not(None))
    return unit.rows(query.group_by(answer.c.where_to).order_by(times.desc(), answer.c.where_to))


def people_with_open_cases(unit: Unit, people: Iterable[str] | None = None) -> set[str]:
    """Whose case is open, under each of their ids: no letter crosses it."""
    return _people_with(unit, "open", among=people)


def asked(unit: Unit) -> dict[str, date]:
    """person -> the last day known when they were last asked, or meant to be; not the returned."""
    known = names(unit)
    query = select(case.c.person_id, case.c.as_of).where(case.c.status != "returned")
    rows = unit.rows(query.order_by(case.c.as_of))
    return known.spread({known.now(row["person_id"]): row["as_of"] for row in rows})


def be_silent(
    unit: Unit,
    person_id: str,
    channel: str,
    source: str,
    now: datetime,
    *,
    purpose: str = "marketing",
) -> None:
    """Somebody asked to be left alone, on one channel or on `any`; then nobody asks them either."""
    _add_silence(unit, person_id, channel, purpose, "silent", source, now)
    if channel == ANY:
        theirs = case.c.person_id.in_(names(unit, [person_id]).every([person_id]))
        open_ones = update(case).where(theirs, case.c.status == "open")
        unit.change(open_ones.values(status="closed", closed_at=now))


def may_speak(
    unit: Unit,
    person_id: str,
    channel: str,
    source: str,
    now: datetime,
    *,
    purpose: str = "marketing",
) -> None:
    """Somebody asked to hear from us again."""
    _add_silence(unit, person_id, channel, purpose, "spoken_to", source, now)


def silent(unit: Unit, people: Iterable[str] | None = None) -> set[tuple[str, str]]:
    """(person, channel) pairs that may not be used for marketing, under each of their ids.

    Who asked to be left alone, and whom staff marked as never to be chased (`chase.book`).
    """
    among = list(people) if people is not None else None
    never = {(person, channel) for person in chase.marked(unit, among) for channel in CHANNELS}
    return never | _asked_for_silence(unit, among)


def _asked_for_silence(unit: Unit, among: list[str] | None) -> set[tuple[str, str]]:
    """Pairs of who asked for it themselves: the latest word counts, and a word about `any` is a
    word about every channel. Of two who are joined either's silence counts, until a later word."""
    known, joins = names(unit, among), alike.stands(unit)
    query = select(silence).where(silence.c.purpose == "marketing")
    if among is not None:
        query = query.where(silence.c.person_id.in_(known.every(among)))
    said: dict[str, list[Row]] = {}
    for row in unit.rows(query.order_by(silence.c.at, silence.c.id)):
        said.setdefault(known.now(row["person_id"]), []).append(row)
    states = {now: _stands(now, rows, joins) for now, rows in said.items()}
    return {
        (person, channel)
        for person, told in known.spread(states).items()
        for channel, state in told.items()
        if state == "silent"
    }


def _stands(now: str, rows: Iterable[Row], joins: alike.Joins) -> dict[str, str]:
    """Channel -> how it stands with somebody, by their words in order."""
    since, together = joins.since(now), dict[str, str]()
    apart: dict[str, dict[str, str]] = {}
    for row in rows:
        told = {channel: row["state"] for channel in _meant(row["channel"])}
        if since is not None and row["at"] > since:
            together.update(told)
        else:
            apart.setdefault(joins.block(row["person_id"], now), {}).update(told)
    either: dict[str, str] = {}
    for each in apart.values():
        either.update({way: told for way, told in each.items() if either.get(way) != "silent"})
    return {**either, **together}


def silent_since(unit: Unit, people: Iterable[str]) -> dict[str, date]:
    """person -> the day they asked to be left alone, for who did so on every channel."""
    known = names(unit)
    asked = {known.now(who): max(told).date() for who, told in silences(unit).items()}
    every = _asked_for_silence(unit, None)
    return {
        person: asked[known.now(person)]
        for person in people
        if known.now(person) in asked and all((person, each) in every for each in CHANNELS)
    }


def silent_everywhere(unit: Unit, person_id: str) -> bool:
    """Whether somebody asked for silence on every channel, whatever number of ids they have."""
    asked = _asked_for_silence(unit, [person_id])
    return {channel for _, channel in asked} >= set(CHANNELS)


def silences(unit: Unit) -> dict[str, list[datetime]]:
    """person -> when they asked for silence themselves, under their id of today.

    What followed from a merge of keys was not said by them, and is not counted.
    """
    query = select(silence).where(
        silence.c.purpose == "marketing",
        silence.c.state == "silent",
        ~silence.c.source.like("the same keys as %"),
    )
    known, found = names(unit), dict[str, list[datetime]]()
    for row in unit.rows(query.order_by(silence.c.id)):
        found.setdefault(known.now(row["person_id"]), []).append(row["at"])
    return found


def follow(unit: Unit, pairs: Pairs, now: datetime) -> int:
    """Somebody's keys are somebody else's now, as (whose they were, whose they are); before `keep`.

    What either asked for holds for the one who holds the keys, whatever was said later by the
    other: a person who merged, or a household that split, is not spoken to by mistake. A word said
    from now on counts as always. How many words were added.
    """
    told: dict[str, set[str]] = {}
    for person, channel in _asked_for_silence(unit, None):
        told.setdefault(person, set()).add(channel)
    holds: dict[tuple[str, str], str] = {}
    for origin, into in pairs:
        for channel in told.get(origin, set()) | told.get(into, set()):
            holds.setdefault((into, channel), f"the same keys as {origin}")
    # After every word of before, also one that was said since the run began.
    at = max(now, unit.value(select(func.max(silence.c.at))) or now)
    for (person, channel), source in sorted(holds.items()):
        _add_silence(unit, person, channel, "marketing", "silent", source, at)
    return len(holds)


def close_doubles(unit: Unit, now: datetime) -> list[tuple[str, str]]:
    """Of two open cases of one person the worthier stays; (case, person) of those closed."""
    known, first = names(unit), dict[str, str]()
    query = select(case.c.id, case.c.person_id).where(case.c.status == "open")
    rows = unit.rows(query.order_by(case.c.worth.desc(), case.c.id))
    doubles = [
        row for row in rows if first.setdefault(known.now(row["person_id"]), row["id"]) != row["id"]
    ]
    for row in doubles:
        close(unit, row["id"], now)
    return [(row["id"], row["person_id"]) for row in doubles]


def _people_with(unit: Unit, *status: str, among: Iterable[str] | None = None) -> set[str]:
    asked_for = list(among) if among is not None else None
    known = names(unit, asked_for)
    query = select(case.c.person_id).where(case.c.status.in_(status))
    if asked_for is not None:
        query = query.where(case.c.person_id.in_(known.every(asked_for)))
    return known.every(row["person_id"] for row in unit.rows(query))


def _meant(channel: str) -> tuple[str, ...]:
    return CHANNELS if channel == ANY else (channel,)


def _add_silence(
    unit: Unit, person_id: str, channel: str, purpose: str, state: str, source: str, now: datetime
) -> None:
    row = {"person_id": person_id, "channel": channel, "purpose": purpose, "state": state}
    unit.add(silence, [{**row, "source": source, "at": now}])
    key = f"{state}:{fingerprint(person_id, channel, purpose, source, now.isoformat())[:32]}"
    tell(unit, [Event(f"care.{state}", key, now, row)])


def _row(new: NewCase, now: datetime) -> Row:
    return {
        "id": fingerprint(new.person_id, new.as_of.isoformat())[:16],
        "person_id": new.person_id,
        "as_of": new.as_of,
        "opened_at": now,
        "worth": new.worth,
        "suspects": [vars(suspect) for suspect in new.suspects],
        "status": "open",
        "opened_by": new.opened_by,
    }


def _chunks(people: list[str], size: int = 500) -> Iterable[list[str]]:
    return (people[start : start + size] for start in range(0, len(people), size))
