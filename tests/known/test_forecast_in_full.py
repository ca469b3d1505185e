"""What the product said on 9 June 2011 from a file of orders, and what half a year then brought."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from huitou.ground.clock import StoppedClock
from huitou.runs.forecast import Ahead
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources.contract import Declared

pytestmark = pytest.mark.known

JUNE, AHEAD, MARGIN = date(2011, 6, 9), 183, 0.3


@pytest.fixture(scope="module")
def orders(data_file: Callable[[str], Path]) -> Path:
    return data_file("online_retail_ii_dedup.parquet")


@pytest.fixture(scope="module")
def shop(orders: Path, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    clock = StoppedClock(datetime(2026, 6, 1, tzinfo=UTC))
    shop = open_shop(tmp_path_factory.mktemp("june") / "shop", clock=clock)
    shop.change_settings(margin=MARGIN)
    shop.take(orders, Declared(currency="GBP", timezone="Europe/London"), confirmed=True)
    shop.run(as_of=JUNE, horizon_days=AHEAD)
    return shop


@pytest.fixture(scope="module")
def told(shop: Shop, orders: Path) -> tuple[Ahead, dict[str, float], Path]:
    """The forecast as printed, and each customer's chance by the key the shop knows them by."""
    ahead = shop.card().ahead
    assert ahead is not None
    chances = {}
    after: str | None = None
    while True:
        page = shop.people(sort="p_buy", after=after, limit=1000)
        chances.update({row.key: row.p_buy for row in page.rows})
        after = page.after
        if after is None:
            return ahead, chances, orders


@pytest.fixture(scope="module")
def came(told: tuple[Ahead, dict[str, float], Path]) -> dict[str, bool]:
    """Who really bought in the 183 days after 9 June, asked of the raw file."""
    _, _, orders = told
    rows = duckdb.execute(
        f"""WITH bought AS (
            SELECT any_value(customer_id) AS who, min(ordered_at)::date AS day
            FROM read_parquet('{orders}') WHERE customer_id IS NOT NULL
            GROUP BY order_id HAVING NOT bool_or(is_return) AND sum(amount) > 0)
        SELECT who, bool_or(day > DATE '{JUNE}' AND day <= DATE '{JUNE}' + {AHEAD})
        FROM bought GROUP BY who HAVING min(day) <= DATE '{JUNE}'"""
    ).fetchall()
    return dict(rows)


def test_everybody_known_in_june_is_forecast_and_nobody_else(
    told: tuple[Ahead, dict[str, float], Path], came: dict[str, bool]
) -> None:
    ahead, chances, _ = told
    assert set(chances) == set(came)
    assert ahead.customers == len(came)
    assert ahead.horizon_days == AHEAD


def test_the_total_lies_in_the_printed_interval(
    told: tuple[Ahead, dict[str, float], Path], came: dict[str, bool]
) -> None:
    ahead, chances, _ = told
    assert ahead.low <= sum(came.values()) <= ahead.high
    assert ahead.predicted == pytest.approx(sum(chances.values()), rel=0.01)
    assert ahead.high - ahead.low < ahead.predicted, "an interval this wide says nothing"


def test_every_tenth_lies_in_its_printed_interval(
    told: tuple[Ahead, dict[str, float], Path], came: dict[str, bool]
) -> None:
    ahead, chances, _ = told
    ranked = sorted(chances, key=lambda key: -chances[key])
    start = 0
    for tenth in ahead.tenths:
        group = ranked[start : start + tenth.customers]
        start += tenth.customers
        assert tenth.low <= sum(came[key] for key in group) <= tenth.high, tenth
    assert start == len(ranked)


def test_silence_has_taken_less_than_all_who_ever_came_have_brought(
    shop: Shop, orders: Path
) -> None:
    ((brought,),) = duckdb.execute(
        f"""SELECT sum(amount) FROM read_parquet('{orders}')
        WHERE customer_id IS NOT NULL AND ordered_at::date <= DATE '{JUNE}'"""
    ).fetchall()
    taken = shop.answers().value_lost
    assert 0 < taken.low.minor < taken.high.minor < MARGIN * float(brought) * 100
    worst = shop.people(sort="missed", limit=1).rows[0].missed
    assert worst is not None
    assert worst.value.minor < 0.2 * taken.value.minor, "and of no one alone most of it"
