"""The draw: after all rules, a lot decides what is really given, so that something can be learned.

    of those an act is meant for        control_share get nothing, in this plan alone
    of everybody with another way open  explore_share get another act that every rule allows

Cheap acts are drawn often and dear ones rarely; the shares, the weights and what may be spent on it
are fixed before the lot is drawn, and the chance of what was given is written down. Whoever is held
out universally is never part of it. Why the chance matters: docs/why/decide.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from huitou.decisions.audience import BoolArray, FloatArray, IntArray
from huitou.decisions.choices import TOLERANCE
from huitou.ground.errors import HuitouError
from huitou.ground.ids import lot

PARTS = 1_000_000
"""Chances are whole millionths: they add up to one exactly, and are written without loss."""
RARELY = 0.01
"""Chance, at most, that the draw would overspend its reserve and nothing dearer is drawn at all."""
SCALE = 100
"""Cost, in minor units, at which an act is drawn half as often as one that costs nothing."""


@dataclass(frozen=True)
class Exploring:
    """What is given up to learn. Both shares lie in [0, 1)."""

    control_share: float = 0.0
    """Of those a plan means an act for, the share that gets nothing in it, by lot."""
    explore_share: float = 0.0
    """Chance that another allowed act is drawn than the best; so much of money and hours is kept
    for it."""
    scale: int = SCALE
    """Cost at which an act is drawn half as often as a free one: a letter, usually."""

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        for name in ("control_share", "explore_share"):
            if not 0 <= getattr(self, name) < 1:
                raise HuitouError(f"{name} is {getattr(self, name)}, and must lie between 0 and 1")

    def kept_back(self, limit: FloatArray) -> FloatArray:
        """What the best acts may use, so that a share is left for what is drawn."""
        return limit * (1.0 - self.explore_share)


ALWAYS_BEST = Exploring()
"""Nothing is drawn: everybody gets what is best for them."""


@dataclass(frozen=True)
class Urn:
    """What there is to draw from. Rows are people, columns acts; act 0 is *nothing*."""

    keys: Sequence[str]
    """The oldest key of each person: what the lot hashes."""
    best: IntArray
    allowed: BoolArray
    """Acts that bound, stage, consent and rules leave open."""
    out: BoolArray
    """Who takes no part: the held out, and whoever a test has drawn for already."""
    cost: FloatArray
    gain: FloatArray
    use: tuple[FloatArray, ...]
    """Of each limited resource, what each act uses."""
    limit: FloatArray
    prices: FloatArray

    def __len__(self) -> int:
        return len(self.best)

    @cached_property
    def loss(self) -> tuple[FloatArray, BoolArray]:
        """What each act loses against the best after prices, and whether it uses more of
        anything."""
        rows = np.arange(len(self))
        after = np.where(self.allowed, self.gain, -np.inf)
        dearer = np.zeros(after.shape, dtype=np.bool_)
        for price, use in zip(self.prices, self.use, strict=True):
            after = after - price * use
            dearer |= use > use[rows, self.best][:, None]
        return after[rows, self.best][:, None] - after, dearer


@dataclass(frozen=True)
class Draw:
    """What the lot gave, and the chance it had."""

    given: IntArray
    control: BoolArray
    """Who is left alone in this plan by its own lot."""
    explored: BoolArray
    """Who got another act than the best."""
    parts: IntArray
    """(people, acts) chances in millionths; each row adds up to a million."""

    @property
    def propensity(self) -> FloatArray:
        """Chance of the act that was given."""
        rows = np.arange(len(self.given))
        chance: FloatArray = self.parts[rows, self.given] / PARTS
        return chance

    @property
    def open(self) -> BoolArray:
        """Where there was more than one thing to draw."""
        several: BoolArray = (self.parts > 0).sum(axis=1) > 1
        return several

    def chances(self, names: Sequence[str]) -> list[str | None]:
        """`nothing:0.105 thank:0.895` for each person; None where nothing was drawn."""
        told: list[str | None] = [None] * len(self.given)
        for row in np.flatnonzero(self.open):
            told[row] = " ".join(
                f"{name}:{part / PARTS:g}"
                for name, part in zip(names, self.parts[row].tolist(), strict=True)
                if part
            )
        return told


def read_chances(text: str) -> dict[str, float]:
    """The draw of one decision, from how `Draw.chances` writes it."""
    pairs = (each.rpartition(":") for each in text.split())
    return {name: float(chance) for name, _, chance in pairs}


def draw(urn: Urn, exploring: Exploring, salt: str, name: str) -> Draw:
    """Draw what everybody gets.

    The lot of a person depends on nothing but salt, plan and key: the same plan drawn twice is the
    same, and who else is in it matters only through the prices.

    Args:
        urn: the best act of each, and what else is allowed.
        exploring: the shares.
        salt: the shop's own.
        name: of the plan: another plan draws anew, so nobody is left alone for ever.

    Returns:
        Acts within every limit. Should the lot want more than was kept back, which happens in less
        than `RARELY` of all plans, nothing dearer than the best is drawn for anybody.
    """
    held = math.floor(PARTS * exploring.control_share)
    told = np.array([lot(salt, "draw", name, key) for key in urn.keys], dtype=np.float64)
    for line in (_line(urn, exploring), -np.inf):
        found = _drawn(urn, _parts(urn, exploring, line), held, told)
        used = _used(urn, found.given)
        if np.all(used <= urn.limit + TOLERANCE):
            return found
    raise AssertionError("acts that use no more than the best cannot use more than there is")


def _drawn(urn: Urn, parts: IntArray, held: int, told: FloatArray) -> Draw:
    """Walk along each row of chances, control first, then the acts, until the lot is reached."""
    meant = (urn.best > 0) & ~urn.out
    at = np.floor(told * PARTS).astype(np.int64)
    control = meant & (at < held)
    after = parts.copy()
    after[:, 0] -= np.where(meant, held, 0)
    ends = np.cumsum(after, axis=1)
    beyond = at - np.where(meant, held, 0)
    reached = (beyond[:, None] >= ends).sum(axis=1)
    given = np.where(control, 0, np.minimum(reached, parts.shape[1] - 1))
    given = np.where(urn.out, urn.best, given)
    explored = ~control & (given != urn.best)
    return Draw(given, control, explored, parts)


def _parts(urn: Urn, exploring: Exploring, line: float) -> IntArray:
    """Chances in millionths, when acts are open whose loss after prices is at most `line`."""
    rows = np.arange(len(urn))
    chance = _elsewhere(urn, exploring, _open(urn, line))
    held = math.floor(PARTS * exploring.control_share)
    left = np.where(urn.best > 0, PARTS - held, PARTS)
    # A hair is added, or a chance of exactly .18 would lose a millionth.
    parts = np.floor(chance * left[:, None] + 1e-6).astype(np.int64)
    parts[:, 0] += np.where(urn.best > 0, held, 0)
    parts[urn.out] = 0
    parts[rows, urn.best] += PARTS - parts.sum(axis=1)
    return parts


def _elsewhere(urn: Urn, exploring: Exploring, others: BoolArray) -> FloatArray:
    """Chance of each act other than the best, the cheap ones more often."""
    scale = max(exploring.scale, 1)
    weight = np.where(others, scale / (scale + np.maximum(urn.cost, 0.0)), 0.0)
    total = weight.sum(axis=1, keepdims=True)
    chance: FloatArray = exploring.explore_share * weight / np.where(total > 0, total, 1.0)
    return chance


def _open(urn: Urn, line: float) -> BoolArray:
    """Acts beside the best that may be drawn: what uses no more, and the nearest misses else."""
    rows = np.arange(len(urn))
    loss, dearer = urn.loss
    others = urn.allowed & ~urn.out[:, None] & (~dearer | (loss <= line))
    others[rows, urn.best] = False
    return others


def _line(urn: Urn, exploring: Exploring) -> float:
    """How much an act may lose to be drawn: as far as what was kept back surely reaches, and no
    further than learning is worth.

    The nearest misses come first: there the first guesses decide, and there an answer changes
    most. A line is one number for all, like a price.
    """
    if exploring.explore_share == 0:
        return -np.inf
    loss, dearer = urn.loss
    worthwhile = dearer & urn.allowed & ~urn.out[:, None] & np.isfinite(loss)
    lines = np.unique(loss[worthwhile])
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high + 1) // 2
        chance = _elsewhere(urn, exploring, _open(urn, float(lines[middle - 1])))
        if _is_worth(urn, exploring, chance) and _surely_fits(urn, chance):
            low = middle
        else:
            high = middle - 1
    return float(lines[low - 1]) if low else -np.inf


def _is_worth(urn: Urn, exploring: Exploring, chance: FloatArray) -> bool:
    """Whether what is drawn is expected to lose no more than its share of what the best acts gain.

    Where little is gained little may be learned: a shop never pays more to learn than it earns.
    """
    best = urn.gain[np.arange(len(urn)), urn.best]
    lost = float((chance * (best[:, None] - urn.gain)).sum())
    gained = float(best[~urn.out].sum())
    return lost <= exploring.explore_share * max(gained, 0.0)


def _surely_fits(urn: Urn, chance: FloatArray) -> bool:
    """Whether what is drawn stays within what is left, but for a chance of `RARELY`.

    Bernstein's inequality for a sum of independent draws, each between 0 and its dearest; what
    cheaper draws and the control save is not counted on.
    """
    return all(
        _reached(chance, extra) <= left for extra, left in zip(_extra(urn), _left(urn), strict=True)
    )


def _reached(chance: FloatArray, extra: FloatArray) -> float:
    log = math.log(1 / RARELY)
    wanted = np.where(chance > 0, extra, 0.0)
    mean, spread = float((chance * wanted).sum()), float((chance * wanted**2).sum())
    jump = float(wanted.max(initial=0.0)) * log / 3
    return mean + jump + math.sqrt(jump**2 + 2 * spread * log) if mean > 0 else 0.0


def _extra(urn: Urn) -> Iterator[FloatArray]:
    """Of each resource, what each act uses beyond the best."""
    rows = np.arange(len(urn))
    for use in urn.use:
        yield np.maximum(use - use[rows, urn.best][:, None], 0.0)


def _left(urn: Urn) -> FloatArray:
    """What the best acts leave; the held out are counted as if they got theirs."""
    return urn.limit - _used(urn, urn.best)


def _used(urn: Urn, given: IntArray) -> FloatArray:
    rows = np.arange(len(urn))
    return np.array([use[rows, given].sum(dtype=np.float64) for use in urn.use])
