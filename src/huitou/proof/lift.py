"""The estimate: treated against held out, as the lot drew them, whatever then reached them.

Three steps, each chosen before anybody was treated, so that none can favour an arm:
1. *Whales aside.* The top 1 % by what they brought **before** are left out of both arms.
2. *Adjusted.* What people brought before explains part of what they bring after (CUPED, Deng et
   al. 2013); one slope, pooled within the arms.
3. *One variance for both arms, nearly*: the small hold-out's own variance is mostly luck, so it
   counts as much as its people do against three hundred of everybody's.
Measured on real shops in docs/why/proof.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huitou.ground.registry import Registry
from huitou.stats.sums import Moments, Pairs
from huitou.stats.tests import Difference, leaning, pooled, welch

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

LEANS = 300
"""People's worth of the variance of everybody, to which each arm's own is drawn: a hold-out of
thirty believes the whole shop, one of ten thousand itself. On real shops without an effect and with
one, `tools/bench_decisions/aa.py`."""
WHALES = 0.01
"""Share of people, the largest by the past, that are handled by name and left out of proofs."""


@dataclass(frozen=True)
class Estimator:
    """A way from two arms to a difference; `robust` ones come later in the registry."""

    name: str
    compare: Callable[[Moments, Moments], Difference]


def _leaning(treated: Moments, held_out: Moments) -> Difference:
    return leaning(treated, held_out, LEANS)


def _wider(treated: Moments, held_out: Moments) -> Difference:
    """Whichever of the two standard errors is larger, with the fewer degrees of freedom."""
    one, other = pooled(treated, held_out), welch(treated, held_out)
    return Difference(one.estimate, max(one.se, other.se), min(one.df, other.df))


ESTIMATORS: Registry[Estimator] = Registry("estimator")
"""The A/A read-out chooses the one that comes nearest to what it promises on this shop."""

LEANING = ESTIMATORS.add(Estimator("leaning", _leaning))
ADJUSTED = ESTIMATORS.add(Estimator("adjusted", pooled))
CAUTIOUS = ESTIMATORS.add(Estimator("cautious", _wider))


@dataclass(frozen=True)
class Arms:
    """Both arms as sums: all that any estimate needs; arms of shards and days add."""

    treated: Pairs
    held_out: Pairs

    @classmethod
    def of(cls, before: FloatArray, after: FloatArray, held: BoolArray) -> Arms:
        """Sum up people: what they brought before and after, and who was held out."""
        return cls(Pairs.of(before[~held], after[~held]), Pairs.of(before[held], after[held]))

    def __add__(self, other: Arms) -> Arms:
        return Arms(self.treated + other.treated, self.held_out + other.held_out)

    @property
    def slope(self) -> float:
        """What one coin before says about after, pooled within the arms; 0 where it says none."""
        spread = self.treated.x.deviations + self.held_out.x.deviations
        together = self.treated.together + self.held_out.together
        return together / spread if spread > 0 else 0.0

    def lift(self, estimator: Estimator = ADJUSTED) -> Difference:
        """Mean after, treated − held out, adjusted for the past; per person."""
        slope, centre = self.slope, (self.treated.x + self.held_out.x).mean
        return estimator.compare(
            self.treated.residual(slope, centre), self.held_out.residual(slope, centre)
        )


def left_open(before: FloatArray, after: FloatArray) -> Moments:
    """What one group of people brought after, less what they brought before explains of it."""
    everybody = Arms.of(before, after, np.zeros(len(before), dtype=np.bool_))
    return everybody.treated.residual(everybody.slope, everybody.treated.x.mean)


def line_of(before: FloatArray, share: float = WHALES) -> float:
    """What the largest `share` of these people brought more than, before; nobody: infinite."""
    return float(np.quantile(before, 1 - share)) if len(before) else float("inf")


def whales(before: FloatArray, share: float = WHALES) -> BoolArray:
    """True for those who brought more, before, than all but the top `share` of everybody."""
    apart: BoolArray = before > line_of(before, share)
    return apart
