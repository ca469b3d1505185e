"""The same summary by pandas, at the size that pandas can do: the first files of the shop."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import duckdb
import pandas as pd

from huitou.facts.accounts import sums_of
from huitou.facts.contract import Tables
from huitou.facts.engine import engine_over
from huitou.store.lake import Edition
from tools.bench_facts import _shop
from tools.bench_models._row import row

FILES = 2
"""A million customers."""


def beside(edition: Edition) -> Iterator[dict[str, Any]]:
    """Ours and theirs, seconds each; the sums must be the same."""
    files = [str(part) for part in edition.parts("lines")[:FILES]]
    began = time.perf_counter()
    ours = _ours(files)
    mine = time.perf_counter() - began
    began = time.perf_counter()
    theirs = _theirs(files)
    took = time.perf_counter() - began
    told = ("revenue", "purchase_days", "gross", "gap_squares")
    same = all(int(ours[name].sum()) == int(theirs[name].sum()) for name in told)
    said = f"{len(ours):,} customers: orders, days, gaps and money, beside pandas; the same sums"
    yield row(said, mine, "s", peer=took, ratio=took / mine, holds=same)


def _ours(files: list[str]) -> pd.DataFrame:
    con = duckdb.connect()
    con.execute("SET memory_limit = '4GB'; SET preserve_insertion_order = false")
    con.execute(f"CREATE VIEW lines AS FROM read_parquet({files})")
    made = sums_of(Tables(engine_over(con).table("lines")), _shop.evening(_shop.LAST))
    return con.execute(engine_over(con).compile(made)).df()


def _theirs(files: list[str]) -> pd.DataFrame:
    wanted = ["source", "order_id", "person_id", "day", "amount", "is_return", "cost"]
    lines = pd.concat([pd.read_parquet(file, columns=wanted) for file in files])
    lines["day"] = lines["day"].astype("datetime64[s]")  # dates of Python take minutes
    orders = lines.groupby(["source", "order_id"], sort=False).agg(
        person_id=("person_id", "first"), day=("day", "min"), last_day=("day", "max"),
        amount=("amount", "sum"), returns=("is_return", "sum"),
    )  # fmt: skip
    money = orders.groupby("person_id").agg(revenue=("amount", "sum"), last=("last_day", "max"))
    bought = orders[(orders["returns"] == 0) & (orders["amount"] > 0)]
    days = bought.groupby(["person_id", "day"], as_index=False).agg(gross=("amount", "sum"))
    gap = days["day"].groupby(days["person_id"]).diff().dt.days
    days["squares"] = gap * gap
    paced = days.groupby("person_id").agg(
        purchase_days=("day", "size"), gross=("gross", "sum"), gap_squares=("squares", "sum"),
        first=("day", "min"), last_bought=("day", "max"),
    )  # fmt: skip
    return money.join(paced).fillna({"purchase_days": 0, "gross": 0, "gap_squares": 0})
