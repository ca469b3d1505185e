"""The journal of runs: where a killed run goes on.

    journal = Journal(books, clock)
    run = journal.begin(as_of, choices)             # the same run again, if it was not finished
    n = journal.step(run, "score", lambda: …)       # done before? its result, without doing it
    journal.finish(run)

A step outside the books (`step`) is done at least once and must be safe to repeat: it publishes a
version, replaces a file. A step in the books (`settle`) is done exactly once: its effect and its
row in the journal are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from huitou.ground.clock import Clock
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import fingerprint, new_id
from huitou.runs.measure import Cost, measured
from huitou.runs.tables import run, run_step
from huitou.runs.views import Step
from huitou.store.books import Books, Row, Unit
from huitou.store.columns import as_json
from huitou.store.outbox import drain

EVENTS = "own"
"""The folder among the sources where what happened in the books arrives."""


class Journal:
    """The runs of one shop, and what of each is already done."""

    def __init__(self, books: Books, clock: Clock) -> None:
        self.books = books
        self.clock = clock

    def begin(self, as_of: date, choices: Mapping[str, Any]) -> str:
        """The id of the unfinished run of these very choices, or of a new one.

        `choices` is everything that decides the result besides `as_of`: the latest batch, the
        horizon, the settings. Other choices make another run.
        """
        mark = fingerprint(as_of.isoformat(), as_json(dict(choices)))
        running = select(run.c.id).where(run.c.fingerprint == mark, run.c.status == "running")
        with self.books.unit() as unit:
            unit.add_new(
                run,
                {
                    "id": new_id(),
                    "as_of": as_of,
                    "choices": dict(choices),
                    "fingerprint": mark,
                    "status": "running",
                    "started_at": self.clock.now(),
                },
            )
            return str(unit.value(running))

    def step(self, run_id: str, name: str, do: Callable[[], Any]) -> Any:
        """Do a step unless it was done; its result, a JSON value, either way.

        A result that is a mapping with a whole number under `rows` tells how many it handled.
        """
        with self.books.reading() as unit:
            done = _done(unit, run_id, name)
        if done is not None:
            return done["result"]
        failpoint(f"run.{name}.begin")
        with measured() as cost:
            result = do()
        failpoint(f"run.{name}.done")
        with self.books.unit() as unit:
            self._note(unit, run_id, name, result, cost)
        return result

    def settle(self, run_id: str, name: str, do: Callable[[Unit], Any]) -> Any:
        """Do a step in the books unless it was done: effect and mark in one transaction."""
        with self.books.unit() as unit:
            if (done := _done(unit, run_id, name)) is not None:
                return done["result"]
            with measured() as cost:
                result = do(unit)
            failpoint(f"run.{name}.settled")
            self._note(unit, run_id, name, result, cost)
        return result

    def finish(self, run_id: str) -> None:
        """Everything of this run is done."""
        self._end(run_id, "done")

    def give_up(self, run_id: str) -> None:
        """This run will not be gone on with; the next one of the same choices starts afresh."""
        self._end(run_id, "given_up")

    def overtake(self, run_id: str) -> int:
        """Give up every other unfinished run; how many. Asked by the one that runs now."""
        others = update(run).where(run.c.id != run_id, run.c.status == "running")
        with self.books.unit() as unit:
            ended = others.values(status="given_up", finished_at=self.clock.now())
            return unit.change(ended)

    def steps(self, run_id: str) -> tuple[Step, ...]:
        """What is done of a run, in order."""
        query = select(run_step).where(run_step.c.run_id == run_id).order_by(run_step.c.place)
        with self.books.reading() as unit:
            return tuple(_step(row) for row in unit.rows(query))

    def latest(self) -> Row | None:
        """The last finished run (id, as_of, choices, started_at, finished_at), or None."""
        finished = select(run).where(run.c.status == "done").order_by(run.c.finished_at.desc())
        with self.books.reading() as unit:
            return unit.first(finished.limit(1))

    def _note(self, unit: Unit, run_id: str, name: str, result: Any, cost: Cost) -> None:
        before = select(func.count()).select_from(run_step).where(run_step.c.run_id == run_id)
        handled = result.get("rows") if isinstance(result, Mapping) else None
        row = {
            "run_id": run_id,
            "name": name,
            "place": unit.value(before),
            "result": result,
            "rows": handled if isinstance(handled, int) else 0,
            "finished_at": self.clock.now(),
            **vars(cost),
        }
        unit.add_new(run_step, row)

    def _end(self, run_id: str, status: str) -> None:
        ended = update(run).where(run.c.id == run_id, run.c.status == "running")
        with self.books.unit() as unit:
            unit.change(ended.values(status=status, finished_at=self.clock.now()))


def tell_the_lake(books: Books, folder: Path, now: datetime) -> int:
    """Carry what happened in the books into files of the lake; how many events there were."""
    return drain(books, folder, now)


def _done(unit: Unit, run_id: str, name: str) -> Row | None:
    return unit.first(select(run_step).where(run_step.c.run_id == run_id, run_step.c.name == name))


def _step(row: Row) -> Step:
    return Step(
        name=row["name"],
        seconds=row["seconds"],
        cpu_seconds=row["cpu_seconds"],
        peak_megabytes=row["peak_megabytes"],
        rows=row["rows"],
    )
