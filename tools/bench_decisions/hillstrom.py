"""The public e-mail test with 64,000 customers: do learners find whom a letter moves to visit?

Every score is told of people whose outcome the learner did not see (five folds); all are judged by
the same doubly robust scores from one neutral model, see `huitou.proof.qini`. The last question is
whether any plan is shown to beat sending the men's letter to all. None is, and none may claim it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from threadpoolctl import threadpool_limits

from huitou.decisions.effects.bends import bent
from huitou.decisions.effects.design import TRIED, act_of, audience_of
from huitou.decisions.effects.learned import learn
from huitou.decisions.effects.response import expected_move
from huitou.decisions.playbook import Effect, Playbook
from huitou.ground.words import said
from huitou.proof.qini import Estimate, arm_scores, policy_value, qini, qini_estimate
from tools.bench_decisions.effects import all_alike
from tools.bench_models._shops import folder
from tools.benching import longer
from tools.peers import causal_asked

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
MENS, WOMENS = 1, 2
FOLDS = 5
SEEDS = 5 if longer() else 3
PEER_SEEDS = 1
"""Peers need minutes for each."""
AIMS = {"Womens": 7.2, "Mens": 1.5}
"""What the best of the field reach on average; shown, since the luck of the folds is as large."""
RIDGE = 300.0
GUESSED = 0.1
"""How far an effect may be off nothing beforehand, as the middle of the shipped playbook."""

Learner = Callable[[FloatArray, IntArray, FloatArray, FloatArray], FloatArray]
"""Features, arms and outcomes to learn from, features to tell of -> what each arm adds (n, 3)."""


@cache
def _read() -> tuple[FloatArray, IntArray, FloatArray]:
    """Standardised features, arms and visits; first come who bought men's and women's before."""
    table = pq.read_table(folder() / "hillstrom.parquet")
    told = {name: table[name].to_numpy(zero_copy_only=False) for name in table.column_names}
    columns = [
        told["mens"], told["womens"], told["recency"], np.log(told["history"]), told["newbie"],
        *(told["zip_code"] == each for each in ("Surburban", "Urban")),
        *(told["channel"] == each for each in ("Phone", "Web")),
    ]  # fmt: skip
    x = np.column_stack([np.asarray(each, dtype=np.float64) for each in columns])
    arm = np.array([ARMS.index(each) for each in told["segment"]])
    return (x - x.mean(axis=0)) / x.std(axis=0), arm, told["visit"].astype(np.float64)


def rule(x: FloatArray, arm: IntArray, y: FloatArray, others: FloatArray) -> FloatArray:
    """Write to those who bought from that department before."""
    return np.column_stack([np.zeros(len(others)), others[:, 0], others[:, 1]])


def response(x: FloatArray, arm: IntArray, y: FloatArray, others: FloatArray) -> FloatArray:
    """Write to those who visit most when written to: no effect is learned at all."""
    told = [neutral(x[arm == each], y[arm == each], others) for each in (MENS, WOMENS)]
    return np.column_stack([np.zeros(len(others)), *told])


def ours(x: FloatArray, arm: IntArray, y: FloatArray, others: FloatArray) -> FloatArray:
    """What the shop's run would learn around a forecast, with no playbook; columns are traits."""
    told = LogisticRegression(C=0.1, max_iter=500).fit(bent(x)[arm == 0], y[arm == 0])
    p0, seen = (told.predict_proba(bent(each))[:, 1] for each in (x, others))
    rows = {
        "plan": ["one"] * len(x),
        "age_days": [0] * len(x),
        "name": [ARMS[each] for each in arm],
        "kind": [ARMS[each] for each in arm],
        "depth": np.zeros(len(x)),
        "meant": ["nothing"] * len(x),
        "treated": arm > 0,
        "bought": y > 0,
        "traits": list(x),
    }
    table = pa.table({**rows, **all_alike(p0)})
    letters = {name: {"active": Effect(0.0, GUESSED, said("No guess."))} for name in ARMS[1:]}
    belief = learn(table.select(TRIED.names).cast(TRIED), Playbook(letters, {}))
    assert belief is not None
    known = audience_of(pa.table(all_alike(seen)), others)
    moved = [
        expected_move(seen, *belief.shifts(act_of(name, name, 0.0), known)) for name in ARMS[1:]
    ]
    return np.column_stack([np.zeros(len(others)), *moved])


def ridge(x: FloatArray, arm: IntArray, y: FloatArray, others: FloatArray) -> FloatArray:
    """Doubly robust scores on features and their products, shrunk."""
    one, two = np.triu_indices(x.shape[1], k=1)
    wide, seen = (np.column_stack([each, each[:, one] * each[:, two]]) for each in (x, others))
    expected = Ridge(RIDGE).fit(wide, y).predict(wide)
    told = [np.zeros(len(others))]
    for each in (MENS, WOMENS):
        score = 3 * ((arm == each) - 1.0 * (arm == 0)) * (y - expected)
        told.append(Ridge(RIDGE).fit(wide, score).predict(seen))
    return np.column_stack(told)


LEARNERS: dict[str, Learner] = {
    "rule: bought there before": rule,
    "response model": response,
    "ours": ours,
    "ridge with interactions": ridge,
}


def neutral(x: FloatArray, y: FloatArray, others: FloatArray) -> FloatArray:
    """Expected visits, by boosted trees: the judge's own model, and nobody's learner."""
    trees = HistGradientBoostingClassifier(
        max_iter=60, learning_rate=0.06, max_leaf_nodes=8, min_samples_leaf=200, random_state=0
    )
    return np.asarray(trees.fit(x, y).predict_proba(others)[:, 1], dtype=np.float64)


def rows() -> list[dict[str, Any]]:
    """The figures."""
    with threadpool_limits(1):
        x, arm, y = _read()
        judge = np.random.default_rng(2026).permutation(len(y)) % FOLDS
        arms = arm_scores(x, arm, y, np.bincount(arm) / len(arm), neutral, judge)
        told = {name: _scores(learner, SEEDS) for name, learner in LEARNERS.items()}
        missing = causal_asked.missing()
        if missing is None:
            told |= _peers()
        found = [row for name, scores in told.items() for row in _rows(name, scores, arms)]
        claims = sum(_over_mens(scores, arms).low > 0 for scores in told["ours"])
        said = f"claims of ours over the men's letter to all, of {SEEDS} plans"
        found.append(_row(said, float(claims), "", 0, claims == 0))
        if missing is not None:
            found.append({**_row(f"peers: {missing}", 0.0, "", None, False), "value": None})
        return found


def _scores(learner: Learner, seeds: int) -> list[FloatArray]:
    """What a learner tells of everybody, out of fold, once for each seed of the folds."""
    x, arm, y = _read()
    told = []
    for seed in range(seeds):
        fold = np.random.default_rng(seed).permutation(len(y)) % FOLDS
        found = np.empty((len(y), len(ARMS)))
        for number in range(FOLDS):
            rest, mine = fold != number, fold == number
            found[mine] = learner(x[rest], arm[rest], y[rest], x[mine])
        told.append(found)
    return told


def _peers() -> dict[str, list[FloatArray]]:
    """The same of the peers; all of them are asked at once, fold by fold."""
    x, arm, y = _read()
    found: dict[str, list[FloatArray]] = {}
    for seed in range(PEER_SEEDS):
        fold = np.random.default_rng(seed).permutation(len(y)) % FOLDS
        for number in range(FOLDS):
            rest, mine = fold != number, fold == number
            question = causal_asked.Question(x[rest], arm[rest], {"response": y[rest]}, x[mine])
            for answer in causal_asked.asked(question):
                scores = found.setdefault(answer.learner.title, [])
                if len(scores) <= seed:
                    scores.append(np.empty((len(y), len(ARMS))))
                scores[seed][mine] = answer.gains
    return found


def _over_mens(scores: FloatArray, arms: FloatArray) -> Estimate:
    """What the plan of these scores brings over the men's letter to all, in visits a person."""
    return policy_value(arms, scores.argmax(axis=1), MENS)


def _rows(name: str, told: list[FloatArray], arms: FloatArray) -> list[dict[str, Any]]:
    found = []
    for arm, letter in ((MENS, "Mens"), (WOMENS, "Womens")):
        added = arms[:, arm] - arms[:, 0]
        each = [qini(scores[:, arm], added) for scores in told]
        first = qini_estimate(told[0][:, arm], added, np.random.default_rng(arm))
        said = (
            f"DR-Qini {letter}, {name}: mean of {len(each)} seeds"
            f" (first {first.value:.2f}, 95 % {first.low:.2f} to {first.high:.2f})"
        )
        bar = AIMS[letter] if name == "ours" else None
        found.append(_row(said, float(np.mean(each)), "per 1,000", bar, None))
    if name in ("rule: bought there before", "response model"):
        return found  # they rank people for one letter and do not choose between two
    over = _over_mens(told[0], arms)
    said = (
        f"visits over the men's letter to all, {name}"
        f" (95 % {1000 * over.low:.1f} to {1000 * over.high:.1f})"
    )
    return [*found, _row(said, 1000 * over.value, "per 1,000", None, None)]


def _row(name: str, value: float, unit: str, bar: Any, holds: bool | None) -> dict[str, Any]:
    row = {"name": name, "value": value, "unit": unit, "peer": None, "ratio": None}
    return {**row, "bar": bar, "holds": holds}
