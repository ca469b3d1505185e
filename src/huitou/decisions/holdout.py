"""Who is held out: a pure function of (salt, programme, person key), drawn first of all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huitou.ground.errors import HuitouError
from huitou.ground.ids import lot

UNIVERSAL = "universal"
"""The hold-out of the whole programme: nothing that huitou does ever touches these people."""
PROGRAMME = "programme"
"""The control of one plan alone, drawn anew for each: see `explore`."""


@dataclass(frozen=True)
class Holdout:
    """A lot that every person draws once, and draws the same on every machine and every day.

    A person stays in the same arm when others join, leave or merge, for the lot hashes nothing but
    the person's oldest key. Another `programme` is another, independent lot: rotate the hold-out by
    naming a new one (`universal-2027`), and nobody is left out for ever.
    """

    salt: str
    share: float = 0.05
    """Share of people held out, in [0, 1]."""
    programme: str = UNIVERSAL

    def __post_init__(self) -> None:
        """Refuse a share that is none."""
        if not 0 <= self.share <= 1:
            raise HuitouError(f"holdout_share is {self.share}, and must lie between 0 and 1")

    def holds(self, key: str) -> bool:
        """True when this person is held out."""
        return lot(self.salt, self.programme, key) < self.share

    def mask(self, keys: Iterable[str]) -> NDArray[np.bool_]:
        """`holds` for many keys, in their order."""
        return np.fromiter((self.holds(key) for key in keys), dtype=np.bool_)
