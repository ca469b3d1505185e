"""What stands behind a cause: what those who left for it had bought last, against everybody else.

A product, store or way of ordering is named only where it is commoner among them than chance could
make the commonest of so many: with hundreds looked at, some look bad by luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import gammainc, ndtri

Counts = NDArray[np.int64]
FloatArray = NDArray[np.float64]

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
        ("others", pa.int64()),  # of the others' orders in those months
        ("of_others", pa.int64()),
        ("lift", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
    ]
)


LAST = """
    WITH bought AS (
        SELECT person_id, day, date_trunc('month', day) AS month, {part} AS part FROM lines
        WHERE person_id IS NOT NULL AND amount > 0 AND NOT coalesce(is_return, FALSE)
    ), ends AS (
        SELECT person_id, month, max(day) AS day FROM bought GROUP BY person_id, month
    )
    SELECT DISTINCT person_id, CAST(month AS VARCHAR) AS month, part,
        month = max(month) OVER (PARTITION BY person_id) AS final
    FROM bought JOIN ends USING (person_id, month, day)
    WHERE part IS NOT NULL ORDER BY person_id, month, part"""
"""What each customer had in hand on the last day of each month on which they bought something."""


def behind(connection: Any, left_for: Mapping[str, str]) -> pa.Table:
    """The parts that stand behind each cause (columns: `BEHIND`), the surest first.

    The last order of those who left is compared with orders of the same months by everybody else:
    hot-water bottles are not what people leave for in winter.

    `connection` reads an edition; `left_for`: person -> the cause they most likely left for.
    """
    rows: list[dict[str, Any]] = []
    for dimension in DIMENSIONS:
        last = connection.execute(LAST.format(part=dimension)).to_arrow_table()
        rows += _of_dimension(dimension, last, left_for)
    return pa.Table.from_pylist(rows, schema=BEHIND)


@dataclass(frozen=True)
class Held:
    """What customers had in hand, by month, in whole numbers: names are looked up once."""

    parts: list[str]
    months: int
    part: Counts
    """Of each thing in hand its part, its month and its visit, shape (things,)."""
    month: Counts
    visit: Counts
    when: Counts
    """Of each visit its month, its customer, and whether it was their last, shape (visits,)."""
    who: Counts
    final: NDArray[np.bool_]
    people: list[str]

    @classmethod
    def of(cls, last: pa.Table) -> Held:
        """From what `LAST` finds."""
        people, who = _coded(last["person_id"])
        parts, part = _coded(last["part"])
        months, month = _coded(last["month"])
        # A customer is in the shop once a month, whatever they hold.
        _, first, visit = np.unique(
            who * len(months) + month, return_index=True, return_inverse=True
        )
        final = last["final"].to_numpy()
        return cls(
            parts, len(months), part, month, visit, month[first], who[first], final[first], people
        )

    def counted(self, side: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
        """Of some visits: how many had each part by month, and how many there were by month."""
        mine = side[self.visit]
        place = self.part[mine] * self.months + self.month[mine]
        had = np.bincount(place, minlength=len(self.parts) * self.months)
        there = np.bincount(self.when[side], minlength=self.months)
        shape = (len(self.parts), self.months)
        return had.reshape(shape).astype(np.float64), there.astype(np.float64)


def _coded(column: pa.ChunkedArray) -> tuple[list[str], Counts]:
    coded = column.combine_chunks().dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64)


def _of_dimension(
    dimension: str, last: pa.Table, left_for: Mapping[str, str]
) -> list[dict[str, Any]]:
    if not last.num_rows:
        return []
    held = Held.of(last)
    theirs = np.array([left_for.get(person, "") for person in held.people])[held.who]
    found: list[dict[str, Any]] = []
    for cause in sorted({each for each in theirs.tolist() if each}):
        left, of_left = held.counted((theirs == cause) & held.final)
        others, of_others = held.counted(theirs != cause)
        found += _named(cause, dimension, held.parts, left, others, of_left, of_others)
    return found


def _named(
    cause: str,
    dimension: str,
    parts: list[str],
    left: Any,
    others: Any,
    of_left: Any,
    of_others: Any,
) -> list[dict[str, Any]]:
    """Mantel and Haenszel's ratio over the months, with Greenland and Robins' interval."""
    both = (of_left > 0) & (of_others > 0)
    looked = np.flatnonzero((left + others)[:, both].sum(axis=1) >= SEEN)
    if not len(looked):
        return []
    a, b = left[looked][:, both], others[looked][:, both]
    n1, n0 = of_left[both], of_others[both]
    whole = n1 + n0
    up, down = (a * n0 / whole).sum(axis=1), (b * n1 / whole).sum(axis=1)
    # Half a customer where nobody of a side had it, so that a log can be taken.
    up, down = (
        np.maximum(side, 0.5 * (n1 * n0 / whole).sum() / whole.sum()) for side in (up, down)
    )
    spread = ((n1 * n0 * (a + b) - a * b * whole) / whole**2).sum(axis=1)
    sd = np.sqrt(np.maximum(spread, 0.0) / (up * down))
    # Each gets its share of the doubt, so that all together keep it.
    each = DOUBT / len(looked)
    z = float(ndtri(1 - each / 2))
    log_lift = np.log(up / down)
    low, high = np.exp(log_lift - z * sd), np.exp(log_lift + z * sd)
    # Logs of small counts are skewed: a count so large by chance (Poisson) has the last word.
    chance = gammainc(a.sum(axis=1), (n1 * (a + b) / whole).sum(axis=1))
    left, others = a.sum(axis=1), b.sum(axis=1)
    sure = (chance <= each) & (low > 1) & (left >= LEAST)
    chosen = [place for place in np.argsort(-low, kind="stable") if sure[place]][:MOST]
    return [
        {
            "cause": cause,
            "dimension": dimension,
            "part": parts[looked[place]],
            "left": int(left[place]),
            "of_left": int(n1.sum()),
            "others": int(others[place]),
            "of_others": int(n0.sum()),
            "lift": float(np.exp(log_lift[place])),
            "low": float(low[place]),
            "high": float(high[place]),
        }
        for place in chosen
    ]
