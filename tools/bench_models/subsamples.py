"""A thousand small shops, drawn from CDNOW: nobody goes without a forecast, none is absurd.

Each has 30 to 1,000 customers, small ones as often as large ones. Peers are asked about the same
shops, lifetimes' Pareto/NBD about a tenth of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from huitou.models.bgnbd import BgNbd
from huitou.models.contract import Model
from huitou.models.fitted import Fitted, fit
from huitou.models.mbgcnbd import MbgCnbd
from huitou.models.mbgnbd import MbgNbd
from huitou.models.nbd import Nbd
from huitou.models.pareto import ParetoNbd
from huitou.models.summary import Summary, summarise
from tools.bench_models import _shops
from tools.bench_models._row import no_peer, row
from tools.peers import buying_asked

SHOPS, SMALLEST, LARGEST = 1_000, 30, 1_000
AHEAD = 273.0
"""Days that are forecast: as many as the log was watched."""
MODELS: tuple[Model, ...] = (Nbd(), BgNbd(), MbgNbd(), MbgCnbd(2), ParetoNbd())
EXTREME = 12.0
"""No logarithm of a parameter lies further from 0: a mean of 160,000 days, say."""
PEERS = (("BG/NBD", SHOPS), ("MBG/NBD", SHOPS), ("Pareto/NBD", SHOPS // 10))


@cache
def shops(n: int = SHOPS) -> tuple[buying_asked.Histories, ...]:
    """Small shops, always the same."""
    rng = np.random.default_rng(0)
    log = _shops.log("cdnow_master")
    sizes = np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST + 1), n)).astype(int)
    drawn = [rng.choice(len(log), size, replace=False) for size in sizes]
    return tuple((log.x[who], log.t_x[who], log.T[who]) for who in drawn)


@dataclass(frozen=True)
class Looked:
    """What was found in one shop."""

    failed: bool
    absurd: str | None
    open: bool
    """The prior says at least as much as the customers of some parameter, and we say so."""


def looked(model: Model, histories: buying_asked.Histories) -> Looked:
    """Fit a shop, ask for its next months, and judge what was said."""
    s, place = summarise(*histories)
    fitted = fit(model, s)
    return Looked(not fitted.converged, absurd(fitted, s, place), bool(fitted.prior_dominated))


def absurd(fitted: Fitted, s: Summary, place: Any) -> str | None:
    """What no clerk would believe; None where all is well."""
    said = fitted.predict(s, AHEAD)
    own = (s.x + 1) / np.maximum(s.T, 1.0) * AHEAD
    total, was = float(said.expected[place].sum()), float(s.x @ s.count)
    wrong: dict[str, Callable[[], bool]] = {
        "extreme parameters": lambda: bool(np.abs(fitted.theta).max() > EXTREME),
        "not a number": lambda: not np.isfinite([said.p_alive, said.p_buy, said.expected]).all(),
        "no chance": lambda: (
            not bool(((said.p_alive >= 0) & (said.p_alive <= 1) & (said.p_buy >= 0)).all())
        ),
        "the gone buy": lambda: bool((said.p_buy > said.p_alive * (1 + 1e-9)).any()),
        "twice their own pace": lambda: bool((said.expected > 2 * own).any()),
        "the shop doubles or stops": lambda: not 0.03 * was <= total + 1 <= 2 * was + 2,
    }
    return next((name for name, found in wrong.items() if found()), None)


def rows() -> list[dict[str, Any]]:
    """The figures."""
    return [*(each for model in MODELS for each in _ours(model)), *_theirs()]


def _ours(model: Model) -> Iterator[dict[str, Any]]:
    found = [looked(model, each) for each in shops()]
    failed = sum(each.failed for each in found)
    absurd = sum(each.absurd is not None for each in found)
    said = f"{model.name}, {len(found):,} shops of {SMALLEST} to {LARGEST:,} customers"
    yield row(f"{said}: failures", failed, bar=0, holds=failed == 0)
    yield row(f"{said}: absurd values", absurd, bar=0, holds=absurd == 0)
    prior = sum(each.open for each in found) / len(found)
    yield row(f"{said}: share where the prior speaks, and it is said", prior)


def _theirs() -> Iterator[dict[str, Any]]:
    if why := buying_asked.missing():
        yield no_peer(why)
        return
    for name, n in PEERS:
        asked = [buying_asked.Question("lifetimes", name, each) for each in shops()[:n]]
        told = buying_asked.asked(asked)
        failed = sum(each.error is not None for each in told)
        extreme = sum(_extreme(each.params) for each in told)
        said = f"lifetimes, {name}, {n:,} of these shops"
        yield row(f"{said}: failures", failed, peer=failed)
        yield row(f"{said}: extreme parameters", extreme, peer=extreme)


def _extreme(params: tuple[float, ...]) -> bool:
    return bool(params) and bool(np.abs(np.log(np.maximum(params, 1e-300))).max() > EXTREME)
