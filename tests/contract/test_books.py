"""What the books promise, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.fresh_books import FROM_HISTORY
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW, ZONE

from huitou.care import book as care
from huitou.care.cases import Answer, NewCase
from huitou.channels import book as channels
from huitou.channels.paper import CallList, Paper
from huitou.channels.tables import delivery
from huitou.ground.clock import StoppedClock
from huitou.ground.errors import HuitouError, Refused
from huitou.identity import book as identity
from huitou.journeys import book as journeys
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import decision, message
from huitou.loyalty import book as loyalty
from huitou.loyalty.tables import entry, exposure, offer, posting
from huitou.runs.book import Journal
from huitou.store.books import Books, Row, Unit
from huitou.store.migrations import history
from huitou.store.migrations.history import current, difference, versions
from huitou.store.outbox import Event, drain, outbox, tell, waiting

CLOCK = StoppedClock(NOW)
TERMS = loyalty.Terms(0.1, 500, NOW + timedelta(days=30))


def test_the_history_makes_exactly_what_the_chapters_use(
    empty_books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "bring_to_head", FROM_HISTORY)
    empty_books.migrate(given.every_table())
    with empty_books.unit() as unit:
        assert difference(unit.connection, given.every_table()) == []
        assert current(unit.connection) == versions()[-1]


def test_migrating_again_changes_nothing(any_books: Books) -> None:
    any_books.migrate(given.every_table())
    with any_books.unit() as unit:
        assert difference(unit.connection, given.every_table()) == []


def test_older_code_refuses_newer_books(any_books: Books) -> None:
    with any_books.unit() as unit:
        unit.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    with pytest.raises(HuitouError, match="newer huitou"):
        any_books.migrate(given.every_table())


def test_a_unit_that_fails_leaves_nothing(any_books: Books) -> None:
    with pytest.raises(RuntimeError), any_books.unit() as unit:
        loyalty.promise(unit, "p1", 100, 1000, "k", NOW)
        raise RuntimeError("the power went")
    with any_books.reading() as unit:
        assert loyalty.held(unit) == {} and unit.rows(select(posting)) == []


def test_a_look_changes_nothing(any_books: Books) -> None:
    with pytest.raises(DBAPIError), any_books.reading() as unit:
        unit.add(exposure, [{"person_id": "p", "amount": 1}])
    with any_books.unit() as unit:
        assert unit.rows(select(exposure)) == []


def test_a_look_is_of_one_moment(any_books: Books) -> None:
    with any_books.reading() as look:
        assert loyalty.held(look) == {}
        with any_books.unit() as unit:
            loyalty.promise(unit, "p1", 100, 1000, "k", NOW)
        assert loyalty.held(look) == {}
    with any_books.reading() as look:
        assert loyalty.held(look) == {"p1": 100}


def test_moments_come_back_aware_and_in_utc(any_books: Books) -> None:
    far = datetime(2026, 3, 2, 17, 30, 1, 234567, tzinfo=timezone(timedelta(hours=8)))
    with any_books.unit() as unit:
        tell(unit, [Event("test", "k", far, {"words": "回头", "n": 1})])
        row = unit.first(select(outbox))
    assert row is not None
    assert row["at"] == far and row["at"].utcoffset() == timedelta(0)
    assert row["body"] == {"words": "回头", "n": 1}


def test_moments_without_a_zone_and_money_in_floats_are_refused(any_books: Books) -> None:
    with any_books.unit() as unit:
        with pytest.raises(Exception, match="no time zone"):
            tell(unit, [Event("test", "k", datetime(2026, 1, 1), {})])
        for wrong in (1.5, True, 10**16, float("nan")):
            with pytest.raises(Exception, match="not an amount"):
                unit.add_new(exposure, {"person_id": "p", "amount": wrong})


def test_64_writers_never_pass_one_bound(any_books: Books) -> None:
    """The naive way (read, compare, write) overspends here; one conditional UPDATE does not."""
    start = threading.Barrier(16)

    def reserve(number: int) -> bool:
        if number < 16:
            start.wait(timeout=20)
        try:
            with any_books.unit() as unit:
                return loyalty.promise(unit, "p1", 30, 1000, f"k{number}", NOW)
        except Refused:
            return False

    with ThreadPoolExecutor(16) as writers:
        made = sum(writers.map(reserve, range(64)))
    with any_books.reading() as unit:
        assert loyalty.held(unit) == {"p1": 990} and made == 33
        assert loyalty.check(unit) == []


def test_one_code_is_used_once_by_16_tills(any_books: Books) -> None:
    with any_books.unit() as unit:
        code = loyalty.make_offer(unit, "o1", "p1", TERMS, 1000, NOW)["code"]

    def use(till: int) -> bool:
        try:
            with any_books.unit() as unit:
                loyalty.settle(unit, code, f"order {till}", 300, NOW, order_total=3000)
            return True
        except Refused:
            return False

    with ThreadPoolExecutor(16) as tills:
        assert sum(tills.map(use, range(16))) == 1
    with any_books.reading() as unit:
        assert loyalty.held(unit) == {} and loyalty.check(unit) == []


def test_one_order_told_by_16_tills_is_one_use(any_books: Books) -> None:
    with any_books.unit() as unit:
        code = loyalty.make_offer(unit, "o1", "p1", TERMS, 1000, NOW)["code"]

    def use(_: int) -> int:
        with any_books.unit() as unit:
            return loyalty.settle(unit, code, "order", 300, NOW, order_total=3000)["given"]

    with ThreadPoolExecutor(16) as tills:
        assert set(tills.map(use, range(16))) == {300}
    with any_books.reading() as unit:
        assert loyalty.held(unit) == {} and loyalty.check(unit) == []


def test_debts_under_two_ids_never_pass_one_bound(any_books: Books) -> None:
    with any_books.unit() as unit:
        loyalty.promise(unit, "phone", 300, 1000, "before", NOW)
        identity.keep(unit, [("phone", "member")], [])

    def reserve(number: int) -> bool:
        try:
            with any_books.unit() as unit:
                one = ("phone", "member")[number % 2]
                return loyalty.promise(unit, one, 30, 1000, f"k{number}", NOW)
        except Refused:
            return False

    with ThreadPoolExecutor(16) as writers:
        assert sum(writers.map(reserve, range(64))) == 23
    with any_books.reading() as unit:
        assert loyalty.held(unit) == {"phone": 990, "member": 990} and loyalty.check(unit) == []


@pytest.mark.parametrize("table", [posting, entry], ids=str)
def test_the_ledger_is_append_only(any_books: Books, table: Any) -> None:
    with any_books.unit() as unit:
        loyalty.promise(unit, "p1", 100, 1000, "k", NOW)
    wrongs = [delete(table), update(table).values({next(iter(table.primary_key)): "x"})]
    for wrong in wrongs:
        with pytest.raises(IntegrityError, match="append-only"), any_books.unit() as unit:
            unit.execute(wrong)


LEGS = [("owed", "p1", 100), ("offered", None, -100)]


@pytest.mark.parametrize(
    ("legs", "sealed"),
    [(LEGS[:1], True), ([("owed", "p1", 100), ("offered", None, -99)], True), (LEGS, False)],
    ids=["one leg", "unbalanced", "unsealed"],
)
def test_an_uneven_movement_cannot_be_committed(
    any_books: Books, legs: list[tuple[str, str | None, int]], sealed: bool
) -> None:
    with pytest.raises(IntegrityError), any_books.unit() as unit:
        unit.add(entry, [_leg(number, *leg) for number, leg in enumerate(legs)])
        if sealed:
            unit.add(posting, [{"key": "k", "kind": "promise", "fingerprint": "f", "at": NOW}])
    with any_books.reading() as unit:
        assert unit.rows(select(entry)) == []


def test_a_sealed_movement_takes_no_further_leg(any_books: Books) -> None:
    with any_books.unit() as unit:
        loyalty.promise(unit, "p1", 100, 1000, "k", NOW)
    with pytest.raises(IntegrityError, match="sealed"), any_books.unit() as unit:
        unit.add(entry, [_leg(7, "given", None, 5)])


def _leg(number: int, account: str, person_id: str | None, amount: int) -> Row:
    leg = {"account": account, "person_id": person_id, "amount": amount}
    return {"posting_key": "k", "leg": number, **leg}


def test_a_plan_goes_from_draft_to_letters_alike(any_books: Books, tmp_path: Path) -> None:
    drafted = given.drafted()
    plan_id = given.approved(any_books, drafted)
    lettering.write_letters(any_books, plan_id, given.desk(), NOW)
    for channel in (Paper(tmp_path, ZONE), CallList(tmp_path, ZONE)):
        channels.deliver(any_books, channel, plan_id, CLOCK)
    with any_books.reading() as unit:
        acts = {row["person_id"] for row in journeys.receipts(unit, plan_id, act="any", limit=999)}
        written = unit.rows(select(message.c.person_id, message.c.channel))
        paper = {row["person_id"] for row in written if row["channel"] != "email"}
        assert {row["person_id"] for row in written} == acts
        assert {row["person_id"] for row in channels.handed_over(unit)} == paper
        assert channels.check(unit) == loyalty.check(unit) == []
    files = list((tmp_path / plan_id / "letters").glob("*.html"))
    assert len(files) == sum(row["channel"] == "paper" for row in written) > 0


def test_nothing_goes_to_the_held_out_whoever_writes_it(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    lettering.write_letters(any_books, plan_id, given.desk(), NOW)
    with any_books.reading() as unit:
        template = unit.first(select(message))
        held = unit.first(select(decision).where(decision.c.arm == "held_out"))
    assert template is not None and held is not None
    for arm in ("treated", "held_out"):
        forged = {**template, "decision_id": held["id"], "arm": arm}
        with pytest.raises(IntegrityError), any_books.unit() as unit:
            unit.execute(insert(message).values(**forged))


@pytest.mark.parametrize("state", ["planned", "handing_over"])
def test_nothing_in_doubt_is_sent_again(any_books: Books, state: str, tmp_path: Path) -> None:
    plan_id = given.approved(any_books)
    lettering.write_letters(any_books, plan_id, given.desk(), NOW)
    channels.deliver(any_books, Paper(tmp_path, ZONE), plan_id, CLOCK)
    with pytest.raises(IntegrityError), any_books.unit() as unit:
        unit.change(update(delivery).values(state=state))


def test_an_answer_is_kept_and_obeyed(any_books: Books) -> None:
    with any_books.unit() as unit:
        assert care.open_cases(unit, [NewCase("p1", NOW.date(), 9000)] * 2, NOW) == 1
        (row,) = care.listed(unit)
        care.record_answer(unit, row["id"], Answer("leave_me_alone", "隔壁"), "clerk", NOW)
    with any_books.reading() as unit:
        assert care.silent(unit) == {("p1", one) for one in care.CHANNELS}
        assert [dict(row) for row in care.places_named(unit)] == [{"where_to": "隔壁", "n": 1}]


def test_events_reach_the_lake_once(any_books: Books, tmp_path: Path) -> None:
    with any_books.unit() as unit:
        tell(unit, [Event("test.said", f"k{number}", NOW, {"n": number}) for number in range(25)])
        tell(unit, [Event("test.said", "k0", NOW, {"n": 0})])
    assert drain(any_books, tmp_path, NOW, limit=10) == 25
    assert drain(any_books, tmp_path, NOW) == 0
    with any_books.reading() as unit:
        assert waiting(unit) == 0
    keys = [
        key for file in tmp_path.glob("*.parquet") for key in pq.read_table(file)["key"].to_pylist()
    ]
    assert sorted(keys) == sorted(f"k{number}" for number in range(25))


def test_a_step_is_done_once(any_books: Books) -> None:
    journal, done = Journal(any_books, CLOCK), []
    run = journal.begin(NOW.date(), {"batch": "b1"})
    for _ in range(2):
        assert journal.step(run, "score", lambda: done.append(1) or {"rows": 7}) == {"rows": 7}
    assert journal.begin(NOW.date(), {"batch": "b1"}) == run and done == [1]
    journal.finish(run)
    assert journal.begin(NOW.date(), {"batch": "b1"}) != run
    latest = journal.latest()
    assert latest is not None and latest["id"] == run and latest["finished_at"].tzinfo is UTC


def test_two_processes_begin_one_run(any_books: Books) -> None:
    journal = Journal(any_books, CLOCK)
    with ThreadPoolExecutor(8) as workers:
        runs = set(workers.map(lambda _: journal.begin(NOW.date(), {}), range(16)))
    assert len(runs) == 1


def test_putting_overwrites_by_key(any_books: Books) -> None:
    def amounts(unit: Unit) -> list[int]:
        return [row["amount"] for row in unit.rows(select(exposure))]

    with any_books.unit() as unit:
        unit.put(exposure, {"person_id": "p", "amount": 1})
        unit.put(exposure, {"person_id": "p", "amount": 2})
        assert amounts(unit) == [2]
        assert not unit.add_new(exposure, {"person_id": "p", "amount": 3})
        assert unit.add_new(exposure, {"person_id": "q", "amount": 2})
        unit.change(delete(exposure).where(exposure.c.person_id == "q"))
        assert amounts(unit) == [2]


def test_an_offer_is_closed_only_once(any_books: Books) -> None:
    with any_books.unit() as unit:
        loyalty.make_offer(unit, "o1", "p1", TERMS, 1000, NOW)
        loyalty.release(unit, "o1", NOW)
        loyalty.release(unit, "o1", NOW)
    with pytest.raises(IntegrityError), any_books.unit() as unit:
        unit.change(update(offer).values(state="open"))
