"""Which keys belong to one person: deterministic links over membership number, phone and e-mail.

Keys are nodes, a record that carries several of them is a link. Two rules keep households apart:

* a membership number is a person: two of them are never joined, whatever they share;
* a phone or e-mail that stands beside two membership numbers is *shared*: it links nobody, and
  records that carry nothing else belong to a person of that phone alone.

Probable matches (misspelt names, changed phones) are not made here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Codes = NDArray[np.int64]

NONE = -1
"""Code of a key that a record does not have."""


@dataclass(frozen=True)
class Links:
    """Records as codes of keys: three columns of equal length, `NONE` where a key is absent."""

    member: Codes
    phone: Codes
    email: Codes
    keys: int
    """Number of distinct keys; codes run from 0 to keys - 1."""


def groups(links: Links) -> Codes:
    """The group of each key: an array of `links.keys` numbers, equal for keys of one person."""
    shared = _shared(links.member, links.phone, links.keys)
    shared |= _shared(links.member, links.email, links.keys)
    pairs = [
        _pairs(links.member, links.phone, shared),
        _pairs(links.member, links.email, shared),
        _pairs(links.phone, links.email, shared),
    ]
    start = np.concatenate([first for first, _ in pairs])
    end = np.concatenate([second for _, second in pairs])
    start, end = _without_bridges(links, start, end)
    return _components(links.keys, start, end)


def claims(
    group: Codes, known: Codes, first_seen: NDArray[np.float64], holds: NDArray[np.bool_]
) -> tuple[Codes, Codes]:
    """Which known person each group goes on as, and into whom known persons are merged.

    `group`, `known` (NONE for a new key), `first_seen`, and `holds` (whether the key draws its
    person's lot) are aligned with the keys. A group goes on as its oldest known person; a person
    claimed by two groups stays with the group of the key that draws the lot, or of the oldest key
    where that one is gone: a lot is never left to somebody else. Returns (person by group or NONE,
    rows of (merged, into) pairs).
    """
    order = np.lexsort((known, first_seen))
    order = order[known[order] != NONE]
    person_of = np.full(int(group.max(initial=-1)) + 1, NONE, dtype=np.int64)
    home_of: dict[int, int] = {}
    for key in order:
        home_of.setdefault(int(known[key]), int(group[key]))
    for key in np.flatnonzero(holds & (known != NONE)):
        home_of[int(known[key])] = int(group[key])
    merged: list[tuple[int, int]] = []
    for person, home in home_of.items():  # in the order of their oldest key
        if person_of[home] == NONE:
            person_of[home] = person
        else:
            merged.append((person, int(person_of[home])))
    return person_of, np.array(merged, dtype=np.int64).reshape(-1, 2)


def _shared(member: Codes, other: Codes, keys: int) -> NDArray[np.bool_]:
    """For each key: whether, as a code of `other`, it stands beside two membership numbers."""
    both = (member != NONE) & (other != NONE)
    pairs = np.unique(np.stack([other[both], member[both]]), axis=1)
    return np.asarray(np.bincount(pairs[0], minlength=keys) > 1)


def _pairs(left: Codes, right: Codes, shared: NDArray[np.bool_]) -> tuple[Codes, Codes]:
    both = (left != NONE) & (right != NONE)
    left, right = left[both], right[both]
    if not left.size:
        return left, right
    free = ~(shared[left] | shared[right])
    return left[free], right[free]


def _without_bridges(links: Links, start: Codes, end: Codes) -> tuple[Codes, Codes]:
    """Drop phone-to-e-mail links that would join two members at one remove."""
    members = np.zeros(links.keys, dtype=bool)
    members[links.member[links.member != NONE]] = True
    group = _components(links.keys, start, end)
    held = np.bincount(group[members], minlength=links.keys)
    crowded = held[group] > 1
    bridge = ~members[start] & crowded[start] if start.size else np.zeros(0, dtype=bool)
    return start[~bridge], end[~bridge]


def _components(keys: int, start: Codes, end: Codes) -> Codes:
    graph = coo_array((np.ones(start.size, dtype=np.int8), (start, end)), shape=(keys, keys))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
