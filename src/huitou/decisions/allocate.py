"""Who gets which act when money and staff time are short: a multiple-choice knapsack.

    max Σ gain   over at most one act a person, Σ use_r <= limit_r for every resource r

Solved by its dual (Lagrange): a price for each resource, at which everybody takes the act with the
best gain after prices. The dual is convex in as many variables as there are resources; Kelley's
cutting planes find its bottom in some thirty passes over the people, with a certificate. Ties at
the optimal prices are then repaired, so a limit is never exceeded. See docs/why/decide.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from huitou.decisions.audience import FloatArray, IntArray
from huitou.decisions.exact import solve_exactly

EXACT_BELOW = 5_000
"""Up to so many people the exact solver is asked when the dual leaves a gap."""
GAP = 1e-3
"""The gap above which it is asked."""
CLOSE = 1e-7
"""Cutting planes stop when the bound is this close, relatively, to what they can still reach."""
PASSES = 80
"""Most passes over the people; two resources take about thirty."""
TOLERANCE = 1e-6
"""Absolute slack for sums of minutes; money is whole numbers, which no slack below 1 can exceed."""


@dataclass(frozen=True)
class Allocation:
    """One act a person, within all limits."""

    choice: IntArray
    """Index of the act for each person; 0 is *nothing*."""
    prices: FloatArray
    """Shadow price of each resource: profit that one more unit of it would bring."""
    total: float
    """Sum of the gains chosen."""
    bound: float
    """No allocation within the limits can gain more than this."""

    @property
    def gap(self) -> float:
        """How far, relatively, the total may lie below the best possible; 0 is proven best."""
        return max(0.0, self.bound - self.total) / self.bound if self.bound > 0 else 0.0


@dataclass(frozen=True)
class Choices:
    """Gains (people, acts) and what each act uses of each resource (resources, people, acts).

    Act 0 is *nothing*: no gain, no use. A gain of −inf forbids an act.
    """

    gain: FloatArray
    use: FloatArray
    limit: FloatArray

    def best_at(self, prices: FloatArray) -> IntArray:
        """What everybody takes when resources have these prices; ties go to the earlier act."""
        choice: IntArray = np.argmax(self.after(prices), axis=1).astype(np.int64)
        return choice

    def bound_at(self, prices: FloatArray) -> tuple[float, IntArray]:
        """The dual's value, an upper bound of any allocation, and the choice that attains it."""
        after = self.after(prices)
        choice = np.argmax(after, axis=1).astype(np.int64)
        best = after[np.arange(len(choice)), choice]
        return float(best.sum() + prices @ self.limit), choice

    def used(self, choice: IntArray) -> FloatArray:
        """Use of each resource by a choice."""
        total: FloatArray = self.use[:, np.arange(len(choice)), choice].sum(axis=1)
        return total

    def gained(self, choice: IntArray) -> float:
        """Sum of the gains of a choice."""
        return float(self.gain[np.arange(len(choice)), choice].sum())

    def fits(self, choice: IntArray) -> bool:
        """True when no limit is exceeded."""
        return bool(np.all(self.used(choice) <= self.limit + TOLERANCE))

    def among(self, rows: NDArray[np.int64]) -> Choices:
        """The same question for some of the people."""
        return Choices(self.gain[rows], self.use[:, rows], self.limit)

    def after(self, prices: FloatArray) -> FloatArray:
        """Gains when every unit of a resource has to be paid for at its price."""
        after = self.gain.copy()
        for price, use in zip(prices, self.use, strict=True):
            if price > 0:
                after -= price * use
        return after


def allocate(gain: FloatArray, use: FloatArray, limit: FloatArray) -> Allocation:
    """Choose at most one act a person so that the gain is greatest within the limits.

    Args:
        gain: (people, acts) expected gain; column 0 (*nothing*) is 0, −inf where forbidden.
        use: (resources, people, acts) what each act uses, >= 0; 0 for *nothing*.
        limit: (resources,) how much there is, >= 0.

    Returns:
        An allocation that exceeds no limit. Equal input gives equal output.
    """
    tempting = np.flatnonzero((gain > 0).any(axis=1))
    choice = np.zeros(len(gain), dtype=np.int64)
    if not len(tempting):
        return Allocation(choice, np.zeros(len(limit)), 0.0, 0.0)
    found = _solve(Choices(gain, use, limit).among(tempting))
    choice[tempting] = found.choice
    return Allocation(choice, found.prices, found.total, found.bound)


def _solve(choices: Choices) -> Allocation:
    free = np.zeros(len(choices.limit))
    bound, choice = choices.bound_at(free)
    if choices.fits(choice):
        return Allocation(choice, free, choices.gained(choice), bound)
    prices, bound = _lowest_bound(choices)
    choice = _filled(choices, _repaired(choices, prices), prices)
    found = Allocation(choice, prices, choices.gained(choice), bound)
    if found.gap <= GAP or len(choice) > EXACT_BELOW:
        return found
    exact, bound = solve_exactly(choices.gain, choices.use, choices.limit)
    if exact is None or not choices.fits(exact) or choices.gained(exact) < found.total:
        return found
    return Allocation(exact, prices, choices.gained(exact), min(bound, found.bound))


def _lowest_bound(choices: Choices) -> tuple[FloatArray, float]:
    """Minimise the dual by cutting planes (Kelley 1960); returns the prices and the bound.

    Each pass gives the dual's value and a subgradient, limit − use: a plane that lies below it. The
    lowest point above all planes is where the next pass looks. It ends with the best point seen.
    """
    ceiling = _price_ceilings(choices)
    planes: list[tuple[FloatArray, float]] = []
    prices = np.zeros(len(ceiling))
    lowest, at = np.inf, prices
    for _ in range(PASSES):
        bound, choice = choices.bound_at(prices)
        if bound < lowest:
            lowest, at = bound, prices
        slope = choices.limit - choices.used(choice)
        planes.append((slope, bound - float(slope @ prices)))
        prices, reachable = _lowest_above(planes, ceiling)
        if lowest - reachable <= CLOSE * max(abs(lowest), 1.0):
            break
    return at, lowest


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


def _repaired(choices: Choices, prices: FloatArray) -> IntArray:
    """The choice at these prices, with acts undone until every limit holds.

    Those that lose least after prices go first: at the optimum they are the ties.
    """
    choice = choices.best_at(prices)
    rows = np.arange(len(choice))
    kept = choices.after(prices)[rows, choice]
    for use, limit in zip(choices.use, choices.limit, strict=True):
        taken = use[rows, choice]
        over = taken.sum() - limit
        if over <= TOLERANCE:
            continue
        order = np.argsort(np.where(taken > 0, kept, np.inf), kind="stable")
        freed = np.cumsum(taken[order])
        undone = order[: int(np.searchsorted(freed, over - TOLERANCE)) + 1]
        choice[undone] = 0
    return choice


def _filled(choices: Choices, choice: IntArray, prices: FloatArray, tries: int = 2_000) -> IntArray:
    """Spend what the repair left: the nearest misses first, each only if it still fits."""
    rows = np.arange(len(choice))
    rise = choices.gain - choices.gain[rows, choice][:, None]
    more = choices.use - choices.use[:, rows, choice][:, :, None]
    left = choices.limit - choices.used(choice)
    fits = (rise > 0) & np.all(more <= left[:, None, None], axis=0)
    people, acts = np.nonzero(fits)
    if not len(people):
        return choice
    missed = rise[people, acts] - np.tensordot(prices, more[:, people, acts], axes=1)
    filled = choice.copy()
    raised: set[int] = set()
    for spot in np.argsort(-missed, kind="stable")[:tries]:
        person, act = int(people[spot]), int(acts[spot])
        wanted = more[:, person, act]
        if person not in raised and np.all(wanted <= left):
            filled[person] = act
            left = left - wanted
            raised.add(person)
    return filled
