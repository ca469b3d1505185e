"""Chores: each slot is done once by one of any number, and a jump of the clock steals nothing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from huitou.runs.chores import Chore
from huitou.runs.schedule import book
from huitou.runs.schedule.foreman import STILL_SECONDS, Foreman
from huitou.runs.wiring import open_shop

NOW = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Hands:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment


class Stopwatch:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def shop(tmp_path, clock):
    opened = open_shop(tmp_path / "shop", clock=clock)
    yield opened
    opened.books.close()


@pytest.fixture
def done():
    return []


@pytest.fixture
def sweep(done):
    def do(_shop, now):
        done.append(now)
        return {"swept": 1}

    return Chore("sweep", MINUTE, do)


def foreman(shop, *chores, **more):
    return Foreman(shop, all_chores=chores, **more)


def state(shop, name="sweep"):
    return next(row for row in shop.chores_done() if row["chore"] == name)


def test_two_that_look_at_one_moment_do_it_once(shop, sweep, done):
    first, second = foreman(shop, sweep), foreman(shop, sweep)
    assert [first.look(sweep).state, second.look(sweep).state] == ["done", "taken"]
    assert len(done) == 1
    assert state(shop)["did"] == {"swept": 1}


def test_the_next_minute_it_is_due_again(shop, sweep, done, clock):
    one = foreman(shop, sweep)
    one.look(sweep)
    clock.moment += MINUTE
    one.look(sweep)
    assert done == [NOW, NOW + MINUTE]


def test_a_clock_put_back_an_hour_does_nothing_twice(shop, sweep, done, clock):
    one = foreman(shop, sweep)
    for _ in range(60):
        one.look(sweep)
        clock.moment += MINUTE
    clock.moment -= timedelta(hours=1)
    for _ in range(60):
        one.look(sweep)
        clock.moment += MINUTE
    assert len(done) == len(set(done)) == 60


def test_ten_years_on_nothing_storms_and_back_again_work_goes_on(shop, sweep, done, clock):
    one = foreman(shop, sweep)
    one.look(sweep)
    clock.moment += timedelta(days=3650)
    one.look(sweep)
    clock.moment -= timedelta(days=3650) - MINUTE
    one.look(sweep)
    assert done == [NOW, NOW + timedelta(days=3650), NOW + MINUTE]


def test_while_one_is_at_it_nobody_else_begins_the_next(shop, clock):
    going, over = threading.Event(), threading.Event()

    def slow(_shop, _now):
        going.set()
        over.wait(30)
        return {}

    chore = Chore("sweep", MINUTE, slow)
    at_it = threading.Thread(target=foreman(shop, chore).look, args=(chore,))
    at_it.start()
    going.wait(30)
    clock.moment += timedelta(hours=5)  # a jump of the clock makes nobody lost
    second = foreman(shop, chore)
    assert second.look(chore).state == "taken"
    over.set()
    at_it.join()
    clock.moment += MINUTE
    assert second.look(chore).state == "done"


def test_whoever_stands_still_for_long_is_called_lost_and_their_word_counts_no_more(
    shop, sweep, done, clock
):
    with shop.books.unit() as unit:
        gone = book.begin(unit, "sweep", NOW.replace(second=0), "gone", NOW)
    watch = Stopwatch()
    second = foreman(shop, sweep, watch=watch)
    clock.moment += MINUTE
    assert second.look(sweep).state == "taken"
    watch.seconds = STILL_SECONDS - 1
    second.look(sweep)
    assert state(shop)["state"] == "running"
    watch.seconds = STILL_SECONDS
    second.look(sweep)
    assert state(shop)["state"] == "lost"
    assert second.look(sweep).state == "done"
    with shop.books.unit() as unit:
        assert not book.beat(unit, gone, "gone")
        assert not book.end(unit, gone, "gone", NOW)
    assert len(done) == 1


def test_whoever_beats_is_not_lost_however_long_it_takes(shop, sweep, clock):
    with shop.books.unit() as unit:
        slow = book.begin(unit, "sweep", NOW.replace(second=0), "slow", NOW)
    watch = Stopwatch()
    second = foreman(shop, sweep, watch=watch)
    clock.moment += MINUTE
    for _ in range(10):
        second.look(sweep)
        watch.seconds += STILL_SECONDS - 1
        with shop.books.unit() as unit:
            assert book.beat(unit, slow, "slow")
    assert state(shop)["state"] == "running"


def test_what_failed_is_said_and_tried_again_at_the_next_slot(shop, clock):
    def broken(_shop, _now):
        raise ValueError("no such thing")

    chore = Chore("sweep", MINUTE, broken)
    one = foreman(shop, chore)
    assert one.look(chore).state == "failed"
    assert "no such thing" in state(shop)["reason"]
    clock.moment += MINUTE
    assert one.look(chore).state == "failed"


def test_the_day_is_done_by_itself_only_where_something_has_arrived(shop):
    (day,) = [fired for fired in shop.foreman().look_at_all() if fired.chore == "day"]
    assert day.state == "not_yet"  # it has no zone yet, and nothing to do
    shop.change_settings(timezone="Asia/Shanghai", currency="CNY")
    (day,) = [fired for fired in shop.foreman().look_at_all() if fired.chore == "day"]
    assert (day.state, day.did) == ("done", {})


def test_a_shop_that_wants_it_by_hand_is_left_alone(shop):
    shop.change_settings(timezone="Asia/Shanghai", day_by_itself=False)
    (day,) = [fired for fired in shop.foreman().look_at_all() if fired.chore == "day"]
    assert day.state == "not_due"
