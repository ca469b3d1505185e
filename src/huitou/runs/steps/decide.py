"""Decide: which of the lost to ask, and the one act for each customer that earns most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from huitou.care import book as care
from huitou.care.cases import worth_asking
from huitou.care.chase import book as chase
from huitou.care.complaints import book as complaints
from huitou.care.consents import book as consents
from huitou.care.fixes import book as fixes
from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import ONCE_IN
from huitou.channels import book as channels
from huitou.decisions.acts import NOTHING, measured_attention
from huitou.decisions.effects.contract import Effects
from huitou.decisions.explore import Exploring
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits, usual_budget
from huitou.decisions.out import CONTACT_DAYS
from huitou.decisions.plan import Plan
from huitou.decisions.question import Question
from huitou.decisions.scarce import left_of
from huitou.decisions.trials import Trial
from huitou.ground.settings import Settings
from huitou.journeys import book as journeys
from huitou.journeys.acts import book as own_acts
from huitou.journeys.trials import book as trials
from huitou.loyalty import book as loyalty
from huitou.loyalty import offers
from huitou.loyalty.letting_go import book as letting_go
from huitou.runs import inputs
from huitou.runs.moment import Moment
from huitou.runs.remarks import note_limits
from huitou.runs.steps.learn import effects_of, trust_of
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit
    from huitou.store.lake import Edition, Lake

CASES_A_RUN = 10
"""Cases opened by one run: what a small shop's staff can take up in a week."""
CASE_WORTH = 20
"""A lost customer is a case when staying would bring so many times the cost of asking."""
ASKING_MINUTES = 10


def open_cases(work: Work, unit: Unit) -> Result:
    """Open a case for the worthiest lost customers; close those of customers who came back.

    Nobody is asked who is held out, who asked for silence on any channel, or who was asked before
    and has not bought since.
    """
    people, settings = work.edition.table("people"), work.settings
    line = CASE_WORTH * (settings.staff_hourly * ASKING_MINUTES // 60)
    asked = care.asked(unit)
    # What somebody opened by hand, lost or not, ends when the customer buys, and not before.
    waiting = care.people_with_open_cases(unit) - care.opened_by_hand(unit)
    back = _came_back(people, asked, waiting)
    closed = care.close_returned(unit, back, work.now)
    left_alone = {person for person, _ in care.silent(unit)} | asked.keys() - set(back)
    left_alone |= interviews.asked_since(unit, work.now - ONCE_IN) - set(back)
    lot = Holdout.of_the_year(settings.salt, settings.holdout_share, work.day)
    lost = _worthiest(people, left_alone, lot, line)
    suspects = _suspects(work.edition.table("causes"), lost)
    rows = lost.select(["person_id", "stage", "value_if_kept"]).to_pylist()
    told = [{**row, "suspects": suspects.get(row["person_id"])} for row in rows]
    worthy = worth_asking(told, work.day, line=line, most=CASES_A_RUN)
    return {"rows": care.open_cases(unit, worthy, work.now), "closed": closed}


def _came_back(people: pa.Table, asked: Mapping[str, date], waiting: Set[str]) -> list[str]:
    """Whoever bought since they were asked, or is lost no more before anybody asked."""
    found = people.filter(pc.is_in(people["person_id"], pa.array(list(asked), pa.string())))
    return [
        row["person_id"]
        for row in found.select(["person_id", "stage", "last_day"]).to_pylist()
        if row["last_day"] > asked[row["person_id"]]
        or (row["stage"] != "lost" and row["person_id"] in waiting)
    ]


def _worthiest(people: pa.Table, left_alone: Set[str], holdout: Holdout, line: int) -> pa.Table:
    """The lost that may be asked and are worth it, the worthiest first, as many as a run asks.

    The held out are asked nothing: to be asked is an act, and would tell in every proof.
    """
    lost = people.filter(
        pc.and_(pc.equal(people["stage"], "lost"), pc.greater_equal(people["value_if_kept"], line))
    )
    lost = lost.filter(pa.array(~holdout.mask(lost["hold_key"].to_pylist()), pa.bool_()))
    alone = pc.is_in(lost["person_id"], pa.array(sorted(left_alone), pa.string()))
    order = [("value_if_kept", "descending"), ("person_id", "ascending")]
    return lost.filter(pc.invert(alone)).sort_by(order).slice(0, CASES_A_RUN)


def _suspects(causes: pa.Table, lost: pa.Table) -> dict[str, list[tuple[str, float]]]:
    theirs = causes.filter(pc.is_in(causes["person_id"], lost["person_id"].combine_chunks()))
    found: dict[str, list[tuple[str, float]]] = {}
    for row in theirs.to_pylist():
        found.setdefault(row["person_id"], []).append((row["cause"], row["posterior"]))
    return found


def draft_plan(work: Work, unit: Unit) -> Result:
    """Draft the plan and keep it; nothing happens until somebody approves it."""
    plan, plan_id = drafted(unit, work.home, work.lake, work.edition, work.settings, work.now)
    note_limits(work.lake, work.settings)
    return {"rows": plan.people, "plan": plan_id}


def drafted(
    unit: Unit,
    home: Path,
    lake: Lake,
    edition: Edition,
    settings: Settings,
    now: datetime,
    by: str | None = None,
) -> tuple[Plan, str]:
    """Draft the plan for the people of an edition and keep it: the plan, and its id.

    `by` is who drafts it within limits of their own; None for a run.
    """
    moment, people = Moment.read(edition.noted("moment")), edition.table("people")
    returns = offers.RULES.read(home).returns
    asked = question(people, settings, moment, unit, effects_of(edition), returns)
    plan = asked.drafted(with_balance=True)
    plan_id = journeys.keep_draft(
        unit,
        plan,
        now,
        window_days=moment.horizon_days,
        by_hand=by_hand(plan, people),
        made=inputs.keep(lake, asked, edition),
        by=by,
        limit=settings.approval_limit,
    )
    return plan, plan_id


def question(
    people: pa.Table,
    settings: Settings,
    moment: Moment,
    unit: Unit,
    effects: Effects,
    returns: offers.Returns,
    tests: Sequence[Trial] | None = None,
) -> Question:
    """What is asked of a plan for these people within the shop's limits, as of `moment`.

    `tests` go in the place of those that run, to see how many people a test could have. `returns`:
    how soon somebody may be offered to come back again.
    """
    audience = _audience(people, settings, moment.day, unit, returns)
    holdout = Holdout.of_the_year(settings.salt, settings.holdout_share, moment.day)
    within = replace(limits(people, settings), attention=_attention(unit))
    return Question(
        audience,
        within,
        holdout,
        moment.day,
        acts=left_of(own_acts.in_use(unit), journeys.given_times(unit)),
        effects=effects,
        exploring=exploring(settings),
        trials=running(unit, moment.day) if tests is None else tuple(tests),
        trust=trust_of(unit, moment.day).share,
    )


def exploring(settings: Settings) -> Exploring:
    """What the merchant gives up to learn."""
    return Exploring(
        settings.control_share, settings.explore_share, scale=max(1, settings.letter_cost)
    )


def running(unit: Unit, day: date) -> tuple[Trial, ...]:
    """The tests that still take people in, the oldest first."""
    members = trials.members(unit)
    inside = Counter(row["test"] for row in members if row["held_by"] is None)
    known: dict[str, set[str]] = {}
    for row in members:
        known.setdefault(row["test"], set()).add(row["person_id"])
    return tuple(
        Trial(
            row["id"],
            row["arms"],
            frozenset(row["stages"]),
            row["most"] - inside[row["id"]],
            frozenset(known.get(row["id"], ())),
        )
        for row in reversed(trials.trials(unit))
        if row["stopped_at"] is None and day <= row["enrol_until"]
        if inside[row["id"]] < row["most"]
    )


def _attention(unit: Unit) -> float:
    """What being addressed costs in this shop, against the first guess: one until it is known."""
    letters, silences = channels.answered_by_silence(unit)
    complained = channels.answered_by_complaint(unit)
    return measured_attention(letters, silences, complained) if letters else 1.0


def by_hand(plan: Plan, people: pa.Table) -> int:
    """How many get a letter on paper and have no postal address: it is handed over in the shop."""
    receipts = plan.receipts
    on_paper = pc.and_(
        pc.equal(receipts["channel"], "paper"), pc.not_equal(receipts["act"], NOTHING.kind)
    )
    posted = people.filter(people["has_address"])["person_id"].combine_chunks()
    letters = receipts.filter(on_paper)["person_id"]
    return len(letters) - int(pc.sum(pc.is_in(letters, posted)).as_py() or 0)


def limits(people: pa.Table, settings: Settings) -> Limits:
    """What the merchant allows; the budget is a twentieth of a quarter's profit unless told."""
    value = int(pc.sum(people["value"]).as_py() or 0)
    usual = usual_budget(value, settings.value_days)
    return Limits(
        budget=settings.budget if settings.budget is not None else usual,
        staff_hours=settings.staff_hours,
        share_of_value=settings.share_of_value,
        letter_cost=settings.letter_cost,
        staff_hourly=settings.staff_hourly,
        most_contacts=settings.most_contacts,
    )


def _audience(
    people: pa.Table, settings: Settings, day: date, unit: Unit, returns: offers.Returns
) -> pa.Table:
    """The people with what the books know: exposure, silence, cases, complaints, last contact."""
    ids = people["person_id"].to_pylist()
    owed, silent = loyalty.held(unit), care.silent(unit)
    cases, waiting = care.people_with_open_cases(unit), complaints.people_waiting(unit)
    not_by_traits, mended = consents.not_by_traits(unit), fixes.due(unit)
    tested = trials.inside(unit, day)
    spoken = journeys.last_spoken(unit)
    often = journeys.spoken_since(unit, day - timedelta(days=CONTACT_DAYS))
    silent_since, never = care.silent_since(unit, ids), chase.marked(unit)
    rests = _resting(people, day, unit)
    let_go = letting_go.barred(unit, day)
    had_return = loyalty.resting(unit, returns, day)
    writes_email = settings.smtp_host is not None and settings.email_to_customers
    has_email, has_phone, has_address = (
        people[name].fill_null(False).to_pylist()
        for name in ("has_email", "has_phone", "has_address")
    )
    columns = {
        "exposure": pa.array([owed.get(person, 0) for person in ids], pa.int64()),
        "may_mail": [
            (has or settings.letters_by_hand) and (person, "paper") not in silent
            for person, has in zip(ids, has_address, strict=True)
        ],
        "may_email": [
            writes_email and has and (person, "email") not in silent
            for person, has in zip(ids, has_email, strict=True)
        ],
        "may_call": [
            has and (person, "call") not in silent
            for person, has in zip(ids, has_phone, strict=True)
        ],
        "open_case": [person in cases for person in ids],
        "open_complaint": [person in waiting for person in ids],
        "not_by_traits": [person in not_by_traits for person in ids],
        "not_for_now": [until is not None for until in rests],
        "rests_until": pa.array(rests, pa.date32()),
        "let_go_until": pa.array(
            [let_go[person]["until"] if person in let_go else None for person in ids], pa.date32()
        ),
        "silent_since": pa.array([silent_since.get(person) for person in ids], pa.date32()),
        "never_since": pa.array(
            [never[person]["since"].date() if person in never else None for person in ids],
            pa.date32(),
        ),
        "contacts": pa.array([often.get(person, 0) for person in ids], pa.int64()),
        "return_rests": [
            person in had_return and returns.kind(stage) is not None
            for person, stage in zip(ids, people["stage"].to_pylist(), strict=True)
        ],
        "mended": [person in mended for person in ids],
        "in_test": [person in tested for person in ids],
        "contacted_days_ago": pa.array([_ago(spoken.get(each), day) for each in ids], pa.int64()),
    }
    for name, column in columns.items():
        people = people.append_column(name, pa.array(column))
    return people


def _resting(people: pa.Table, day: date, unit: Unit) -> list[date | None]:
    """Until when who is not to be chased; not who bought since they said so."""
    marks = interviews.resting(unit, day)
    if not marks:
        return [None] * people.num_rows
    rows = zip(people["person_id"].to_pylist(), people["last_day"].to_pylist(), strict=True)
    return [
        marks[person][1] if person in marks and last <= marks[person][0] else None
        for person, last in rows
    ]


def _ago(last: date | None, day: date) -> int | None:
    return max(0, (day - last) // timedelta(days=1)) if last is not None else None
