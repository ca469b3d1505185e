"""Evidence as numbers that weigh: how strongly each clue is present for each person.

The score of a cause is linear in these numbers: its log prior, and for each of its clues the log
ratio of *absent* times (1 - strength) and that of *present* times strength; nothing where unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huitou.care.reasons import UNKNOWN
from huitou.models.clues import CAUSES, CLUES, PRIOR_LOG_SD, Clue
from huitou.models.numbers import Array


@dataclass(frozen=True)
class Frame:
    """The causes that can be told apart in a shop, and the clues known of somebody in it."""

    priors: Mapping[str, float]
    """Cause -> prior, adding up to 1; *unknown* holds that of every cause without a known clue."""
    clues: tuple[Clue, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The causes, in the order of every array."""
        return tuple(self.priors)

    def of(self, code: str) -> tuple[Clue, ...]:
        """The clues that speak for or against one cause."""
        return tuple(clue for clue in self.clues if clue.cause == code)

    def place(self, why: str) -> int:
        """Where an answer stands; a cause that leaves no trace here is *unknown*."""
        return self.codes.index(why if why in self.priors else UNKNOWN)

    def blocks(self) -> tuple[slice, ...]:
        """Where the weights of each cause stand: its prior, then two for each of its clues."""
        sizes = [1 + 2 * len(self.of(code)) for code in self.codes]
        ends = np.cumsum(sizes)
        return tuple(
            slice(int(end) - size, int(end)) for end, size in zip(ends, sizes, strict=True)
        )

    def judged(self) -> tuple[Array, Array]:
        """The weights as judged, and the sd of each: what stands before anybody is asked."""
        centre, sd = [], []
        for code, prior in self.priors.items():
            centre.append(np.log(prior))
            sd.append(PRIOR_LOG_SD)
            for clue in self.of(code):
                centre += [np.log(clue.ratio_absent), np.log(clue.ratio_present)]
                sd += [clue.log_sd, clue.log_sd]
        return np.array(centre), np.array(sd)


def frame(evidence: pa.Table) -> Frame:
    """What is known about somebody in `evidence`."""
    clues = tuple(clue for clue in CLUES if _known(evidence, clue.evidence))
    told = {clue.cause for clue in clues}
    kept = {cause.code: cause.prior for cause in CAUSES if cause.code in {*told, UNKNOWN}}
    rest = sum(cause.prior for cause in CAUSES if cause.code not in kept)
    return Frame({**kept, UNKNOWN: kept[UNKNOWN] + rest}, clues)


def weighed(evidence: pa.Table, known: Frame) -> tuple[Array, ...]:
    """Per cause an array (people, its weights): what its weights are multiplied by, and added."""
    return tuple(_block(evidence, known.of(code)) for code in known.codes)


def pointed(block: Array) -> NDArray[np.bool_]:
    """Per person whether any clue speaks for the cause of this block at all."""
    return np.asarray((block[:, 2::2] > 0).any(axis=1), dtype=np.bool_)


def _block(evidence: pa.Table, clues: tuple[Clue, ...]) -> Array:
    block = np.ones((evidence.num_rows, 1 + 2 * len(clues)))
    for place, clue in enumerate(clues):
        values = column(evidence, clue.evidence)
        known = np.isfinite(values)
        strength = np.clip((values - clue.absent) / (clue.present - clue.absent), 0.0, 1.0)
        block[:, 1 + 2 * place] = np.where(known, 1 - strength, 0.0)
        block[:, 2 + 2 * place] = np.where(known, strength, 0.0)
    return block


def column(evidence: pa.Table, name: str) -> Array:
    """One piece of evidence as floats; NaN where it is unknown, or was never gathered."""
    if name not in evidence.column_names:
        return np.full(evidence.num_rows, np.nan)
    values = evidence.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)


def _known(evidence: pa.Table, name: str) -> bool:
    if name not in evidence.column_names:
        return False
    return bool(evidence.column(name).null_count < evidence.num_rows)
