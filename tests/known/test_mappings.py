"""Well-known order logs, read by the mappings in `examples/`, have the totals that are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from tests.shop.intake import Desk

from huitou.sources import mappings

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "mappings"


@dataclass(frozen=True)
class Log:
    """A log of the world: how many lines and customers are published, and what a line is worth."""

    mapping: str
    file: str
    lines: int
    customers: int
    cents: str = "CAST(round(amount * 100) AS BIGINT)"


LOGS = (
    Log("complete-journey", "completejourney/completejourney.parquet", 1_469_307, 2_469),
    Log("online-retail-ii", "online_retail_ii_dedup.parquet", 1_044_847, 5_942),
    Log("cdnow", "cdnow_master.parquet", 69_659, 23_570),
    Log("grocery-elog", "groceryElog.parquet", 10_483, 1_525, cents="100"),
)


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.mapping)
def test_the_totals_are_the_published_ones(
    log: Log, data_file: Callable[[str], Path], tmp_path: Path
) -> None:
    path, desk = data_file(log.file), Desk(tmp_path / "home")
    mapping = mappings.given(EXAMPLES / f"{log.mapping}.toml")
    preview = desk.look(path, mapping=mapping, currency=None, timezone=None)
    assert preview.mapping is not None, preview.questions
    assert preview.mapping.to_dict() == mapping.to_dict()
    taken = desk.merge(path, preview.mapping)
    assert (taken.applied, taken.unchanged, taken.quarantined) == (log.lines, 0, 0)
    with desk.lake.writing("count") as con:
        kept = con.execute(
            """SELECT count(*), count(DISTINCT member_no), count(DISTINCT order_id), sum(amount),
            count(*) FILTER (is_return), sum(quantity) FROM lines"""
        ).fetchone()
    told = duckdb.sql(
        f"""SELECT count(*), count(DISTINCT customer_id), count(DISTINCT order_id),
        sum({log.cents}), count(*) FILTER (is_return), sum(quantity::DOUBLE) FROM '{path}'"""
    ).fetchone()
    assert kept == told
    assert kept is not None and kept[:2] == (log.lines, log.customers)


def test_an_example_is_there_for_each_log() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.toml")} == {log.mapping for log in LOGS}
