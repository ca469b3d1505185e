"""64 at once carry plans out: no budget and no bound is passed, and nothing is done twice."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pyarrow.compute as pc
from sqlalchemy import func, select
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.plan import Plan, draft
from huitou.ground.errors import Refused
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import decision, message
from huitou.loyalty import book as loyalty
from huitou.loyalty.tables import offer
from huitou.store.books import Books

BUDGETS = (30_000, 20_000, 10_000)
PEOPLE = 40
AT_ONCE = 64


def planned(budget: int) -> Plan:
    limits = Limits(budget=budget, staff_hours=100)
    people, lot = given.people(PEOPLE), Holdout("salt", 0.1)
    return draft(people, limits, lot, given.LAST_DAY, effects=given.TESTED)


def begun(books: Books) -> dict[str, int]:
    """Three plans for the same people, all under way at once; id -> budget."""
    made = {}
    for budget in BUDGETS:
        plan = planned(budget)
        assert plan.cost <= budget and pc.sum(plan.receipts["cap"]).as_py() > 0
        with books.unit() as unit:
            plan_id = journeys.keep_draft(unit, plan, NOW)
            journeys.approve(unit, plan_id, "owner", NOW)
            lettering._begin(unit, plan_id)
        made[plan_id] = budget
    return made


def applied(books: Books, plan_id: str) -> bool:
    lettering.write_letters(books, plan_id, given.desk(), NOW, chunk=9)
    return True


def in_a_process(url: str, plans: list[str], threads: int) -> None:
    """One of several processes, each with threads of its own; its exit code tells."""
    books = Books(url)
    with ThreadPoolExecutor(threads) as crowd:
        wanted = [plans[number % len(plans)] for number in range(threads)]
        assert all(crowd.map(lambda plan: applied(books, plan), wanted))
    books.close()


def check(books: Books, plans: dict[str, int]) -> None:
    with books.reading() as unit:
        for plan_id, budget in plans.items():
            mine = (decision.c.plan_id == plan_id) & (decision.c.outcome == "applied")
            spent = unit.value(select(func.sum(decision.c.cost)).where(mine)) or 0
            assert 0 < spent <= budget
            waiting = unit.value(
                select(func.count()).where(
                    decision.c.plan_id == plan_id, decision.c.outcome == "waiting"
                )
            )
            assert waiting == 0
            letters = unit.value(select(func.count()).where(message.c.plan_id == plan_id))
            done = unit.value(select(func.count()).select_from(decision).where(mine))
            assert letters == done
        twice = select(message.c.decision_id).group_by(message.c.decision_id)
        assert not unit.rows(twice.having(func.count() > 1))
        offers = unit.value(select(func.count()).select_from(offer))
        promised = select(func.count()).select_from(decision)
        promised = promised.where(decision.c.outcome == "applied", decision.c.cap > 0)
        assert offers == unit.value(promised)
        held, bounds = loyalty.held(unit), unit.rows(select(decision).where(decision.c.cap > 0))
        assert held and all(held.get(row["person_id"], 0) <= row["bound"] for row in bounds)
        assert loyalty.check(unit) == []


def test_64_threads_on_one_plan_and_on_others(any_books: Books) -> None:
    plans = begun(any_books)
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        wanted = [list(plans)[number % len(plans)] for number in range(AT_ONCE)]
        assert all(crowd.map(lambda plan: applied(any_books, plan), wanted))
    check(any_books, plans)


def test_four_processes_of_16_threads(any_books: Books) -> None:
    plans = begun(any_books)
    spawn = multiprocessing.get_context("spawn")
    url = any_books.engine.url.render_as_string(hide_password=False)
    crowd = [
        spawn.Process(target=in_a_process, args=(url, list(plans), AT_ONCE // 4)) for _ in range(4)
    ]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(timeout=240)
    assert [each.exitcode for each in crowd] == [0, 0, 0, 0]
    check(any_books, plans)


def test_a_plan_nobody_approved_is_carried_out_by_none_of_64(any_books: Books) -> None:
    with any_books.unit() as unit:
        plan_id = journeys.keep_draft(unit, planned(BUDGETS[0]), NOW)

    def tried(_: int) -> bool:
        try:
            return applied(any_books, plan_id)
        except Refused:
            return False

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        assert not any(crowd.map(tried, range(AT_ONCE)))
    with any_books.reading() as unit:
        assert unit.rows(select(message)) == [] and loyalty.held(unit) == {}
