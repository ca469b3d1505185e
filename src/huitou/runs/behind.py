"""What stands behind a cause: what those who left for it had bought last, against everybody else.

A product, store or way of ordering is named only where it is commoner among them than chance could
make the commonest of so many: with hundreds looked at, some look bad by luck.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import norm

if TYPE_CHECKING:
    from huitou.store.lake import Edition

DIMENSIONS = ("product", "store", "channel", "region", "category")
LEAST = 5
"""People who left for the cause and had it in their last order."""
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


def behind(edition: Edition, left_for: Mapping[str, str]) -> pa.Table:
    """The parts that stand behind each cause (columns: `BEHIND`), the surest first.

    `left_for`: person -> the cause they most likely left for.
    """
    last = _last_orders(edition)
    people = last["person_id"].to_pylist()
    cause = np.array([left_for.get(person, "") for person in people], dtype=object)
    rows: list[dict[str, Any]] = []
    for dimension in DIMENSIONS:
        part = last[dimension].to_pylist()
        rows += _of_dimension(dimension, np.array(people, dtype=object), part, cause)
    return pa.Table.from_pylist(rows, schema=BEHIND)


def _last_orders(edition: Edition) -> pa.Table:
    """The lines of the last day on which each customer bought something."""
    columns = ["person_id", "day", "amount", "is_return", *DIMENSIONS]
    lines = edition.table("lines", columns)
    kept = pc.and_(pc.is_valid(lines["person_id"]), pc.greater(lines["amount"], 0))
    bought = lines.filter(pc.and_(kept, pc.invert(pc.fill_null(lines["is_return"], False))))
    ends = bought.group_by("person_id").aggregate([("day", "max")])
    joined = bought.join(ends, "person_id", join_type="inner")
    return joined.filter(pc.equal(joined["day"], joined["day_max"])).combine_chunks()


def _of_dimension(dimension: str, people: Any, part: list[Any], cause: Any) -> list[dict[str, Any]]:
    here = np.array([each is not None for each in part])
    if not here.any():
        return []
    parts, place = np.unique(
        np.array([p for p in part if p is not None], dtype=str), return_inverse=True
    )
    persons, who = np.unique(people[here].astype(str), return_inverse=True)
    theirs = np.empty(len(persons), dtype=object)
    theirs[who] = cause[here]
    # Whoever bought it twice that day bought it.
    pairs = np.unique(np.stack([place, who]), axis=1)
    found: list[dict[str, Any]] = []
    for each in sorted({c for c in theirs if c}):
        inside = theirs == each
        left = np.bincount(pairs[0], inside[pairs[1]], minlength=len(parts)).astype(int)
        others = np.bincount(pairs[0], ~inside[pairs[1]], minlength=len(parts)).astype(int)
        found += _named(
            each, dimension, parts, left, others, int(inside.sum()), int((~inside).sum())
        )
    return found


def _named(
    cause: str, dimension: str, parts: Any, left: Any, others: Any, of_left: int, of_others: int
) -> list[dict[str, Any]]:
    looked = np.flatnonzero(left >= LEAST)
    if not len(looked) or not of_others:
        return []
    # Each gets its share of the doubt, so that all together keep it.
    z = float(norm.ppf(1 - DOUBT / (2 * len(looked))))
    a, b = left[looked].astype(float), np.maximum(others[looked], 0.5)
    log_lift = np.log(a / of_left) - np.log(b / of_others)
    sd = np.sqrt(np.maximum(1 / a - 1 / of_left + 1 / b - 1 / of_others, 0.0))
    low, high = np.exp(log_lift - z * sd), np.exp(log_lift + z * sd)
    chosen = [place for place in np.argsort(-low, kind="stable") if low[place] > 1][:MOST]
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
