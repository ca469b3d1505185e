"""SQL that is remembered is the SQL that would have been written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibis.common.exceptions import TableNotFound
from tests.unit.facts.rows import arrow, line

from huitou.facts.bought import bought
from huitou.facts.contract import METRICS, Tables
from huitou.facts.customers import customers
from huitou.facts.engine import Templates, engine_over, shape_of
from huitou.facts.metrics import values

LINES = arrow(
    [
        line("ann", date(2024, 1, 5), 1_000, order="1"),
        line("ann", date(2024, 3, 9), 2_500, order="2", channel="web"),
        line("bob", date(2024, 2, 1), 700, order="3"),
        line("ann", date(2024, 4, 1), -2_500, order="2/back"),
    ]
)
EVENINGS = [datetime(2024, 3, 1), datetime(2024, 5, 1, 16), datetime(2026, 12, 31, 23, 59, 59)]
PLAIN = ibis.duckdb.connect()
PLAIN.create_table("lines", LINES)


def written(expression):
    return PLAIN.compile(expression)


FACTS = {
    "customers": customers,
    "bought": lambda t, as_of: bought(t, as_of, 91),
    "values": values,
    **{
        name: metric.value
        for name, metric in METRICS.items()
        if name not in ("stages", "flows", "loss_by_stage", "loss_by_age")  # of a forecast
    },
}


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_of_another_evening_is_not_written_again_and_reads_as_if_it_were(name):
    tables, templates = Tables(PLAIN.table("lines"), zone="Asia/Taipei"), Templates()
    for evening in EVENINGS:
        told = FACTS[name](tables, evening).as_table()
        assert templates.sql(shape_of(told.op()), written) == written(told)
    assert templates.found == len(EVENINGS) - 1


@given(
    st.lists(st.datetimes(datetime(1, 1, 1), datetime(8999, 12, 31)), min_size=2, max_size=3),
    st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=3),
    st.dates(date(1, 1, 1), date(8999, 12, 31)),
)
def test_whatever_is_asked_comes_back_as_it_was_asked(moments, numbers, day):
    asked = {f"m{at}": ibis.literal(value) for at, value in enumerate(moments)}
    asked |= {f"n{at}": ibis.literal(value, "int64") for at, value in enumerate(numbers)}
    asked["less"] = asked["n0"] - asked["n1"].cast("int32").nullif(0).fill_null(1).sign()
    asked["day"] = ibis.literal(day)
    row = ibis.memtable(pa.table({"one": [1]})).select(**asked)
    templates = Templates()
    for _ in range(2):
        assert templates.sql(shape_of(row.op()), written) == written(row)


def test_tables_in_memory_are_told_apart_by_what_they_hold_not_by_their_shape():
    engine = engine_over(duckdb.connect())
    for held in ([1, 2], [3, 4]):
        table = ibis.memtable(pa.table({"held": held}))
        assert engine.to_pyarrow(table.held.sum()).as_py() == sum(held)


def test_two_moments_that_meet_are_another_shape_than_two_that_do_not():
    t = PLAIN.table("lines")
    early, late = datetime(2024, 1, 1), datetime(2024, 6, 1)
    shapes = {
        shape_of(t.filter(t.ordered_at > one, t.ordered_at < other).op()).key
        for one, other in ((early, late), (early, early), (late, early))
    }
    assert len(shapes) == 2


def test_what_is_part_of_a_definition_is_part_of_the_shape():
    t = PLAIN.table("lines")
    kinds = [t.amount > 0, t.amount > 3, t.amount > -1000, t.channel == "web", t.channel == "till"]
    aware = [
        t.ordered_at.cast("timestamp('UTC')") > datetime(2024, 1, n, tzinfo=UTC) for n in (1, 2)
    ]
    assert len({shape_of(t.filter(kind).op()).key for kind in (*kinds, *aware)}) == 7


def test_the_expression_asked_longest_ago_is_let_go():
    templates, t = Templates(most=2), PLAIN.table("lines")
    narrow, wide, all_of_it = t.select("amount"), t.select("amount", "day"), t
    for each in (narrow, wide, narrow, all_of_it, narrow, wide):
        templates.sql(shape_of(each.op()), written)
    assert templates.found == 2


def test_a_table_kept_for_a_while_is_known_by_its_shape_whatever_its_name():
    engine = engine_over(duckdb.connect())
    lines = engine.create_table("lines", LINES)
    keys = set()
    for amount in (0, 1_000):
        with lines.filter(lines.amount > ibis.literal(amount, "int64")).cache() as kept:
            total = kept.group_by("person_id").aggregate(sum=kept.amount.sum())
            keys.add(shape_of(total.op()).key)
            told = {row["person_id"]: row["sum"] for row in total.to_pyarrow().to_pylist()}
            plain = {}
            for row in LINES.to_pylist():
                if row["amount"] > amount:
                    plain[row["person_id"]] = plain.get(row["person_id"], 0) + row["amount"]
            assert told == plain
            assert kept.schema() == lines.schema()
    assert len(keys) == 1


def test_a_function_of_ours_and_a_table_in_memory_are_brought_to_the_engine():
    @ibis.udf.scalar.python
    def doubled(amount: int) -> int:
        return 2 * amount

    engine = engine_over(duckdb.connect())
    lines = engine.create_table("lines", LINES)
    assert engine.to_pyarrow(doubled(lines.amount).sum()).as_py() == 2 * 1_700
    held = ibis.memtable(pa.table({"person_id": ["bob"]}))
    assert lines.semi_join(held, "person_id").amount.sum().to_pyarrow().as_py() == 700


def test_a_table_is_read_with_the_columns_that_ibis_reads_and_none_is_an_error():
    con = duckdb.connect()
    con.execute("""CREATE TABLE every (a INTEGER NOT NULL, b DECIMAL(18, 3), c VARCHAR, d DATE,
        e TIMESTAMP, f TIMESTAMPTZ, g BIGINT[], h STRUCT(x DOUBLE, y VARCHAR), i BOOLEAN)""")
    ours, theirs = engine_over(con), ibis.duckdb.from_connection(con)
    assert ours.table("every").schema() == theirs.table("every").schema()
    with pytest.raises(TableNotFound):
        ours.table("nowhere")
