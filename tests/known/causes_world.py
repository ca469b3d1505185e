"""Real customers who stopped buying, each with a true cause that the test knows.

    shop = lapsed("online_retail_ii_dedup.parquet")   # who they are, what they did: real
    world = made(shop, seed=7)                         # why they left, what it left behind: drawn
    world.evidence, world.heard                        # what the system may see
    world.judge(suspects)                              # how right it was

Nothing here is taken from the models or the decisions: causes are drawn from a mix of the world's
own, evidence from likelihoods of the world's own, answers from people who answer or not by why they
left and what they are worth, and who sometimes say what is easier to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

SILENT_DAYS = 112
"""Lapsed: no purchase for so long at the end of the log."""
BINS = 10
NO_TRACE = ("moved", "ill", "no_longer_needed")
"""Causes that leave nothing in any file: a system can but call them unknown."""

MIX = {
    "never_hooked": 0.16, "habit_stopped": 0.12, "gift_season": 0.08, "returned_goods": 0.06,
    "price": 0.12, "assortment": 0.09, "delivery": 0.13, "service": 0.09, "product": 0.08,
    "competitor": 0.11, "our_mail": 0.05, "out_of_work": 0.04, "moved": 0.09, "ill": 0.05,
    "no_longer_needed": 0.10,
}  # fmt: skip
"""How many leave for which cause, among those who can."""

ANSWERS = {
    "never_hooked": 0.28, "habit_stopped": 0.35, "gift_season": 0.40, "returned_goods": 0.55,
    "price": 0.45, "assortment": 0.45, "delivery": 0.60, "service": 0.55, "product": 0.50,
    "competitor": 0.35, "our_mail": 0.25, "out_of_work": 0.25, "moved": 0.30, "ill": 0.25,
    "no_longer_needed": 0.35,
}  # fmt: skip
"""Chance to answer when asked, by why they left: the angry speak, the ashamed do not."""

WRONG = 0.08
"""Share of answers that name another cause than the true one; mostly what is easily said."""
POLITE = ("no_longer_needed", "price", "moved", "habit_stopped")
WOULD_NOT_SAY = 0.06
ASKED = 0.26
"""Share of the lapsed who are asked: about 10 % of them answer."""
DARK = 0.20
"""Share of whom nothing is ever written down, whatever happened."""

FLAGS = {
    # evidence: (cause, how often it shows for that cause, how often it shows for the others)
    "delivery_failed": ("delivery", 0.80, 0.04),
    "complaint_unanswered": ("service", 0.45, 0.02),
    "complaint_service": ("service", 0.55, 0.02),
    "clerk_left": ("service", 0.30, 0.03),
    "complaint_product": ("product", 0.70, 0.02),
    "rival_opened": ("competitor", 0.65, 0.07),
    "store_gone": ("competitor", 0.20, 0.02),
    "payment_failed": ("out_of_work", 0.60, 0.02),
}
AMOUNTS = {
    # evidence: (cause, shows, mean there, spread there, shows elsewhere, mean, spread)
    "returned_near_end": ("returned_goods", 0.85, 0.50, 0.20, 0.06, 0.15, 0.10),
    "price_rise": ("price", 0.75, 0.20, 0.07, 0.50, 0.03, 0.04),
    "gone_share": ("assortment", 0.60, 0.65, 0.20, 0.30, 0.10, 0.08),
    "out_of_stock": ("assortment", 0.45, 0.50, 0.20, 0.03, 0.20, 0.10),
    "price_told": ("price", 0.30, 0.60, 0.20, 0.04, 0.40, 0.20),
}
MAIL = ("our_mail", 9.0, 2.0)
"""Letters in three months: mean for those who left for them, and for everybody else."""

ODD_FLAGS = {
    **FLAGS,
    "delivery_failed": ("delivery", 0.90, 0.02),
    "clerk_left": ("service", 0.20, 0.20),  # staff come and go; nobody leaves for it
    "complaint_unanswered": ("service", 0.30, 0.15),
    "store_gone": ("competitor", 0.05, 0.05),
    "payment_failed": ("out_of_work", 0.85, 0.01),
}
ODD_AMOUNTS = {
    **AMOUNTS,
    "price_rise": ("price", 0.80, 0.17, 0.08, 0.60, 0.12, 0.08),  # everything became dearer
    "returned_near_end": ("returned_goods", 0.85, 0.50, 0.20, 0.25, 0.35, 0.20),
}
ODD_MIX = {**MIX, "price": 0.05, "returned_goods": 0.02, "out_of_work": 0.14, "delivery": 0.22}


@dataclass(frozen=True)
class Lapsed:
    """Real customers who stopped: what they did, by SQL of its own."""

    ids: np.ndarray
    one_purchase: np.ndarray
    regularity: np.ndarray
    season_gift: np.ndarray
    value: np.ndarray
    """What they spent, minor units."""


def lapsed(path: Path) -> Lapsed:
    """Everybody without a purchase in the last `SILENT_DAYS` of the log."""
    rows = duckdb.sql(f"""
        with orders as (
            select customer_id as p, min(ordered_at)::date as d, sum(amount) as a,
                   bool_or(is_return) as back
            from '{path}' where customer_id is not null group by customer_id, order_id
        ), days as (
            select p, d, sum(a) as a from orders where not back and a > 0 group by p, d
        ), gaps as (
            select *, d - lag(d) over (partition by p order by d) as gap from days
        ), own as (
            select p, count(*) as n, max(d) as l, sum(a) as a, stddev_samp(gap) / avg(gap) as even,
                   bool_and(month(d) in (10, 11)) as season
            from gaps group by p
        )
        select p, n, even, season, a from own
        where l < (select max(d) from days) - {SILENT_DAYS} order by p""").fetchnumpy()
    return Lapsed(
        np.array(rows["p"], dtype=object).astype(str),
        np.array(rows["n"]) == 1,
        np.ma.filled(np.ma.masked_invalid(rows["even"]).astype(float), np.nan),
        np.array(rows["season"]).astype(bool),
        np.array(rows["a"], dtype=float) * 100,
    )


@dataclass(frozen=True)
class World:
    """One drawing of causes, evidence and answers over the real customers."""

    ids: np.ndarray
    truth: np.ndarray
    evidence: pa.Table
    heard: pa.Table
    shown: np.ndarray
    """Whom something happened to that was written down: there is evidence."""
    nothing: np.ndarray
    """Of whom there is nothing at all: nothing written down, and no habit, gift or single visit."""
    told: np.ndarray
    """Who answered with a cause: not silent any more, so nobody is judged on them."""
    silent: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "silent", ~self.told)

    @property
    def label(self) -> np.ndarray:
        """The true cause, as far as a system could name it."""
        return np.where(np.isin(self.truth, NO_TRACE), "unknown", self.truth)

    def judge(self, suspects: pa.Table) -> dict[str, float]:
        """How right the posteriors (person_id, cause, posterior) are about the silent."""
        codes, share = self.matrix(suspects)
        place = {code: nth for nth, code in enumerate(codes)}
        label = np.array([place.get(each, -1) for each in self.label])
        first = share.argmax(axis=1)
        shown, nothing = self.silent & self.shown, self.silent & self.nothing
        unknown = place["unknown"]
        return {
            "people": int(self.silent.sum()),
            "with_evidence": int(shown.sum()),
            "answers": int(self.told.sum()),
            "top_ece": top_label(share[self.silent], label[self.silent]),
            "class_ece": classwise(share[self.silent], label[self.silent]),
            "top_ece_shown": top_label(share[shown], label[shown]),
            "class_ece_shown": classwise(share[shown], label[shown]),
            "right": float((first == label)[self.silent].mean()),
            "right_shown": float((first == label)[shown].mean()),
            "named_right": named_right(first, label, shown, unknown),
            "nothing": int(nothing.sum()),
            "nothing_unknown": float((first == unknown)[nothing].mean()),
            "nothing_share": float(share[nothing, unknown].mean()),
            "nothing_true": float((label == unknown)[nothing].mean()),
            "nothing_named_most": float(
                np.delete(share[nothing], unknown, axis=1).max(axis=1).mean()
            ),
            "log_loss": float(
                -np.log(np.maximum(share[self.silent, label[self.silent]], 1e-6)).mean()
            ),
        }

    def matrix(self, suspects: pa.Table) -> tuple[list[str], np.ndarray]:
        """The posteriors as people by causes; a cause of the world that is missing stands at 0."""
        named = set(suspects["cause"].to_pylist()) | set(self.label)
        codes = sorted(named)
        person = {who: nth for nth, who in enumerate(self.ids)}
        place = {code: nth for nth, code in enumerate(codes)}
        share = np.zeros((len(self.ids), len(codes)))
        rows = [person[who] for who in suspects["person_id"].to_pylist()]
        columns = [place[code] for code in suspects["cause"].to_pylist()]
        share[rows, columns] = suspects["posterior"].to_numpy()
        return codes, share


def named_right(first: np.ndarray, label: np.ndarray, some: np.ndarray, unknown: int) -> float:
    """Of those for whom a cause was named at all, how many it was the true one of."""
    named = some & (first != unknown)
    return float((first == label)[named].mean()) if named.any() else float("nan")


def top_label(share: np.ndarray, label: np.ndarray) -> float:
    """Top-label calibration error: sureness of the first suspect against how often it is right."""
    first = share.argmax(axis=1)
    return gap(share[np.arange(len(share)), first], first == label)


def classwise(share: np.ndarray, label: np.ndarray) -> float:
    """Classwise calibration error: the same of each cause's posterior, averaged over causes."""
    return float(np.mean([gap(share[:, c], label == c) for c in range(share.shape[1])]))


def gap(sure: np.ndarray, right: np.ndarray) -> float:
    """Ten bins of equal width; the gaps of their means, weighed by how many stand in each."""
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(np.abs(np.bincount(place, weights=sure - right, minlength=BINS)).sum() / len(sure))


def made(shop: Lapsed, seed: int, *, odd: bool = False, asked: float = ASKED) -> World:
    """Draw a world. `odd`: one in which much of what one would judge beforehand is wrong."""
    chance = np.random.default_rng(seed)
    mix, flags, amounts = (ODD_MIX, ODD_FLAGS, ODD_AMOUNTS) if odd else (MIX, FLAGS, AMOUNTS)
    truth = _causes(shop, mix, chance)
    dark = chance.random(len(shop.ids)) < DARK
    columns, shown = _evidence(truth, dark, flags, amounts, chance)
    heard, told = _answers(shop, truth, asked, chance)
    own = {
        "person_id": shop.ids,
        "one_purchase": shop.one_purchase,
        "regularity": pa.array(shop.regularity, from_pandas=True),
        "season_gift": shop.season_gift,
    }
    even = np.isfinite(shop.regularity) & (shop.regularity < 1)
    nothing = ~(shown | shop.one_purchase | shop.season_gift | even)
    return World(shop.ids, truth, pa.table({**own, **columns}), heard, shown, nothing, told)


def _causes(shop: Lapsed, mix: dict[str, float], chance: np.random.Generator) -> np.ndarray:
    """A true cause each; some can only be those of people who did such a thing."""
    codes = list(mix)
    weight = np.tile(np.array(list(mix.values())), (len(shop.ids), 1))
    even = np.nan_to_num(shop.regularity, nan=9.0)
    weight[:, codes.index("never_hooked")] *= np.where(shop.one_purchase, 2.0, 0.0)
    weight[:, codes.index("habit_stopped")] *= np.select([even < 0.5, even < 0.8], [3.0, 1.0], 0.1)
    weight[:, codes.index("gift_season")] *= np.where(shop.season_gift, 4.0, 0.05)
    weight[:, codes.index("returned_goods")] *= 1.0
    ends = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    drawn = (chance.random((len(shop.ids), 1)) > ends).sum(axis=1)
    chosen: np.ndarray = np.array(codes, dtype=object)[np.minimum(drawn, len(codes) - 1)]
    return chosen


def _evidence(
    truth: np.ndarray,
    dark: np.ndarray,
    flags: Mapping[str, Any],
    amounts: Mapping[str, Any],
    chance: np.random.Generator,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What was written down of each: the cause leaves it, or it happened to stand there."""
    people = len(truth)
    columns, shown = {}, np.zeros(people, dtype=bool)
    for name, (cause, here, elsewhere) in flags.items():
        fired = chance.random(people) < np.where(truth == cause, here, elsewhere)
        fired &= ~dark
        columns[name] = fired.astype(float)
        shown |= fired
    for name, (cause, here, mean, sd, elsewhere, usual, spread) in amounts.items():
        mine = truth == cause
        fired = (chance.random(people) < np.where(mine, here, elsewhere)) & ~dark
        size = np.where(mine, chance.normal(mean, sd, people), chance.normal(usual, spread, people))
        columns[name] = np.where(fired, np.clip(size, 0.0, 1.0), 0.0)
        shown |= columns[name] > 0.5 * mean
    cause, many, few = MAIL
    letters = chance.poisson(np.where(truth == cause, many, few)).astype(float)
    columns["our_messages"] = np.where(dark, 0.0, letters)
    shown |= columns["our_messages"] > 5
    return columns, shown


def _answers(
    shop: Lapsed, truth: np.ndarray, asked: float, chance: np.random.Generator
) -> tuple[pa.Table, np.ndarray]:
    """Who was asked, and what they said; the worthier are asked and answer more often."""
    people = len(truth)
    worth = np.argsort(np.argsort(shop.value)) / people
    propensity = np.clip(asked * (0.5 + worth), 0.0, 1.0)
    was_asked = chance.random(people) < propensity
    willing = np.array([ANSWERS[each] for each in truth]) * (0.75 + 0.5 * worth)
    answered = was_asked & (chance.random(people) < willing)
    silent = chance.random(people) < WOULD_NOT_SAY
    polite = np.array(POLITE, dtype=object)[chance.integers(0, len(POLITE), people)]
    said = np.where(chance.random(people) < WRONG, polite, truth)
    said = np.where(silent, "unknown", said)
    whys = [why if does else None for why, does in zip(said, answered, strict=True)]
    heard = pa.table(
        {
            "person_id": pa.array(shop.ids[was_asked]),
            "why": pa.array(np.array(whys, dtype=object)[was_asked], pa.string()),
            "channel": pa.array(np.where(chance.random(people) < 0.7, "email", "paper")[was_asked]),
            "propensity": propensity[was_asked],
            "stage": pa.array(["lost"] * int(was_asked.sum())),
            "value": shop.value[was_asked],
        }
    )
    return heard, answered & ~silent
