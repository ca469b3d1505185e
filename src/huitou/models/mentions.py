"""Which of the shop's own products a text speaks of: the name whose letters it holds.

A name is found when most of its telling n-grams stand in the text, in whatever case or script:
"my jumbo bag red retrospot has a hole", "紅豆麵包發霉了". Below a line nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from huitou.models.grams import counted

LINE = 0.8
"""Share of a name's n-grams, weighed by how telling they are, that must stand in the text."""
AHEAD = 0.05
"""The first name must be this far ahead of one that is not part of it, or neither is meant."""
CHUNK = 200
"""Texts compared with all names at once."""

_NO_LETTERS = re.compile(r"[\W_]+", re.UNICODE)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Mentions:
    """The names of a shop's products, ready to be looked for."""

    names: tuple[str, ...]
    weights: sparse.csr_matrix
    """(names, n-grams); each row adds up to 1."""

    @classmethod
    def of(cls, names: Sequence[str]) -> Mentions:
        """Make ready to look for these names."""
        known = tuple(sorted({name.strip() for name in names if len(_bare(name)) > 1}))
        counts = counted([_edged(name) for name in known], "")
        counts.data[:] = 1
        within = np.bincount(counts.indices, minlength=counts.shape[1])
        telling = np.log((1 + len(known)) / within[counts.indices]) + 0.3
        weights = sparse.csr_matrix(
            (telling.astype(np.float32), counts.indices, counts.indptr), counts.shape
        )
        whole = np.asarray(weights.sum(axis=1)).ravel()
        return cls(known, sparse.diags(1 / np.maximum(whole, 1e-9)).astype(np.float32) @ weights)

    def find(self, texts: Sequence[str]) -> list[tuple[str, float] | None]:
        """The product each text speaks of and the share of its name found; None for none."""
        found: list[tuple[str, float] | None] = []
        for start in range(0, len(texts), CHUNK):
            some = counted([_bare(text) for text in texts[start : start + CHUNK]], " ")
            some.data[:] = 1
            cover = np.asarray((some @ self.weights.T).todense()) if self.names else None
            found += (
                [self._one(row) for row in cover] if cover is not None else [None] * some.shape[0]
            )
        return found

    def _one(self, cover: NDArray[np.float32]) -> tuple[str, float] | None:
        best = float(cover.max())
        if best < LINE:
            return None
        near = np.flatnonzero(cover >= best - AHEAD)
        longest = max(near, key=lambda place: (len(self.names[place]), cover[place]))
        name = self.names[longest]
        # Of two names the longer is meant only where it holds the other.
        if any(_bare(self.names[place]).strip() not in _bare(name) for place in near):
            return None
        return name, float(cover[longest])


def _edged(name: str) -> str:
    """An English name begins and ends with its words; a Chinese one may stand anywhere."""
    bare = _bare(name)
    return bare if _CHINESE.search(bare) else f" {bare} "


def _bare(text: str) -> str:
    """Letters and digits alone; Chinese words stand apart from nothing, so spaces say nothing."""
    words = _NO_LETTERS.sub(" ", text).strip().casefold()
    return words if not _CHINESE.search(words) else words.replace(" ", "")
