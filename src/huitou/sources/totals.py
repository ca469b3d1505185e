"""Orders whose total stands on the first of their lines only, as web shops export them.

The lines are priced by themselves. What the total says beyond them (postage, taxes, a discount)
becomes a line of its own, which is no product; and what is said of an order on its first line
holds for the others.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.sources import contacts
from huitou.sources.faults import mask
from huitou.sources.texts import cleaned

OF_THE_ORDER = frozenset(
    {"member_no", "phone", "email", "name", "address", "ordered_at", "store", "channel", "region",
     "campaign", "status", "currency"}
)  # fmt: skip
"""Fields that are said once for an order."""

_MOSTLY = 0.95


def stand_on_first_lines(order: pa.Array, amount: pa.Array, price: pa.Array) -> bool:
    """Whether amounts are totals: many lines have a price and no amount, and nearly all of them
    belong to an order that has exactly one."""
    codes = _codes(contacts.ids(order))
    with_amount = mask(cleaned(amount).is_valid())
    bare = mask(cleaned(price).is_valid()) & ~with_amount & (codes >= 0)
    if not bare.any():
        return False
    totals = np.bincount(codes[with_amount & (codes >= 0)], minlength=int(codes.max()) + 1)
    return bool((totals[codes[bare]] == 1).mean() >= _MOSTLY)


def first_told(order: pa.Array, told: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where what was told is told for the first time of its order: some exports write the total of
    an order on each of its lines, and it counts once. A row without an order is one by itself."""
    codes = _codes(order)
    first = told & (codes < 0)
    rows = np.flatnonzero(told & (codes >= 0))
    _, at = np.unique(codes[rows], return_index=True)
    first[rows[at]] = True
    return first


def spread(order: pa.Array, cells: pa.Array) -> pa.Array:
    """Cells with each empty one filled from the first line of its order that says something."""
    codes = _codes(order)
    rows = np.arange(len(codes))
    told = mask(cells.is_valid())
    if pa.types.is_string(cells.type):
        told = mask(cleaned(cells).is_valid())
    first = np.full(int(codes.max(initial=-1)) + 1, -1)
    speaking = rows[told & (codes >= 0)][::-1]
    first[codes[speaking]] = speaking
    at = np.where(told | (codes < 0), rows, first[codes] if len(first) else rows)
    return cells.take(pa.array(np.where(at < 0, rows, at)))


def remainders(
    order: pa.Array, amounts: pa.Array, totals: NDArray[np.int64], told: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """What each total says beyond the lines of its order, on the row of the total; else nought.

    Where a line cannot be read, nobody knows what lies beyond.
    """
    codes = _codes(order)
    named, readable = codes >= 0, mask(amounts.is_valid())
    sums = np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(sums, codes[named], pc.fill_null(amounts, 0).to_numpy()[named])
    doubtful = np.zeros(len(sums), dtype=bool)
    doubtful[codes[named & ~readable]] = True
    rest = np.zeros(len(codes), dtype=np.int64)
    rows = np.flatnonzero(told & named)
    rows = rows[~doubtful[codes[rows]]]
    rest[rows] = totals[rows] - sums[codes[rows]]
    return rest


def _codes(order: pa.Array) -> NDArray[np.int64]:
    coded = order.dictionary_encode()
    return np.asarray(
        pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False), dtype=np.int64
    )
