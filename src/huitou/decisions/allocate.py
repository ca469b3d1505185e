"""Who gets which act when money and staff time are short: a multiple-choice knapsack.

    max Σ gain   over at most one act a person, Σ use_r <= limit_r for every resource r

Solved by its dual (Lagrange): a price for each resource, at which everybody takes the act with the
best gain after prices (`dual`). Ties at these prices are then repaired, so a limit is never
exceeded. The bound says how far the plan can be from the best. See docs/why/decide.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huitou.decisions.audience import FloatArray, IntArray
from huitou.decisions.choices import TOLERANCE, Acts, Choices, Numbers, taken_of
from huitou.decisions.dual import SAMPLE, drawn, lowest_bound, sampled
from huitou.decisions.exact import solve_exactly

EXACT_BELOW = 5_000
"""Up to so many people the exact solver is asked when the dual leaves a gap."""
GAP = 1e-3
"""The gap above which it is asked."""
SAMPLED_ABOVE = 3 * SAMPLE
"""With more people than that the prices come from a sample first."""
FALL_BACK = 1e-4
"""A gap above which everybody is asked again, by cutting planes."""
STEPS = 4
"""Most looks at everybody before the ties are repaired."""
CRUMBS = 1e-6
"""What is left is not spent where it could bring no more than this share of everything."""
TRIES = 2_000
"""Most acts tried to spend what the repair left."""


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


def allocate(gain: Numbers, use: Sequence[Numbers], limit: FloatArray) -> Allocation:
    """Choose at most one act a person so that the gain is greatest within the limits.

    Args:
        gain: (people, acts) expected gain; column 0 (*nothing*) is 0, −inf where forbidden.
        use: of each resource (people, acts) what each act uses, >= 0; 0 for *nothing*.
        limit: (resources,) how much there is, >= 0.

    Returns:
        An allocation that exceeds no limit. Equal input gives equal output.
    """
    tempting = np.flatnonzero((gain > 0).any(axis=1))
    choice = np.zeros(len(gain), dtype=np.int64)
    if not len(tempting):
        return Allocation(choice, np.zeros(len(limit)), 0.0, 0.0)
    asked = Choices(gain, tuple(use), limit)
    if len(tempting) > len(gain) // 2:
        # Whom nothing tempts takes nothing anyway: a copy of the question would cost more.
        return _solve(asked)
    found = _solve(asked.among(tempting))
    choice[tempting] = found.choice
    return Allocation(choice, found.prices, found.total, found.bound)


def _solve(choices: Choices) -> Allocation:
    if len(choices) > SAMPLED_ABOVE:
        found = _by_sample(choices)
        if found.gap <= FALL_BACK:
            return found
    free = np.zeros(len(choices.limit))
    seen = choices.look(free)
    if np.all(seen.used <= choices.limit + TOLERANCE):
        choice, _ = choices.best_at(free)
        return Allocation(choice, free, choices.gained(choice), seen.best)
    prices, bound = lowest_bound(choices)
    found = _within(choices, prices, bound, *choices.best_at(prices))
    if found.gap <= GAP or len(choices) > EXACT_BELOW:
        return found
    gain, use = choices.gain.astype(np.float64), np.stack(choices.use).astype(np.float64)
    exact, bound = solve_exactly(gain, use, choices.limit)
    if exact is None or not choices.fits(exact) or choices.gained(exact) < found.total:
        return found
    return Allocation(exact, found.prices, choices.gained(exact), min(bound, found.bound))


def _by_sample(choices: Choices) -> Allocation:
    """Prices from some of the people, with a step or two over everybody."""
    found = sampled(drawn(choices), scale=len(choices))
    for step in range(STEPS):
        taken = choices.taken_at(found.prices)
        if found.is_near(taken.used, choices.limit) or step == STEPS - 1:
            break
        found = found.stepped(taken.used, choices.limit)
    bound = float(taken.kept.sum(dtype=np.float64) + found.prices @ choices.limit)
    return _within(choices, found.prices, bound, taken.choice, taken.kept)


def _within(
    choices: Choices, prices: FloatArray, bound: float, choice: Acts, kept: Numbers
) -> Allocation:
    """The plan at these prices, repaired until it keeps every limit, and filled up again."""
    choice = _repaired(choices, choice, kept)
    left = choices.limit - choices.used(choice)
    if float(prices @ left) > CRUMBS * bound:
        choice = _filled(choices, choice, prices, left)
    return Allocation(choice.astype(np.int64), prices, choices.gained(choice), bound)


def _repaired(choices: Choices, choice: Acts, kept: Numbers) -> Acts:
    """A choice, with acts undone until every limit holds; `kept` is what each is worth.

    Those that lose least after prices go first: at the optimum they are the ties.
    """
    for use, limit in zip(choices.use, choices.limit, strict=True):
        taken = taken_of(use, choice)
        over = float(taken.sum(dtype=np.float64) - limit)
        if over <= TOLERANCE:
            continue
        order = _least(kept, taken, over)
        freed = np.cumsum(taken[order], dtype=np.float64)
        choice = choice.copy()
        choice[order[: int(np.searchsorted(freed, over - TOLERANCE)) + 1]] = 0
    return choice


def _least(kept: Numbers, taken: Numbers, over: float) -> NDArray[np.int64]:
    """Those who take something, from the least kept up, as many as free `over` of it.

    Few are needed of many: they stand below a line, which rises until they suffice.
    """
    takers = np.flatnonzero(taken > 0)
    theirs = kept[takers]
    share = 1.5 * over / float(taken.sum(dtype=np.float64))
    while True:
        line = np.quantile(theirs[:: 1 + len(theirs) // SAMPLE], share) if share < 1 else np.inf
        few = takers[theirs <= line]
        if taken[few].sum(dtype=np.float64) >= over or share >= 1:
            return few[np.argsort(kept[few], kind="stable")]
        share *= 2


def _filled(choices: Choices, choice: Acts, prices: FloatArray, left: FloatArray) -> Acts:
    """Spend what the repair left: the nearest misses first, each only if it still fits."""
    near = choices.nearest(choice, prices, left)
    people = np.flatnonzero(near > -np.inf)
    if len(people) > TRIES:
        people = people[np.argpartition(-near[people], TRIES)[:TRIES]]
        people.sort()
    filled = choice.copy()
    filled[people] = _raised(choices.among(people), choice[people], prices, left)
    return filled


def _raised(few: Choices, choice: Acts, prices: FloatArray, left: FloatArray) -> Acts:
    """Dearer acts for some of these people, the nearest misses first, while they fit."""
    rows = np.arange(len(choice))
    rise = few.gain - few.gain[rows, choice][:, None]
    use = np.stack(few.use)
    more = use - use[:, rows, choice][:, :, None]
    people, acts = np.nonzero((rise > 0) & np.all(more <= left[:, None, None], axis=0))
    missed = rise[people, acts] - np.tensordot(prices, more[:, people, acts], axes=1)
    raised, done = choice.copy(), set[int]()
    for spot in np.argsort(-missed, kind="stable")[:TRIES]:
        person, act = int(people[spot]), int(acts[spot])
        wanted = more[:, person, act]
        if person not in done and np.all(wanted <= left):
            raised[person] = act
            left = left - wanted
            done.add(person)
    return raised
