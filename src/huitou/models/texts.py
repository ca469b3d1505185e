"""What a text is about: character n-grams and a linear model, taught by seeds and by staff.

    found = sorter(taught)                # seeds and corrections, fitted in less than a second
    found.sort(["送来的时候汤全洒了"])      # [("delivery", 0.93)]

The share beside a cause is calibrated: of the texts sorted with .8, about .8 are right. Below a
line nobody would bet on it, and the answer is *unknown*. Nothing is downloaded, now or ever.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.special import logsumexp, softmax

from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint
from huitou.models.grams import BITS, counted
from huitou.models.seeds import seeds

UNKNOWN = "unknown"
LINE = 0.4
"""Below this share the answer is *unknown*: a wrong cause costs more than an open question."""
SUREST = 0.99
"""No share is told above this: a few hundred texts cannot show that nothing goes wrong."""
SOFTNESS = 0.5
"""C of the linear machine: a good middle on public texts of both languages."""
FOLDS = 4
"""Parts that take turns as the ones not learned from, to see how sure the margins may be."""
LEAST = 2
"""Texts of a cause without which it cannot be learned."""
FORMAT = 1

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sorter:
    """A fitted sorter; made by `fit`, kept as plain arrays by `kept`, read back by `recalled`."""

    causes: tuple[str, ...]
    columns: NDArray[np.int32]
    """The n-grams that were seen while learning, as places of `grams.counted`."""
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    """(columns, causes)."""
    bias: NDArray[np.float32]
    sharpness: float
    """What margins are multiplied with before they are shares."""
    tilt: NDArray[np.float32]
    """What is added to each cause then."""
    line: float = LINE
    mark: str = ""
    """Of what it was taught: another mark is another sorter."""

    def sort(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The cause of each text and its share; *unknown* with the best share below the line."""
        shares = self.shares(texts)
        best = shares.argmax(axis=1)
        top = shares[np.arange(len(best)), best]
        return [
            (self.causes[place] if share >= self.line else UNKNOWN, min(float(share), SUREST))
            for place, share in zip(best, top, strict=True)
        ]

    def shares(self, texts: Sequence[str]) -> Array:
        """Share of every cause for every text, (texts, causes); rows add up to 1."""
        found: Array = softmax(self.sharpness * self._margins(texts) + self.tilt, axis=1)
        return found

    def _margins(self, texts: Sequence[str]) -> Array:
        known = _features(counted(texts), self.columns, self.idf)
        return np.asarray(known @ self.weights + self.bias, dtype=np.float64)

    def kept(self) -> bytes:
        """As the bytes of an .npz file: arrays and one line of JSON."""
        told = {"format": FORMAT, "causes": self.causes, "line": self.line, "mark": self.mark}
        told["sharpness"] = self.sharpness
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        file = BytesIO()
        np.savez(file, told=np.frombuffer(json.dumps(told).encode(), dtype=np.uint8), **arrays)
        return file.getvalue()


_ARRAYS = ("columns", "idf", "weights", "bias", "tilt")


def recalled(kept: bytes) -> Sorter:
    """Back from `Sorter.kept`; an error in words where it is something else."""
    try:
        with np.load(BytesIO(kept), allow_pickle=False) as file:
            arrays: dict[str, Any] = {name: file[name] for name in _ARRAYS}
            told = json.loads(file["told"].tobytes())
        if told["format"] != FORMAT:
            raise ValueError(told["format"])
        return Sorter(
            causes=tuple(told["causes"]),
            sharpness=float(told["sharpness"]),
            line=float(told["line"]),
            mark=str(told["mark"]),
            **arrays,
        )
    except (KeyError, ValueError, OSError, TypeError, EOFError, BadZipFile) as unread:
        raise HuitouError("this is no sorter of this version", to_try="huitou run") from unread


def fit(
    texts: Sequence[str],
    causes: Sequence[str],
    weights: Sequence[float] | None = None,
    kin: Sequence[int] | None = None,
) -> Sorter:
    """Learn to sort texts to causes.

    Args:
        texts: what was said, in any mix of languages.
        causes: the cause of each.
        weights: how much each counts; 1 unless told.
        kin: texts with one number say the same in other words: how sure the sorter may be is
            never judged on one after learning from the other. None: no two are kin.

    Raises:
        HuitouError: fewer than two causes have `LEAST` texts each.
    """
    named = np.asarray(causes, dtype=str)
    weight = np.ones(len(named)) if weights is None else np.asarray(weights, dtype=np.float64)
    names, told, often = np.unique(named, return_inverse=True, return_counts=True)
    enough = often >= LEAST
    if enough.sum() < 2:
        raise HuitouError(f"two causes with {LEAST} texts each are the least to learn from")
    use = enough[told]
    names, told = np.unique(named[use], return_inverse=True)
    weight, family = weight[use], np.arange(len(use)) if kin is None else np.asarray(kin)
    part = _dealt(told, family[use])
    counts = counted([text for text, used in zip(texts, use, strict=True) if used])
    columns, idf = _vocabulary(counts)
    features = _features(counts, columns, idf)
    machine, bias = _learn(features, told, weight, len(names))
    margins = _margins_elsewhere(features, told, weight, part, len(names))
    sharpness, tilt = _calibrated(margins, told, weight)
    found = machine.astype(np.float32), bias.astype(np.float32)
    return Sorter(tuple(names.tolist()), columns, idf, *found, sharpness, tilt.astype(np.float32))


def _vocabulary(counts: sparse.csr_matrix) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The n-grams that are there, and how telling each is: rare ones tell more."""
    within = np.bincount(counts.indices, minlength=counts.shape[1])
    # In a large pile an n-gram of a single text teaches nothing but that text.
    columns = np.flatnonzero(within >= (2 if counts.shape[0] >= 5_000 else 1)).astype(np.int32)
    idf = np.log((1 + counts.shape[0]) / (1 + within[columns])) + 1
    return columns, idf.astype(np.float32)


def _features(
    counts: sparse.csr_matrix, columns: NDArray[np.int32], idf: NDArray[np.float32]
) -> sparse.csr_matrix:
    """Damped counts, weighed by how telling each n-gram is, each text of length 1."""
    place = np.full(1 << BITS, -1, dtype=np.int32)
    place[columns] = np.arange(len(columns), dtype=np.int32)
    found = place[counts.indices]
    known = found >= 0
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))[known]
    value = (1 + np.log(counts.data[known])) * idf[found[known]]
    length = np.sqrt(np.bincount(row, value.astype(np.float64) ** 2, minlength=counts.shape[0]))
    value = (value / np.maximum(length, 1e-12)[row]).astype(np.float32)
    ends = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=counts.shape[0]))])
    shape = (counts.shape[0], len(columns))
    return sparse.csr_matrix((value, found[known], ends), shape=shape)


def _learn(
    features: sparse.csr_matrix, told: NDArray[np.int64], weight: Array, classes: int
) -> tuple[Array, Array]:
    """Weights (columns, classes) and bias (classes,) of one machine against the rest for each."""
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=SOFTNESS, class_weight="balanced", random_state=0, tol=1e-3)
    machine.fit(features, told, sample_weight=weight)
    found, bias = np.zeros((features.shape[1], classes)), np.full(classes, -1.0)
    if len(machine.classes_) == 2:
        both = machine.classes_
        found[:, both] = np.vstack([-machine.coef_[0], machine.coef_[0]]).T
        bias[both] = [-machine.intercept_[0], machine.intercept_[0]]
    else:
        found[:, machine.classes_] = machine.coef_.T
        bias[machine.classes_] = machine.intercept_
    return found, bias


def _dealt(told: NDArray[np.int64], family: NDArray[np.int64]) -> NDArray[np.int64]:
    """The part each text falls into: of each cause some in each, and families together."""
    pairs = np.stack([told, family], axis=1)
    both, place = np.unique(pairs, axis=0, return_inverse=True)
    # Families of one cause stand in a row: counted from where the cause begins.
    begins = np.searchsorted(both[:, 0], both[:, 0])
    part: NDArray[np.int64] = ((np.arange(len(both)) - begins) % FOLDS)[place.reshape(-1)]
    return part


def _margins_elsewhere(
    features: sparse.csr_matrix,
    told: NDArray[np.int64],
    weight: Array,
    part: NDArray[np.int64],
    classes: int,
) -> Array:
    """The margins of each text by a machine that did not learn from it."""
    margins = np.zeros((len(told), classes))
    for each in range(FOLDS):
        out = part == each
        machine, bias = _learn(features[~out], told[~out], weight[~out], classes)
        margins[out] = features[out] @ machine + bias
    return margins


def _calibrated(
    margins: Array, told: NDArray[np.int64], weight: Array
) -> tuple[float, NDArray[np.float64]]:
    """The sharpness and tilt under which the shares of texts not learned from fit best."""
    rows, classes = np.arange(len(told)), margins.shape[1]

    def loss(at: Array) -> tuple[float, Array]:
        scores = np.exp(at[0]) * margins + at[1:]
        shares = softmax(scores, axis=1)
        missed = logsumexp(scores, axis=1) - scores[rows, told]
        shares[rows, told] -= 1
        shares *= weight[:, None]
        slope = np.concatenate([[np.exp(at[0]) * (shares * margins).sum()], shares.sum(axis=0)])
        # A pull towards no tilt: as if a few texts said so.
        return float(missed @ weight + at[1:] @ at[1:]), slope + np.r_[0.0, 2 * at[1:]]

    found = optimize.minimize(loss, np.zeros(classes + 1), jac=True, method="L-BFGS-B")
    return float(np.exp(found.x[0])), found.x[1:]


TAUGHT_WEIGHT = 4.0
"""A correction by staff counts like so many seeds: it is this shop's own customer."""


@dataclass(frozen=True)
class Taught:
    """A text whose cause a person named."""

    text: str
    cause: str


def sorter(taught: Sequence[Taught] = ()) -> Sorter:
    """The shop's sorter: what every shop begins with, and what its staff taught it since."""
    begun = seeds()
    texts = [*(seed.text for seed in begun), *(each.text for each in taught)]
    causes = [*(seed.cause for seed in begun), *(each.cause for each in taught)]
    weights = [1.0] * len(begun) + [TAUGHT_WEIGHT] * len(taught)
    kin = [*(seed.kin for seed in begun), *range(-len(taught), 0)]
    return replace(fit(texts, causes, weights, kin), mark=mark_of(taught))


def mark_of(taught: Sequence[Taught]) -> str:
    """A mark of all that a shop's sorter is taught: seeds, lessons, and the way it learns."""
    begun = [f"{seed.cause} {seed.text}" for seed in seeds()]
    told = [f"{each.cause} {each.text}" for each in taught]
    return fingerprint(str(FORMAT), str(TAUGHT_WEIGHT), *begun, *told)
