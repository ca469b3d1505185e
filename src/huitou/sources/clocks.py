"""Times of day in a column of their own, as tills write them beside the date."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.words import said
from huitou.sources import dates
from huitou.sources.faults import Fault, fault, mask
from huitou.sources.texts import cleaned

_TIME_ALONE = rf"^(?:1899-12-3[01][T\s]+)?{dates.CLOCK}$"
"""A spreadsheet writes its day nought before a time of day."""
_SHARE_OF_DAY = r"^0?\.\d+$|^0$"
_NEARLY_ALL = 0.9
"""One cell that was mistyped does not turn a column into something else."""


def read(column: pa.Array, name: str) -> tuple[pa.Array, tuple[Fault, ...]]:
    """A column of times of day as microseconds since midnight; an empty cell is midnight."""
    if pa.types.is_time(column.type):
        micros = column.cast(pa.time64("us"), safe=False).cast(pa.int64())
        return pc.fill_null(micros, 0), ()
    coded = cleaned(column).dictionary_encode()
    told, good = _told(coded.dictionary)
    spread = pa.array(told, mask=~good).take(coded.indices)
    wrong = mask(coded.is_valid()) & ~mask(spread.is_valid())
    faults = fault(wrong, name, said("this is not a time of day"), said("write it as 18:05"))
    return pc.fill_null(spread, 0), tuple(faults)


def are_clocks(column: pa.Array) -> bool:
    """Whether a column holds times of day and no dates."""
    if pa.types.is_time(column.type):
        return True
    if not pa.types.is_string(column.type):
        return False
    unique = pc.unique(cleaned(column)).drop_null()
    return bool(len(unique)) and bool(_told(unique)[1].mean() >= _NEARLY_ALL)


def _told(unique: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Microseconds since midnight of each value, and whether it is a time of day at all."""
    told = np.zeros(len(unique), dtype=np.int64)
    good = np.zeros(len(unique), dtype=bool)
    found = pc.extract_regex(unique, pattern=_TIME_ALONE)
    rows = np.flatnonzero(mask(found.is_valid()))
    if len(rows):
        told[rows], good[rows] = dates.clock_of(found.take(pa.array(rows)))
    shares = np.flatnonzero(mask(pc.match_substring_regex(unique, _SHARE_OF_DAY)))
    if len(shares):
        share = unique.take(pa.array(shares)).cast(pa.float64()).to_numpy(zero_copy_only=False)
        told[shares], good[shares] = np.rint(share * 86_400).astype(np.int64) * 1_000_000, True
    return told, good & (told < dates.DAY)
