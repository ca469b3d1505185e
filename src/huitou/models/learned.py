"""What customers answered, moving what was judged: ratios learned, calibrated, and said in words.

    learned = learn(evidence, heard)         # heard: who was asked, what they said
    causes(evidence, learned.weights)
    learned.words                            # how many answers it rests on, and how right it was

The judged ratios are the prior, with their widths; answers move them as far as they can. With no
answers everything is as judged, and `words` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.reasons import UNKNOWN
from huitou.ground.ids import lot
from huitou.ground.words import Sentence, said
from huitou.models.causes import (
    SLIP,
    WORDS,
    Weights,
    judged,
    scores,
    softmax,
)
from huitou.models.clues import NO_CAUSE
from huitou.models.numbers import Array, Index
from huitou.models.responses import answer_weights, chance_to_answer
from huitou.models.strengths import Frame, pointed, weighed

FOLDS = 5
ENOUGH = 20
"""Below so many answers nothing is checked against the rest of them, and nothing sharpened."""
SHARPNESS_SD = 0.25
"""Prior sd of the log temperature: few answers leave it at 1."""
BINS = 10
TOLD = 3
"""Ratios that moved most, as many as are told."""
Z90 = 1.6448536269514722

HEARD = pa.schema(
    [
        ("person_id", pa.string()),
        ("why", pa.string()),
        ("channel", pa.string()),
        ("propensity", pa.float64()),
        ("stage", pa.string()),
        ("value", pa.float64()),
    ]
)
"""Everybody who was asked: `why` is null where nobody answered; `propensity` the chance to be
asked (null: everybody like them was), `value` in minor units; what is not known is null."""


@dataclass(frozen=True)
class Moved:
    """A ratio that the answers have moved: as judged, as learned, with its 90 % interval."""

    evidence: str
    cause: str
    judged: float
    learned: float
    low: float
    high: float


@dataclass(frozen=True)
class Learned:
    """What was learned, and how far to trust it."""

    weights: Weights
    asked: int
    answers: int
    """Answers that name a cause; who would not say named none."""
    top_right: float | None = None
    """Share of answers whose cause was the first suspect, judged without that answer."""
    top_error: float | None = None
    """Mean gap between how sure the first suspect was and how often it was right (top label)."""
    class_error: float | None = None
    """The same gap for each cause's posterior, averaged over the causes (classwise)."""
    moved: tuple[Moved, ...] = ()

    @property
    def figures(self) -> Mapping[str, float | None]:
        """What it rests on and how right it was, as numbers by name."""
        return {
            "asked": self.asked,
            "answers": self.answers,
            "top_right": self.top_right,
            "top_error": self.top_error,
            "class_error": self.class_error,
            "temperature": self.weights.temperature,
        }

    @property
    def words(self) -> tuple[Sentence, ...]:
        """In sentences: what it rests on, how right it was, and what changed."""
        if not self.asked:
            return (said("Nobody has been asked yet: these are suspicions from records alone."),)
        told = [said("{n} were asked; {m} told why they left.", n=self.asked, m=self.answers)]
        if not self.answers:
            return (*told, said("Until somebody does, these are suspicions from records alone."))
        if self.top_right is None:
            told.append(said("So few answers hardly move what was judged beforehand."))
        else:
            told.append(_checked(self.top_right, self.top_error or 0.0))
        return (*told, *(_said(one) for one in self.moved))


def _checked(right: float, gap: float) -> Sentence:
    return said(
        "Tried on answers it had not seen, the first suspect was what {right} % of them said; how "
        "sure it was and how right it was lay {gap} points apart.",
        right=round(100 * right),
        gap=round(100 * gap, 1),
    )


def _said(moved: Moved) -> Sentence:
    return said(
        "What speaks for “{cause}” counts {learned} times, not {judged} as first judged.",
        cause=WORDS[moved.cause],
        learned=round(moved.learned, 1),
        judged=round(moved.judged, 1),
    )


@dataclass(frozen=True)
class Answers:
    """The answers that name a cause: who, which, how much each counts, and what shows of them."""

    people: tuple[str, ...]
    label: Index
    weight: Array
    blocks: tuple[Array, ...]

    def of(self, some: Array) -> Answers:
        """Some of them."""
        names = tuple(np.array(self.people, dtype=object)[some])
        blocks = tuple(block[some] for block in self.blocks)
        return Answers(names, self.label[some], self.weight[some], blocks)


def learn(evidence: pa.Table, heard: pa.Table, scored: pa.Table | None = None) -> Learned:
    """Move the judged weights by what was heard.

    `evidence` holds a row for everybody asked (others do no harm), `heard` is as `HEARD`. `scored`
    are the people whose causes are wanted, where they are others: the causes are theirs.
    """
    start = judged(evidence if scored is None else scored)
    asked = _asked(evidence, heard)
    if not asked.num_rows:
        return Learned(start, 0, 0)
    answers = _answers(asked, start.known)
    if not answers.people:
        return Learned(start, asked.num_rows, 0)
    fitted = fit(answers, start)
    if len(answers.people) < ENOUGH:
        return Learned(fitted, asked.num_rows, len(answers.people))
    unseen = _unseen(answers, start)
    sharpness = temperature(unseen, answers)
    share = softmax(unseen / sharpness)
    return Learned(
        Weights(fitted.known, fitted.theta, fitted.covariance, sharpness),
        asked.num_rows,
        len(answers.people),
        top_right=float(np.average(share.argmax(axis=1) == answers.label, weights=answers.weight)),
        top_error=top_label_error(share, answers.label, answers.weight),
        class_error=classwise_error(share, answers.label, answers.weight),
        moved=_moved(start, fitted),
    )


def _asked(evidence: pa.Table, heard: pa.Table) -> pa.Table:
    """Everybody asked with what shows of them, once each, in the order of their ids."""
    place = pc.index_in(heard["person_id"], evidence["person_id"].combine_chunks())
    there = heard.append_column("place", place).filter(pc.is_valid(place)).sort_by("person_id")
    shown = evidence.take(there["place"]).drop_columns(["person_id"])
    both = there.drop_columns(["place"])
    for name in shown.column_names:
        both = both.append_column(f"shows_{name}", shown[name])
    return both.combine_chunks()


def _answers(asked: pa.Table, known: Frame) -> Answers:
    shows = [name for name in asked.column_names if name.startswith("shows_")]
    told = asked.select(["person_id", *shows])
    told = told.rename_columns(["person_id", *(name[len("shows_") :] for name in shows)])
    blocks = weighed(told, known)
    named = np.array([why is not None and why not in NO_CAUSE for why in asked["why"].to_pylist()])
    chance = chance_to_answer(_traits(asked, blocks), named.astype(np.float64))
    propensity = asked["propensity"].fill_null(1.0).to_numpy().astype(np.float64)
    whys = [why for why, counts in zip(asked["why"].to_pylist(), named, strict=True) if counts]
    ids = np.array(asked["person_id"].to_pylist(), dtype=object)[named]
    return Answers(
        tuple(ids),
        np.array([known.place(why) for why in whys], dtype=np.int64),
        answer_weights(chance[named], propensity[named]),
        tuple(block[named] for block in blocks),
    )


def _traits(asked: pa.Table, blocks: tuple[Array, ...]) -> Array:
    """What shows of somebody before they are asked: worth, stage, channel, what points where."""
    value = asked["value"].to_numpy(zero_copy_only=False).astype(np.float64)
    worth = np.log1p(np.maximum(np.nan_to_num(value), 0.0))
    columns = [worth, *(pointed(block).astype(np.float64) for block in blocks)]
    for name in ("channel", "stage"):
        told = np.array(asked[name].fill_null("").to_pylist(), dtype=object)
        columns += [(told == each).astype(np.float64) for each in sorted(set(told))[1:]]
    return np.column_stack(columns)


def fit(answers: Answers, start: Weights) -> Weights:
    """The weights that fit the answers and the judgement best, and their Laplace covariance.

    An answer may be a slip (`SLIP`): then it names any cause as often as others name it, and says
    nothing of the clues. Solved by turns: who slipped, given the weights; the weights, given that.
    """
    pull = _pull(start)
    theta = start.theta
    for _ in range(3):
        theta, bend = _by_turns(answers, start, theta, pull)
        turned = _turned(start, theta)
        if not turned:
            break
        # More of a clue must never speak against its cause: the two ends become one.
        pull = pull + sum(_tied(len(theta), at) for at in turned)
    return Weights(start.known, theta, np.asarray(np.linalg.inv(bend), dtype=np.float64))


def _by_turns(answers: Answers, start: Weights, theta: Array, pull: Array) -> tuple[Array, Array]:
    heard = _shares(answers, len(start.known.codes))
    bend = pull
    for _ in range(40):
        share = softmax(scores(answers.blocks, start.known, theta))
        slope, bend = _slope_and_bend(answers, start.known, share, _meant(share, answers, heard))
        slope = slope - pull @ (theta - start.theta)
        bend = bend + pull
        move = np.linalg.solve(bend, slope)
        theta = theta + move * min(1.0, 2.0 / max(float(np.abs(move).max()), 1e-12))
        if np.abs(move).max() < 1e-6:
            break
    return theta, bend


def _shares(answers: Answers, causes: int) -> Array:
    """How often each cause is named, none quite never."""
    counted = np.bincount(answers.label, weights=answers.weight, minlength=causes) + 0.5
    return np.asarray(counted / counted.sum())


def _meant(share: Array, answers: Answers, heard: Array) -> Array:
    """Per answer the chance that each cause was the true one behind it."""
    meant = share * SLIP * heard[answers.label][:, None]
    rows = np.arange(len(share))
    meant[rows, answers.label] += (1 - SLIP) * share[rows, answers.label]
    return np.asarray(meant / meant.sum(axis=1, keepdims=True))


def _slope_and_bend(
    answers: Answers, known: Frame, share: Array, meant: Array
) -> tuple[Array, Array]:
    """Gradient, and minus the Hessian, of the weighted log likelihood."""
    places = known.blocks()
    size = places[-1].stop
    slope, bend = np.zeros(size), np.zeros((size, size))
    for c, (block, at) in enumerate(zip(answers.blocks, places, strict=True)):
        slope[at] = block.T @ (answers.weight * (meant[:, c] - share[:, c]))
        for d, (other, there) in enumerate(zip(answers.blocks, places, strict=True)):
            both = answers.weight * share[:, c] * (float(c == d) - share[:, d])
            bend[at, there] = (block * both[:, None]).T @ other
    return slope, bend


def _pull(start: Weights) -> Array:
    return np.asarray(np.linalg.inv(start.covariance))


def _pairs(known: Frame) -> list[tuple[int, str, str, float]]:
    """Where each clue's weight for *absent* stands (*present* follows), and which way it points."""
    found = []
    for code, at in zip(known.codes, known.blocks(), strict=True):
        for nth, clue in enumerate(known.of(code)):
            way = float(np.sign(np.log(clue.ratio_present) - np.log(clue.ratio_absent)))
            found.append((at.start + 1 + 2 * nth, clue.evidence, code, way))
    return found


def _turned(start: Weights, theta: Array) -> list[int]:
    return [
        at for at, _, _, way in _pairs(start.known) if way * (theta[at + 1] - theta[at]) < -1e-9
    ]


def _tied(size: int, at: int) -> Array:
    tie = np.zeros((size, size))
    tie[at : at + 2, at : at + 2] = [[1, -1], [-1, 1]]
    return tie * 1e9


def _unseen(answers: Answers, start: Weights) -> Array:
    """Scores of every answer by weights that were fitted without it and its fold."""
    fold = np.array([int(FOLDS * lot("causes", person)) for person in answers.people])
    found = np.zeros((len(answers.people), len(start.known.codes)))
    for each in range(FOLDS):
        apart = answers.of(fold == each)
        if len(apart.people):
            fitted = fit(answers.of(fold != each), start) if (fold != each).any() else start
            found[fold == each] = scores(apart.blocks, start.known, fitted.theta)
    return found


def temperature(unseen: Array, answers: Answers) -> float:
    """How sharp posteriors may be: the one number under which unseen answers are likeliest."""
    heard = _shares(answers, unseen.shape[1])[answers.label]
    rows = np.arange(len(unseen))

    def likely(log_t: float) -> float:
        share = softmax(unseen / np.exp(log_t))[rows, answers.label]
        told = np.log((1 - SLIP) * share + SLIP * heard)
        return float((answers.weight * told).sum()) - 0.5 * (log_t / SHARPNESS_SD) ** 2

    grid = np.linspace(-1.0, 1.0, 81)
    return float(np.exp(grid[int(np.argmax([likely(float(log_t)) for log_t in grid]))]))


def top_label_error(share: Array, label: Index, weight: Array) -> float:
    """Calibration error of the first suspect: mean gap of sureness and rightness, ten bins."""
    first = share.argmax(axis=1)
    sure = share[np.arange(len(share)), first]
    return _gap(sure, (first == label).astype(np.float64), weight)


def classwise_error(share: Array, label: Index, weight: Array) -> float:
    """The same of every cause's posterior, averaged over the causes."""
    each = [
        _gap(share[:, c], (label == c).astype(np.float64), weight) for c in range(share.shape[1])
    ]
    return float(np.mean(each))


def _gap(sure: Array, right: Array, weight: Array) -> float:
    place = np.minimum((sure * BINS).astype(np.int64), BINS - 1)
    gap = np.bincount(place, weights=weight * (sure - right), minlength=BINS)
    return float(np.abs(gap).sum() / weight.sum())


def _moved(start: Weights, fitted: Weights) -> tuple[Moved, ...]:
    """The ratios of *present* that moved most, of causes that have a name."""
    sd = np.sqrt(np.diag(fitted.covariance))
    found = [
        (
            abs(fitted.theta[at + 1] - start.theta[at + 1]),
            _one(at + 1, name, code, start, fitted, sd),
        )
        for at, name, code, way in _pairs(start.known)
        if way > 0 and code != UNKNOWN
    ]
    ranked = sorted(found, key=lambda pair: (-pair[0], pair[1].evidence, pair[1].cause))
    return tuple(moved for how_far, moved in ranked[:TOLD] if how_far > 0.2)


def _one(at: int, name: str, code: str, start: Weights, fitted: Weights, sd: Array) -> Moved:
    low, mid, high = (float(np.exp(fitted.theta[at] + sign * Z90 * sd[at])) for sign in (-1, 0, 1))
    return Moved(name, code, float(np.exp(start.theta[at])), mid, low, high)
