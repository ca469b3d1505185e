"""The SQL of every fact on both engines, to be read where a fact changes: `python -m tools.golden`.

    tests/golden/duckdb/metrics/repeat_purchase_rate.sql
    tests/golden/spark/metrics/repeat_purchase_rate.sql

A fact begins with what is kept of an evening (`facts.held`), so a change of orders shows in the SQL
of orders, and not in that of all that begins with them. No engine is asked: Ibis writes the SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends.sql import compilers
from sqlglot.expressions import Star

from huitou.facts.bought import bought
from huitou.facts.contract import (
    COMPLAINTS,
    CUSTOMERS,
    HAPPENINGS,
    MESSAGES,
    SERVED,
    SPEND,
    STAGES,
    TIERS,
    Tables,
    Told,
)
from huitou.facts.customers import customers
from huitou.facts.earned import earned, earned_by_day, earned_by_look
from huitou.facts.evidence import evidence
from huitou.facts.groups import belonging
from huitou.facts.held import PIECES, holding
from huitou.facts.known import as_known
from huitou.facts.ledger import ledger
from huitou.facts.metrics import METRICS
from huitou.facts.milestones import numbered
from huitou.facts.orders import orders
from huitou.facts.rfm import rfm
from huitou.facts.stages import stages
from huitou.facts.standing import profit_between, standing
from huitou.facts.takings import takings
from huitou.sources.contract import LINES

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "golden"
ENGINES = {"duckdb": "duckdb", "spark": "pyspark"}
"""Folder -> how Ibis calls the engine."""

AS_OF = datetime(2011, 12, 1)
FIRST, LAST = date(2011, 9, 1), date(2011, 11, 30)
SCORES = pa.schema([("person_id", pa.string()), ("p_buy", pa.float64()), ("value", pa.int64())])
MARGINS = pa.schema([("sku", pa.string()), ("margin", pa.float64())])
BEFORE = pa.schema([*LINES, ("person_id", pa.string()), ("replaced_at", pa.timestamp("us"))])


def _table(name: str, schema: pa.Schema) -> ibis.Table:
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)


HAPPENED = _table("happenings", HAPPENINGS)
COMPLAINED = _table("complaints", COMPLAINTS)
WRITTEN = _table("messages", MESSAGES)

FACTS: dict[str, Callable[[Tables], ibis.Table]] = {
    "customers": lambda t: customers(t, AS_OF),
    "rfm": lambda t: rfm(t, AS_OF),
    "stages": lambda t: stages(
        _table("customers", CUSTOMERS),
        _table("scores", SCORES),
        0.3,
        t.stages,
        at=LAST,
        horizon_days=90,
    ),
    "bought": lambda t: bought(t, datetime(2011, 9, 1), 90),
    "earned": lambda t: earned(t, AS_OF, FIRST, LAST),
    "earned_by_day": lambda t: earned_by_day(t, AS_OF, ["ann", "bo"]),
    "earned_by_look": lambda t: earned_by_look(t, AS_OF, FIRST, LAST),
    "standing": lambda t: standing(t, AS_OF, FIRST, date(2011, 6, 1)),
    "profit_between": lambda t: profit_between(t, AS_OF, FIRST, LAST),
    "numbered": lambda t: numbered(t, AS_OF, FIRST),
    "takings": lambda t: takings(t, AS_OF, [FIRST, LAST]),
    "belonging": lambda t: belonging(t, AS_OF),
    "evidence": lambda t: evidence(t, AS_OF),
    "evidence_with_messages": lambda t: evidence(t, AS_OF, Told(messages=WRITTEN)),
    "ledger_of_happenings": lambda t: _ledger(t, Told(happenings=HAPPENED)),
    "ledger_of_complaints": lambda t: _ledger(t, Told(complaints=COMPLAINED)),
    "ledger_of_messages": lambda t: _ledger(t, Told(messages=WRITTEN)),
    "orders_by_channel": lambda t: orders(t, AS_OF, by="channel"),
    "orders_by_acquisition": lambda t: orders(t, AS_OF, by="acquisition"),
    "orders_by_tier": lambda t: orders(t, AS_OF, by="tier"),
    "orders_as_known": lambda t: orders(as_known(t, datetime(2011, 11, 1)), AS_OF),
}
"""Facts of one row a person, an order or a day; and what a dimension or another knowledge adds."""

SMALL = "kept/orders_of_a_small_shop"
NAMES = (
    SMALL,
    *(f"kept/{name}" for name in PIECES),
    *(f"metrics/{name}" for name in METRICS),
    *(f"tables/{name}" for name in FACTS),
)
"""Every fact of which SQL is kept, as its file is called."""


@cache
def facts() -> dict[str, ibis.Table]:
    """The facts, each over what is kept of an evening before it."""
    t = _shop()
    found = {SMALL: orders(t, AS_OF)}
    for name, make in PIECES.items():
        kept = found[f"kept/{name}"] = make(t, AS_OF)
        t = holding(t, AS_OF, name, ibis.table(kept.schema(), name=name))
    for name, metric in METRICS.items():
        found[f"metrics/{name}"] = metric.value(t, AS_OF)
    for name, fact in FACTS.items():
        found[f"tables/{name}"] = fact(t)
    return found


def sql(name: str, engine: str) -> str:
    """One fact as an engine is asked for it."""
    if engine == "spark":
        _speak_spark()
    compiler = getattr(compilers, ENGINES[engine]).compiler
    told = compiler.to_sqlglot(facts()[name].unbind())
    for star in told.find_all(Star):
        # Columns that are left out come in an order drawn by lot.
        star.args.get("except_", []).sort(key=lambda column: column.name)
    return f"{told.sql(dialect=compiler.dialect, pretty=True)};\n"


def kept() -> Iterator[tuple[str, str, Path]]:
    """Each fact and engine, and the file of its SQL."""
    for engine in ENGINES:
        for name in NAMES:
            yield name, engine, FOLDER / engine / f"{name}.sql"


def strays() -> list[Path]:
    """Files of facts that are no more."""
    wanted = {path for _, _, path in kept()}
    return sorted(set(FOLDER.glob("*/*/*.sql")) - wanted)


def _shop() -> Tables:
    lines = pa.schema([*LINES, ("person_id", pa.string())])
    return Tables(
        _table("lines", lines),
        zone="Asia/Taipei",
        margins=_table("margins", MARGINS),
        stages=_table("earlier_stages", STAGES),
        spend=_table("spend", SPEND),
        tiers=_table("tiers", TIERS),
        before=_table("lines_before", BEFORE),
        served=_table("served", SERVED),
    )


def _ledger(t: Tables, told: Told) -> ibis.Table:
    found = ledger(t, AS_OF, told)
    assert found is not None, "something is told"
    return found


class SparkOptions(ibis.config.Config):  # type: ignore[misc]  # Ibis tells no types
    """What Ibis lets one choose about Spark's SQL, as it stands if nothing is chosen."""

    treat_nan_as_null: bool = False


def _speak_spark() -> None:
    """Let Ibis write Spark's SQL where Spark is not installed: its own options come with it."""
    options: Any = ibis.config.options
    if options.pyspark is None:
        options.pyspark = SparkOptions()


def main() -> None:
    """Write the SQL of every fact anew."""
    for stray in strays():
        stray.unlink()
    for name, engine, path in kept():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql(name, engine), encoding="utf-8")


if __name__ == "__main__":
    main()
