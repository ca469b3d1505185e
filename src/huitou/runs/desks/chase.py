"""Do not chase: staff mark somebody, somebody else looks again, and both are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from huitou.care.chase import book
from huitou.care.chase.rules import REVIEW_DAYS, WHYS, mark
from huitou.care.interviews import book as interviews
from huitou.ground.errors import BadInput, Refused
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.runs import finding
from huitou.runs.views import ChaseMark

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

OVER = date(1970, 1, 1)
"""Until when somebody rests whose mark was lifted: over on every day that a plan may look at."""


class Chase:
    """Whom this shop does not chase."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    @property
    def today(self) -> date:
        """The day in the shop."""
        return self._now.astimezone(self._settings.zone).date()

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    def mark(
        self, who: str, why: str, words: str, by: str, review_on: date | None = None
    ) -> ChaseMark:
        """Chase somebody no more: for good (*abusive*), or until a date; it holds at once.

        `words` say what happened. Raises `BadInput` for a reason or a day that cannot stand.
        """
        told, person = mark(why, words, review_on, self.today), self._person(who)
        with self._house.books.unit() as unit:
            if told.holds == "never":
                book.never(unit, person, told, by, self._now)
                interviews.end_silent(unit, [person])
            else:
                source = f"told by {by}: {told.words}"[:200]
                interviews.rest(unit, person, why, self.today, told.review_on, source, self._now)
        found = self.of(person)
        if found is None:
            raise Refused(
                said("They bought since: nothing keeps them out."), to_try="huitou chase list"
            )
        return self._named(found)

    def review(self, who: str, by: str, until: date | None = None) -> ChaseMark | None:
        """Somebody else looked at a mark again, and it stands until another day."""
        person = self._person(who)
        with self._house.books.unit() as unit:
            why = (book.marked(unit, [person]).get(person) or {"why": "abusive"})["why"]
            again = until or self.today + timedelta(days=REVIEW_DAYS.get(why, 365))
            if again <= self.today:
                raise BadInput(said("{day} is not ahead: it is the day to look again.", day=again))
            book.review(unit, person, again, by, self._now)
        found = self.of(person)
        return self._named(found) if found is not None else None

    def lift(self, who: str, words: str, by: str) -> None:
        """Take a mark back, for good or for now; the reason is kept."""
        person = self._person(who)
        with self._house.books.unit() as unit:
            if person in interviews.resting(unit, self.today, [person]):
                source = f"lifted by {by}: {words}"[:200]
                interviews.rest(unit, person, "lifted", self.today, OVER, source, self._now)
                return
            book.lift(unit, person, words, by, self._now)

    def of(self, person: str) -> ChaseMark | None:
        """The mark that stands on one person; None where none does."""
        with self._house.books.reading() as unit:
            return standing_mark(unit, person, self.today)

    def listed(self) -> tuple[ChaseMark, ...]:
        """Everybody who is not chased: those to look at again come first."""
        with self._house.books.reading() as unit:
            never = [_never(person, row) for person, row in book.marked(unit).items()]
            rests = [_resting(row) for row in interviews.rests(unit, self.today)]
        known = [each for each in (*never, *rests) if self._house.shelf.find(each.person)]
        ordered = sorted(known, key=lambda each: (each.review_on, each.person))
        return tuple(self._named(each) for each in ordered)

    def _named(self, told: ChaseMark) -> ChaseMark:
        known = self._house.shelf.find(told.person)
        return replace(told, name=known["name"] or known["key"] if known else None)

    def _person(self, who: str) -> str:
        edition = self._house.lake.current()
        if edition is None:
            raise Refused(said("No run has finished yet."), to_try="huitou run")
        found = finding.found(self._house, self._settings, edition, who)
        return str(found["person_id"])


def standing_mark(unit: Unit, person: str, today: date) -> ChaseMark | None:
    """The mark that stands on somebody, for good before for now."""
    row = book.marked(unit, [person]).get(person)
    if row is not None:
        return _never(person, row)
    rests = [row for row in interviews.rests(unit, today, [person]) if row["person_id"] == person]
    return _resting(rests[0]) if rests else None


def _never(person: str, row: Row) -> ChaseMark:
    return ChaseMark(
        person=person,
        why=row["why"],
        why_words=WHYS[row["why"]][1],
        never=True,
        words=row["words"],
        review_on=row["review_on"],
        by=row["by"],
        since=row["since"].date(),
        reviewed=row["state"] == "reviewed",
    )


def _resting(row: Row) -> ChaseMark:
    known = WHYS.get(row["why"])
    words = known[1] if known is not None else said("They said why they stay away")
    return ChaseMark(
        person=row["person_id"],
        why=row["why"],
        why_words=words,
        never=False,
        words=row["source"],
        review_on=row["until"],
        by=row["source"],
        since=row["said_on"],
    )
