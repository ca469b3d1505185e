"""What was written down before the first letter: once, before it, and never changed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW
from tests.unit.proof.test_experiment import WRITTEN

from huitou.journeys import book as journeys
from huitou.journeys.experiments import book as experiments
from huitou.journeys.lettering import book as lettering
from huitou.journeys.tables import decision, experiment
from huitou.proof.experiment import Experiment
from huitou.runs import registering
from huitou.store.books import Books


def written(plan_id: str, **changed: Any) -> dict[str, Any]:
    return {"plan": plan_id, "lot": "universal-2027", "window_days": 91, **changed}


def test_it_is_written_once_and_read_back(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    with any_books.unit() as unit:
        for digest in ("a" * 64, "b" * 64):
            name = experiments.write_down(unit, "campaign", written(plan_id), digest, "owner", NOW)
            assert name == plan_id
        row = experiments.of_plans(unit)[plan_id]
    assert (row["digest"], row["by"], row["at"]) == ("a" * 64, "owner", NOW)
    assert row["written"] == written(plan_id)


def test_its_fingerprint_holds_whichever_database_kept_it(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    fixed = replace(WRITTEN, plan=plan_id, gap_days=60.1, share=0.05)
    with any_books.unit() as unit:
        experiments.write_down(unit, fixed.kind, fixed.written(), fixed.digest(), "owner", NOW)
        row = experiments.of_plans(unit)[plan_id]
    assert Experiment.read(row["written"]) == fixed
    assert Experiment.read(row["written"]).digest() == row["digest"]


@pytest.mark.parametrize("how", ["update", "delete"])
def test_nothing_of_it_can_be_changed(any_books: Books, how: str) -> None:
    plan_id = given.approved(any_books)
    with any_books.unit() as unit:
        experiments.write_down(unit, "campaign", written(plan_id), "a" * 64, "owner", NOW)
    change = (
        delete(experiment)
        if how == "delete"
        else update(experiment).values(written=written(plan_id, window_days=7))
    )
    with pytest.raises(DBAPIError, match="append-only"), any_books.unit() as unit:
        unit.execute(change)


def test_after_the_first_letter_nothing_is_written_down_any_more(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    lettering.write_letters(any_books, plan_id, given.desk(), NOW)
    with pytest.raises(DBAPIError, match="before the first letter"), any_books.unit() as unit:
        experiments.write_down(unit, "campaign", written(plan_id), "a" * 64, "owner", NOW)


def test_programmes_are_counted_up_and_those_of_replaced_plans_left_out(any_books: Books) -> None:
    first = given.approved(any_books)
    with any_books.unit() as unit:
        one = experiments.write_down(unit, "programme", written(first), "a" * 64, "owner", NOW)
    second = given.approved(any_books, given.drafted(share=0.3))
    with any_books.unit() as unit:
        two = experiments.write_down(unit, "programme", written(second), "b" * 64, "owner", NOW)
        assert (one, two) == ("programme-1", "programme-2")
        found = experiments.programmes(unit)
    assert [row["id"] for row in found] == ["programme-2"]
    assert found[0]["status"] == "approved" and found[0]["applied_as_of"] is None


def test_a_programme_that_began_meanwhile_is_not_begun_twice(any_books: Books) -> None:
    """Two plans were looked at while none ran; the first left the house before the second yes."""
    first = given.approved(any_books)
    own = replace(WRITTEN, kind="campaign", plan=first, lot="one")
    fixed = [own, replace(own, kind="programme")]
    with any_books.unit() as unit:
        registering.write_down(unit, fixed, "owner", NOW)
    lettering.write_letters(any_books, first, given.desk(), NOW)
    second = given.approved(any_books, given.drafted(share=0.3))
    with any_books.unit() as unit:
        registering.write_down(unit, [replace(each, plan=second) for each in fixed], "other", NOW)
        assert set(experiments.of_plans(unit)) == {first, second}
        assert [row["plan_id"] for row in experiments.programmes(unit)] == [first]


def test_of_two_yeses_at_one_moment_one_programme_is_written(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    other = given.approved(any_books, given.drafted(share=0.3))
    both = Barrier(2, timeout=20)

    def say_yes(named: str) -> str:
        with any_books.unit() as unit:
            # On SQLite the second waits at the door; on PostgreSQL both are inside.
            with suppress(BrokenBarrierError):
                both.wait(timeout=0.5)
            told = written(named, lot="one")
            return experiments.write_down(unit, "programme", told, "a" * 64, "owner", NOW)

    with ThreadPoolExecutor(2) as pool:
        names = set(pool.map(say_yes, (plan_id, other)))
    with any_books.reading() as unit:
        kept = unit.rows(select(experiment.c.id))
    assert len(kept) == len(names), "nobody was told of a programme that is not there"


def test_assignments_say_by_which_lot_somebody_was_held_out(any_books: Books) -> None:
    plan_id = given.approved(any_books)
    with any_books.unit() as unit:
        table = journeys.assignments(unit, plan_id)
    lots = {(row["arm"], row["held_by"]) for row in table.select(["arm", "held_by"]).to_pylist()}
    assert lots == {("treated", None), ("held_out", "universal")}
    assert decision.c.held_by.nullable, "plans from before know of no lots"
