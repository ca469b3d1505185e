"""What the lake keeps of connections: looked at by pages, and taken away when somebody is
forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from huitou.ground.clock import naive_utc
from huitou.sources.live.merging import KEY
from huitou.sources.live.segment import VISIT
from huitou.sources.live.standing import Standing
from huitou.sources.live.tables import create
from huitou.sources.live.told import Who

DAYS = 28
"""Days whose visits are drawn."""


def heard(con: duckdb.DuckDBPyConnection, today: date) -> dict[str, dict[str, Any]]:
    """Of each connection when it was heard last, and how many of its messages were rejected; of
    each source how many visits, orders and people it told, and the visits of each of the last days
    up to `today`. By the connection's id or the source's name."""
    create(con)
    connections = con.execute(
        """SELECT h.connection, h.last, count(r.message) FROM heard h
        LEFT JOIN rejected r USING (connection) GROUP BY ALL"""
    ).fetchall()
    sources = con.execute(
        f"""SELECT source, sum(visits)::BIGINT, sum(orders)::BIGINT, sum(people)::BIGINT FROM (
            SELECT source, count(*) FILTER ({VISIT}) AS visits, 0 AS orders, 0 AS people
            FROM visits GROUP BY source
            UNION ALL SELECT source, 0, count(*), 0 FROM live_orders GROUP BY source
            UNION ALL SELECT source, 0, 0, count(*) FROM profiles GROUP BY source)
        GROUP BY source"""
    ).fetchall()
    days = con.execute(
        f"""SELECT source, date_diff('day', day, $today), count(*) FROM visits
        WHERE {VISIT} AND day > $today - $days::INTEGER AND day <= $today GROUP BY ALL""",
        {"today": today, "days": DAYS},
    ).fetchall()
    drawn: dict[str, list[int]] = {}
    for source, ago, visits in days:
        drawn.setdefault(source, [0] * DAYS)[DAYS - 1 - ago] = visits
    return {
        "connections": {
            by: {"last": last.isoformat(), "rejected": rejected}
            for by, last, rejected in connections
        },
        "sources": {
            name: {
                "visits": visits,
                "orders": orders,
                "people": people,
                "days": drawn.get(name, []),
            }
            for name, visits, orders, people in sources
        },
    }


def rejected(con: duckdb.DuckDBPyConnection, limit: int) -> pa.Table:
    """The messages rejected last, the latest first."""
    return con.execute(
        """SELECT connection, message, name, reason, received, raw FROM rejected
        ORDER BY received DESC, connection, message LIMIT $limit""",
        {"limit": limit},
    ).to_arrow_table()


def keys_since(con: duckdb.DuckDBPyConnection, moment: datetime) -> list[str]:
    """Keys of people who were told of at this moment or later."""
    found = con.execute(
        f"""SELECT DISTINCT {KEY} AS key FROM visits WHERE loaded_at >= $moment
        UNION SELECT DISTINCT {KEY} FROM profiles WHERE loaded_at >= $moment""",
        {"moment": naive_utc(moment)},
    ).fetchall()
    return sorted(key for (key,) in found if key is not None)


def forget(con: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> None:
    """Take away what connections told of these people; their orders stay, as sales to nobody."""
    create(con)
    theirs = {"keys": list(keys)}
    visitors = f"""SELECT visitor FROM visitor_ties WHERE key IN (SELECT unnest($keys))
        UNION SELECT visitor FROM visits WHERE {KEY} IN (SELECT unnest($keys))"""
    seen = [row[0] for row in con.execute(visitors, theirs).fetchall() if row[0] is not None]
    both = {**theirs, "visitors": seen}
    con.execute(
        f"""DELETE FROM visits WHERE {KEY} IN (SELECT unnest($keys))
        OR visitor IN (SELECT unnest($visitors))""",
        both,
    )
    con.execute("DELETE FROM visitor_ties WHERE visitor IN (SELECT unnest($visitors))",
                {"visitors": seen})  # fmt: skip
    con.execute("DELETE FROM profiles WHERE key IN (SELECT unnest($keys))", theirs)
    words = sorted({key.partition(":")[2] for key in keys} | set(seen))
    _forget_orders(con, words)
    for word in words:
        con.execute("DELETE FROM rejected WHERE contains(raw, $word)", {"word": word})


def _forget_orders(con: duckdb.DuckDBPyConnection, words: Sequence[str]) -> None:
    """Orders that name one of these words as whose they are are nobody's from now on."""
    found: dict[tuple[str, str], str] = {}
    for word in words:
        rows = con.execute(
            "SELECT source, order_id, standing FROM live_orders WHERE contains(standing, $word)",
            {"word": word},
        ).fetchall()
        found.update({(source, order): kept for source, order, kept in rows})
    for (source, order), kept in found.items():
        standing = Standing.read(kept)
        whose = {str(value) for value in vars(standing.who).values()}
        if whose & set(words):
            con.execute(
                """UPDATE live_orders SET standing = $standing, visitor = NULL
                WHERE source = $source AND order_id = $order""",
                {"standing": nobodys(standing).kept(), "source": source, "order": order},
            )


def nobodys(standing: Standing) -> Standing:
    """The same order, without whose it is."""
    order = replace(standing.order, who=Who()) if standing.order else None
    refunds = {name: replace(back, who=Who()) for name, back in standing.refunds.items()}
    return replace(standing, order=order, refunds=refunds)
