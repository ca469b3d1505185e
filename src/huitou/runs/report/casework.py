"""What staff did for customers in the period: alarms, cases of the lost, and calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from huitou.care import book as care
from huitou.care.alarms import bells
from huitou.care.alarms import book as alarm_book
from huitou.care.calls import book as call_book
from huitou.care.calls.outcomes import OUTCOMES
from huitou.care.casefiles import book as files
from huitou.facts.earned import earned_by_day
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.identity import book as identity
from huitou.runs.report.figures import counted
from huitou.runs.report.page import Page
from huitou.runs.told import Bar, Figure, Section

if TYPE_CHECKING:
    from huitou.store.books import Row, Unit

EVERY = 1_000_000
"""All rows of a book that hands out pages."""
IN_VAIN = ("not_reached", "wrong_number")
"""Outcomes of a call in which nobody was spoken to."""

ENDS: Mapping[str, Sentence] = {
    "came_back": said("Came back by themselves"),
    "settled": said("Its cause is gone"),
    "reached": said("We spoke with them"),
    "not_reached": said("Could not reach them"),
    "false_alarm": said("Nothing was wrong"),
}
"""How an alarm ended -> in words; of two alarms about one customer only one is counted."""


def alarms(unit: Unit, page: Page) -> Section | None:
    """Alarms: how many rang, were taken, were answered in time, and who had left all the same."""
    rows = alarm_book.listed(unit, bells.STATES, limit=EVERY)
    rang = [row for row in rows if page.within(row["rung_at"])]
    before = [row for row in rows if page.just_before(row["rung_at"])]
    waiting = sum(row["state"] == "ringing" for row in rows)
    ended = Counter(row["outcome"] for row in rows if page.within(row["closed_at"]))
    if not rang and not waiting and not ended:
        return None
    return Section(
        code="alarms",
        title=said("Alarms"),
        figures=(
            counted("alarms_rang", said("Rang"), len(rang), len(before), good=0),
            counted("alarms_taken", said("Taken by somebody"), *_both(rang, before, _taken)),
            counted("alarms_in_time", said("Answered in time"), *_both(rang, before, _in_time)),
            Figure("alarms_waiting", said("Still ringing"), waiting, good=-1),
        ),
        bars=tuple(Bar(ENDS[end], n, n) for end, n in ended.most_common() if end in ENDS),
        words=tuple(_left(unit, page, rang)),
    )


def _taken(row: Row) -> bool:
    return row["answered_at"] is not None or (row["state"] == "closed" and row["by"] is not None)


def _in_time(row: Row) -> bool:
    at = row["answered_at"] or (row["closed_at"] if _taken(row) else None)
    return at is not None and at <= row["due_at"]


def _both(rang: Sequence[Row], before: Sequence[Row], held: Any) -> tuple[int, int, int]:
    """How many of each period, and that more of it is better."""
    return sum(map(held, rang)), sum(map(held, before)), 1


def _left(unit: Unit, page: Page, rang: Sequence[Row]) -> list[Sentence]:
    if not rang or not page.work.is_foreseen:
        return []
    people = _now(unit, (row["person_id"] for row in rang))
    lost = sum(row["stage"] == "lost" for row in _standing(page, people, "stage"))
    return [said("Of {n} customers about whom an alarm rang, {lost} count as lost today.",
                 n=len(people), lost=lost)]  # fmt: skip


def cases(unit: Unit, page: Page) -> Section | None:
    """Cases of the lost: opened, answered, come back, what they took and what came since."""
    rows = files.listed(unit, limit=EVERY)
    answers = care.every_answer(unit)
    moments = {
        "opened": [row["opened_at"] for row in rows],
        "answered": [row["at"] for row in answers],
        "back": [row["closed_at"] for row in rows if row["status"] == "returned"],
    }
    waiting = sum(row["status"] == "open" for row in rows)
    if not waiting and not any(page.within(at) for told in moments.values() for at in told):
        return None
    figures = {name: _counts(page, told) for name, told in moments.items()}
    return Section(
        code="cases",
        title=said("Cases of lost customers"),
        figures=(
            counted("cases_opened", said("Opened"), *figures["opened"], good=0),
            counted("cases_answered", said("Answered"), *figures["answered"], good=1),
            counted("cases_back", said("Came back"), *figures["back"], good=1),
            *_earned(unit, page, rows),
        ),
        words=(said("{n} cases wait for somebody to ask.", n=waiting),) if waiting else (),
    )


def _counts(page: Page, moments: Iterable[Any]) -> tuple[int, int]:
    told = list(moments)
    return sum(map(page.within, told)), sum(map(page.just_before, told))


def _earned(unit: Unit, page: Page, rows: Sequence[Row]) -> tuple[Figure, ...]:
    """What all cases took so far, and what those who came back have brought since."""
    settings, efforts = page.work.settings, files.efforts(unit).values()
    minutes = sum(effort.minutes for effort in efforts)
    cost = round(minutes * settings.staff_hourly / 60) + sum(effort.cost for effort in efforts)
    known, money = identity.names(unit), settings.money
    returned = (row for row in rows if row["status"] == "returned")
    back = {known.now(row["person_id"]): row["as_of"] for row in returned}
    spent = Figure("cases_cost", said("All cases have cost"), Money(cost, money))
    if not back:
        return (spent,) if cost else ()
    profit = Money(_profit_since(page, back), money)
    return (spent, Figure("cases_profit", said("Profit since from who came back"), profit))


def _profit_since(page: Page, since: Mapping[str, date]) -> int:
    work = page.work
    with work.facts() as tables:
        days = earned_by_day(tables, work.moment.as_of, sorted(since)).to_pyarrow().to_pylist()
    return sum(int(row["profit"]) for row in days if row["day"] > since[row["person_id"]])


def calls(unit: Unit, page: Page) -> Section | None:
    """Calls: how many were made, reached somebody, and what came of them."""
    rows = call_book.written_since(unit, page.since)
    made = [row for row in rows if page.within(row["at"])]
    waiting = len(call_book.open_calls(unit))
    if not made and not waiting:
        return None
    before = [row for row in rows if page.just_before(row["at"])]
    came = Counter(row["code"] for row in made)
    return Section(
        code="calls",
        title=said("Calls"),
        figures=(
            counted("calls_made", said("Made"), len(made), len(before), good=0),
            counted("calls_reached", said("Reached"), *_both(made, before, _spoke)),
            Figure("calls_waiting", said("Still to be made"), waiting),
        ),
        bars=tuple(Bar(OUTCOMES[code], n, n) for code, n in came.most_common()),
        words=tuple(_bought(unit, page, [row for row in made if _spoke(row)])),
    )


def _spoke(row: Row) -> bool:
    return row["code"] not in IN_VAIN


def _bought(unit: Unit, page: Page, spoken: Sequence[Row]) -> list[Sentence]:
    if not spoken or not page.work.is_foreseen:
        return []
    zone, known = page.work.settings.zone, identity.names(unit)
    called = {known.now(row["person_id"]): row["at"].astimezone(zone).date() for row in spoken}
    found = _standing(page, set(called), "last_day")
    bought = sum(row["last_day"] > called[row["person_id"]] for row in found)
    return [said("Of {n} customers who were reached, {m} have bought since. Who would have come "
                 "anyway is among them.", n=len(called), m=bought)]  # fmt: skip


def _now(unit: Unit, people: Iterable[str]) -> set[str]:
    asked = list(people)
    known = identity.names(unit, asked)
    return {known.now(person) for person in asked}


def _standing(page: Page, people: set[str], column: str) -> list[Row]:
    """person_id and one column of these people, as the run knew them."""
    if not people:
        return []
    table: pa.Table = page.work.edition.table(
        "people", ["person_id", column], only=("person_id", sorted(people))
    )
    rows: list[Row] = table.to_pylist()
    return rows
