"""The next need on a shop that really was, as `huitou bench models needs` measures it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest
from tools.bench_models import needs as bench

from huitou.runs.purchases import purchases


def test_on_the_last_evening_the_chance_and_the_day_beat_both_rules(
    data_file: Callable[[str], Path],
) -> None:
    shop = bench.SHOPS[1]
    connection = duckdb.connect()
    connection.execute(bench.LOG.format(path=data_file(shop.file), goods=shop.goods))
    known = purchases(connection, shop.until)
    found = bench.looked(known, shop.evenings[-1])
    weight = np.ones(len(found.person))
    ours = found.scores[bench.OURS].figures(weight)
    for rule in bench.RULES:
        theirs = found.scores[rule].figures(weight)
        assert ours[0] < 0.25 * theirs[0] and ours[1] < 0.75 * theirs[1]
    assert ours[0] < 0.9 * found.alike
    assert found.level[0] == pytest.approx(found.level[1], rel=0.1)
