"""The read-out of a real shop equals intention to treat computed independently, in SQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from huitou.decisions.holdout import Holdout
from huitou.proof.assign import with_outcomes
from huitou.proof.readout import Programme, readout

pytestmark = pytest.mark.known

LOT = Holdout("the proof of a proof", 0.1)
PROGRAMME = Programme("june", "GBP", date(2011, 6, 10), date(2011, 9, 8), share=LOT.share)

PEOPLE = """
    select customer_id as person_id,
        coalesce(sum(pence) filter (day between '2011-03-11' and '2011-06-09'), 0)::bigint
            as "before",
        coalesce(sum(pence) filter (day between '2011-06-10' and '2011-09-08'), 0)::bigint
            as "after"
    from (select *, ordered_at::date as day, round(30 * amount) as pence from '{path}')
    where customer_id is not null
    group by customer_id
    having bool_or(day <= '2011-06-09' and not is_return)
"""

INDEPENDENT = """
    with kept as (
        select *, (arm = 'treated')::int as treated from told
        where "before" <= (select quantile_cont("before"::double, 0.99) from told)
    ),
    arms as (
        select arm, avg("before") as x, avg("after") as y,
            covar_pop("before", "after") * count(*) as xy,
            var_pop("before") * count(*) as xx
        from kept group by arm
    )
    select max(y) filter (arm = 'treated') - max(y) filter (arm = 'held_out')
        - (select sum(xy) / sum(xx) from arms)
        * (max(x) filter (arm = 'treated') - max(x) filter (arm = 'held_out'))
    from arms
"""


def arms(people: pa.Table) -> pa.Table:
    held = LOT.mask(people["person_id"].to_pylist())
    drawn = ["held_out" if out else "treated" for out in held]
    return people.select(["person_id"]).append_column("arm", pa.array(drawn))


@pytest.fixture
def people(data_file: Callable[[str], Path]) -> pa.Table:
    path = data_file("online_retail_ii_dedup.parquet")
    outcomes = duckdb.sql(PEOPLE.format(path=path)).to_arrow_table()
    return with_outcomes(arms(outcomes), outcomes)


def test_it_equals_intention_to_treat_in_sql(people: pa.Table) -> None:
    found = readout(people, PROGRAMME, date(2011, 12, 9))
    connection = duckdb.connect()
    connection.register("told", people)
    row = connection.execute(INDEPENDENT).fetchone()
    assert row is not None
    assert found.per_person == pytest.approx(row[0], rel=1e-9)


def test_where_nothing_was_sent_nothing_is_proven(people: pa.Table) -> None:
    found = readout(people, PROGRAMME, date(2011, 12, 9))
    assert found.verdict == "not_proven"
    assert found.low < 0 < found.high
    assert found.treated + found.held_out == people.num_rows
    assert found.weeks_needed is None or found.weeks_needed > 0
