"""Rows that cannot be taken as they stand, and the words that say why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.words import Sentence


def mask(column: pa.Array) -> NDArray[np.bool_]:
    """A column of booleans as NumPy has it; null counts as false."""
    return np.asarray(pc.fill_null(column, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


@dataclass(frozen=True)
class Fault:
    """Some rows of one column share one reason. `rows` are positions in the parsed table."""

    rows: NDArray[np.int64]
    column: str
    reason: Sentence
    to_try: Sentence


def fault(
    mask: NDArray[np.bool_], column: str, reason: Sentence, to_try: Sentence
) -> Iterable[Fault]:
    """One fault where the mask holds anywhere; nothing otherwise."""
    rows = np.flatnonzero(mask).astype(np.int64)
    if len(rows):
        yield Fault(rows, column, reason, to_try)


def first_of_each_row(
    faults: Iterable[Fault], height: int
) -> tuple[NDArray[np.int64], list[Fault]]:
    """Row -> index of its first fault (-1: none); a row is quarantined once, for its first."""
    listed = list(faults)
    first = np.full(height, -1, dtype=np.int64)
    for index in range(len(listed) - 1, -1, -1):
        first[listed[index].rows] = index
    return first, listed
