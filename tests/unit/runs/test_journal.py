"""A finished step is not done again, and a killed run goes on where it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from tests.unit.journeys.given import NOW

from huitou.ground import failpoints
from huitou.ground.clock import StoppedClock
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.loyalty import book as loyalty
from huitou.runs.book import Journal
from huitou.store.books import Books, Unit

DAY = NOW.date()


@pytest.fixture
def journal(books: Books) -> Journal:
    return Journal(books, StoppedClock(NOW))


def counting(done: list[str], name: str) -> Callable[[], dict[str, int]]:
    def step() -> dict[str, int]:
        done.append(name)
        return {"rows": len(done)}

    return step


def play(journal: Journal, done: list[str]) -> str:
    run = journal.begin(DAY, {"batch": "b1"})
    for name in ("facts", "scores", "plan"):
        journal.step(run, name, counting(done, name))
    journal.finish(run)
    return run


@pytest.mark.parametrize("moment", ["begin", "done"])
def test_a_run_that_was_stopped_goes_on_where_it_was(
    journal: Journal, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, f"run.scores.{moment}:1:raise")
    with pytest.raises(Stopped):
        play(journal, done)
    run = play(journal, done)
    assert done.count("facts") == done.count("plan") == 1
    assert done.count("scores") == (1 if moment == "begin" else 2)
    assert [step.name for step in journal.steps(run)] == ["facts", "scores", "plan"]


def test_other_choices_are_another_run(journal: Journal) -> None:
    first = journal.begin(DAY, {"batch": "b1"})
    assert journal.begin(DAY, {"batch": "b2"}) != first
    assert journal.begin(DAY, {"batch": "b1"}) == first
    journal.give_up(first)
    assert journal.begin(DAY, {"batch": "b1"}) != first


def test_a_run_that_was_overtaken_is_not_gone_on_with(journal: Journal) -> None:
    first, second = (journal.begin(DAY, {"batch": each}) for each in ("b1", "b2"))
    assert journal.overtake(second) == 1
    assert journal.begin(DAY, {"batch": "b2"}) == second
    assert journal.begin(DAY, {"batch": "b1"}) != first


def test_a_step_that_fails_is_not_done(journal: Journal) -> None:
    run = journal.begin(DAY, {})

    def fails() -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        journal.step(run, "scores", fails)
    assert journal.steps(run) == ()
    assert journal.step(run, "scores", lambda: 5) == 5


def test_a_step_in_the_books_and_its_mark_are_one(
    journal: Journal, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = journal.begin(DAY, {})

    def reserve(unit: Unit) -> dict[str, bool]:
        return {"made": loyalty.promise(unit, "p", 10, 100, "k", NOW)}

    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, "run.reserve.settled:1:raise")
    with pytest.raises(Stopped):
        journal.settle(run, "reserve", reserve)
    with books.reading() as unit:
        assert loyalty.held(unit) == {}
    for _ in range(2):
        assert journal.settle(run, "reserve", reserve) == {"made": True}
    with books.reading() as unit:
        assert loyalty.held(unit) == {"p": 10}


def test_steps_tell_what_they_cost(journal: Journal) -> None:
    run = journal.begin(DAY, {})
    journal.step(run, "think", lambda: {"rows": sum(range(200_000)) and 7})
    (step,) = journal.steps(run)
    assert step.rows == 7 and step.seconds > 0 and step.cpu_seconds >= 0
    assert step.peak_megabytes > 10


def test_the_latest_run_is_the_last_that_was_finished(journal: Journal) -> None:
    assert journal.latest() is None
    run = play(journal, [])
    journal.begin(DAY, {"batch": "b2"})
    latest = journal.latest()
    assert latest is not None and latest["id"] == run and latest["choices"] == {"batch": "b1"}
