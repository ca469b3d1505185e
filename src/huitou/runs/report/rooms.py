"""The parts that the rooms of care write: complaints and interviews here, what staff did beside.

To add a room's part, write `(unit, page) -> Section | None` and name it in `ROOMS`.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from huitou.care.complaints import book as complained
from huitou.care.complaints.rules import WAITING
from huitou.care.interviews import book as interviewed
from huitou.care.reasons import GROUPS, WHYS
from huitou.ground.words import Sentence, said
from huitou.runs.report.casework import alarms, calls, cases
from huitou.runs.report.figures import counted
from huitou.runs.report.mending import to_fix
from huitou.runs.report.page import Page, Room
from huitou.runs.told import Bar, Figure, Section

if TYPE_CHECKING:
    from huitou.store.books import Unit


def complaints(unit: Unit, page: Page) -> Section | None:
    """Complaints: taken, open, overdue, how fast they were answered, and how content people are."""
    told = complained.told(unit)
    waiting = [row for row in told if row["state"] in WAITING]
    taken = [row for row in told if page.within(row["received_at"])]
    if not taken and not waiting:
        return None
    before = sum(page.just_before(row["received_at"]) for row in told)
    late = sum(row["due_at"] <= page.work.now for row in waiting if row.get("due_at"))
    return Section(
        code="complaints",
        title=said("Complaints"),
        figures=(
            counted("complaints_taken", said("Taken"), len(taken), before),
            Figure("complaints_open", said("Waiting for an answer"), len(waiting), good=-1),
            Figure("complaints_late", said("Over their deadline"), late, good=-1),
        ),
        bars=_by_cause(taken),
        words=tuple(_answered(told, page)),
    )


def _by_cause(rows: list[Any]) -> tuple[Bar, ...]:
    named = Counter(row["cause"] or "other" for row in rows)
    return tuple(Bar(WHYS.get(code, GROUPS["other"]), n, n) for code, n in named.most_common(5))


def _answered(told: list[Any], page: Page) -> list[Sentence]:
    answered = [row for row in told if page.within(row["answered_at"])]
    words = []
    if answered:
        hours = median(_hours(row["received_at"], row["answered_at"]) for row in answered)
        words.append(said("Half of the {n} answers came within {hours} hours.", n=len(answered),
                          hours=round(hours, 1)))  # fmt: skip
    marks = [row["csat"] for row in told if row["csat"] and page.within(row["resolved_at"])]
    if marks:
        words.append(said("Those who said how content they are gave {mark} of 5 ({n} people).",
                          mark=round(fmean(marks), 1), n=len(marks)))  # fmt: skip
    return words


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600


def interviews(unit: Unit, page: Page) -> Section | None:
    """What those who left said when they were asked, and how many said nothing."""
    heard = interviewed.heard(unit)
    answered = [row for row in heard if row["why"] and page.within(row["answered_at"])]
    asked = sum(page.within(row["asked_at"]) for row in heard)
    if not asked and not answered:
        return None
    before = sum(page.just_before(row["answered_at"]) for row in heard if row["why"])
    whys = Counter(row["why"] for row in answered)
    return Section(
        code="interviews",
        title=said("What those who left have said"),
        figures=(
            Figure("interviews_asked", said("Asked"), asked),
            counted("interviews_answered", said("Answered"), len(answered), before, good=1),
        ),
        bars=tuple(Bar(WHYS.get(why, GROUPS["other"]), n, n) for why, n in whys.most_common(5)),
    )


ROOMS: list[Room] = [alarms, calls, complaints, interviews, cases, to_fix]
"""In the order in which their parts stand."""
