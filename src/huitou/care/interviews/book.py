"""Beginning interviews, keeping what was said, and handing over e-mails that ask at most once.

Everything here goes by person, under each id they were ever known by: who merged with somebody that
was asked has been asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from huitou.care import book as care
from huitou.care.cases import Answer
from huitou.care.complaints import book as complaints
from huitou.care.interviews.rules import ONCE_IN, OPEN_DAYS, Asking, token_hash, token_of
from huitou.care.interviews.tables import interview, mail, not_for_now
from huitou.care.reasons import LEAVE_ALONE
from huitou.care.tables import answer as said
from huitou.care.tables import case
from huitou.ground.channels import ANY
from huitou.ground.errors import HuitouError, Refused
from huitou.identity.book import names
from huitou.store.books import Row, Unit
from huitou.store.outbox import Event, tell

LEASE = timedelta(minutes=10)
"""A marker older than this belongs to a process that is gone."""
AT_ONCE = 500
"""Names in one statement; for more everybody is looked at."""
TRIES = 5
"""After so many safe failures an e-mail is given up."""


def ask(
    unit: Unit,
    askings: Sequence[Asking],
    salt: str,
    now: datetime,
    *,
    on_their_page: bool = False,
) -> int:
    """Begin interviews; how many were begun. A departure that was asked about is not again.

    Nobody is begun with who may not be asked (`barred`), nor twice in one batch. `on_their_page`:
    they opened a page of the shop themselves, so that their silence is no bar, but all else is.
    """
    people = [one.person_id for one in askings] if len(askings) < AT_ONCE else None
    known = names(unit, people)
    busy = asked_since(unit, now - ONCE_IN, people) if on_their_page else barred(unit, people, now)
    begun = 0
    for one in askings:
        if one.person_id in busy or not unit.add_new(interview, _row(one, salt, now)):
            continue
        begun += 1
        busy |= known.every([one.person_id])
        body: dict[str, Any] = {"person_id": one.person_id, "interview_id": one.id}
        body |= {"channel": one.channel, "trigger": one.trigger, "propensity": one.propensity}
        tell(unit, [Event("interview.asked", f"interview.asked:{one.id}", now, body)])
    return begun


def barred(unit: Unit, people: Iterable[str] | None, now: datetime) -> set[str]:
    """Who may not be asked: the silent, who waits for an answer of ours, who was asked lately."""
    among = list(people) if people is not None else None
    silent = {person for person, _ in care.silent(unit, among)}
    waiting = care.people_with_open_cases(unit, among) | complaints.people_waiting(unit, among)
    return silent | waiting | asked_since(unit, now - ONCE_IN, among)


def asked_since(unit: Unit, since: datetime, people: Iterable[str] | None = None) -> set[str]:
    """Who was asked from a moment on, in an interview or a case, under each of their ids."""
    among = list(people) if people is not None else None
    known = names(unit, among)
    query = select(interview.c.person_id).where(interview.c.asked_at > since)
    if among is not None:
        query = query.where(interview.c.person_id.in_(known.every(among)))
    found = {row["person_id"] for row in unit.rows(query)}
    cases = {person for person, day in care.asked(unit).items() if day > since.date()}
    return known.every(found) | (cases if among is None else cases & known.every(among))


def find(unit: Unit, interview_id: str) -> Row:
    """One interview; an error in words for an unknown id."""
    row = unit.first(select(interview).where(interview.c.id == interview_id))
    if row is None:
        raise HuitouError(f"there is no interview {interview_id!r}", to_try="huitou interview list")
    return row


def mail_state(unit: Unit, interview_id: str) -> str | None:
    """What became of the e-mail of an interview; None where none was begun."""
    state: str | None = unit.value(select(mail.c.state).where(mail.c.interview_id == interview_id))
    return state


def by_token(unit: Unit, token: str) -> Row | None:
    """The interview that a link opens; None for a link that was never given."""
    return unit.first(select(interview).where(interview.c.token_hash == token_hash(token)))


def answer(
    unit: Unit, interview_id: str, given: Answer, by: str, now: datetime, language: str | None
) -> bool:
    """Keep what was said, once; whether it was kept. *Leave me alone* is obeyed in the same unit.

    What comes after the time is over still counts: a sheet of paper may lie in a drawer for weeks.
    """
    if given.why == LEAVE_ALONE:
        return leave_alone(unit, interview_id, by, now, language=language)
    waiting = (interview.c.id == interview_id) & (interview.c.state != "answered")
    values = {**vars(given), "language": language, "by": by}
    answered = update(interview).where(waiting).values(state="answered", answered_at=now, **values)
    if unit.change(answered) != 1:
        return False
    _tell_answer(unit, find(unit, interview_id), now)
    return True


def leave_alone(
    unit: Unit, interview_id: str, by: str, now: datetime, *, language: str | None = None
) -> bool:
    """Obey *leave me alone* at once, on every channel, for ever; whether it was news.

    It is an answer where there was none, and is obeyed as well from who answered before.
    """
    waiting = (interview.c.id == interview_id) & (interview.c.state != "answered")
    values = {"why": LEAVE_ALONE, "left_alone": True, "language": language, "by": by}
    fresh = update(interview).where(waiting).values(state="answered", answered_at=now, **values)
    answered = unit.change(fresh) == 1
    row = find(unit, interview_id)
    if answered:
        _tell_answer(unit, row, now)
    if not row["left_alone"]:
        unit.change(update(interview).where(_the(interview_id)).values(left_alone=True))
    if care.silent_everywhere(unit, row["person_id"]):
        return answered
    source = f"interview {interview_id}, told to {by}"
    care.be_silent(unit, row["person_id"], ANY, source, now)
    return True


def add_reason(unit: Unit, interview_id: str, given: Answer, now: datetime) -> bool:
    """The one question to who asked for silence, answered on that very page; whether it was kept.

    They stay left alone, whatever the reason.
    """
    silent = _the(interview_id) & (interview.c.why == LEAVE_ALONE)
    given_once = update(interview).where(silent).values(**vars(given))
    if given.why == LEAVE_ALONE or unit.change(given_once) != 1:
        return False
    _tell_answer(unit, find(unit, interview_id), now)
    return True


def keep_remedy(unit: Unit, interview_id: str, remedy: Mapping[str, Any]) -> None:
    """Keep what was offered for an answer, or why nothing was; once."""
    fresh = _the(interview_id) & interview.c.remedy.is_(None)
    unit.change(update(interview).where(fresh).values(remedy=dict(remedy)))


def end_over(unit: Unit, now: datetime) -> int:
    """End the interviews whose time is over, those of who asked for silence since, and the later of
    two of one person; how many."""
    over = (interview.c.state == "asked") & (interview.c.ends_at <= now)
    ended = unit.change(update(interview).where(over).values(state="over"))
    return ended + _end_doubles(unit) + end_silent(unit)


def end_silent(unit: Unit, people: Iterable[str] | None = None) -> int:
    """End what was to be asked of who asked for silence; a page they opened themselves stays."""
    silent = {person for person, _ in care.silent(unit, people)}
    sought = (interview.c.state == "asked") & (interview.c.channel != "link")
    rows = unit.rows(select(interview.c.id, interview.c.person_id).where(sought))
    ending = [row["id"] for row in rows if row["person_id"] in silent]
    return sum(
        unit.change(update(interview).where(_the(each)).values(state="over")) for each in ending
    )


def listed(
    unit: Unit, *, state: str | None = None, channel: str | None = None, limit: int = 50
) -> list[Row]:
    """Interviews, the latest asked first, each with the state of its e-mail (`mail_state`)."""
    query = select(interview, mail.c.state.label("mail_state")).outerjoin(
        mail, mail.c.interview_id == interview.c.id
    )
    if state is not None:
        query = query.where(interview.c.state == state)
    if channel is not None:
        query = query.where(interview.c.channel == channel)
    return unit.rows(query.order_by(interview.c.asked_at.desc(), interview.c.id).limit(limit))


def counted(unit: Unit) -> dict[str, int]:
    """How many interviews there are in each state."""
    query = select(interview.c.state, func.count().label("n")).group_by(interview.c.state)
    return {row["state"]: row["n"] for row in unit.rows(query)}


def heard(unit: Unit) -> list[Row]:
    """Every interview, answered or not, as needed to count answers and to weigh them.

    Columns: id, person_id (as it was asked), trigger, departed_on, asked_at, channel, state, stage,
    band, worth, propensity (the chance to be asked), why, where_to, words, answered_at, left_alone.
    """
    columns = ("id", "person_id", "trigger", "departed_on", "asked_at", "channel", "state")
    weighing = ("stage", "band", "worth", "propensity")
    answers = ("why", "where_to", "words", "answered_at", "left_alone")
    wanted = [interview.c[name] for name in (*columns, *weighing, *answers)]
    return unit.rows(select(*wanted).order_by(interview.c.asked_at, interview.c.id))


def answered_causes(unit: Unit) -> dict[str, str]:
    """person -> the cause they named last, in a case or an interview, under each of their ids."""
    return names(unit).spread(_last_named(unit))


def places_named(unit: Unit) -> list[Row]:
    """Where people said they went (where_to, n), in cases and interviews, the most named first."""
    own = select(interview.c.where_to).where(interview.c.where_to.is_not(None))
    times = Counter(row["where_to"] for row in unit.rows(own))
    for row in care.places_named(unit):
        times[row["where_to"]] += row["n"]
    ranked = sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"where_to": place, "n": n} for place, n in ranked]


def reasons(unit: Unit) -> list[tuple[str, int]]:
    """What people named last (why, n), in cases and interviews, the most named first."""
    times = Counter(_last_named(unit).values())
    return sorted(times.items(), key=lambda pair: (-pair[1], pair[0]))


def rest(
    unit: Unit, person_id: str, why: str, said_on: date, until: date, source: str, now: datetime
) -> None:
    """Somebody is not to be chased before a date, because of what they said on a day."""
    row = {"person_id": person_id, "why": why, "said_on": said_on, "until": until}
    unit.add(not_for_now, [{**row, "source": source, "at": now}])
    body = {**row, "said_on": said_on.isoformat(), "until": until.isoformat(), "source": source}
    key = f"care.not_for_now:{person_id}:{until.isoformat()}"
    tell(unit, [Event("care.not_for_now", key, now, body)])


def resting(
    unit: Unit, on: date, people: Iterable[str] | None = None
) -> dict[str, tuple[date, date]]:
    """person -> (the day they said so, until when) for who is not to be chased on a day.

    The latest word counts; each person stands under each of their ids.
    """
    among = list(people) if people is not None else None
    known = names(unit, among)
    query = select(not_for_now).order_by(not_for_now.c.at, not_for_now.c.id)
    if among is not None:
        query = query.where(not_for_now.c.person_id.in_(known.every(among)))
    latest = {
        known.now(row["person_id"]): (row["said_on"], row["until"]) for row in unit.rows(query)
    }
    return known.spread({person: told for person, told in latest.items() if told[1] > on})


def rests(unit: Unit, on: date, people: Iterable[str] | None = None) -> list[Row]:
    """Who is not to be chased on a day, each person once, by their id of today: the latest word."""
    among = list(people) if people is not None else None
    known = names(unit, among)
    query = select(not_for_now).order_by(not_for_now.c.at, not_for_now.c.id)
    if among is not None:
        query = query.where(not_for_now.c.person_id.in_(known.every(among)))
    latest = {known.now(row["person_id"]): row for row in unit.rows(query)}
    return [{**row, "person_id": person} for person, row in latest.items() if row["until"] > on]


def rested_at(unit: Unit, people: Iterable[str]) -> dict[str, datetime]:
    """person -> the moment they last said why they are not to be chased, under each of their ids.

    A letter that was planned before that moment does not go any more.
    """
    among = list(people)
    known = names(unit, among)
    query = select(not_for_now.c.person_id, not_for_now.c.at)
    query = query.where(not_for_now.c.person_id.in_(known.every(among)))
    rows = unit.rows(query.order_by(not_for_now.c.at))
    return known.spread({known.now(row["person_id"]): row["at"] for row in rows})


def unsent(unit: Unit) -> list[Row]:
    """Interviews whose e-mail may still go, the first asked first."""
    query = (
        select(interview)
        .outerjoin(mail, mail.c.interview_id == interview.c.id)
        .where(interview.c.state == "asked", interview.c.channel == "email")
        .where(mail.c.state.is_(None) | (mail.c.state == "planned"))
    )
    return unit.rows(query.order_by(interview.c.asked_at, interview.c.id))


def in_doubt(unit: Unit) -> list[Row]:
    """E-mails that asked, or did not: nobody knows; the oldest first."""
    query = select(mail).where(mail.c.state == "in_doubt")
    return unit.rows(query.order_by(mail.c.at, mail.c.interview_id))


def claim(unit: Unit, interview_id: str, now: datetime, *, held_out: bool) -> bool:
    """Mark an e-mail as leaving, in the unit that looks once more whether it may; if so True.

    Who asked for silence since, complains, is being asked by a person, or is held out is not
    written to: the e-mail is suppressed for good.
    """
    row = find(unit, interview_id)
    unit.add_new(mail, {"interview_id": interview_id, "state": "planned", "attempt": 0, "at": now})
    mine = (mail.c.interview_id == interview_id) & (mail.c.state == "planned")
    rule = "held_out" if held_out else stopped_by(unit, row, now)
    if rule is not None:
        unit.change(update(mail).where(mine).values(state="suppressed", reason=rule, at=now))
        return False
    begun = (
        update(mail).where(mine).values(state="handing_over", attempt=mail.c.attempt + 1, at=now)
    )
    return unit.change(begun) == 1


def stopped_by(unit: Unit, row: Row, now: datetime) -> str | None:
    """The rule that stops the question now, whoever would ask it; None where it may go on."""
    person = [row["person_id"]]
    if row["state"] != "asked" or row["ends_at"] <= now:
        return "late"
    if care.silent(unit, person):
        return "silent"
    waiting = care.people_with_open_cases(unit, person) | complaints.people_waiting(unit, person)
    return "open_case" if waiting else None


def record(
    unit: Unit, interview_id: str, state: str, stage: str, reason: str | None, now: datetime
) -> None:
    """What became of a hand-over: accepted, refused, in_doubt, or planned for another try."""
    marked = (mail.c.interview_id == interview_id) & (mail.c.state == "handing_over")
    tried = unit.value(select(mail.c.attempt).where(marked)) or 0
    ended = "refused" if state == "planned" and tried >= TRIES else state
    values = {"state": ended, "stage": stage, "reason": reason, "at": now}
    if unit.change(update(mail).where(marked).values(**values)) == 1 and ended != "planned":
        body = {"person_id": find(unit, interview_id)["person_id"], "interview_id": interview_id}
        key = f"interview.mail:{interview_id}:{ended}"
        tell(unit, [Event(f"interview.mail_{ended}", key, now, body)])


def settle_old(unit: Unit, now: datetime) -> int:
    """Markers whose process is gone: nobody knows whether the e-mail left. It never goes again."""
    old = (mail.c.state == "handing_over") & (mail.c.at <= now - LEASE)
    reason = "the process that was handing it over ended before it wrote down how"
    return unit.change(update(mail).where(old).values(state="in_doubt", reason=reason, at=now))


def settle_doubt(unit: Unit, interview_id: str, *, accepted: bool, by: str, now: datetime) -> None:
    """Somebody found out; it is never sent again either way. Raises `Refused` without a doubt."""
    doubted = (mail.c.interview_id == interview_id) & (mail.c.state == "in_doubt")
    state = "accepted" if accepted else "refused"
    if unit.change(update(mail).where(doubted).values(state=state, settled_by=by, at=now)) != 1:
        raise Refused(f"the e-mail of interview {interview_id} is not in doubt")


def _last_named(unit: Unit) -> dict[str, str]:
    """Person, by the id used now -> the cause they named last."""
    in_cases = select(case.c.person_id, said.c.why, said.c.at)
    in_cases = in_cases.join(said, case.c.id == said.c.case_id)
    own = select(interview.c.person_id, interview.c.why, interview.c.answered_at.label("at"))
    told = [*unit.rows(in_cases), *unit.rows(own.where(interview.c.state == "answered"))]
    known = names(unit)
    latest = sorted(told, key=lambda row: row["at"])
    return {known.now(row["person_id"]): row["why"] for row in latest}


def _end_doubles(unit: Unit) -> int:
    """Two who turned out to be one are asked once: the later of two open interviews ends."""
    known, first, doubles = names(unit), set[str](), []
    query = select(interview.c.id, interview.c.person_id).where(interview.c.state == "asked")
    for row in unit.rows(query.order_by(interview.c.asked_at, interview.c.id)):
        person = known.now(row["person_id"])
        if person in first:
            doubles.append(row["id"])
        first.add(person)
    ending = update(interview).where(interview.c.id.in_(doubles))
    return unit.change(ending.values(state="over")) if doubles else 0


def _the(interview_id: str) -> ColumnElement[bool]:
    return interview.c.id == interview_id


def _tell_answer(unit: Unit, row: Row, now: datetime) -> None:
    body = {name: row[name] for name in ("person_id", "why", "where_to", "channel", "by")}
    key = f"interview.answered:{row['id']}:{row['why']}"
    tell(unit, [Event("interview.answered", key, now, {**body, "interview_id": row["id"]})])


def _row(one: Asking, salt: str, now: datetime) -> Row:
    names_ = ("person_id", "trigger", "departed_on", "channel", "stage", "band", "worth")
    return {
        **{name: getattr(one, name) for name in names_},
        "id": one.id,
        "token_hash": token_hash(token_of(salt, one.id)),
        "state": "asked",
        "propensity": one.propensity,
        "asked_at": now,
        "ends_at": now + timedelta(days=OPEN_DAYS),
        "left_alone": False,
    }
