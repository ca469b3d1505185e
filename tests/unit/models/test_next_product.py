"""The next product: what goes together is found, and popularity is beaten where it can be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import inf
from pathlib import Path

import duckdb
import numpy as np
import pytest

from huitou.models import next_product
from huitou.models.next_product import Baskets
from huitou.runs.holdings import held


def baskets(rows: list[list[int]], products: int) -> Baskets:
    person = [who for who, mine in enumerate(rows) for _ in mine]
    product = [each for mine in rows for each in mine]
    return Baskets(np.array(person), np.array(product, dtype=np.int64), len(rows), products)


TEA = [[0, 1]] * 40 + [[0]] * 10 + [[2]] * 45 + [[2, 3]] * 5
"""Pot and cup go together; the tin is the most popular, and alone."""


def test_who_has_the_pot_is_named_the_cup_and_not_the_popular_tin() -> None:
    known = next_product.learn(baskets(TEA, 4))
    ranked = next_product.rank(known, baskets([[0]], 4), 0.75, 2)
    assert ranked.product[0][0] == 1 and ranked.because[0][0] == 0
    assert next_product.rank(known, baskets([[0]], 4), inf, 1).product[0][0] == 2


def test_nobody_is_named_what_they_have() -> None:
    known = next_product.learn(baskets(TEA, 4))
    mine = baskets(TEA, 4)
    ranked = next_product.rank(known, mine, 0.75, 4)
    for who, have in enumerate(TEA):
        named = [each for each in ranked.product[who] if each >= 0]
        assert not set(named) & set(have) and len(named) == 4 - len(have)


def test_a_lift_from_few_is_near_one_and_its_interval_is_wide() -> None:
    many, few = next_product.learn(baskets(TEA, 4)), next_product.learn(baskets(TEA[::10], 4))
    sure, unsure = many.lift(0, 1), few.lift(0, 1)
    assert sure.low > 1.3 and sure.low < sure.value < sure.high
    assert unsure.high - unsure.low > sure.high - sure.low
    assert abs(unsure.value - 1) < abs(sure.value - 1)


def test_with_nothing_to_learn_popularity_is_named() -> None:
    alone = baskets([[0], [1], [0]], 2)
    nothing_new = Baskets(np.zeros(0, np.int64), np.zeros(0, np.int64), 3, 2)
    assert next_product.choose(alone, nothing_new) == inf
    assert next_product.held_out(alone, nothing_new, 0.75).people == 0


def test_groups_hold_everybody_once_and_their_interval_holds_the_share() -> None:
    counts = list(range(1, 80))
    found = next_product.groups(counts, [n % 3 > 0 for n in counts])
    assert sum(group.people for group in found) == len(counts)
    for group in found:
        assert group.interval and group.interval[0] <= (group.share or 0) <= group.interval[1]


def test_it_beats_popularity_on_a_real_grocer(data_file: Callable[[str], Path]) -> None:
    log = data_file("completejourney/completejourney.parquet")
    connection = duckdb.connect()
    connection.execute(
        f"""CREATE VIEW lines AS SELECT customer_id AS person_id, sku, NULL::VARCHAR AS product,
        TRUE AS is_product, is_return, quantity, ordered_at::DATE AS day
        FROM read_parquet('{log}')"""
    )
    earlier = held(connection, date(2017, 6, 30), 92)
    later = held(connection, date(2017, 9, 30), 92)
    assert earlier.after is not None and later.after is not None
    weight = next_product.choose(earlier.before, earlier.after)
    found = next_product.held_out(later.before, later.after, weight)
    # One of five named: 42.8 % against 38.3 %, and the interval of the difference is above zero.
    assert found.people > 2_000 and found.beats and found.low > 0.02
    assert found.rate == pytest.approx(0.428, abs=0.01)
    assert found.popular == pytest.approx(0.383, abs=0.01)
