"""Order logs of the world as the models want them, by SQL of their own: no code of the facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from huitou.models.backtest import origin_days
from huitou.models.card import Card
from huitou.models.forecast import Past
from huitou.models.histories import Origin
from huitou.models.score import Choice, score


@dataclass
class Log:
    """One shop's order log. A purchase day has an order of positive total without returns."""

    path: Path
    margin: float = 0.4

    def __post_init__(self):
        self.con = duckdb.connect()
        self.con.execute(f"""
            create table orders as
            select customer_id as p, min(ordered_at)::date as d, bool_or(is_return) as back,
                   coalesce(round(sum(amount) * 100), 100)::bigint as a
            from '{self.path}' where customer_id is not null group by customer_id, order_id""")
        self.con.execute("""
            create table days as select p, d, sum(a)::bigint as a from orders
            where not back and a > 0 group by p, d""")

    @property
    def first(self) -> date:
        return self.con.sql("select min(d) from days").fetchone()[0]

    def customers(self, as_of: date) -> pa.Table:
        """One row for each customer with a purchase before `as_of`."""
        return self.con.execute(
            """
            with gaps as (
                select *, d - lag(d) over (partition by p order by d) as gap, $as_of - 1 - d as ago
                from days where d < $as_of
            ), own as (
                select p, min(d) as f, max(d) as l, count(*) as n, sum(a) as gross,
                       avg(a)::double as spend, stddev_samp(gap) as gap_sd,
                       arg_max(gap, d) as last_gap, count(*) filter (ago < 28) as n28,
                       count(*) filter (ago between 28 and 55) as n56,
                       count(*) filter (ago < 112) as n112,
                       count(*) filter (ago between 112 and 223) as n224,
                       count(*) filter (ago between 224 and 447) as n448
                from gaps group by p
            ), usual as (
                select sum(l - f)::double / sum(n - 1) as gap from own where n > 1
            ), back as (
                select p, sum(a) as a from orders where back and d < $as_of group by p
            )
            select p as person_id, (n - 1)::bigint as x, (l - f)::bigint as t_x,
                   ($as_of - 1 - f)::bigint as "T", n::bigint as purchase_days,
                   spend as spend_mean, gross::bigint as gross,
                   (gross + coalesce(back.a, 0))::bigint as revenue, $margin::double as margin_rate,
                   case when n > 1 then (l - f)::double / (n - 1) end as gap_mean,
                   (l - f + 2 * gap) / (n + 1)::double as typical_gap, gap_sd, last_gap,
                   n28 as bought_month, n56 as bought_month_before, n112 as bought_lately,
                   n224 as bought_before, n448 as bought_long_before,
                   f - $first < gap as left_censored
            from own left join back using (p), usual order by p""",
            {"as_of": as_of, "margin": self.margin, "first": self.first},
        ).to_arrow_table()

    def bought(self, as_of: date, horizon: int) -> np.ndarray:
        """Purchase days from `as_of` on, aligned with `customers(as_of)`."""
        return self.con.execute(
            """
            select count(later.d)::bigint as n
            from (select distinct p from days where d < $as_of) as known
            left join days as later
                on later.p = known.p and later.d >= $as_of and later.d < $until
            group by known.p order by known.p""",
            {"as_of": as_of, "until": as_of + timedelta(days=horizon)},
        ).fetchnumpy()["n"]

    def forget(self, as_of: date) -> None:
        """Take away all that came later, as on that day."""
        self.con.execute("delete from days where d >= $1", [as_of])
        self.con.execute("delete from orders where d >= $1", [as_of])

    def scored(self, as_of: date, horizon: int) -> tuple[pa.Table, Card]:
        """Scores and card as of a day, with every origin worth trying."""
        return score(self.customers(as_of), self.past(as_of, horizon), Choice(as_of, horizon))

    def past(self, as_of: date, horizon: int) -> Past:
        """Every origin worth trying, its horizon and the half of it that has just ended."""
        days = origin_days(self.first, as_of, horizon)
        windows = [(day, horizon) for day in days]
        windows += [(day - timedelta(days=horizon // 2), horizon // 2) for day in (as_of, *days)]
        origins = [
            Origin(day, self.customers(day), length, self.bought(day, length))
            for day, length in windows
            if day > self.first
        ]
        return Past(origins, horizon, self.returning(as_of))

    def returning(self, as_of: date) -> pa.Table:
        """Purchase days of each day that were not anybody's first."""
        return self.con.execute(
            """
            select d as day, count(*)::bigint as repeats from days
            where d < $1 and d > (select min(d) from days as own where own.p = days.p)
            group by d""",
            [as_of],
        ).to_arrow_table()
