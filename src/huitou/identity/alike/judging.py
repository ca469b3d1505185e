"""What a likely pair is: one person, a pair to look at, or a household; and who ends up as whom.

    told = judge(pairs, people=5_000, has_learnt=True)
    told.verdicts                    ONE, DOUBTFUL, HOUSEHOLD or STRANGERS, a pair
    told.cut                         the weight from which pairs are made one, and what is expected
    joined(links, apart, rank)       person -> who they are now

Chances come from a model in which fields err independently, and a household breaks that: who lives
together shares surname, address and phone without being one. So kin are held to more. Another
given name and no birthday that speaks for it is a household, whatever else agrees. Where only one
of the two differs it may be a slip of the pen, or twins, or a father and a son of one name: how
often, is judged from how many households this shop has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from huitou.identity.alike import levels

ONE, DOUBTFUL, HOUSEHOLD, STRANGERS = "one", "doubtful", "household", "strangers"

SURE = 0.99
"""The least chance at which two people are made one by themselves."""
WRONG_AT_MOST = 0.002
"""The largest share of pairs made one that may be expected to be wrong."""
UNSURE = 0.9
"""The most that is believed of kin whose given names are almost the same: Peter and Petra."""
DOUBTFUL_FROM = 0.2
"""The least chance at which a pair is shown to somebody."""
FEW_HOUSEHOLDS = 0.01
"""Households that are taken for granted before one was seen: of a hundred people, one pair."""
LIKE_ONE = 0.01
"""Of a hundred pairs of a household, those that share birthday (twins), or given name."""

Flags = NDArray[np.bool_]
Chances = NDArray[np.float64]


@dataclass(frozen=True)
class Cut:
    """Where a shop's pairs are cut, and what is expected of it."""

    merge: float | None
    """The least weight of pairs that are made one; None where nothing is by itself."""
    review: float
    wrong: float
    """Expected share of wrong ones among those made one."""
    found: float
    """Expected share of all true pairs that are among them."""


@dataclass(frozen=True)
class Judged:
    """A verdict for each pair, in their order."""

    verdicts: Sequence[str]
    chances: Chances
    """That they are one, households considered."""
    cut: Cut


def judge(pairs: pa.Table, people: int, *, has_learnt: bool) -> Judged:
    """Judge the pairs that `linking.likely` found among so many people.

    Where a shop was too small to learn from, nothing is made one by itself.
    """
    kin, other_name, other_day = _kin(pairs), _flag(pairs, "given_conflict"), _other_day(pairs)
    day_speaks = _agrees(pairs, levels.BIRTHDAY, (levels.SAME, levels.NEAR, levels.SWAPPED))
    household = other_name & ~day_speaks & (kin | other_day)
    chances = np.asarray(pairs["chance"].to_numpy(), dtype=np.float64).copy()
    households = int(household.sum()) + FEW_HOUSEHOLDS * people
    for alike in (kin & other_name & day_speaks, kin & other_day & ~other_name):
        if alike.any():
            chances[alike] *= 1 - min(1.0, LIKE_ONE * households / int(alike.sum()))
    strange = other_name & ~day_speaks
    chances[strange] = np.minimum(chances[strange], 0.5)
    almost = kin & _flag(pairs, "given_differs") & ~day_speaks
    chances[almost] = np.minimum(chances[almost], UNSURE)
    chances[household] = 0.0
    least = least_chance(chances) if has_learnt else 2.0
    held = _flag(pairs, "two_members")
    verdicts = np.where(chances >= DOUBTFUL_FROM, DOUBTFUL, STRANGERS).astype(object)
    verdicts[(chances >= least) & ~held] = ONE
    verdicts[household] = HOUSEHOLD
    return Judged(verdicts.tolist(), chances, _cut(pairs, chances, verdicts))


def least_chance(chances: Chances) -> float:
    """The least chance from which pairs may be made one: each is sure, and of all of them no more
    are expected to be wrong than may be."""
    sure = np.sort(chances[chances >= SURE])[::-1]
    if not sure.size:
        return SURE
    wrong = np.cumsum(1 - sure) / np.arange(1, sure.size + 1)
    within = np.flatnonzero(wrong <= WRONG_AT_MOST)
    return float(sure[within[-1]]) if within.size else 2.0


@dataclass(frozen=True)
class Link:
    """Two people who are one, by somebody's word or by their likeness."""

    left: str
    right: str
    weight: float


def joined(
    links: Iterable[Link],
    apart: Iterable[tuple[str, str]],
    rank: Mapping[str, tuple[bool, float]],
    told: Iterable[tuple[str, str]] = (),
) -> dict[str, str]:
    """Who each person is now, for those who are somebody else now.

    `told` are pairs that somebody said are one: they come first. Then links, the surest first,
    unless that would make one of two who are `apart`, or of two whom the shop numbered. `rank` is
    (has no member number, first seen): the least stays, so the anonymous never win over the known.
    """
    groups = _Groups(rank, apart)
    for left, right in told:
        groups.join(left, right, said=True)
    for link in sorted(links, key=lambda each: (-each.weight, each.left, each.right)):
        groups.join(link.left, link.right)
    return groups.now()


class _Groups:
    def __init__(
        self, rank: Mapping[str, tuple[bool, float]], apart: Iterable[tuple[str, str]]
    ) -> None:
        self._rank = rank
        self._of: dict[str, set[str]] = {}
        self._apart: dict[str, set[str]] = {}
        for left, right in apart:
            self._apart.setdefault(left, set()).add(right)
            self._apart.setdefault(right, set()).add(left)

    def join(self, left: str, right: str, *, said: bool = False) -> None:
        first, second = self._group(left), self._group(right)
        if first is second or any(self._apart.get(each, set()) & second for each in first):
            return
        if not said and self._numbered(first) and self._numbered(second):
            return
        first |= second
        for each in second:
            self._of[each] = first

    def now(self) -> dict[str, str]:
        found = {}
        for person, group in self._of.items():
            stays = min(group, key=lambda each: (*self._rank.get(each, (True, np.inf)), each))
            if stays != person:
                found[person] = stays
        return found

    def _group(self, person: str) -> set[str]:
        return self._of.setdefault(person, {person})

    def _numbered(self, group: set[str]) -> bool:
        return any(not self._rank.get(each, (True, 0.0))[0] for each in group)


# -- inside


def _flag(pairs: pa.Table, name: str) -> Flags:
    if name not in pairs.column_names:
        return np.zeros(pairs.num_rows, dtype=bool)
    return np.asarray(pairs[name].fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)


def _agrees(pairs: pa.Table, field: str, codes: Sequence[str]) -> Flags:
    if field not in pairs.column_names:
        return np.zeros(pairs.num_rows, dtype=bool)
    return np.isin(np.array(pairs[field].to_pylist(), dtype=object).astype(str), codes)


def _other_day(pairs: pa.Table) -> Flags:
    return _flag(pairs, "birthday_conflict")


def _kin(pairs: pa.Table) -> Flags:
    """Whether surname agrees, and the address, the phone or the e-mail."""
    street = _agrees(pairs, levels.STREET, (levels.SAME, levels.NEAR))
    elsewhere = _agrees(pairs, levels.NUMBER, (levels.DIFFERENT,))
    phone = _agrees(pairs, levels.PHONE, (levels.SAME,))
    email = _agrees(pairs, levels.EMAIL, (levels.SAME,))
    return _flag(pairs, "surname_agrees") & ((street & ~elsewhere) | phone | email)


def _cut(pairs: pa.Table, chances: Chances, verdicts: NDArray[np.object_]) -> Cut:
    weights = np.asarray(pairs["weight"].to_numpy(), dtype=np.float64)
    one, shown = verdicts == ONE, np.isin(verdicts, (ONE, DOUBTFUL))
    true = float(chances.sum())
    return Cut(
        merge=float(weights[one].min()) if one.any() else None,
        review=float(weights[shown].min()) if shown.any() else 0.0,
        wrong=float((1 - chances[one]).mean()) if one.any() else 0.0,
        found=float(chances[one].sum() / true) if true else 0.0,
    )
