"""The worlds that judge the learner: their truth is what happens there, and none judged made it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tools.worlds.nature import DEEDS, Kind, nature
from tools.worlds.people import Crowd, crowd
from tools.worlds.world import World, dear_seldom, of_crowd

pytestmark = pytest.mark.known

HERE = Path(__file__).resolve().parents[2] / "tools" / "worlds"


@pytest.fixture
def grocer(data_file: Callable[[str], Path]) -> Crowd:
    return crowd("grocer", data_file("groceryElog.parquet").parent)


@pytest.fixture
def world(grocer: Crowd) -> World:
    return of_crowd(grocer, nature("smooth", 3, 1.4))


def imported(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(("." * node.level) + (node.module or ""))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "__import__", "import_module", "importlib.import_module", "exec", "eval",
        ):  # fmt: skip
            found.add(ast.unparse(node))
    return found


def test_a_world_imports_nothing_of_what_it_judges() -> None:
    allowed = ("__future__", "dataclasses", "pathlib", "typing", "duckdb", "numpy", "scipy",
               "sklearn", "threadpoolctl", "tools.worlds")  # fmt: skip
    files = sorted(HERE.glob("**/*.py"))
    assert len(files) >= 4
    for file in files:
        strange = [name for name in imported(file.read_text()) if not name.startswith(allowed)]
        assert not strange, f"{file.name} imports {strange}"


def test_a_hidden_import_would_be_seen() -> None:
    assert "huitou.models.score" in imported("def f():\n    import huitou.models.score")
    assert "importlib.import_module('huitou')" in imported("importlib.import_module('huitou')")


def test_the_true_gain_is_what_experiments_come_to(world: World) -> None:
    """Brute force: every person lives through every act 150 times."""
    people = world.crowd.draw(2_000, np.random.default_rng(5))
    told, chances, dice = world.gains(people), world.chances(people), np.random.default_rng(6)
    seen = np.zeros((150, len(DEEDS)))
    for turn in range(len(seen)):
        for act in range(len(DEEDS)):
            given = np.full(len(people), act)
            bought = dice.random(len(people)) < chances[:, act]
            seen[turn, act] = world._came_of(people, given, bought, dice)[1].mean()
    gained = seen - seen[:, :1]
    error = gained.std(axis=0, ddof=1) / np.sqrt(len(seen))
    away = np.abs(gained.mean(axis=0) - told.mean(axis=0))
    assert np.all(away <= 4 * error + 1e-9), (away, error)
    assert 4 * error.max() < 0.35 * np.abs(told.mean(axis=0))[1:].max(), "the look is sharp enough"


def test_a_trial_weighted_by_its_chances_estimates_the_same_truth(world: World) -> None:
    shares = dear_seldom(world)
    trial = world.trial(60_000, 8, shares)
    assert np.allclose(trial.propensity, shares[trial.act])
    truth = world.chances(trial.people).mean(axis=0)
    for act in range(len(DEEDS)):
        weighted = (trial.act == act) / trial.propensity * trial.bought
        error = weighted.std() / np.sqrt(len(trial))
        assert abs(weighted.mean() - truth[act]) < 4 * error


def test_the_oracle_is_never_beaten(world: World) -> None:
    people = world.crowd.draw(4_000, np.random.default_rng(1))
    best = world.gained(people, world.best(people))
    assert best > 0
    for act in range(len(DEEDS)):
        assert world.gained(people, np.full(len(people), act)) <= best
    dice = np.random.default_rng(2)
    assert world.gained(people, dice.integers(0, len(DEEDS), len(people))) <= best
    assert world.gained(people, np.zeros(len(people), dtype=np.int64)) == 0


def test_where_nothing_moves_anybody_the_best_plan_is_no_plan(grocer: Crowd) -> None:
    still = of_crowd(grocer, nature("still", 0, 1.0))
    people = still.crowd.draw(4_000, np.random.default_rng(1))
    assert np.all(still.nature.shifts(still.standard(people)) == 0)
    assert np.all(still.gains(people)[:, 1:] < 0), "every act costs something and brings nothing"
    assert np.all(still.best(people) == 0)
    assert still.gained(people, still.best(people)) == 0


KINDS: tuple[Kind, ...] = ("smooth", "stepped")


@pytest.mark.parametrize("kind", KINDS)
def test_acts_help_some_harm_some_and_leave_many_alone(grocer: Crowd, kind: Kind) -> None:
    there = of_crowd(grocer, nature(kind, 4, 1.4))
    people = there.crowd.draw(10_000, np.random.default_rng(1))
    shifts = there.nature.shifts(there.standard(people))[:, 1:]
    assert (shifts < -0.1).mean() > 0.03, "some acts drive some people away"
    assert (shifts > 0.1).mean() > 0.1
    assert (np.abs(shifts) < 0.1).mean() > 0.25, "many are not moved"
    if kind == "stepped":
        assert all(len(np.unique(column)) <= 3 for column in shifts.T)


def test_the_same_seed_is_the_same_world(grocer: Crowd) -> None:
    one, two = (of_crowd(grocer, nature("smooth", 9, 1.4)) for _ in range(2))
    first, second, other = one.trial(500, 4), two.trial(500, 4), one.trial(500, 5)
    assert np.array_equal(first.profit, second.profit)
    assert np.array_equal(first.people.features, second.people.features)
    assert not np.array_equal(first.bought, other.bought)


def test_offers_are_paid_to_those_who_come_anyway(grocer: Crowd) -> None:
    still = of_crowd(grocer, nature("still", 0, 1.0))
    people = still.crowd.draw(2_000, np.random.default_rng(3))
    paid = still.untouched(people) * 0.2 * people.basket + still.contact()[6]
    assert np.allclose(still.gains(people)[:, 6], -paid)


def test_a_shop_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="groceryElog"):
        crowd("grocer", tmp_path)


def test_the_real_customers_are_read_as_they_were(data_file: Callable[[str], Path]) -> None:
    folder = data_file("online_retail_ii_dedup.parquet").parent
    real = crowd("wholesaler", folder)
    assert len(real.people) == 21_148
    assert np.isfinite(real.people.features).all()
    assert 0.30 < real.returned.mean() < 0.35
