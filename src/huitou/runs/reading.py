"""Reading an edition: the values that pages, commands and programs ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.care import book as care
from huitou.care.reasons import WHYS
from huitou.channels import book as channels
from huitou.facts.contract import METRICS, Tables
from huitou.facts.known import as_known
from huitou.facts.metrics import stage_flows
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys import book as journeys
from huitou.journeys.acts import book as own_acts
from huitou.journeys.guard import book as guard
from huitou.runs import answers as five
from huitou.runs import finding, outward
from huitou.runs.book import Journal
from huitou.runs.caring import places, reasons_named
from huitou.runs.desks import exodus
from huitou.runs.desks.chase import standing_mark
from huitou.runs.first_page import Alert, Home
from huitou.runs.kept import recall
from huitou.runs.moment import Moment
from huitou.runs.moved import with_facts
from huitou.runs.people import page, person_row
from huitou.runs.person import person_view
from huitou.runs.plan_in_words import totals_view
from huitou.runs.remarks import remarks
from huitou.runs.suspicion import evidence_of, rows_of
from huitou.runs.taking import waiting
from huitou.runs.views import (
    Answers,
    CohortRow,
    MetricView,
    PersonRow,
    PersonView,
    PlanTotals,
    StageFlow,
)

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.lake import Edition

TODAY = 8
"""People on today's list: as many as fit one screen."""


def answers(house: House, settings: Settings, edition: Edition) -> Answers:
    """The five questions as the run answered them, with what has happened in the books since."""
    told: Answers = recall(edition.noted("answers"))
    with house.books.reading() as unit:
        named, told_why = places(unit), reasons_named(unit)
    return replace(
        told,
        worst_lost=_worst(house, settings),
        plan=_plan(house, settings),
        why_said=told_why,
        where_to=(*named, *told.where_to),
        remarks=tuple(alert.words for alert in remarks(house, settings, edition)),
    )


def home(house: House, settings: Settings, edition: Edition) -> Home:
    """The first page: alerts, proof, the figures, today's list, movement, cases."""
    told = answers(house, settings, edition)
    with house.lake.reading(edition) as connection:
        from huitou.runs.work import tables_of

        moved = flows(tables_of(connection, settings), edition, settings.money)
    with house.books.reading() as unit:
        open_cases = care.counted(unit).get("open", 0)
        doubtful = len(channels.in_doubt(unit))
        halted = len(guard.stopped(unit))
    return Home(
        alerts=(
            *_alerts(waiting(house), doubtful, halted, exodus.named(edition)),
            *remarks(house, settings, edition),
        ),
        proofs=recall(edition.noted("proofs")),
        answers=told,
        before=recall(edition.noted("before")),
        today=_today(house, settings),
        flows=moved,
        cases_open=open_cases,
        refreshed=_refreshed(house),
    )


def person(house: House, settings: Settings, edition: Edition, id_or_key: str) -> PersonView:
    """One customer by id or by any of their keys; an error in words for somebody unknown."""
    standing = finding.found(house, settings, edition, id_or_key)
    mine = standing["person_id"]
    known = edition.table("people", only=("person_id", [mine])).to_pylist()
    if not known:
        raise NotYet(f"{id_or_key!r} is not in the last run", to_try="huitou run")
    with house.books.reading() as unit:
        receipt = _receipt(unit, mine)
        silent = [channel for person, channel in care.silent(unit, [mine]) if person == mine]
        acts = own_acts.every(unit)
        chased = standing_mark(unit, mine, house.clock.now().astimezone(settings.zone).date())
    (row,) = with_facts(edition, [person_row(standing, settings.money)])
    return person_view(
        row,
        known[0],
        day=_moment(edition).day,
        currency=settings.money,
        lines=_lines_of(edition, mine),
        rhythm=edition.noted("rhythm"),
        causes=edition.table("causes", only=("person_id", [mine])).to_pylist(),
        receipt=receipt,
        silent=() if chased is not None and chased.never else silent,
        evidence=_evidence(edition, mine),
        acts=acts,
        chase=chased,
    )


def _evidence(edition: Edition, person_id: str) -> tuple[Sentence, ...]:
    """What they said themselves, and what is known that may have driven them away."""
    named = rows_of(edition, "named", [person_id])
    told = [
        said("They said so themselves on {day}: {why}", day=row["day"], why=WHYS[row["why"]])
        for row in named
    ]
    return (*told, *(words for _, words in evidence_of(edition, [person_id])[person_id]))


def _lines_of(edition: Edition, person_id: str) -> pa.Table:
    """The lines of a person that were known on the evening of the edition."""
    lines = edition.table("lines", only=("person_id", [person_id]))
    return lines.filter(pc.less_equal(lines["day"], pa.scalar(_moment(edition).day)))


def _receipt(unit: Any, person_id: str) -> Mapping[str, Any] | None:
    try:
        plan_id = journeys.the_plan(unit)["id"]
    except NotYet:
        return None
    return journeys.receipt(unit, plan_id, person_id)


def metrics(edition: Edition, currency: str) -> tuple[MetricView, ...]:
    """Every metric with its definition, and its value where it is one number."""
    figures = edition.noted("figures")
    return tuple(
        MetricView(
            name=metric.name,
            title=metric.title,
            definition=metric.definition,
            unit=metric.unit,
            value=_measured(figures.get(metric.name), metric.unit, currency),
        )
        for metric in METRICS.values()
    )


def _measured(value: float | None, unit: str, currency: str) -> Any:
    """A figure in its unit: money as `Money`, whole counts as whole numbers."""
    if value is None:
        return None
    if unit == "money":
        return Money(round(value), currency)
    return int(value) if unit == "count" and value.is_integer() else value


def metric(
    tables: Tables,
    edition: Edition,
    name: str,
    by: str | None,
    currency: str,
    *,
    as_of: date | None = None,
    known: date | None = None,
) -> pa.Table:
    """One metric as a table, whole or along a dimension; amounts in major units.

    `as_of` asks for the evening of another day than the run's, `known` for what had arrived by the
    evening of one.
    """
    if known is not None:
        tables = as_known(tables, _moment(edition).evening(known))
    return outward.told(METRICS[name], _metric(tables, edition, name, by, as_of), currency)


def _metric(
    tables: Tables, edition: Edition, name: str, by: str | None = None, as_of: date | None = None
) -> pa.Table:
    found = METRICS[name]
    if by is not None and by not in found.by:
        raise HuitouError(
            f"{name} cannot be cut by {by!r}", to_try=f"one of: {', '.join(found.by) or 'none'}"
        )
    moment = _moment(edition)
    at = moment.as_of if as_of is None else moment.evening(min(as_of, moment.day))
    return found.value(tables, at, by=by).to_pyarrow()


def metric_people(tables: Tables, edition: Edition, name: str, currency: str) -> pa.Table:
    """Who is counted in a metric, and what each contributes, the largest first."""
    found = METRICS[name]
    if found.people is None:
        raise HuitouError(f"nobody is known behind {name}")
    people = found.people(tables, _moment(edition).as_of).to_pyarrow()
    return outward.told_people(found, people, known(edition), currency)


def known(edition: Edition) -> pa.Table:
    """What the merchant knows people by; who never bought has but the key they were first seen by.

    Columns: `person_id`, `key`, `name`.
    """
    holders = edition.table("holders")
    names = edition.table(f"customers_{_moment(edition).day}", ["person_id", "key", "name"])
    both = holders.join(names, "person_id", join_type="left outer")
    first_seen = pc.replace_substring_regex(both["hold_key"], "^[a-z]+:", "")
    key = pc.coalesce(both["key"], first_seen)
    return pa.table({"person_id": both["person_id"], "key": key, "name": both["name"]})


def cohorts(tables: Tables, edition: Edition) -> tuple[CohortRow, ...]:
    """Newcomers by month; retention is None for months that are not over, and 0 for months that
    are over and hold nobody."""
    cells = _metric(tables, edition, "cohort_retention").to_pylist()
    months: dict[date, dict[int, dict[str, Any]]] = {}
    for cell in cells:
        months.setdefault(cell["month"], {})[cell["k"]] = cell
    under_way = _moment(edition).day + timedelta(days=1)
    over = {month: _months(month, under_way) for month in sorted(months)}
    longest = max(over.values(), default=0)
    return tuple(_cohort(month, months[month], over[month], longest) for month in over)


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def _cohort(
    month: date, cells: Mapping[int, Mapping[str, Any]], over: int, longest: int
) -> CohortRow:
    seen = [float(cells[k]["retention"]) if k in cells else 0.0 for k in range(over)]
    under_way = [None] if over < longest else []
    return CohortRow(month, cells[0]["size"] if 0 in cells else 0, (*seen, *under_way))


def stage_history(edition: Edition) -> tuple[tuple[date, dict[str, int]], ...]:
    """How many customers stood in each stage at the moments looked back at, oldest first."""
    stages = edition.table("stages")
    counted = stages.group_by(["at", "stage"]).aggregate([("person_id", "count")]).to_pylist()
    history: dict[date, dict[str, int]] = {}
    for row in counted:
        history.setdefault(row["at"], {})[row["stage"]] = row["person_id_count"]
    return tuple(sorted(history.items()))


def flows(tables: Tables, edition: Edition, currency: str) -> tuple[StageFlow, ...]:
    """Movement between stages between the last two moments, the largest first."""
    moment = _moment(edition)
    rows = stage_flows(tables, moment.as_of).to_pyarrow().to_pylist()
    latest = [row for row in rows if row["end"] == moment.day]
    ranked = sorted(latest, key=lambda row: (-row["people"], row["before"], row["after"]))
    return tuple(
        StageFlow(
            start=row["start"],
            end=row["end"],
            before=row["before"],
            after=row["after"],
            people=row["people"],
            value=Money(int(row["value"] or 0), currency),
        )
        for row in ranked
    )


def _moment(edition: Edition) -> Moment:
    return Moment.read(edition.noted("moment"))


def _worst(house: House, settings: Settings) -> tuple[PersonRow, ...]:
    where = {"stage": "lost"}
    return page(house.shelf, settings.money, where=where, sort="missed", limit=five.SHOWN_LOST).rows


def _today(house: House, settings: Settings) -> tuple[PersonRow, ...]:
    """Who changed and can be changed: slipping, most to be missed first."""
    where = {"stage": "slipping"}
    return page(house.shelf, settings.money, where=where, sort="missed", limit=TODAY).rows


def _plan(house: House, settings: Settings) -> PlanTotals | None:
    with house.books.reading() as unit:
        try:
            return totals_view(journeys.the_plan(unit), settings.money)
        except NotYet:
            return None


def _refreshed(house: House) -> datetime | None:
    """When the latest run was finished."""
    latest = Journal(house.books, house.clock).latest()
    return latest["finished_at"] if latest is not None else None


def _alerts(broken: int, doubtful: int, halted: int, leaving: int) -> tuple[Alert, ...]:
    found = []
    if leaving:
        words = said("{n} groups of customers leave beyond what was expected", n=leaving)
        found.append(Alert("exodus", words, "error"))
    if broken:
        found.append(Alert("quarantine", said("{n} rows wait to be mended", n=broken), "warning"))
    if doubtful:
        words = said("{n} letters may or may not have arrived: somebody must find out", n=doubtful)
        found.append(Alert("in_doubt", words, "error"))
    if halted:
        words = said("{n} campaigns were stopped: they drove customers away", n=halted)
        found.append(Alert("stopped", words, "error"))
    return tuple(found)
