"""Seconds of CPU that a fit takes, packing included, on one thread; and lifetimes in the same run.

Ours and theirs are measured in turns, and the least of each counts: other work on the machine
costs a fit its caches. Shops of up to 23,570 customers are CDNOW's,
larger ones a simulated world of the same kind. Ten million customers are fitted in a process of
their own, whose memory is what counts. `--full` lets lifetimes try a million too
with the MBG/NBD, and ten million with the BG/NBD.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from huitou.models.bgnbd import BgNbd
from huitou.models.contract import Model
from huitou.models.fitted import fit, loglik
from huitou.models.mbgnbd import MbgNbd
from huitou.models.pareto import ParetoNbd
from huitou.models.summary import packed
from huitou.models.traits import fit_traits, kinds
from tools.bench_models import _huge, _shops
from tools.bench_models._row import cpu, no_peer, row
from tools.benching import longer
from tools.peers import buying_asked

MODELS: tuple[Model, ...] = (BgNbd(), MbgNbd(), ParetoNbd())
HUGE = 10_000_000
SIZES = {2_357: 100, 23_570: 50, 100_000: 5, 1_000_000: 3}
"""Customers, and how often our fit is measured in a turn."""
BARS = {
    ("BG/NBD", 23_570): 0.010, ("BG/NBD", 1_000_000): 0.25, ("BG/NBD", HUGE): 1.5,
    ("MBG/NBD", 23_570): 0.010, ("MBG/NBD", 1_000_000): 0.25, ("MBG/NBD", HUGE): 1.5,
    ("Pareto/NBD", 23_570): 0.060, ("Pareto/NBD", 1_000_000): 2.0, ("Pareto/NBD", HUGE): 10.0,
}  # fmt: skip
"""Seconds."""
FASTER: dict[str, dict[int, float | None]] = {
    "BG/NBD": {2_357: 60.0, 23_570: 60.0, 100_000: 60.0, 1_000_000: 60.0},
    "MBG/NBD": {2_357: None, 23_570: None},
    "Pareto/NBD": {2_357: 80.0, 23_570: 150.0, 100_000: 150.0},
}
"""How many times as fast as lifetimes; None: for reading."""
if longer():
    FASTER["MBG/NBD"][1_000_000] = None
    FASTER["BG/NBD"][HUGE] = 60.0
TIMES = {2_357: (5, 10), 23_570: (3, 2)}
"""Turns, and how often lifetimes is measured in each; once where it is not said."""
MEGABYTES = 1_000.0
CLOSE = 1e-6


@cache
def histories(n: int) -> buying_asked.Histories:
    """Customers to fit: x, t_x and T in days."""
    if n in (2_357, 23_570):
        return _shops.log("cdnow_sample" if n == 2_357 else "cdnow_master").histories
    return _shops.simulated(n)


def rows() -> list[dict[str, Any]]:
    """The figures."""
    with threadpool_limits(1):
        ours = {
            (model.name, n): _cpu_of(model, histories(n), times)
            for model in MODELS
            for n, times in SIZES.items()
        }
        huge, megabytes = _ten_million()
        ours |= {(name, HUGE): each["cpu"] for name, each in huge.items()}
        beside = list(_beside(ours))
        return [*_seconds(ours), *_memory(megabytes), *_traits(), *beside]


def _cpu_of(model: Model, customers: buying_asked.Histories, times: int) -> float:
    return cpu(lambda: fit(model, packed(*customers)), times)


def _seconds(ours: dict[tuple[str, int], float]) -> Iterator[dict[str, Any]]:
    for (name, n), seconds in ours.items():
        bar = BARS.get((name, n))
        holds = None if bar is None else seconds <= bar
        yield row(f"{name}, {n:,} customers: packed and fitted", seconds, "s CPU", bar=bar,
                  holds=holds)  # fmt: skip


def _memory(megabytes: float) -> Iterator[dict[str, Any]]:
    said = f"{HUGE:,} customers, all three models: most memory, the customers' own included"
    yield row(said, megabytes, "MB", bar=MEGABYTES, holds=megabytes <= MEGABYTES)


def _ten_million() -> tuple[dict[str, Any], float]:
    """Fits in a process of their own: what each took, and the most memory that was held."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "customers.npy"
        x, t_x, T = _shops.simulated(HUGE)
        small = (column.astype(np.int32) for column in (x, t_x, T))
        np.save(file, np.array(list(small)))
        del x, t_x, T
        call = [sys.executable, "-m", _huge.__name__, str(file)]
        told = json.loads(subprocess.run(call, check=True, capture_output=True, text=True).stdout)
    return told["fits"], told["megabytes"]


def _traits() -> Iterator[dict[str, Any]]:
    """Two traits, four patterns, a hundred thousand customers whom they do not move."""
    traits = np.random.default_rng(0).integers(0, 2, (100_000, 2))
    for model in (MbgNbd(), ParetoNbd()):
        seen = kinds(*histories(100_000), traits)
        seconds = cpu(partial(fit_traits, model, seen, ("one", "two")), 3)
        yield row(f"{model.name}, 100,000 customers with two traits: fitted", seconds, "s CPU")


def _beside(ours: dict[tuple[str, int], float]) -> Iterator[dict[str, Any]]:
    """Ratios to lifetimes; what of ours is measured on the way is remembered if it is less."""
    if why := buying_asked.missing():
        yield no_peer(why)
        return
    for model in MODELS:
        for n, bar in FASTER[model.name].items():
            said = f"{model.name}, {n:,} customers, against lifetimes"
            theirs = min(_turns(model, n, ours), key=lambda answer: answer.cpu or np.inf)
            if theirs.cpu is None:
                yield row(f"{said}: it stops, {theirs.error}", None)
                continue
            faster = theirs.cpu / ours[model.name, n]
            yield row(f"{said}: times as fast", faster, peer=theirs.cpu, ratio=faster, bar=bar,
                      holds=None if bar is None else faster >= bar)  # fmt: skip
            yield _agreed(model, histories(n), theirs.params, said)


def _turns(
    model: Model, n: int, ours: dict[tuple[str, int], float]
) -> Iterator[buying_asked.Answer]:
    """lifetimes' answers, with a turn of ours after each."""
    turns, times = TIMES.get(n, (1, 1))
    for _ in range(turns):
        yield from buying_asked.asked(
            [buying_asked.Question("lifetimes", model.name, histories(n), times)]
        )
        if n in SIZES:
            now = _cpu_of(model, histories(n), SIZES[n])
            ours[model.name, n] = min(ours[model.name, n], now)


def _agreed(
    model: Model, customers: tuple[_shops.Array, ...], theirs: tuple[float, ...], said: str
) -> dict[str, Any]:
    """Ours must not be lower, and theirs no further below than a millionth."""
    s = packed(*customers)
    found = fit(model, s, prior_sd=None).loglik
    more = found - loglik(model, np.log(theirs), s)[0]
    name = f"{said}: our maximum of the log-likelihood less theirs"
    bar = f"-{CLOSE:g} to {CLOSE:g} of it"
    holds = -CLOSE <= more <= CLOSE * abs(found)
    return row(name, more, peer=found - more, bar=bar, holds=holds)
