"""Orders that a later file tells anew, with other content: the lines of an order stay in one file.

A line without a number of its own is known by its content, so a corrected line arrives as a new
one. It takes the place of the old one where both files tell of the same order: they share a product
(or one of them names none), a store, and a month. Then

- as many lines as are known, or more: the order was exported again. Its known lines go.
- fewer: a part of it was. Each line takes the place of one of the same product; the others stay.

Files that share no product of an order hold two parts of it, shipped apart: both stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from huitou.ground.words import Sentence, said

SAME_ORDER_DAYS = 31
"""Orders of one number further apart than this are two: the till began to count anew."""

WHO = ("member_no", "phone", "email", "name")
"""Named once, the customer of an order is known for the lines that replace its others."""

TABLES = ("fresh", "standing", "contested", "outdated", "left_out", "given")

_FRESH = """
SELECT * FROM arrived SEMI JOIN (FROM of_known_orders ANTI JOIN met USING (here)) USING (here)
WHERE NOT starts_with(order_id, 'row:')"""

_SIDE = """
SELECT source, order_id, count(*) AS lines, min(day) AS day, min(store) AS store,
    bool_and(line_id IS NOT NULL) AS numbered,
    count(*) FILTER ({stand} NOT IN (SELECT {stand} FROM met)) AS unmet,
    list(DISTINCT sku) FILTER (sku IS NOT NULL) AS skus,
    list(DISTINCT product) FILTER (product IS NOT NULL) AS products
FROM {lines} SEMI JOIN fresh USING (source, order_id) GROUP BY source, order_id"""

_BEFORE = _SIDE.format(lines="standing", stand="place")
_NOW = _SIDE.format(lines="arrived", stand="here")

_CONTESTED = f"""
WITH before AS ({_BEFORE}), now AS ({_NOW})
SELECT source, order_id, n.lines >= b.lines AS whole,
    coalesce(b.skus, b.products) IS NOT NULL AND coalesce(n.skus, n.products) IS NOT NULL AS named
FROM before b JOIN now n USING (source, order_id)
WHERE b.unmet > 0 AND NOT (b.numbered AND n.numbered)
AND abs(date_diff('day', b.day, n.day)) <= {SAME_ORDER_DAYS}
AND coalesce(b.store = n.store, true)
AND (NOT named OR coalesce(list_has_any(b.skus, n.skus), false)
    OR coalesce(list_has_any(b.products, n.products), false))"""

_NTH = """row_number() OVER (PARTITION BY source, order_id, coalesce(sku, product)
    ORDER BY quantity, row, line_key) AS nth, coalesce(sku, product, '') AS goods"""

_PAIRED = f"""
WITH old AS (
    SELECT *, {_NTH} FROM (
        SELECT * FROM standing SEMI JOIN (FROM contested WHERE NOT whole) USING (source, order_id))
    ANTI JOIN met USING (place)),
new AS (SELECT *, {_NTH} FROM fresh SEMI JOIN (FROM contested WHERE NOT whole)
    USING (source, order_id))
SELECT old.place, new.here
FROM old JOIN new USING (source, order_id, goods, nth)"""


NAMED = 3
"""Orders that a warning names."""

_COUNTED = f"""
SELECT whole, count(*), min(name, {NAMED}) FROM (
    SELECT DISTINCT whole, regexp_replace(order_id, '/refund$', '') AS name FROM contested)
GROUP BY whole"""


@dataclass(frozen=True)
class Orders:
    """How many orders, and what the first of them are called."""

    count: int = 0
    first: Sequence[str] = ()

    @property
    def named(self) -> str:
        """The first of them, and whether there are more."""
        return ", ".join(self.first) + (", …" if self.count > len(self.first) else "")


@dataclass(frozen=True)
class Restated:
    """The orders a file told anew: whole, and in part."""

    whole: Orders
    partly: Orders

    def warnings(self) -> Iterator[Sentence]:
        """What the merchant should know of it."""
        if self.whole.count == 1:
            yield said(
                "Order {order} was known with other lines: those of this file replaced them",
                order=self.whole.named,
            )
        elif self.whole.count:
            yield said(
                "{count} orders were known with other lines: those of this file replaced them "
                "({orders})",
                count=self.whole.count,
                orders=self.whole.named,
            )
        if self.partly.count == 1:
            yield said(
                "Order {order} has fewer lines here than are known: only what changed was taken",
                order=self.partly.named,
            )
        elif self.partly.count:
            yield said(
                "{count} orders have fewer lines here than are known: only what changed was taken "
                "({orders})",
                count=self.partly.count,
                orders=self.partly.named,
            )


def restate(con: duckdb.DuckDBPyConnection, *, mended: bool) -> Restated:
    """Find them, after `meeting.meet`: lines that are `outdated` go from their `place`,
    those `left_out` are not taken, and `given` tells the customer of each order.

    Rows that come back `mended` are the missing part of an order, and replace nothing.
    """
    _make(con, "fresh", _FRESH + (" LIMIT 0" if mended else ""))
    # Most files tell nothing anew: then neither they nor the lake are looked at again.
    limit = "" if con.execute("FROM fresh LIMIT 1").fetchone() else " LIMIT 0"
    _make(con, "standing", f"FROM on_file SEMI JOIN fresh USING (source, order_id){limit}")
    _make(con, "contested", _CONTESTED + limit)
    _make(con, "outdated", _PAIRED + limit)
    _make(
        con,
        "left_out",  # the total of an order whose lines are known, or the other way round
        """SELECT here FROM fresh
        SEMI JOIN (FROM contested WHERE NOT whole AND NOT named) USING (source, order_id)
        WHERE here NOT IN (SELECT here FROM outdated)""",
    )
    con.execute(
        f"""INSERT INTO outdated BY NAME SELECT place
        FROM (FROM standing SEMI JOIN (FROM contested WHERE whole) USING (source, order_id))
        ANTI JOIN met USING (place){limit}"""
    )
    _make(
        con,
        "given",
        f"""SELECT source, order_id, {", ".join(f"max({name}) AS {name}" for name in WHO)}
        FROM standing SEMI JOIN contested USING (source, order_id) GROUP BY source, order_id""",
    )
    found = {
        whole: Orders(count, first) for whole, count, first in con.execute(_COUNTED).fetchall()
    }
    return Restated(found.get(True, Orders()), found.get(False, Orders()))


def let_go(con: duckdb.DuckDBPyConnection) -> None:
    """Drop all that was made here, after the merge that follows."""
    for name in TABLES:
        con.execute(f"DROP TABLE temp.{name}")


def _make(con: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
