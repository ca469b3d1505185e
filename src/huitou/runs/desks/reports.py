"""The owner's report: read it, print it, and send it when its day has come."""

from __future__ import annotations

import os
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import NotYet
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.runs.report import book, compose, due
from huitou.runs.report.worded import worded
from huitou.runs.told import ReportView, SentReport

if TYPE_CHECKING:
    from huitou.channels.letterbox import Letterbox
    from huitou.runs.wiring import House


class Reports:
    """Reports of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    @property
    def latest_day(self) -> date:
        """The day of the latest run: the one whose report is read unless another is named."""
        edition = self._house.lake.current()
        moment = edition.noted("moment") if edition is not None else None
        if moment is None:
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        return date.fromisoformat(moment["day"])

    def report(self, period: str = "week", until: date | None = None) -> ReportView:
        """The report of a week or a month that ended on `until`, as it was written then."""
        return compose.kept(self._house.lake, period, until or self.latest_day)

    def worded(
        self, period: str = "week", until: date | None = None, language: str | None = None
    ) -> dict[str, Any]:
        """The same said in one language, as plain values, with the names of customers."""
        told = self.report(period, until)
        return worded(told, language or self.language, self._name)

    def pdf(
        self, period: str = "week", until: date | None = None, language: str | None = None
    ) -> bytes:
        """The same on two sheets of A4. Raises `NotYet` where a font for it is missing."""
        return _printed(self.worded(period, until, language))

    @property
    def language(self) -> str:
        """The language in which it is sent."""
        return self._settings.report_language or self._settings.language

    def sent(self, limit: int = 20) -> tuple[SentReport, ...]:
        """What became of reports that were sent, the latest first."""
        with self._house.books.reading() as unit:
            rows = book.listed(unit, limit)
        return tuple(_sent(row) for row in rows)

    def send_due(self, letterbox: Letterbox | None = None) -> tuple[SentReport, ...]:
        """Send what is due now, once to each; nothing where nothing is due. Safe to call often."""
        return self._post(letterbox, now=self._house.clock.now(), by_hand=False)

    def send_now(self, letterbox: Letterbox | None = None) -> tuple[SentReport, ...]:
        """Send the latest week's report at once to whom it was not sent yet."""
        return self._post(letterbox, now=self._house.clock.now(), by_hand=True)

    def _post(
        self, letterbox: Letterbox | None, *, now: datetime, by_hand: bool
    ) -> tuple[SentReport, ...]:
        with self._house.books.unit() as unit:
            book.settle(unit, now)
        with self._house.books.reading() as unit:
            wanted = due.wanted(unit, self._settings, self.latest_day, now, by_hand=by_hand)
        if not wanted:
            return ()
        from huitou.channels.letterbox import letterbox as usual

        box = letterbox or usual(self._settings, os.environ)
        try:
            for each in wanted:
                self._send_one(box, each)
        finally:
            box.close()
        names = {(each.period, each.until, each.recipient) for each in wanted}
        return tuple(s for s in self.sent(100) if (s.period, s.until, s.recipient) in names)

    def _send_one(self, box: Letterbox, each: due.Wanted) -> None:
        clock, books = self._house.clock, self._house.books
        letter = self._enclosed(each)  # before the marker: what cannot be made is not in doubt
        with books.unit() as unit:
            mine = book.claim(
                unit, each.period, each.until, each.recipient, each.due_on, clock.now()
            )
        if not mine:
            return
        from huitou.ground.failpoints import failpoint

        failpoint("report.marked")
        outcome = box.post(each.recipient, letter, clock.now())
        failpoint("report.handed")
        with books.unit() as unit:
            book.record(unit, each.period, each.until, each.recipient, outcome, clock.now())

    def _enclosed(self, each: due.Wanted) -> Any:
        from huitou.channels.letterbox import Enclosed
        from huitou.runs.report.letter import as_html
        from huitou.runs.report.worded import lines

        told = self.worded(each.period, each.until, self.language)
        pdf: bytes | None
        try:
            pdf = _printed(told)
        except NotYet:
            pdf = None  # the words go without the paper; the page says which font is missing
        return Enclosed(
            key=f"report-{each.period}-{each.until.isoformat()}",
            subject=f"{told['shop']}: {told['title']}, {told['days']}",
            text="\n".join(lines(told)),
            html=as_html(told),
            language=told["language"],
            sender=self._settings.name,
            file=f"{told['file']}.pdf",
            pdf=pdf,
        )

    def _name(self, person: str) -> str | None:
        row = self._house.shelf.find(person)
        return (row["name"] or row["key"]) if row is not None else None


def _printed(told: dict[str, Any]) -> bytes:
    from huitou.channels.press.printing import printed

    return printed(told)


def _sent(row: Any) -> SentReport:
    names = ("period", "until", "recipient", "state", "at", "reason", "due_on")
    return SentReport(**{name: row[name] for name in names})
