"""A test that somebody planned: who is in it, and which of its acts the lot gives them.

    arms: thank 1/3, offer_10 1/3, nothing 1/3 · stages: slipping, lost · most: 3,000 people

A test goes before everything else that a plan would do for its people, but breaks no rule: in it
are only those for whom *every* one of its acts is allowed, and only as many as money and hours
reach for even if all of them drew the dearest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huitou.decisions.audience import Audience, BoolArray, FloatArray, IntArray
from huitou.decisions.choices import TOLERANCE
from huitou.decisions.explore import PARTS
from huitou.ground.errors import HuitouError
from huitou.ground.ids import lot


@dataclass(frozen=True)
class Trial:
    """A planned test, as a plan obeys it."""

    id: str
    arms: Mapping[str, float]
    """Name of an act -> share of the people that gets it; the shares add up to one."""
    stages: Set[str]
    """Who may be in it, by where they stand."""
    most: int
    """People still wanted."""
    inside: Set[str] = frozenset()
    """Whom an earlier plan brought into it: nobody is counted twice."""

    def __post_init__(self) -> None:
        """Refuse arms that cannot be drawn from."""
        if len(self.arms) < 2:
            raise HuitouError("a test compares at least two acts", to_try="thank nothing")
        if min(self.arms.values()) <= 0 or abs(sum(self.arms.values()) - 1) > 1e-6:
            raise HuitouError("the shares of a test must be above 0 and add up to 1")


@dataclass(frozen=True)
class Enlisted:
    """Who is in which test, and what the lot gives them."""

    test: NDArray[np.object_]
    """The test's id, or None."""
    given: IntArray
    parts: IntArray
    """(people, acts) chances in millionths; all 0 for those in no test."""
    used: FloatArray
    """What is kept of each resource: as if everybody had drawn the dearest act."""

    @property
    def mask(self) -> BoolArray:
        """Who is in a test."""
        return np.array([test is not None for test in self.test], dtype=np.bool_)


def enlist(
    trials: Sequence[Trial],
    people: Audience,
    names: Sequence[str],
    allowed: BoolArray,
    use: Sequence[FloatArray],
    limit: FloatArray,
    salt: str,
) -> Enlisted:
    """Draw who is in each test and what they get; the first test has the first pick.

    The held out are drawn too, so that they can be told apart later; they get nothing all the same.

    Args:
        names: of the acts, in the order of the columns.
        allowed: (people, acts) what every rule leaves open.
        use: of each resource what each act uses (people, acts).
        limit: how much of each resource there is.
    """
    found = Enlisted(
        np.full(len(people), None, dtype=object),
        np.zeros(len(people), dtype=np.int64),
        np.zeros(allowed.shape, dtype=np.int64),
        np.zeros(len(limit)),
    )
    for trial in trials:
        known = [names.index(name) for name in trial.arms if name in names]
        columns = np.array(known, dtype=np.int64)
        if len(columns) == len(trial.arms):
            found = _added(found, trial, columns, people, allowed, use, limit, salt)
    return found


def _added(
    before: Enlisted,
    trial: Trial,
    columns: IntArray,
    people: Audience,
    allowed: BoolArray,
    use: Sequence[FloatArray],
    limit: FloatArray,
    salt: str,
) -> Enlisted:
    may = allowed[:, columns].all(axis=1) & np.isin(people.stage, list(trial.stages))
    may &= ~before.mask & ~np.isin(people.person_id, list(trial.inside))
    rows = _in_order(np.flatnonzero(may), people, trial, salt)[: trial.most]
    dearest = np.array([each[np.ix_(rows, columns)].max(axis=1, initial=0.0) for each in use])
    reaches = np.cumsum(dearest, axis=1) <= (limit - before.used)[:, None] + TOLERANCE
    rows = rows[: int(reaches.all(axis=0).sum())]
    test, given, parts = before.test.copy(), before.given.copy(), before.parts.copy()
    chance = _in_parts(list(trial.arms.values()))
    told = [lot(salt, "test", trial.id, people.hold_key[row]) for row in rows]
    at = np.searchsorted(np.cumsum(chance), np.floor(np.array(told) * PARTS), side="right")
    test[rows], given[rows] = trial.id, columns[at.astype(np.int64)]
    parts[np.ix_(rows, columns)] = chance
    return Enlisted(test, given, parts, before.used + dearest[:, : len(rows)].sum(axis=1))


def _in_order(
    rows: NDArray[np.int64], people: Audience, trial: Trial, salt: str
) -> NDArray[np.int64]:
    """Who comes first when not all fit: by another lot, that knows nothing of the arms."""
    told = np.array([lot(salt, "test order", trial.id, people.hold_key[row]) for row in rows])
    return rows[np.argsort(told, kind="stable")]


def _in_parts(shares: list[float]) -> IntArray:
    parts: IntArray = np.floor(np.array(shares) * PARTS).astype(np.int64)
    parts[-1] += PARTS - parts.sum()
    return parts
