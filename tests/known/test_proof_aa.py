"""The proof on real shops: where nothing was done it finds nothing, nineteen times in twenty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from huitou.proof.aa import Rehearsal, Window, rehearse

pytestmark = pytest.mark.known

QUARTER = 91
SHOPS = {
    "online_retail_ii_dedup.parquet": ("amount", date(2010, 6, 9), 6),
    "cdnow_master.parquet": ("amount", date(1997, 7, 1), 4),
    "groceryElog.parquet": ("1", date(2006, 7, 1), 6),
    "completejourney/completejourney.parquet": ("amount", date(2017, 4, 1), 3),
}
"""File -> what counts as revenue, the first moment, and how many quarters follow."""


def windows(path: Path, amount: str, first: date, quarters: int) -> list[Window]:
    """Revenue of every customer known by then, in the quarter before and the one after."""
    origins = [first + timedelta(days=QUARTER * i) for i in range(quarters)]
    return [_window(path, amount, origin) for origin in origins]


def _window(path: Path, amount: str, origin: date) -> Window:
    found = duckdb.sql(
        f"""
        select customer_id,
            sum({amount}) filter (day >= $from and day < $origin) as before,
            sum({amount}) filter (day >= $origin and day < $until) as after
        from (select *, ordered_at::date as day from '{path}')
        where customer_id is not null
        group by customer_id
        having bool_or(day < $origin and not is_return)
        order by customer_id
        """,
        params={
            "from": origin - timedelta(days=QUARTER),
            "origin": origin,
            "until": origin + timedelta(days=QUARTER),
        },
    ).fetchnumpy()
    before, after = (
        np.ma.filled(np.ma.asarray(found[name], dtype=np.float64), 0.0)
        for name in ("before", "after")
    )
    return Window(origin, before, after)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
@pytest.mark.parametrize("name", SHOPS)
def test_it_cries_wolf_once_in_twenty(
    name: str, share: float, data_file: Callable[[str], Path]
) -> None:
    found = rehearsed(data_file(name), name, share)
    assert found.chosen.sound
    assert 0.03 <= found.chosen.false_positives <= 0.07
    assert 0.93 <= found.chosen.coverage <= 0.98
    assert found.chosen.ratio == pytest.approx(1.0, abs=0.03)


def rehearsed(path: Path, name: str, share: float) -> Rehearsal:
    return rehearse(windows(path, *SHOPS[name]), share, replicates=1_500, seed=7)
