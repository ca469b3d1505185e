"""What crossing a line is worth: those who just crossed it against those who just missed it.

    found = read(distance, profit)      # distance from the line, >= 0 is across it
    found.verdict                       # shown, too_few, too_coarse, heaped

A regression discontinuity: near the line it is almost a lot on which side somebody stands, as long
as nobody can place themselves exactly. The bandwidth is that of Imbens and Kalyanaraman (2012). The
estimate is a local quadratic with a triangular kernel at that bandwidth, which is the local linear
one with its bias taken off and its interval widened for that (Calonico, Cattaneo and Titiunik 2014,
where both bandwidths are equal). Whether people heap at the line is asked as McCrary (2008) does:
where they do, they placed themselves, and nothing is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]

LEAST_NEAR = 40
"""People on each side within the bandwidth; with fewer the interval is not to be trusted."""
LEAST_VALUES = 10
"""Different distances on each side: with fewer the shape up to the line is a guess (Kolesár and
Rothe 2018)."""
HEAPED = 0.01
"""A heap that chance makes less often than this is taken for one."""
DONUT = 0.1
"""Share of the bandwidth that the second look leaves out on both sides of the line."""


@dataclass(frozen=True)
class Threshold:
    """What was found at one line, in units of the outcome."""

    verdict: str
    """shown; too_few people near it; too_coarse: too few different distances; heaped."""
    near: int = 0
    """People within the bandwidth."""
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    bandwidth: float | None = None
    heap: float | None = None
    """The chance of so uneven a density at the line where nobody places themselves."""
    donut: float | None = None
    """The effect without those nearest to the line: far from `effect`, something sorts people."""
    donut_low: float | None = None
    donut_high: float | None = None

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class _Jump:
    effect: float
    error: float
    freedom: int

    def ends(self, level: float) -> tuple[float, float]:
        wide = float(stdtrit(self.freedom, 0.5 + level / 2)) * self.error
        return self.effect - wide, self.effect + wide


def read(distance: Floats, outcome: Floats, *, level: float = 0.95) -> Threshold:
    """The jump of `outcome` where `distance` reaches zero, with its interval, or why none."""
    x, y = np.asarray(distance, np.float64), np.asarray(outcome, np.float64)
    if min(np.sum(x < 0), np.sum(x >= 0)) < LEAST_NEAR:
        return Threshold("too_few", level=level)
    if min(np.unique(x[x < 0]).size, np.unique(x[x >= 0]).size) < LEAST_VALUES:
        return Threshold("too_coarse", level=level)
    h = bandwidth(x, y)
    near = np.abs(x) < h
    found = Threshold("too_few", int(near.sum()), level=level, bandwidth=h)
    sides = (near & (x < 0), near & (x >= 0))
    if min(int(side.sum()) for side in sides) < LEAST_NEAR:
        return found
    if min(np.unique(x[side]).size for side in sides) < LEAST_VALUES:
        return replace(found, verdict="too_coarse")
    heap = heaping(x)
    if heap < HEAPED:
        return replace(found, verdict="heaped", heap=heap)
    jump = _jump(x, y, h, near)
    low, high = jump.ends(level)
    found = replace(found, verdict="shown", effect=jump.effect, low=low, high=high, heap=heap)
    return _with_donut(found, x, y, near & (np.abs(x) >= DONUT * h))


def bandwidth(x: Floats, y: Floats) -> float:
    """The bandwidth of Imbens and Kalyanaraman (2012) for a triangular kernel."""
    n, spread = x.size, float(np.std(x))
    pilot = 1.84 * spread * n**-0.2
    left, right = (x < 0) & (x > -pilot), (x >= 0) & (x < pilot)
    if min(left.sum(), right.sum()) < 4:
        return float(np.quantile(np.abs(x), 0.5))
    density = (left.sum() + right.sum()) / (2 * n * pilot)
    noise = (float(np.var(y[left], ddof=1)), float(np.var(y[right], ddof=1)))
    if sum(noise) == 0:
        return float(np.max(np.abs(x)))
    third = _third_derivative(x, y)
    bends, doubts = zip(
        *(_bend(x, y, side, v, density, third) for side, v in zip((-1, 1), noise, strict=True)),
        strict=True,
    )
    curve = (bends[1] - bends[0]) ** 2 + sum(doubts)
    wide = 3.4375 * (sum(noise) / (density * curve)) ** 0.2 * n**-0.2
    return float(min(wide, np.max(np.abs(x))))


def heaping(x: Floats) -> float:
    """How likely so uneven a density at zero is by chance alone (McCrary 2008), in [0, 1]."""
    n, spread = x.size, float(np.std(x))
    bin_ = 2 * spread * n**-0.5
    h = 2.0 * spread * n**-0.2
    # Bins begin at the line, so that none holds people of both sides.
    numbers = np.floor(x / bin_).astype(np.int64)
    first, last = int(-np.ceil(h / bin_)), int(np.ceil(h / bin_))
    centres = (np.arange(first, last) + 0.5) * bin_
    counts = np.bincount(
        numbers[(numbers >= first) & (numbers < last)] - first, minlength=last - first
    )
    heights = counts / (n * bin_)
    below, above = (_at_zero(centres, heights, h, side) for side in (-1, 1))
    if below <= 0 or above <= 0:
        return 0.0 if max(below, above) * n * h > LEAST_NEAR else 1.0
    error = np.sqrt(24 / 5 / (n * h) * (1 / below + 1 / above))
    return float(2 * ndtr(-abs(np.log(above / below)) / error))


def _with_donut(found: Threshold, x: Floats, y: Floats, kept: Truth) -> Threshold:
    sides = (int((kept & (x < 0)).sum()), int((kept & (x >= 0)).sum()))
    if min(sides) < LEAST_NEAR or found.bandwidth is None:
        return found
    jump = _jump(x, y, found.bandwidth, kept)
    low, high = jump.ends(found.level)
    return replace(found, donut=jump.effect, donut_low=low, donut_high=high)


def _jump(x: Floats, y: Floats, h: float, kept: Truth) -> _Jump:
    below, above = (_edge(x, y, h, kept & side) for side in (x < 0, x >= 0))
    error = float(np.sqrt(below[1] + above[1]))
    return _Jump(above[0] - below[0], error, max(1, int(kept.sum()) - 6))


def _edge(x: Floats, y: Floats, h: float, kept: Truth) -> tuple[float, float]:
    """The value of a local quadratic at zero, and its variance (HC3)."""
    near, told = x[kept] / h, y[kept]
    root = np.sqrt(1 - np.abs(near))
    design = np.vander(near, 3, increasing=True) * root[:, None]
    turned, triangle = np.linalg.qr(design)
    coefficients = np.linalg.solve(triangle, turned.T @ (told * root))
    left = told * root - design @ coefficients
    leverage = np.minimum(np.sum(turned**2, axis=1), 0.99)
    reach = np.linalg.solve(triangle, turned.T)[0]
    variance = float(np.sum((reach * left / (1 - leverage)) ** 2))
    return float(coefficients[0]), variance


def _third_derivative(x: Floats, y: Floats) -> float:
    """Of a cubic with a jump, fitted between the medians of both sides."""
    inside = (x >= np.median(x[x < 0])) & (x <= np.median(x[x >= 0]))
    some, scale = x[inside], max(float(np.max(np.abs(x[inside]))), 1e-12)
    design = np.column_stack([some >= 0, np.vander(some / scale, 4, increasing=True)])
    fitted = np.linalg.lstsq(design.astype(np.float64), y[inside], rcond=None)[0]
    return float(6 * fitted[4] / scale**3)


def _bend(
    x: Floats, y: Floats, side: int, noise: float, density: float, third: float
) -> tuple[float, float]:
    """The second derivative at the line on one side, and how much it is to be doubted."""
    mine = (x >= 0) if side > 0 else (x < 0)
    reach = float(np.max(np.abs(x[mine])))
    wide = reach
    if third != 0 and noise > 0:
        wide = 3.56 * (noise / (density * third**2)) ** (1 / 7) * float(mine.sum()) ** (-1 / 7)
    wide = min(max(wide, float(np.quantile(np.abs(x[mine]), 0.2))), reach)
    some = mine & (np.abs(x) <= wide)
    design = np.vander(x[some] / wide, 3, increasing=True)
    fitted = np.linalg.lstsq(design, y[some], rcond=None)[0]
    doubt = 2160 * noise / (max(int(some.sum()), 1) * wide**4)
    return float(2 * fitted[2] / wide**2), float(doubt)


def _at_zero(centres: Floats, heights: Floats, h: float, side: int) -> float:
    """The height of a histogram at zero, seen from one side by a local line."""
    mine = (centres > 0) if side > 0 else (centres < 0)
    mine &= np.abs(centres) < h
    root = np.sqrt(1 - np.abs(centres[mine]) / h)
    design = np.column_stack([root, centres[mine] / h * root])
    return float(np.linalg.lstsq(design, heights[mine] * root, rcond=None)[0][0])
