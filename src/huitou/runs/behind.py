"""What stands behind a cause: what those who left for it had bought last, against everybody else.

A product, store or way of ordering is named only where it is commoner among them than chance could
make the commonest of so many: with hundreds looked at, some look bad by luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import hypergeom, norm

DIMENSIONS = ("product", "store", "channel", "region", "category")
LEAST = 5
"""People who left for the cause and had it in their last order."""
SEEN = 10
"""People who had it in their last order at all: rarer parts are not looked at."""
DOUBT = 0.10
"""Chance that anything at all is named where nothing stands behind a cause."""
MOST = 5
"""Named for each cause and dimension."""

BEHIND = pa.schema(
    [
        ("cause", pa.string()),
        ("dimension", pa.string()),
        ("part", pa.string()),
        ("left", pa.int64()),  # of those who left for the cause, how many had it last
        ("of_left", pa.int64()),
        ("others", pa.int64()),  # of everybody else
        ("of_others", pa.int64()),
        ("lift", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)


LAST = """
    WITH bought AS (
        SELECT person_id, day, {part} AS part FROM lines
        WHERE person_id IS NOT NULL AND amount > 0 AND NOT coalesce(is_return, FALSE)
    )
    SELECT DISTINCT person_id, part FROM bought
    JOIN (SELECT person_id, max(day) AS day FROM bought GROUP BY person_id)
    USING (person_id, day) WHERE part IS NOT NULL ORDER BY person_id, part"""
"""What each customer had in hand on the last day on which they bought something, each once."""


def behind(connection: Any, left_for: Mapping[str, str]) -> pa.Table:
    """The parts that stand behind each cause (columns: `BEHIND`), the surest first.

    `connection` reads an edition; `left_for`: person -> the cause they most likely left for.
    """
    rows: list[dict[str, Any]] = []
    for dimension in DIMENSIONS:
        last = connection.execute(LAST.format(part=dimension)).to_arrow_table()
        rows += _of_dimension(dimension, last, left_for)
    return pa.Table.from_pylist(rows, schema=BEHIND)


def _of_dimension(
    dimension: str, last: pa.Table, left_for: Mapping[str, str]
) -> list[dict[str, Any]]:
    if not last.num_rows:
        return []
    persons, who = np.unique(np.array(last["person_id"].to_pylist(), str), return_inverse=True)
    parts, place = np.unique(np.array(last["part"].to_pylist(), str), return_inverse=True)
    theirs = np.array([left_for.get(person, "") for person in persons.tolist()], dtype=object)
    found: list[dict[str, Any]] = []
    for cause in sorted({each for each in theirs if each}):
        inside = theirs == cause
        had = inside[who]
        left, others = (
            np.bincount(place[side], minlength=len(parts)).astype(int) for side in (had, ~had)
        )
        sizes = int(inside.sum()), int((~inside).sum())
        found += _named(cause, dimension, parts, left, others, *sizes)
    return found


def _named(
    cause: str, dimension: str, parts: Any, left: Any, others: Any, of_left: int, of_others: int
) -> list[dict[str, Any]]:
    looked = np.flatnonzero(left + others >= SEEN)
    if not len(looked) or not of_others:
        return []
    # Each gets its share of the doubt, so that all together keep it.
    each = DOUBT / len(looked)
    z = float(norm.ppf(1 - each / 2))
    a, b = np.maximum(left[looked], 0.5), np.maximum(others[looked], 0.5)
    log_lift = np.log(a / of_left) - np.log(b / of_others)
    sd = np.sqrt(np.maximum(1 / a - 1 / of_left + 1 / b - 1 / of_others, 0.0))
    low, high = np.exp(log_lift - z * sd), np.exp(log_lift + z * sd)
    # Logs of small counts are skewed: the exact chance has the last word.
    whole = left[looked] + others[looked]
    chance = hypergeom.sf(left[looked] - 1, of_left + of_others, whole, of_left)
    sure = (chance <= each) & (low > 1) & (left[looked] >= LEAST)
    chosen = [place for place in np.argsort(-low, kind="stable") if sure[place]][:MOST]
    return [
        {
            "cause": cause,
            "dimension": dimension,
            "part": str(parts[looked[place]]),
            "left": int(left[looked[place]]),
            "of_left": of_left,
            "others": int(others[looked[place]]),
            "of_others": of_others,
            "lift": float(np.exp(log_lift[place])),
            "low": float(low[place]),
            "high": float(high[place]),
        }
        for place in chosen
    ]
