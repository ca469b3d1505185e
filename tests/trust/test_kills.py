"""`kill -9` at any moment of `huitou run`, run again: the same facts, answers and plan.

Two moments are tried with all tests, fifty by `make kills`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

import huitou
from huitou.doors.cli.answers import facts_digest
from huitou.runs.shop import Shop
from huitou.runs.written import written
from huitou.sources.contract import Declared

MOMENTS = 50
ALWAYS = 2
"""So many are tried with all tests; the others take minutes."""
RUN = "from huitou.doors.cli.main import main; main()"
SALT = "the same lots in every copy"
GENERATED = {"id", "person_id", "run_id"}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, example_shop: Path) -> Path:
    """A shop that has taken in every sixteenth customer, and never ran."""
    folder = tmp_path_factory.mktemp("kills")
    orders = folder / "orders.parquet"
    duckdb.sql(
        f"COPY (SELECT * FROM '{example_shop}' WHERE customer_id::INT % 16 = 0 "
        f"ORDER BY ordered_at, order_id, sku) TO '{orders}'"
    )
    shop = huitou.open(folder / "shop")
    shop.change_settings(salt=SALT, margin=0.35)
    shop.take(orders, Declared(currency="GBP", timezone="Europe/London"), confirmed=True)
    shop.books.close()
    return folder / "shop"


@pytest.fixture(scope="module")
def unharmed(before: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, float]:
    """What a run that nobody disturbs ends in, and how long it takes."""
    home = tmp_path_factory.mktemp("unharmed") / "shop"
    shutil.copytree(before, home)
    began = time.monotonic()
    assert _start(home).wait() == 0
    return _state(home), time.monotonic() - began


@pytest.mark.parametrize(
    "moment",
    [pytest.param(n, marks=pytest.mark.kills if n >= ALWAYS else ()) for n in range(MOMENTS)],
)
def test_a_run_killed_at_any_moment_ends_the_same_when_run_again(
    before: Path, unharmed: tuple[Any, float], tmp_path: Path, moment: int
) -> None:
    expected, seconds = unharmed
    home = tmp_path / "shop"
    shutil.copytree(before, home)
    # Most moments fall into the work; starting Python takes the first of them.
    share = random.Random(moment).uniform(0.15, 1.0)
    _kill_after(_start(home), seconds * share)
    assert _start(home).wait() == 0
    assert _state(home) == expected


def _start(home: Path) -> subprocess.Popen[bytes]:
    # A group of its own, so that the kill takes the children too, as a power cut would.
    return subprocess.Popen(
        [sys.executable, "-c", RUN, "--home", str(home), "run", "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _kill_after(running: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        running.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def _state(home: Path) -> dict[str, Any]:
    """All that a merchant would see, without names drawn at random."""
    shop = huitou.open(home)
    try:
        return {
            "facts": facts_digest(shop),
            "answers": _answers(shop),
            "decisions": _decisions(shop),
            "plans": [plan.status for plan in shop.plans()],
            "card": _named(written(shop.card())),
        }
    finally:
        shop.books.close()


def _answers(shop: Shop) -> Any:
    told = _named(written(shop.answers()))
    # Two customers worth the same stand in either order.
    told["worst_lost"].sort(key=lambda row: row["key"])
    return told


def _decisions(shop: Shop) -> list[Any]:
    plan = shop.plan()
    assert plan is not None
    found, after = [], None
    while True:
        rows, after = shop.receipts(plan.id, after=after, limit=500)
        found += [[person.key, _named(written(receipt))] for person, receipt in rows]
        if after is None:
            return sorted(found, key=lambda row: row[0])


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _named(inner) for name, inner in value.items() if name not in GENERATED}
    if isinstance(value, list):
        return [_named(inner) for inner in value]
    # Sums over threads come in any order: nine digits are what a run promises.
    return float(f"{value:.9g}") if isinstance(value, float) else value
