"""Who is held out: a pure function of (salt, programme, person key), drawn first of all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from huitou.ground.errors import HuitouError
from huitou.ground.ids import lot

UNIVERSAL = "universal"
"""The hold-out of the whole programme: in its year nothing huitou does touches these people."""
PROGRAMME = "programme"
"""The control of one plan alone, drawn anew for each: see `explore`."""
FIRST_OWN_YEAR = 2027
"""Years before this one share one lot: whoever was held out when lots began to turn stayed so until
their year was over."""


def universal(day: date) -> str:
    """The name of the lot of this day's year: another year draws others, so nobody is starved.

    Within a year it is one name, whatever joins, merges or is started again.
    """
    return UNIVERSAL if day.year < FIRST_OWN_YEAR else f"{UNIVERSAL}-{day.year}"


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

    @classmethod
    def of_the_year(cls, salt: str, share: float, day: date) -> Holdout:
        """The universal lot of this day: `day` is the last one known, as plans are dated."""
        return cls(salt, share, universal(day))

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
