"""How well the next need is foretold on two shops: against the own mean gap and a fixed date.

For every customer with a product bought four times or more before the evening looked from: the
integrated Brier score of the chance to have bought again by each of the coming days, and the median
absolute error of the day that is named, among those who did buy. Evenings roll on; the recipe was
fixed before anybody looked from the last two of each shop, so the two tables stand apart. Intervals
are of the customers, drawn anew with all they bought.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from huitou.models import needs
from huitou.models.needs import Bought
from huitou.runs.purchases import Series, purchases
from tools.bench_models import _shops
from tools.bench_models._row import row

Reals = NDArray[np.float64]
LEAST = 4
"""Purchases before a series is looked at."""
WINDOW = 91
FIXED = 30
"""The fixed number of days that reminders are often sent after."""
OURS, OWN_GAP, FIXED_DAY = "ours", "last + own mean gap", f"last + {FIXED} days"
RULES = (OWN_GAP, FIXED_DAY)
UNSEEN = 2
"""The last evenings, which nothing was tried on."""
SURE, DRAWS = 0.95, 200
LEVEL_BAR = 1.15


@dataclass(frozen=True)
class Shop:
    """A log of orders, and the evenings from which is looked ahead."""

    name: str
    file: str
    goods: str
    until: date
    evenings: tuple[date, ...]


def _months(first: date, n: int, step: int) -> tuple[date, ...]:
    """That day, and the same of later months, so many apart."""
    at = [first.month - 1 + step * each for each in range(n)]
    return tuple(first.replace(year=first.year + m // 12, month=m % 12 + 1) for m in at)


SHOPS = (
    Shop(
        "Complete Journey",
        "completejourney/completejourney.parquet",
        "TRUE",
        date(2017, 12, 31),
        tuple(day - timedelta(days=1) for day in _months(date(2017, 5, 1), 6, 1)),
    ),
    Shop(
        "Online Retail II",
        "online_retail_ii_dedup.parquet",
        "is_product",
        date(2011, 12, 9),
        _months(date(2010, 9, 9), 7, 2),
    ),
)
LOG = """
    CREATE OR REPLACE VIEW lines AS SELECT customer_id AS person_id, sku, NULL::VARCHAR AS product,
        quantity::DOUBLE AS quantity, is_return, {goods} AS is_product, ordered_at::DATE AS day
    FROM read_parquet('{path}') WHERE quantity > 0 OR is_return"""


@dataclass(frozen=True)
class Score:
    """Of one way of foretelling from one evening, by series."""

    brier: Reals
    """Mean over the window of the squared miss of the chance."""
    miss: Reals
    """Days between the day named and the day bought; NaN where it was not within the window."""

    def figures(self, weight: Reals) -> tuple[float, float]:
        """Integrated Brier score and median absolute error, each series with a weight."""
        came = np.isfinite(self.miss)
        order = np.argsort(self.miss[came])
        mass = np.cumsum(weight[came][order])
        middle = self.miss[came][order][np.searchsorted(mass, mass[-1] / 2)]
        return float(np.average(self.brier, weights=weight)), float(middle)


@dataclass(frozen=True)
class Looked:
    """What was foretold from one evening."""

    evening: date
    person: NDArray[np.int64]
    scores: dict[str, Score]
    level: tuple[float, float]
    """Share that bought within the window: foretold, and true."""
    alike: float
    """Brier score of one curve for all, drawn from the very answer."""


def looked(known: Series, evening: date) -> Looked:
    """Foretell from an evening with what was known then, and see what came."""
    day = (evening - date(1970, 1, 1)).days
    before = known.bought.as_of(day)
    every = needs.foresee(needs.fit(before), before)
    chosen = np.flatnonzero(every.gaps >= LEAST - 1)
    ours, wait = every.chosen(chosen), _wait(known.bought, day)[chosen]
    grid = np.arange(1.0, WINDOW + 1)
    truth = wait <= grid[:, None]
    curve = np.array([ours.within(ahead) for ahead in grid])
    named = {
        OWN_GAP: _own_mean(before)[chosen],
        FIXED_DAY: FIXED - ours.waited,
    }
    scores = {OURS: Score(((curve - truth) ** 2).mean(0), _miss(ours.quantile(0.5), wait))}
    for name, days in named.items():
        step = np.maximum(days, 1.0) <= grid[:, None]
        scores[name] = Score((step != truth).mean(0), _miss(days, wait))
    share = truth.mean(1)
    people = np.unique(np.asarray(known.people), return_inverse=True)[1][chosen]
    level = float(curve[-1].mean()), float(share[-1])
    return Looked(evening, people, scores, level, float((share * (1 - share)).mean()))


def rows() -> list[dict[str, Any]]:
    """The figures."""
    return [each for shop in SHOPS for each in _of_shop(shop, _shops.folder())]


def _of_shop(shop: Shop, folder: Path) -> Iterator[dict[str, Any]]:
    connection = duckdb.connect()
    connection.execute(LOG.format(path=folder / shop.file, goods=shop.goods))
    known = purchases(connection, shop.until)
    found = [looked(known, evening) for evening in shop.evenings]
    for name, some in (("tried on", found[:-UNSEEN]), ("unseen", found[-UNSEEN:])):
        for each in some:
            yield from _of_evening(f"{shop.name}, {name}, {each.evening}", each)
        yield from together(f"{shop.name}, {name}, {len(some)} evenings", some)


def _of_evening(name: str, each: Looked) -> Iterator[dict[str, Any]]:
    """One evening, against the better of the two rules."""
    weight = np.ones(len(each.person))
    found = {who: score.figures(weight) for who, score in each.scores.items()}
    for place, (what, unit) in enumerate((("integrated Brier", "score"), ("median error", "days"))):
        value, peer = found[OURS][place], min(found[rule][place] for rule in RULES)
        said = f"{name}, {len(each.person):,} series: {what}, against the better rule"
        yield row(said, round(value, 4), unit, peer=round(peer, 4), ratio=round(value / peer, 4))


def together(name: str, some: Sequence[Looked]) -> Iterator[dict[str, Any]]:
    """Some evenings: it holds where even the upper end of the ratio's interval is below the bar."""
    drawn = [_figures(some, weight) for weight in _weights(some)]
    plain = _figures(some, [np.ones(len(each.person)) for each in some])
    for place, (what, unit) in enumerate((("integrated Brier", "score"), ("median error", "days"))):
        for rule in RULES:
            ratios = [_ratio(each, rule, place) for each in drawn]
            low, high = np.quantile(ratios, [(1 - SURE) / 2, (1 + SURE) / 2])
            value, peer = (float(plain[who][:, place].mean()) for who in (OURS, rule))
            said = f"{name}: {what}, against {rule} (95 % {low:.3f} to {high:.3f})"
            yield _barred(said, value, unit, peer, _ratio(plain, rule, place), float(high))
    ours = float(plain[OURS][:, 0].mean())
    alike = float(np.mean([each.alike for each in some]))
    said = f"{name}: integrated Brier, against one curve for all, drawn from the answer"
    yield _barred(said, ours, "score", alike, ours / alike, ours / alike)
    told, true = (float(np.mean([each.level[at] for each in some])) for at in (0, 1))
    said = f"{name}: share bought within {WINDOW} days, foretold and true"
    off = max(told / true, true / told)
    yield _barred(said, told, "share", true, told / true, off, LEVEL_BAR)


def _barred(
    name: str, value: float, unit: str, peer: float, ratio: float, worst: float, bar: float = 1.0
) -> dict[str, Any]:
    value, peer, ratio = (round(each, 4) for each in (value, peer, ratio))
    return row(name, value, unit, peer=peer, ratio=ratio, bar=bar, holds=worst < bar)


def _figures(some: Sequence[Looked], weights: Sequence[Reals]) -> dict[str, Reals]:
    """Of each way, a row for each evening: Brier score and median error."""
    both = list(zip(some, weights, strict=True))
    return {
        who: np.array([each.scores[who].figures(weight) for each, weight in both])
        for who in (OURS, *RULES)
    }


def _ratio(figures: dict[str, Reals], rule: str, place: int) -> float:
    """Ours over the rule's, the geometric mean of the evenings."""
    return float(np.exp(np.log(figures[OURS][:, place] / figures[rule][:, place]).mean()))


def _weights(some: Sequence[Looked]) -> Iterator[list[Reals]]:
    """How often each series counts, its customer drawn anew: the same draw on every evening."""
    chance = np.random.default_rng(0)
    people = 1 + max(int(each.person.max()) for each in some)
    for _ in range(DRAWS):
        times = np.bincount(chance.integers(0, people, people), minlength=people)
        yield [times[each.person].astype(float) for each in some]


def _own_mean(bought: Bought) -> Reals:
    """Days from now until the last purchase is as old as the series' own mean gap."""
    first = np.full(bought.count, np.iinfo(np.int64).max)
    last = np.zeros(bought.count, dtype=np.int64)
    np.minimum.at(first, bought.series, bought.day)
    np.maximum.at(last, bought.series, bought.day)
    n = np.bincount(bought.series, minlength=bought.count)
    mean = (last - first) / np.maximum(n - 1, 1)
    return np.asarray(last + mean - bought.until, dtype=float)


def _wait(bought: Bought, day: int) -> Reals:
    """Days from an evening until each series is bought again; infinity where it is not."""
    found, later = np.full(bought.count, np.inf), bought.day > day
    np.minimum.at(found, bought.series[later], (bought.day[later] - day).astype(float))
    return found


def _miss(days: Reals, wait: Reals) -> Reals:
    """Days between: all know that it is within the window, so no day is named outside of it."""
    miss = np.abs(np.clip(days, 1.0, WINDOW) - wait)
    return np.where(wait <= WINDOW, miss, np.nan)
