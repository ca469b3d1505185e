"""One definition, two engines: every fact gives the same answer on DuckDB and on Spark."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.unit.facts.rows import arrow, line

from huitou.facts.accounts import accounts, sums_of
from huitou.facts.bought import bought
from huitou.facts.contract import HAPPENINGS, SERVED, SPEND, TIERS, Dimension, Tables, Told
from huitou.facts.customers import customers
from huitou.facts.earned import earned, earned_by_day, earned_by_look
from huitou.facts.evidence import evidence
from huitou.facts.groups import belonging
from huitou.facts.held import PIECES, holding
from huitou.facts.ledger import ledger
from huitou.facts.metrics import METRICS, values
from huitou.facts.milestones import numbered
from huitou.facts.rfm import rfm
from huitou.facts.stages import stages
from huitou.facts.standing import profit_between, standing
from huitou.facts.takings import takings

START = date(2010, 6, 1)
AS_OF = datetime(2011, 12, 1)
ORIGIN = datetime(2011, 6, 1)


def busy_shop(seed: int) -> pa.Table:
    """Eighteen months of a small shop: returns, costs, gaps in what is known, same-day orders."""
    drawn = random.Random(seed)
    lines = []
    for number in range(2500):
        person = drawn.choice([None, *(f"p{n}" for n in range(120))])
        day = START + timedelta(days=int(560 * drawn.betavariate(1.2, 1.0)))
        back = drawn.random() < 0.06
        amount = drawn.randint(1, 60_000) * (-1 if back else 1)
        known_cost = drawn.random() < 0.5
        told = {
            "ordered_at": datetime.combine(day, time(drawn.randrange(24), drawn.randrange(60))),
            "sku": drawn.choice([None, *(f"s{n}" for n in range(30))]),
            "quantity": drawn.choice([None, 1.0, 2.0, 12.0]),
            "cost": drawn.randint(0, abs(amount)) if known_cost else None,
            "channel": drawn.choice(["web", "till", None]),
            "store": drawn.choice(["harbour", "hill"]),
            "is_product": drawn.random() < 0.95,
            "campaign": "spring" if number % 9 == 0 else None,
            "discount": number % 500 if number % 4 == 0 else None,
            "phone": "+886911" if drawn.random() < 0.3 and person else None,
        }
        order = f"{person}/{day}/{drawn.randrange(2)}{'/back' if back else ''}/{number // 3}"
        lines.append(line(person, day, amount, order=order, **told))
    return arrow(lines)


@dataclass(frozen=True)
class Engine:
    """An engine that has the shop's tables, and how to read what it answers."""

    tables: Tables
    read: Callable[[ibis.Table], pa.Table]
    put: Callable[[str, pa.Table], ibis.Table]


@pytest.fixture(scope="module")
def duck() -> Engine:
    engine = ibis.duckdb.connect(threads=1)
    return _filled(engine.to_pyarrow, lambda name, table: engine.create_table(name, table))


@pytest.fixture(scope="module")
def spark(
    java: str, missing: Callable[[str, str], NoReturn], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        missing("java", "pyspark is not installed (make spark)")
    folder = tmp_path_factory.mktemp("spark")
    # Of tables so small a query is planned and compiled for longer than it runs: nothing is
    # adapted while it does, nothing inferred for it, and its code is compiled once and lightly.
    lightly = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.constraintPropagation.enabled", "false")
        .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
        .config("spark.driver.extraJavaOptions", f"{lightly} -Dderby.system.home={folder}")
        .getOrCreate()
    )
    engine = ibis.pyspark.connect(session)

    def put(name: str, table: pa.Table) -> ibis.Table:
        path = folder / f"{name}.parquet"
        pq.write_table(table, path)
        return engine.read_parquet(str(path), table_name=name)

    yield _filled(engine.to_pyarrow, put)
    session.stop()


def _filled(
    read: Callable[[ibis.Table], pa.Table], put: Callable[[str, pa.Table], ibis.Table]
) -> Engine:
    margins = pa.table({"sku": ["s1", "s2", "s3"], "margin": [0.5, 0.25, 0.1]})
    tables = Tables(
        put("lines", busy_shop(1)),
        zone="Asia/Taipei",
        margins=put("margins", margins),
        spend=put("spend", _spent()),
        tiers=put("tiers", _tiers()),
        served=put("served", _served()),
    )
    return Engine(tables, read, put)


def _spent() -> pa.Table:
    """Spending of every other month, by channel and campaign, to win and to keep."""
    told = [
        {"day": date(2010 + n // 12, n % 12 + 1, 3), "channel": channel, "campaign": campaign,
         "purpose": purpose, "amount": 1000 * n + 7}
        for n in range(5, 24, 2)
        for channel, campaign, purpose in (
            ("web", "", "new"), ("till", "spring", "new"), (None, "spring", "keep"),
        )
    ]  # fmt: skip
    return pa.Table.from_pylist(told, schema=SPEND)


def _tiers() -> pa.Table:
    rows = [{"person_id": f"p{n}", "tier": "gold" if n % 7 else "silver"} for n in range(60)]
    return pa.Table.from_pylist(rows, schema=TIERS)


def _served() -> pa.Table:
    rows = [
        {"person_id": f"p{n}", "day": START + timedelta(days=5 * n), "kind": kind, "amount": 90 + n}
        for n in range(110)
        for kind in ("service", "gifts")
    ]
    return pa.Table.from_pylist(rows, schema=SERVED)


def same(one: pa.Table, other: pa.Table) -> None:
    """Equal rows, in any order: integers, days and texts exactly, floats to nine digits."""
    assert one.schema.names == other.schema.names
    mine, theirs = _sorted(one), _sorted(other)
    assert len(mine) == len(theirs)
    for row, twin in zip(mine, theirs, strict=True):
        for name, value in row.items():
            wanted = pytest.approx(value, rel=1e-9, abs=1e-9) if _real(value) else value
            assert twin[name] == wanted, (name, row, twin)


def _real(value: Any) -> bool:
    return isinstance(value, float)


def _sorted(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    exact = [name for name in table.schema.names if not pa.types.is_floating(table[name].type)]
    return sorted(rows, key=lambda row: [(row[name] is not None, row[name]) for name in exact])


def both(duck: Engine, spark: Engine, fact: Callable[[Tables], ibis.Table]) -> pa.Table:
    """The fact, after both engines have agreed on it."""
    found = duck.read(fact(duck.tables))
    same(found, spark.read(fact(spark.tables)))
    assert found.num_rows
    return found


def test_customers_agree(duck: Engine, spark: Engine) -> None:
    both(duck, spark, lambda t: customers(t, AS_OF))
    both(duck, spark, lambda t: customers(t, ORIGIN, 0.3, known=datetime(2040, 1, 1)))


def test_accounts_of_an_earlier_evening_agree(duck: Engine, spark: Engine) -> None:
    lines = _in_parts(busy_shop(2))
    plain = Tables(duck.put("lines_in_parts", lines))
    kept = {
        name: duck.read(PIECES[name](plain, AS_OF))
        for name in ("orders", "parted", "purchase_days", "accounts")
    }
    assert kept["parted"].num_rows
    for engine, name in ((duck, "lines_again"), (spark, "lines_in_parts")):
        held = Tables(engine.put(name, lines))
        same(kept["parted"], engine.read(PIECES["parted"](held, AS_OF)))
        for name, piece in kept.items():
            held = holding(held, AS_OF, name, engine.put(f"kept_{name}", piece))
        for make in (accounts, sums_of):
            same(duck.read(make(plain, ORIGIN)), engine.read(make(held, ORIGIN)))


def _in_parts(lines: pa.Table) -> pa.Table:
    """The same, of which some lines are parts of an order that went on for months."""
    rows = lines.to_pylist()
    for row in rows[::40]:
        row["order_id"] = f"{row['person_id']}/in parts"
    return pa.Table.from_pylist(rows, schema=lines.schema)


def test_evidence_agrees(duck: Engine, spark: Engine) -> None:
    found = both(duck, spark, lambda t: evidence(t, AS_OF))
    assert found["price_rise"].null_count < found.num_rows


def test_what_was_told_agrees(duck: Engine, spark: Engine) -> None:
    days = [date(2011, 1, 5), date(2011, 6, 1)]
    happened = [
        {"kind": kind, "day": day, **scope}
        for kind in ("late_delivery", "competitor_opened", "store_closed")
        for day in days
        for scope in ({}, {"store": "hill"}, {"person_id": "p7"}, {"product": "s3"})
    ]

    # Put into each engine as files are: pandas hands Spark a missing text as the word NaN.
    table = pa.Table.from_pylist(_whole(happened), schema=HAPPENINGS)
    told = {id(each.tables): Told(each.put("happened", table)) for each in (duck, spark)}
    found = both(duck, spark, lambda t: evidence(t, AS_OF, told[id(t)]))
    assert pc.sum(found["rival_opened"]).as_py() > 0
    both(duck, spark, lambda t: ledger(t, AS_OF, told[id(t)]))


def _whole(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [dict.fromkeys(HAPPENINGS.names) | row for row in rows]


def test_labels_agree(duck: Engine, spark: Engine) -> None:
    both(duck, spark, lambda t: bought(t, ORIGIN, 120))


FEBRUARY, AUGUST = date(2011, 2, 1), date(2011, 8, 31)
OF_WINDOWS: dict[str, Callable[[Tables], ibis.Table]] = {
    "earned": lambda t: earned(t, AS_OF, FEBRUARY, AUGUST),
    "earned_by_day": lambda t: earned_by_day(t, AS_OF, ["p1", "p2", "p3"]),
    "earned_by_look": lambda t: earned_by_look(t, AS_OF, FEBRUARY, AUGUST),
    "profit_between": lambda t: profit_between(t, AS_OF, FEBRUARY, AUGUST),
    "standing": lambda t: standing(t, AS_OF, AUGUST, FEBRUARY),
    "numbered": lambda t: numbered(t, AS_OF, FEBRUARY),
    "takings": lambda t: takings(t, AS_OF, [FEBRUARY, AUGUST]),
    "belonging": lambda t: belonging(t, AS_OF),
}


@pytest.mark.parametrize("name", OF_WINDOWS)
def test_what_happened_in_a_window_agrees(duck: Engine, spark: Engine, name: str) -> None:
    both(duck, spark, OF_WINDOWS[name])


@pytest.mark.parametrize("name", [name for name in PIECES if name not in ("several", "parted")])
def test_what_is_kept_of_an_evening_agrees(duck: Engine, spark: Engine, name: str) -> None:
    # Marks of orders are each engine's own; what is made by them is not.
    both(duck, spark, lambda t: PIECES[name](t, AS_OF))


def test_all_numbers_agree(duck: Engine, spark: Engine) -> None:
    both(duck, spark, lambda t: values(t, AS_OF))


def test_rfm_agrees(duck: Engine, spark: Engine) -> None:
    both(duck, spark, lambda t: rfm(t, AS_OF))


WITH_STAGES = ("stages", "flows", "loss_by_stage", "loss_by_age")
ELSEWHERE = ("rfm", "cohort_retention", "second_purchase_curve", *WITH_STAGES)
"""Tables that the tests around this one hold to both engines."""
TABLES = [name for name, metric in METRICS.items() if metric.unit == "table"]


@pytest.mark.parametrize("name", [name for name in TABLES if name not in ELSEWHERE])
def test_tables_agree(duck: Engine, spark: Engine, name: str) -> None:
    both(duck, spark, lambda t: METRICS[name].value(t, AS_OF))


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("payback_curve", "channel"),
        ("acquisition_cost", "acquisition"),
        ("served", "tier"),
        ("repeat_purchase_rate", "acquisition"),
        ("customers", "tier"),
    ],
)
def test_facts_cut_by_what_is_true_of_people_agree(
    duck: Engine, spark: Engine, name: str, by: Dimension
) -> None:
    both(duck, spark, lambda t: METRICS[name].value(t, AS_OF, by=by))


@pytest.mark.parametrize("name", ["cohort_retention", "second_purchase_curve", "profit"])
def test_facts_cut_by_channel_agree(duck: Engine, spark: Engine, name: str) -> None:
    both(duck, spark, lambda t: METRICS[name].value(t, AS_OF, by="channel"))


def test_stages_and_flows_agree(duck: Engine, spark: Engine) -> None:
    june = _stages(duck, spark, ORIGIN, date(2011, 5, 31), None)
    autumn = _stages(duck, spark, datetime(2011, 8, 1), date(2011, 7, 31), june)
    told = pa.concat_tables([june, autumn])
    for name in ("stages", "flows"):
        one, other = (
            engine.read(METRICS[name].value(_with_stages(engine, name, told), AS_OF))
            for engine in (duck, spark)
        )
        same(one, other)
        assert one.num_rows > 3
    for name in ("loss_by_stage", "loss_by_age"):
        one, other = (
            engine.read(
                METRICS[name].value(_with_stages(engine, f"{name}_of", _worse(told)), AS_OF)
            )
            for engine in (duck, spark)
        )
        same(one, other)
        assert sum(one["lost"].to_pylist()) > 3


def _worse(told: pa.Table) -> pa.Table:
    """The same, but every third person was lost by the later moment."""
    rows = told.to_pylist()
    for row in rows:
        if row["at"] == date(2011, 7, 31) and int(row["person_id"][1:]) % 3 == 0:
            row["stage"] = "lost"
    return pa.Table.from_pylist(rows, schema=told.schema)


def _with_stages(engine: Engine, name: str, told: pa.Table) -> Tables:
    return Tables(engine.tables.lines, stages=engine.put(f"{name}_told", told))


def _stages(
    duck: Engine, spark: Engine, as_of: datetime, at: date, earlier: pa.Table | None
) -> pa.Table:
    """Stages at a moment, with chances drawn at random, after both engines have agreed on them."""
    people = duck.read(customers(duck.tables, as_of)).select(["person_id"]).sort_by("person_id")
    drawn = random.Random(7)
    chances = [drawn.random() for _ in range(people.num_rows)]
    scores = people.append_column("p_buy", pa.array(chances)).append_column(
        "value", pa.array([round(9000 * chance) for chance in chances])
    )
    found = []
    for engine in (duck, spark):
        told = engine.put(f"scores_{at:%m}", scores)
        then = None if earlier is None else engine.put(f"earlier_{at:%m}", earlier)
        table = customers(engine.tables, as_of)
        found.append(engine.read(stages(table, told, 0.3, then, at=at, horizon_days=60)))
    same(*found)
    return found[0]
