"""Where the lost are looked for: cases opened, taken up, written in, ended, and learned from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from huitou.care import book as care
from huitou.care.casefiles import book as files
from huitou.care.casefiles.notes import Note
from huitou.care.cases import MAX_SUSPECTS, Answer, NewCase, Suspect, questions
from huitou.care.reasons import GROUPS, REASONS, WHYS
from huitou.decisions.counsel import counsel
from huitou.facts.earned import earned_by_day
from huitou.ground import marks
from huitou.ground.errors import HuitouError, Refused
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence
from huitou.identity import book as identity
from huitou.models.causes import WORDS
from huitou.runs.desks.cases import history
from huitou.runs.desks.cases.complaining import open_complaints
from huitou.runs.desks.cases.standing import Standing, standing
from huitou.runs.desks.cases.views import (
    Brought,
    CaseFile,
    CaseLine,
    CaseList,
    Column,
    Lesson,
    LessonGroup,
    NoteView,
    Spent,
    Suspicion,
    Told,
)
from huitou.runs.desks.interviews.hearing import rest
from huitou.runs.finding import found
from huitou.runs.people import missed_ends, money_range, person_row
from huitou.runs.suspicion import speaking_for
from huitou.runs.views import CaseView, Range, TimelineEntry
from huitou.runs.work import tables_of

if TYPE_CHECKING:
    from huitou.facts.sentences import Piece
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

STATES = ("open", "answered", "returned", "closed")
"""States of a case, in the order of its life."""
FOLLOWED = ("open", "answered")


@dataclass(frozen=True)
class Day:
    """Profit and revenue of one person on one day."""

    day: date
    revenue: int
    profit: int


class CaseDesk:
    """Case files, as staff work on them."""

    def __init__(self, house: House, settings: Settings) -> None:
        self.house = house
        self.settings = settings

    # -- reading

    def listed(
        self,
        *,
        status: str | None = "open",
        owner: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> CaseList:
        """A page of cases by state and owner, the worthiest first, and the board over all."""
        with self.house.books.reading() as unit:
            rows = files.listed(
                unit, status=status, owner=owner, after=_read_mark(after), limit=limit + 1
            )
            board, owners = files.board(unit), files.owners(unit)
            efforts = files.efforts(unit)
            back = files.listed(unit, status="returned", limit=1_000)
            causes = care.answered_causes(unit)
            known = identity.names(unit)
        shown = rows[:limit]
        at = standing(self.house, self.settings)
        days = self._days(at, [known.now(row["person_id"]) for row in (*shown, *back)])
        facts = at.evidence(known.now(row["person_id"]) for row in shown)
        lines = tuple(
            self._line(at, row, known.now(row["person_id"]), efforts, causes, days, facts)
            for row in shown
        )
        profit = sum(
            _since(days.get(known.now(row["person_id"]), ()), row["as_of"]).profit for row in back
        )
        return CaseList(
            cases=lines,
            after=marks.mark(shown[-1]["worth"], shown[-1]["id"]) if len(rows) > limit else None,
            board=self._board(board),
            owners=tuple(dict.fromkeys((*self._roster(), *owners))),
            spent=self._spent(_together(efforts.values())),
            brought=self._money(profit),
        )

    def file(self, case_id: str) -> CaseFile:
        """One case, whole; an error in words for an unknown id."""
        at = standing(self.house, self.settings)
        with self.house.books.reading() as unit:
            row = care.find(unit, case_id)
            person = identity.names(unit, [row["person_id"]]).now(row["person_id"])
            efforts, said = files.efforts(unit, [case_id]), care.answers(unit, case_id)
            notes, causes = files.notes(unit, case_id), care.answered_causes(unit)
            told = history.told(unit, person, self.settings.zone, self.settings.money, at.today)
            silent = {channel for _, channel in care.silent(unit, [person])}
            complaint = open_complaints(unit, [person]).get(person)
            owners = files.owners(unit)
        days, facts = self._days(at, [person]), at.evidence([person])
        line = self._line(at, row, person, efforts, causes, days, facts)
        cause = _cause(said, notes, line.suspects)
        guide = counsel(cause)
        latest = max([row["opened_at"], *(each["at"] for each in (*said, *notes))])
        reached = at.contacts([person]).get(person)
        seen = line.person.last_day if line.person else None
        return CaseFile(
            line=line,
            worth=self._worth(at, row, person),
            days_silent=(at.day - seen).days if seen else None,
            timeline=_merged(at.bought([person]).get(person, ()), told),
            ask=questions(Suspect(each.code, each.share) for each in line.suspects),
            said=tuple(map(_told, said)),
            notes=tuple(self._note(note) for note in notes),
            counsel=guide,
            cause=cause,
            again=guide.again(latest.astimezone(self.settings.zone).date()),
            phone=reached.phone if reached else None,
            email=reached.email if reached else None,
            silent=tuple(sorted(silent)),
            complaint=complaint,
            staff=tuple(dict.fromkeys((*self._roster(), *owners))),
        )

    def asked(self, status: str, limit: int) -> tuple[CaseView, ...]:
        """Cases of one state in short: whom to ask, and what they said; the worthiest first."""
        with self.house.books.reading() as unit:
            rows = care.listed(unit, status=status, limit=limit)
            heard = {row["id"]: care.answers(unit, row["id"]) for row in rows}
            known = identity.names(unit, [row["person_id"] for row in rows])
        return tuple(
            self._in_short(row, known.now(row["person_id"]), heard[row["id"]]) for row in rows
        )

    def of_person(self, person_id: str) -> str | None:
        """The case of a customer that is not over yet, or None."""
        with self.house.books.reading() as unit:
            row = files.followed(unit, [person_id]).get(person_id)
        return row["id"] if row is not None else None

    def lessons(self) -> tuple[LessonGroup, ...]:
        """What cases have taught, by cause, in the order of the tree of reasons."""
        with self.house.books.reading() as unit:
            rows, heard = files.lessons(unit), files.heard(unit)
        grouped: dict[str | None, list[Lesson]] = {}
        for row in rows:
            grouped.setdefault(row["cause"], []).append(_lesson(row, heard.get(row["id"], [])))
        order = [*REASONS, None]
        return tuple(
            LessonGroup(cause, _cause_words(cause), tuple(grouped[cause]))
            for cause in sorted(grouped, key=order.index)
        )

    # -- working on them

    def answer(
        self, case_id: str, why: str, where_to: str | None, words: str | None, by: str
    ) -> None:
        """Keep what a customer said; *leave me alone* is obeyed at once, on every channel."""
        if why not in WHYS:
            raise HuitouError(f"{why!r} is no answer", to_try=f"one of: {', '.join(WHYS)}")
        with self.house.books.unit() as unit:
            told, now = Answer(why, where_to, words), self.house.clock.now()
            care.record_answer(unit, case_id, told, by, now)
            person = care.find(unit, case_id)["person_id"]
            rest(unit, person, why, self.settings, f"case {case_id}", now)

    def open(self, who: str, by: str) -> str:
        """Open a case by hand; its id. The one that is followed already is the one that is meant.

        Raises `Refused` for somebody held out by lot, or who asked for silence.
        """
        at = standing(self.house, self.settings)
        person = found(self.house, self.settings, at.edition, who)["person_id"]
        new = self._new(at, person, by)
        with self.house.books.unit() as unit:
            self._check(at, unit, person)
            followed = files.followed(unit, [person]).get(person)
            if followed is None and not care.open_cases(unit, [new], self.house.clock.now()):
                return self._take_up_again(unit, person)
            row = followed or files.followed(unit, [person])[person]
        return str(row["id"])

    def assign(self, case_id: str, owner: str) -> None:
        """Put somebody on a case."""
        name = owner.strip()[:120]
        if not name:
            raise HuitouError("a case needs somebody with a name", to_try="the name of a colleague")
        with self.house.books.unit() as unit:
            care.assign(unit, case_id, name)

    def write(self, case_id: str, note: Note, by: str) -> bool:
        """Write a line into a file; whether it was new. A cause that was found is evidence."""
        with self.house.books.unit() as unit:
            return files.write(unit, case_id, note, by, self.house.clock.now())

    def close(self, case_id: str, words: str, by: str) -> None:
        """End a case that is not followed any further, with the reason in words."""
        with self.house.books.unit() as unit:
            row = care.find(unit, case_id)
            if row["status"] not in FOLLOWED:
                raise Refused("this case is over already")
            files.write(unit, case_id, Note("note", words), by, self.house.clock.now())
            care.close(unit, case_id, self.house.clock.now())

    def hear(self, lesson: int, who: str) -> None:
        """Somebody has read, or was told, a lesson."""
        with self.house.books.unit() as unit:
            if lesson not in {row["id"] for row in files.lessons(unit)}:
                raise HuitouError(f"there is no lesson {lesson}")
            files.hear(unit, lesson, who, self.house.clock.now())

    # -- inside

    def _in_short(self, row: Row, person: str, heard: Sequence[Row]) -> CaseView:
        known = self.house.shelf.find(person)
        suspects = tuple(Suspect(each["cause"], each["posterior"]) for each in row["suspects"])
        return CaseView(
            id=row["id"],
            person=person_row(known, self.settings.money) if known else None,
            as_of=row["as_of"],
            status=row["status"],
            owner=row["owner"],
            worth=self._money(row["worth"]),
            suspects=tuple((_cause_words(each.cause), each.posterior) for each in suspects),
            ask=questions(suspects),
            said=tuple((WHYS[each["why"]], each["where_to"], each["words"]) for each in heard),
        )

    def _take_up_again(self, unit: Unit, person: str) -> str:
        """Opened and closed on the same last day known: the file is still the same one."""
        for row in files.of_person(unit, person):
            if row["status"] == "closed":
                care.reopen(unit, row["id"])
                return str(row["id"])
        raise Refused("a case cannot be opened for them today", to_try="huitou case list")

    def _check(self, at: Standing, unit: Unit, person: str) -> None:
        if care.silent(unit, [person]):
            raise Refused("they asked to be left alone: no case is opened")
        known = at.people([person]).get(person)
        if known is not None and at.held_out(known["hold_key"]):
            raise Refused("held out by lot: nothing is done for them, so that the rest is proven")

    def _new(self, at: Standing, person: str, by: str) -> NewCase:
        known = at.people([person]).get(person)
        if known is None:
            raise HuitouError("they are not in the last run", to_try="huitou run")
        suspects = at.edition.table("causes", only=("person_id", [person])).to_pylist()
        ranked = sorted(suspects, key=lambda row: -row["posterior"])[:MAX_SUSPECTS]
        told = tuple(Suspect(row["cause"], row["posterior"]) for row in ranked)
        return NewCase(person, at.day, int(known["value_if_kept"]), told, opened_by=by)

    def _line(
        self,
        at: Standing,
        row: Row,
        person: str,
        efforts: Mapping[str, files.Effort],
        causes: Mapping[str, str],
        days: Mapping[str, Sequence[Day]],
        facts: Mapping[str, Sequence[Piece]],
    ) -> CaseLine:
        cause = causes.get(person)
        return CaseLine(
            id=row["id"],
            person_id=person,
            person=at.row(person),
            status=row["status"],
            owner=row["owner"],
            opened_on=row["opened_at"].astimezone(self.settings.zone).date(),
            opened_by=row["opened_by"],
            as_of=row["as_of"],
            worth=self._money(row["worth"]),
            suspects=_suspicions(row, facts.get(person, ())),
            found=WHYS.get(cause) if cause and row["status"] != "open" else None,
            spent=self._spent(efforts.get(row["id"], files.Effort())),
            brought=self._brought(days.get(person, ()), row["as_of"]),
        )

    def _days(self, at: Standing, people: Iterable[str]) -> dict[str, list[Day]]:
        """person -> what each of their days brought, in order."""
        asked = sorted(set(people))
        if not asked:
            return {}
        with self.house.lake.reading(at.edition) as connection:
            tables = tables_of(connection, self.settings)
            rows = earned_by_day(tables, at.moment.as_of, asked).to_pyarrow().to_pylist()
        kept: dict[str, list[Day]] = {}
        for row in sorted(rows, key=lambda row: row["day"]):
            day = Day(row["day"], int(row["revenue"]), int(row["profit"]))
            kept.setdefault(row["person_id"], []).append(day)
        return kept

    def _brought(self, days: Sequence[Day], as_of: date) -> Brought:
        since = _since(days, as_of)
        return Brought(
            since.orders, self._money(since.revenue), self._money(since.profit), since.first
        )

    def _worth(self, at: Standing, row: Row, person: str) -> Range:
        """What staying would bring, with the relative error of what they are worth today."""
        known = at.people([person]).get(person)
        worth, currency = row["worth"], self.settings.money
        if known is None:
            return money_range(worth, worth, worth, currency)
        ends = (float(known[name]) for name in ("value", "value_low", "value_high"))
        low, high = missed_ends(np.array([float(worth)]), *(np.atleast_1d(end) for end in ends))
        return money_range(worth, float(low[0]), float(high[0]), currency)

    def _note(self, row: Row) -> NoteView:
        return NoteView(
            id=row["id"],
            kind=row["kind"],
            cause=WHYS[row["cause"]] if row["cause"] else None,
            words=row["words"],
            minutes=row["minutes"],
            cost=self._money(row["cost"]),
            by=row["by"],
            at=row["at"],
        )

    def _spent(self, effort: files.Effort) -> Spent:
        staff = round(effort.minutes * self.settings.staff_hourly / 60)
        return Spent(effort.minutes, self._money(effort.cost), self._money(staff + effort.cost))

    def _board(self, rows: Iterable[Row]) -> tuple[Column, ...]:
        found = {row["status"]: row for row in rows}
        empty = {"n": 0, "worth": 0}
        return tuple(
            Column(
                state, found.get(state, empty)["n"], self._money(found.get(state, empty)["worth"])
            )
            for state in STATES
        )

    def _roster(self) -> tuple[str, ...]:
        return tuple(clerk.name for clerk in self.settings.roster)

    def _money(self, minor: int) -> Money:
        return Money(minor, self.settings.money)


@dataclass(frozen=True)
class _Since:
    orders: int = 0
    revenue: int = 0
    profit: int = 0
    first: date | None = None


def _since(days: Sequence[Day], as_of: date) -> _Since:
    """What came after a day: on how many days they bought, what it brought, and when it began."""
    later = [day for day in days if day.day > as_of]
    bought = [day.day for day in later if day.revenue > 0]
    return _Since(
        orders=len(bought),
        revenue=sum(day.revenue for day in later),
        profit=sum(day.profit for day in later),
        first=min(bought, default=None),
    )


def _suspicions(row: Row, facts: Sequence[Piece]) -> tuple[Suspicion, ...]:
    return tuple(
        Suspicion(
            each["cause"],
            _cause_words(each["cause"]),
            each["posterior"],
            speaking_for(each["cause"], facts),
        )
        for each in row["suspects"]
    )


def _together(efforts: Iterable[files.Effort]) -> files.Effort:
    every = list(efforts)
    return files.Effort(sum(each.minutes for each in every), sum(each.cost for each in every))


def _cause(said: Sequence[Row], notes: Sequence[Row], suspects: Sequence[Suspicion]) -> str | None:
    """What is held for the cause: told or found last, else the first suspect."""
    if said:
        return str(said[-1]["why"])
    found = [note["cause"] for note in notes if note["kind"] == "found"]
    if found:
        return str(found[-1])
    return suspects[0].code if suspects else None


def _cause_words(cause: str | None) -> Sentence:
    if cause is None:
        return GROUPS["other"]
    return WORDS.get(cause) or WHYS.get(cause) or GROUPS["other"]


def _told(row: Row) -> Told:
    return Told(WHYS[row["why"]], row["where_to"], row["words"], row["by"], row["at"])


def _lesson(row: Row, heard: Sequence[str]) -> Lesson:
    return Lesson(
        id=row["id"],
        case_id=row["case_id"],
        cause=row["cause"],
        words=row["words"],
        by=row["by"],
        at=row["at"],
        heard=tuple(heard),
    )


def _merged(*parts: Sequence[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    every = [entry for part in parts for entry in part]
    return tuple(sorted(every, key=lambda entry: entry.day, reverse=True))


def _read_mark(mark: str | None) -> tuple[int, str] | None:
    if mark is None:
        return None
    worth, case_id = marks.read(mark)
    if not isinstance(worth, int):
        raise HuitouError("this is not the mark of a page", to_try="the first page again")
    return worth, case_id
