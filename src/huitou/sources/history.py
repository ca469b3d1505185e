"""What lines were before a later word changed them: two clocks, *happened* and *known*.

`lines` is what is known now. A line that a later file or message changes, or takes the place of, is
kept in `lines_before` with the moment at which it ceased to be what is known, so that what was
known at any earlier moment can be read again, to the last digit.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from huitou.ground.clock import naive_utc


def supersede(
    con: duckdb.DuckDBPyConnection, going: str, moment: datetime, told: dict[str, Any] | None = None
) -> None:
    """Keep the lines that the SQL query `going` finds, as they are before they change or go.

    `moment` is naive UTC: when the new word arrived; `told` are the values that `going` names.
    """
    con.execute(
        f"""INSERT INTO lines_before BY NAME
        SELECT *, $replaced::TIMESTAMP AS replaced_at FROM ({going})""",
        {**(told or {}), "replaced": moment},
    )


def known_lines(known: datetime) -> str:
    """SQL of the lines as they were known at a moment (aware): those that had arrived by then, and
    as they read then.

    Whoever was forgotten since is forgotten there too, and what they bought stands under the moment
    of their forgetting.
    """
    at = f"TIMESTAMP '{naive_utc(known)}'"
    return f"""
        SELECT * FROM lines WHERE loaded_at <= {at}
        UNION ALL BY NAME SELECT * EXCLUDE (replaced_at) FROM lines_before
        WHERE loaded_at <= {at} AND replaced_at > {at}"""
