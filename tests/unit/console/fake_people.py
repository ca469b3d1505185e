"""The people of the made-up shop, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from huitou.ground.money import Money
from huitou.ground.words import said
from huitou.models.moved import effect_of, words_of
from huitou.runs import views

TODAY = date(2011, 12, 9)
STAGES = {"new": 610, "active": 905, "loyal": 742, "returned": 131, "slipping": 526, "lost": 1424}
ACTS = {"nothing": 3190, "thank": 402, "remind": 318, "offer_10": 147, "offer_5": 84, "call": 31}
REASONS = {"nothing_pays": 2_760, "held_out": 217, "no_channel": 140, "bound": 61, "open_case": 12}


def money(major: float, currency: str = "GBP") -> Money:
    """An amount in major units."""
    return Money(round(major * 100), currency)


def estimate(major: float, spread: float = 0.35) -> views.Range:
    """An estimate with its interval."""
    return views.Range(money(major), money(major * (1 - spread)), money(major * (1 + 1.4 * spread)))


def cause(code: str, words: Any, customers: float, value: float, confidence: float) -> views.Cause:
    """One suspected reason."""
    asks = {
        "one_purchase": said("What did you hope to find when you first came?"),
        "habit_stopped": said("Has something changed for you since the summer?"),
        "assortment": said("Which product do you miss?"),
        "price": said("Where do you buy it now, and at what price?"),
        "returned_goods": said("What was wrong with what you sent back?"),
        "unknown": said("What would have made you stay?"),
    }
    return views.Cause(code, words, customers, money(value), confidence, asks[code])


@cache
def people(seed: int) -> tuple[views.PersonRow, ...]:
    """Everybody, a quarter of each stage's count; the same of a seed, and made once."""
    draw = random.Random(seed)
    chances: Mapping[str, tuple[float, float]] = {
        "new": (0.25, 0.6),
        "active": (0.5, 0.85),
        "loyal": (0.75, 0.98),
        "returned": (0.4, 0.8),
        "slipping": (0.2, 0.45),
        "lost": (0.01, 0.19),
    }
    gaps = {"new": 40, "active": 30, "loyal": 14, "returned": 20, "slipping": 95, "lost": 220}
    rows = []
    number = 12346
    for stage, count in STAGES.items():
        for _ in range(count // 4):
            number += draw.randint(1, 5)
            chance = draw.uniform(*chances[stage])
            worth = draw.lognormvariate(4.6, 1.1) * (0.2 + chance)
            act = draw.choice(["thank", "remind", "offer_10", "call", None])
            last = TODAY - timedelta(days=round(gaps[stage] * draw.uniform(0.4, 1.5)))
            coming = TODAY + timedelta(days=draw.randint(3, 80)) if chance > 0.2 else None
            rows.append(
                views.PersonRow(
                    f"p{number}",
                    str(number),
                    None,
                    stage,
                    1 if stage == "new" else draw.randint(2, 40),
                    last,
                    chance,
                    estimate(worth, draw.uniform(0.2, 0.5)),
                    act,
                    coming,
                    moved=moved(chance) if stage in ("slipping", "lost") else (),
                )
            )
    return tuple(rows)


def moved(chance: float) -> tuple[views.MovedBy, ...]:
    """What moved the chance of one at risk."""
    own = {"own": 120.0, "usual": 35.0, "p_now": chance}
    told = [
        {**own, "fact": fact, "p_usual": min(0.99, chance + by), "shift": -by}
        for fact, by in (("silence", 0.4), ("span", 0.2), ("level", -0.1))
    ]
    return tuple(
        views.MovedBy(row["fact"], words_of(row), effect_of(row), row["p_usual"], row["shift"])
        for row in told
    )


def receipt(row: views.PersonRow) -> views.Receipt:
    """Why this act."""
    return views.Receipt(
        row.act or "nothing",
        0.1 if row.act == "offer_10" else 0.0,
        False,
        money(4.2),
        money(11.0),
        money(38.5),
        estimate(9.8, 0.6),
        0.043,
        "remind",
        (
            said("Overdue by their own rhythm, and worth more than the offer costs."),
            said(
                "An offer may cost up to {bound}: half of what is left, at the least.",
                bound=money(38.5),
            ),
        ),
    )


def person(row: views.PersonRow) -> views.PersonView:
    """A customer with a history that fits the row."""
    draw = random.Random(row.id)
    days = sorted(
        {
            row.last_day - timedelta(days=round(27 * back * draw.uniform(0.8, 1.2)))
            for back in range(min(row.orders, 12))
        }
    )
    timeline = [
        views.TimelineEntry(
            day,
            "order",
            money(draw.uniform(40, 420)),
            f"5{draw.randint(36365, 81587)}",
            said("{n} products, {channel}", n=draw.randint(2, 21), channel="web"),
        )
        for day in days
    ]
    if len(days) > 3:
        timeline.append(
            views.TimelineEntry(
                days[-2] + timedelta(days=4),
                "return",
                money(-24.9),
                "C541433",
                said("1 product sent back"),
            )
        )
    since = (TODAY - row.last_day).days
    survival = tuple(
        (TODAY + timedelta(days=step), min(0.97, row.p_buy * (1 - 0.985**step) / (1 - 0.985**90)))
        for step in range(0, 181, 5)
    )
    coming = row.next_day
    return views.PersonView(
        row,
        days[0],
        money(1312.4),
        money(3281.0),
        money(24.9),
        row.value,
        min(1.0, row.p_buy + 0.1),
        27.0,
        since,
        since / 27,
        coming - timedelta(days=12) if coming else None,
        coming + timedelta(days=44) if coming else None,
        tuple(timeline),
        tuple(days),
        survival,
        (
            cause(
                "habit_stopped",
                said("A regular habit stopped"),
                1,
                row.value.value.minor / 100,
                0.54,
            ),
        )
        if row.stage in ("slipping", "lost")
        else (),
        receipt(row),
        {"member": row.key},
    )
