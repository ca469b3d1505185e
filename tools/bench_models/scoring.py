"""Customers scored a second, on one thread: P(alive), P(buy) and E[Y] for each, none packed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from huitou.models.arrow import scorer
from huitou.models.bgnbd import BgNbd
from huitou.models.contract import Model
from huitou.models.fitted import Fitted, fit
from huitou.models.mbgnbd import MbgNbd
from huitou.models.pareto import ParetoNbd
from huitou.models.summary import each_alone, packed
from tools.bench_models import _shops
from tools.bench_models._row import cpu, row

KERNEL, ENGINE = 1_000_000, 3_000_000
"""Customers."""
DAYS = 90.0
KERNEL_BARS = {"BG/NBD": 5.0, "MBG/NBD": 5.0}
ENGINE_BARS = {"MBG/NBD": 0.8}
"""Millions a second. The Pareto/NBD integrates over departures for each customer: for reading."""
MODELS: tuple[Model, ...] = (BgNbd(), MbgNbd(), ParetoNbd())


def rows() -> list[dict[str, Any]]:
    """The figures."""
    with threadpool_limits(1):
        customers = _shops.simulated(ENGINE)
        fitted = [fit(model, packed(*customers)) for model in MODELS]
        return [*_kernel(fitted, customers), *_in_duckdb(fitted, customers)]


def _kernel(fitted: list[Fitted], customers: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    some = [column[:KERNEL] for column in customers]
    for each in fitted:
        seconds = cpu(partial(_predicted, each, some), 5)
        yield _rate(f"{each.model.name}, kernel", KERNEL / seconds / 1e6, KERNEL_BARS)


def _predicted(fitted: Fitted, customers: list[Any]) -> None:
    fitted.predict(each_alone(*customers), DAYS)


def _in_duckdb(fitted: list[Fitted], customers: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    """An Arrow function that the engine calls for every two thousand rows."""
    connection: Any = duckdb.connect()  # its stubs know no function over Arrow
    connection.execute("set threads = 1")
    columns = (column.astype(np.int64) for column in customers)
    connection.register("given", pa.table(dict(zip(("x", "t_x", "T"), columns, strict=True))))
    connection.execute("create table histories as from given")
    for number, each in enumerate(fitted):
        connection.create_function(
            f"foresee{number}", scorer(each, DAYS), ["BIGINT"] * 3,
            "STRUCT(p_alive DOUBLE, p_buy DOUBLE, expected DOUBLE)", type="arrow",
        )  # fmt: skip
        asked = f"""select sum(s.p_alive), sum(s.p_buy), sum(s.expected)
                    from (select foresee{number}(x, t_x, "T") as s from histories)"""
        seconds = cpu(partial(_asked, connection, asked), 1)
        name = f"{each.model.name}, inside DuckDB, the first time"
        yield _rate(name, ENGINE / seconds / 1e6, ENGINE_BARS)


def _asked(connection: Any, query: str) -> None:
    connection.execute(query).fetchone()


def _rate(name: str, millions: float, bars: dict[str, float]) -> dict[str, Any]:
    bar = bars.get(name.partition(",")[0])
    holds = None if bar is None else millions >= bar
    return row(f"{name}: customers a second", millions, "million", bar=bar, holds=holds)
