"""Write a report when a run has ended, and keep it so that it reads the same for ever."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from huitou.ground.errors import HuitouError, NotYet
from huitou.runs.kept import keep, recall
from huitou.runs.report import book, figures, history, sections
from huitou.runs.report.page import Page
from huitou.runs.report.span import PERIODS, Span
from huitou.runs.told import ReportView
from huitou.runs.work import Result

if TYPE_CHECKING:
    from huitou.runs.work import Work
    from huitou.store.lake import Lake


def tell_all(work: Work) -> Result:
    """The week's and the month's report of this run; the shop's figures for reports to come.

    A report that somebody was sent stays as it was sent.
    """
    if work.is_foreseen:
        history.remember(work)
    with work.books.reading() as unit:
        fixed = {(row["period"], row["until"]) for row in book.listed(unit)}
    written = 0
    for period in PERIODS:
        span = Span(period, work.day)
        if (period, work.day) not in fixed:
            work.lake.standing.note(_name(span), keep(compose(work, span)))
            written += 1
    return {"rows": written}


def compose(work: Work, span: Span) -> ReportView:
    """One report from the edition of this run and the books as they are now."""
    answers = recall(work.edition.noted("answers")) if work.is_foreseen else None
    seen = figures.movement(work, span) if work.is_foreseen else None
    page = Page(work, span, answers, seen)
    with work.books.reading() as unit:
        told = sections.parts(unit, page)
    return ReportView(
        period=span.period,
        start=span.start,
        until=span.until,
        before=span.before,
        shop=work.settings.name,
        run_id=work.run_id,
        made_at=work.now,
        sections=told,
    )


def kept(lake: Lake, period: str, until: date) -> ReportView:
    """The report as it was written. Raises `NotYet` where no run ended on that day."""
    _check(period)
    told = lake.standing.noted(_name(Span(period, until)))
    if told is None:
        raise NotYet(
            f"no report was written for {until}", to_try=f"huitou run --as-of {until.isoformat()}"
        )
    view: ReportView = recall(told)
    return view


def _check(period: str) -> None:
    if period not in PERIODS:
        raise HuitouError(
            f"there is no report on a {period!r}", to_try=f"one of: {', '.join(PERIODS)}"
        )


def _name(span: Span) -> str:
    return f"report_{span.period}_{span.until.isoformat()}"
