"""What members bought: their past for the advice, and a term's orders less returns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from huitou.loyalty.membership.advice import Past

BACK_DAYS = 730
"""How far back a member's habits are read."""

PAST = """
    WITH days AS (
        SELECT person_id, day, sum(amount) AS net FROM lines
        WHERE person_id IS NOT NULL AND day <= $until GROUP BY ALL
    ), firsts AS (SELECT person_id, min(day) AS first FROM days WHERE net > 0 GROUP BY ALL)
    SELECT person_id,
        count(*) FILTER (net > 0 AND day > greatest(first, $since)) AS orders,
        greatest(coalesce(sum(net) FILTER (day > greatest(first, $since)), 0), 0) AS total,
        coalesce(sum(net * net::DOUBLE) FILTER (
            net > 0 AND day > greatest(first, $since)), 0) AS squares,
        greatest(date_diff('day', greatest(any_value(first), $since), $until), 1) / 365.25 AS years
    FROM days JOIN firsts USING (person_id) GROUP BY person_id ORDER BY person_id"""
"""The first buying day of a person is not counted: that they came at all is why they are here."""

BOUGHT = """
    SELECT coalesce(sum(amount), 0) FROM lines
    WHERE list_contains($people, person_id) AND day >= $since
        AND (day < $until OR (is_return AND day < $returned))"""


def past(connection: DuckDBPyConnection, until: date) -> tuple[list[str], Past]:
    """Everybody who ever bought, in the order of their ids, with what they bought lately."""
    import numpy as np

    from huitou.loyalty.membership.advice import Past

    told = {"until": until, "since": until - timedelta(days=BACK_DAYS)}
    table: Any = connection.execute(PAST, told).fetchnumpy()
    columns = {
        name: np.asarray(table[name], dtype=float)
        for name in ("orders", "years", "total", "squares")
    }
    return [str(each) for each in table["person_id"]], Past(**columns)


def bought(
    connection: DuckDBPyConnection,
    people: Iterable[str],
    since: date,
    until: date,
    returned: date | None = None,
) -> int:
    """Orders less returns of one person in [since, until), minor units.

    `returned`: returns count until then; None where a further term counts them.
    """
    told = {
        "people": sorted(people),
        "since": since,
        "until": until,
        "returned": returned or until,
    }
    row = connection.execute(BOUGHT, told).fetchone()
    return int(row[0]) if row else 0
