"""The prices at which everybody's own best act makes the best plan: the bottom of the dual.

The dual is convex in as many variables as there are resources. For some ten thousand people cutting
planes find its bottom with a certificate. For millions a sample finds the prices to a few in a
thousand, a Newton step or two over everybody does the rest, and any prices at all give a bound
that no plan can beat: so the answer always says how good it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from huitou.decisions.audience import FloatArray, IntArray
from huitou.decisions.choices import Choices

CLOSE = 1e-7
"""Cutting planes stop when the bound is this close, relatively, to what they can still reach."""
PASSES = 80
"""Most passes over the people; two resources take about thirty."""
SAMPLE = 100_000
"""People asked first where there are many more: their prices are right to a few in a thousand."""
OVER = 1e-3
"""Newton aims so much above each limit: undoing the ties costs less than finding more to do."""
NEAR = 1e-3
"""It stops when the use is so near to what was aimed at."""
NUDGE = 0.02
"""Relative change of a price by which the sample tells how use answers to it."""


def lowest_bound(choices: Choices) -> tuple[FloatArray, float]:
    """Minimise the dual by cutting planes (Kelley 1960); returns the prices and the bound.

    Each pass gives the dual's value and a subgradient, limit − use: a plane that lies below it. The
    lowest point above all planes is where the next pass looks. It ends with the best point seen.
    """
    ceiling = _price_ceilings(choices)
    planes: list[tuple[FloatArray, float]] = []
    prices = np.zeros(len(ceiling))
    lowest, at = np.inf, prices
    for _ in range(PASSES):
        bound, used = choices.bound_at(prices)
        if bound < lowest:
            lowest, at = bound, prices
        slope = choices.limit - used
        planes.append((slope, bound - float(slope @ prices)))
        prices, reachable = _lowest_above(planes, ceiling)
        if lowest - reachable <= CLOSE * max(abs(lowest), 1.0):
            break
    return at, lowest


@dataclass(frozen=True)
class Sampled:
    """Prices from some of the people, and how the use of everybody answers to them."""

    prices: FloatArray
    answers: FloatArray
    """d use / d price among the resources that bind."""

    @property
    def binding(self) -> IntArray:
        """The resources whose price is above zero."""
        return np.flatnonzero(self.prices > 0)

    def off(self, used: FloatArray, limit: FloatArray, over: float = OVER) -> FloatArray:
        """How far the use lies above what is aimed at, resource by resource that binds."""
        off: FloatArray = (used - limit * (1 + over))[self.binding]
        return off

    def is_near(self, used: FloatArray, limit: FloatArray) -> bool:
        """Whether these prices will do: the rest is a matter of ties."""
        return bool(np.all(np.abs(self.off(used, limit)) <= NEAR * limit[self.binding]))

    def stepped(self, used: FloatArray, limit: FloatArray, over: float = OVER) -> Sampled:
        """A Newton step, told what everybody uses at these prices."""
        prices = self.prices.copy()
        step = np.linalg.solve(self.answers, self.off(used, limit, over))
        # A price that reached zero would stop binding, and could not rise again.
        prices[self.binding] = np.maximum(prices[self.binding] - step, prices[self.binding] / 10)
        return Sampled(prices, self.answers)


def drawn(choices: Choices) -> Choices:
    """Some of the people; the same for the same question, so that a replay gives the same plan."""
    rows = np.sort(np.random.default_rng(0).integers(0, len(choices), SAMPLE))
    return choices.among(rows, choices.limit * (SAMPLE / len(choices)))


def sampled(few: Choices, scale: int) -> Sampled:
    """The best prices for a few of `scale` people: right to a few in a thousand for all."""
    prices, _ = lowest_bound(few)
    binding = np.flatnonzero(prices > 0)
    return Sampled(prices, _answers(few, prices, binding) * (scale / len(few)))


def _answers(few: Choices, prices: FloatArray, binding: IntArray) -> FloatArray:
    """How the use of each binding resource answers to the price of each, by differences."""
    answers = np.zeros((len(binding), len(binding)))
    for column, place in enumerate(binding):
        step = np.zeros(len(prices))
        step[place] = NUDGE * prices[place]
        more, less = few.look(prices + step).used, few.look(prices - step).used
        answers[:, column] = (more - less)[binding] / (2 * step[place])
    # Where nothing answers, a tiny slope keeps the step defined; the bound says what it was worth.
    return answers - np.diag(1e-9 + 1e-6 * np.abs(np.diag(answers)))


def _lowest_above(
    planes: list[tuple[FloatArray, float]], ceiling: FloatArray
) -> tuple[FloatArray, float]:
    """The lowest point above all planes inside the box of prices, and its height.

    Prices are scaled by their ceilings and heights by the first plane, or the solver's tolerances
    would swallow prices of a millionth.
    """
    height = max(abs(planes[0][1]), 1.0)
    slopes = np.array([slope * ceiling for slope, _ in planes]) / height
    rises = np.array([rise for _, rise in planes]) / height
    found = linprog(
        c=np.append(np.zeros(len(ceiling)), 1.0),
        A_ub=np.column_stack([slopes, -np.ones(len(planes))]),
        b_ub=-rises,
        bounds=[(0.0, 1.0)] * len(ceiling) + [(None, None)],
        method="highs",
    )
    return np.clip(found.x[:-1], 0.0, 1.0) * ceiling, float(found.x[-1]) * height


def _price_ceilings(choices: Choices) -> FloatArray:
    """Prices above which nothing that uses a resource pays, so the optimum lies below them."""
    ceilings = []
    for use in choices.use:
        paying = (choices.gain > 0) & (use > 0)
        ratio = choices.gain[paying] / use[paying]
        ceilings.append(float(ratio.max()) if len(ratio) else 0.0)
    return np.array(ceilings)
