"""A real shop, a third of its size: planned for in June, read out at the end of the year."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from huitou.ground.clock import StoppedClock
from huitou.loyalty import book as loyalty
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop
from huitou.sources.contract import Declared

JUNE = date(2011, 6, 9)
NOW = StoppedClock(datetime(2026, 6, 1, 9, tzinfo=UTC))
SALT = "one lot for all tests"
PROMISED = 100
"""A pound, promised at the till and not yet taken."""
HOME = Declared(currency="GBP", timezone="Europe/London")
Call = Callable[..., Any]
"""One command of the command line; its JSON."""


@dataclass(frozen=True)
class Year:
    """What a test may look at: the shop after its year, and the files it was given."""

    shop: Shop
    first_half: Path
    second_half: Path
    plan_id: str
    applied: dict[str, Any]
    promised_to: str
    """Whom the till owes `PROMISED`."""

    @property
    def letters(self) -> Path:
        """The folder of what was printed."""
        return self.shop.home / "letters" / self.plan_id


def cut_in_two(orders: Path, folder: Path) -> tuple[Path, Path]:
    """A third of the customers, and a tenth of the anonymous orders, before and after June."""
    halves = folder / "to_june.parquet", folder / "after_june.parquet"
    for path, when in zip(halves, ("<=", ">"), strict=True):
        duckdb.execute(
            f"""COPY (SELECT * FROM read_parquet('{orders}')
            WHERE ordered_at::date {when} DATE '{JUNE}'
                AND CASE WHEN customer_id IS NULL THEN hash(order_id) % 10 = 0
                    ELSE customer_id::int % 3 = 0 END)
            TO '{path}' (FORMAT parquet)"""
        )
    return halves


def opened(home: Path) -> Shop:
    """The shop of this scene, before anything arrived."""
    shop = open_shop(home, clock=NOW)
    shop.change_settings(
        name="A third of a shop", margin=0.35, holdout_share=0.2, salt=SALT, currency="GBP",
        timezone="Europe/London",
    )  # fmt: skip
    return shop


def to_june(orders: Path, folder: Path) -> Path:
    """The two halves, and beside them `shop`: the folder of the shop after its run in June."""
    first, _ = cut_in_two(orders, folder)
    shop = opened(folder / "shop")
    shop.take(first, HOME, confirmed=True)
    shop.run()
    shop.books.close()
    return folder


def copied(june: Path, folder: Path) -> Shop:
    """The shop of June in a folder of its own, to be changed at will."""
    shutil.copytree(june / "shop", folder / "shop")
    return open_shop(folder / "shop", clock=NOW)


def live(june: Path, folder: Path) -> Year:
    """From June on: approve the plan, apply it, import the rest, read out."""
    first, second = june / "to_june.parquet", june / "after_june.parquet"
    shop = copied(june, folder)
    plan = shop.plan()
    assert plan is not None
    shop.approve_plan(plan.id, "owner")
    applied = shop.apply_plan(plan.id, "owner")
    promised_to = promise_by_hand(shop)
    shop.take(second, HOME, confirmed=True)
    shop.run()
    return Year(shop, first, second, plan.id, applied, promised_to)


def promise_by_hand(shop: Shop) -> str:
    """At the till somebody promises one of the slipping a pound off; who it was."""
    person = shop.people(stage="slipping", limit=1).rows[0].id
    terms = loyalty.Terms(0.1, PROMISED, NOW.now() + timedelta(days=90))
    with shop.books.unit() as unit:
        loyalty.make_offer(unit, "by hand", person, terms, 10 * PROMISED, NOW.now())
    return person
