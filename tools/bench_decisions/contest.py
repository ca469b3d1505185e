"""The contest of two learners: let in where groups hide something, kept out where nothing is.

Made-up shops whose truth is known, three acts and *nothing* by lot. In the *banded* one acts move
only people in the middle of a trait, and two depths of one offer move opposite people: no line with
knees can follow. In the *plain* one effects are lines, as the standing learner draws them; in the
*still* one nothing moves anybody. There a challenger has nothing to gain.
"""

from __future__ import annotations

import time
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import expit, logit
from threadpoolctl import threadpool_limits

from huitou.decisions.acts import NOTHING
from huitou.decisions.effects.challenger import challenge
from huitou.decisions.effects.contract import Effects
from huitou.decisions.effects.design import TRIED, act_of
from huitou.decisions.effects.drawn import Drawn
from huitou.decisions.effects.learned import Learned, believed
from huitou.decisions.playbook import Playbook
from huitou.proof.contest import Contest, contest
from tools.benching import longer

FloatArray = NDArray[np.float64]
Shop = Literal["banded", "plain", "still"]

NO_GUESS = Playbook(effects={}, fitting={})
ACTS = (
    NOTHING,
    act_of("thank", "thank", 0.0),
    act_of("offer_10", "offer", 0.1),
    act_of("offer_20", "offer", 0.2),
)
SHARES = (0.4, 0.2, 0.2, 0.2)
WORTH, BASKET, THANKS, LETTER = 3_000.0, 4_000.0, 60.0, 20.0
"""Minor units: profit of one more buyer, what an offer is a share of, and what letters cost."""
FULL = longer()
RUNS = 100 if FULL else 30
JUDGED = 20_000


def made_up(shop: Shop, n: int, seed: int) -> tuple[Drawn, FloatArray]:
    """Decisions by lot about so many people of a shop, and the true gain of each act for each."""
    dice = np.random.default_rng([seed, n])
    z = dice.normal(size=(n, 6))
    untouched = expit(-1.2 + 0.7 * z[:, 0] - 0.5 * z[:, 3])
    forecast = expit(0.9 * logit(untouched) + 0.1 * dice.normal(size=n))
    chances = expit(logit(untouched)[:, None] + _shifts(shop, z))
    given = dice.choice(len(ACTS), size=n, p=SHARES)
    bought = dice.random(n) < chances[np.arange(n), given]
    fixed = np.tile([0.0, THANKS, LETTER, LETTER], (n, 1))
    taken = np.tile([BASKET * act.depth for act in ACTS], (n, 1))
    gains = (chances - chances[:, :1]) * WORTH - chances * taken - fixed
    drawn = Drawn(
        tried=_tried(z, forecast, given, bought),
        person=np.arange(n) + 10**7 * seed,
        acts=ACTS,
        given=given,
        chances=np.tile(SHARES, (n, 1)),
        worth=np.full(n, WORTH),
        fixed=fixed,
        taken=taken,
    )
    return drawn, gains


def _shifts(shop: Shop, z: FloatArray) -> FloatArray:
    shifts = np.zeros((len(z), len(ACTS)))
    if shop == "banded":
        middle = np.abs(z[:, 1]) < 0.5
        shifts[:, 1] = np.where(middle, 0.9, -0.4)
        shifts[:, 2] = 0.3 * shifts[:, 1]
        shifts[:, 3] = np.where(middle, -0.4, 1.0)
    if shop == "plain":
        shifts[:, 1] = 0.3 * z[:, 1]
        shifts[:, 2] = 0.2 + 0.2 * z[:, 2]
        shifts[:, 3] = 0.4 + 0.2 * z[:, 2]
    return shifts


def _tried(
    z: FloatArray, forecast: FloatArray, given: NDArray[np.int64], bought: NDArray[np.bool_]
) -> pa.Table:
    n, acts = len(z), [ACTS[each] for each in given]
    columns = {
        "plan": ["one"] * n,
        "age_days": [0] * n,
        "name": [act.name for act in acts],
        "kind": [act.kind for act in acts],
        "depth": [act.depth for act in acts],
        "meant": [NOTHING.kind] * n,
        "treated": given > 0,
        "stage": np.where(z[:, 0] > 0, "active", "slipping"),
        "cause": ["unknown"] * n,
        "posterior": np.zeros(n),
        "p_buy": forecast,
        "bought": bought,
        "traits": list(z),
    }
    return pa.table(columns).select(TRIED.names).cast(TRIED)


def held(shop: Shop, n: int, seed: int) -> tuple[Contest, Learned, float]:
    """One contest: what came of it, what stood, and its CPU seconds."""
    drawn, _ = made_up(shop, n, seed)
    with threadpool_limits(1):
        standing = believed(drawn.tried, NO_GUESS)
        assert standing is not None
        began = time.process_time()
        found, _ = contest(drawn, standing, NO_GUESS)
        return found, standing, time.process_time() - began


def admitted(shop: Shop, n: int, runs: int) -> int:
    """How often a challenger was let in, of so many shops."""
    return sum(held(shop, n, seed)[0].admitted for seed in range(runs))


def truly(effects: Effects, shop: Shop) -> float:
    """What choices by these effects truly earn in a shop, of what the best would (others there)."""
    others, gains = made_up(shop, JUDGED, 999)
    chosen = (others.chosen(effects) * gains).sum(axis=1).mean()
    return float(chosen / np.maximum(gains, 0.0).max(axis=1).mean())


def rows() -> list[dict[str, Any]]:
    """The figures."""
    told = []
    for shop in ("plain", "still"):
        share = admitted(shop, 3_000, RUNS) / RUNS
        said = f"challenger let in where nothing is to gain, {shop} shop of 3,000, {RUNS} runs"
        told.append(_row(said, share, "", 0.05, share <= 0.05))
    tries = max(RUNS // 3, 5)
    share = admitted("banded", 8_000, tries) / tries
    said = f"challenger let in where groups hide, banded shop of 8,000, {tries} runs"
    told.append(_row(said, share, "", 0.9, share >= 0.9))
    found, standing, cpu = held("banded", 40_000, 1)
    with threadpool_limits(1):
        challenger = challenge(made_up("banded", 40_000, 1)[0], standing)
    told += [
        _row("banded shop of 40,000: let in", float(found.admitted), "", 1, found.admitted),
        _row("share of what is possible, standing learner", truly(standing, "banded"), "", None),
        _row("share of what is possible, challenger", truly(challenger, "banded"), "", None),
        _row("CPU of one contest on 40,000 decisions", cpu, "s", 10, cpu <= 10),
    ]
    return told


def _row(
    name: str, value: float, unit: str, bar: float | None, holds: bool | None = None
) -> dict[str, Any]:
    row = {"name": name, "value": value, "unit": unit, "peer": None, "ratio": None}
    return {**row, "bar": bar, "holds": holds}
