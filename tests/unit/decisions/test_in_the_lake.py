"""The plan as one pass in an engine: the same prices, within the same limits."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
import pytest

from huitou.decisions.allocate import allocate
from huitou.decisions.in_the_lake import Offers, allocate_in_lake

MINUTES = (0.5, 0.5, 10.0)


def question(people: int, seed: int) -> pa.Table:
    dice = np.random.default_rng(seed)
    worth = dice.lognormal(6, 1, people)
    columns: dict[str, object] = {"person_id": [f"p{place}" for place in range(people)]}
    for act, price in enumerate((0, 80, 300), start=1):
        gain = worth * dice.normal(0.02 * act, 0.05, people) - price / 2
        columns[f"gain_{act}"] = pa.array(gain, mask=dice.random(people) < 0.1)
        columns[f"cost_{act}"] = price * (0.5 + dice.random(people))
    return pa.table(columns)


def in_memory(asked: pa.Table) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    gains = [np.nan_to_num(asked[f"gain_{a}"].to_numpy(), nan=-np.inf) for a in (1, 2, 3)]
    costs = [asked[f"cost_{a}"].to_numpy() for a in (1, 2, 3)]
    nothing = np.zeros(asked.num_rows)
    gain = np.stack([nothing, *gains], axis=1)
    minutes = np.broadcast_to(np.array([0.0, *MINUTES]), gain.shape)
    return gain, (np.stack([nothing, *costs], axis=1), minutes)


@pytest.mark.parametrize(("money", "time"), [(0.3, 0.4), (0.1, 2.0), (2.0, 0.2), (2.0, 2.0)])
def test_the_engine_and_the_memory_plan_alike(money: float, time: float) -> None:
    asked = question(40_000, 1)
    gain, use = in_memory(asked)
    free = allocate(gain, use, np.array([1e12, 1e12])).choice
    wanted = np.array([np.take_along_axis(each, free[:, None], axis=1).sum() for each in use])
    limit = wanted * np.array([money, time])
    here = allocate(gain, use, limit)
    there = allocate_in_lake(Offers(ibis.memtable(asked), MINUTES), limit)
    assert np.all(there.used <= limit)
    assert there.total == pytest.approx(here.total, rel=1e-3)
    assert there.gap < 1e-3
    assert there.bound >= here.total * (1 - 1e-9)


def test_what_is_chosen_is_what_was_summed() -> None:
    asked = question(5_000, 2)
    limit = np.array([20_000.0, 3_000.0])
    plan = allocate_in_lake(Offers(ibis.memtable(asked), MINUTES), limit)
    chosen = plan.chosen.to_pyarrow()
    gain, use = in_memory(asked)
    place = {person: row for row, person in enumerate(asked["person_id"].to_pylist())}
    choice = np.zeros(len(gain), dtype=int)
    choice[[place[person] for person in chosen["person_id"].to_pylist()]] = chosen["act"].to_numpy()
    assert np.take_along_axis(gain, choice[:, None], axis=1).sum() == pytest.approx(plan.total)
    used = [np.take_along_axis(each, choice[:, None], axis=1).sum() for each in use]
    assert used == pytest.approx(plan.used.tolist())


def test_nobody_is_no_trouble() -> None:
    plan = allocate_in_lake(Offers(ibis.memtable(question(0, 0)), MINUTES), np.array([1.0, 1.0]))
    assert (plan.total, plan.gap) == (0.0, 0.0)
