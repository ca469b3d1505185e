"""A verdict that was written down beforehand and came early, made up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.unit.console.fake_people import money

from huitou.ground.words import said
from huitou.runs import verdicts

START = date(2011, 6, 1)


def look(week: int) -> verdicts.LookView:
    """The effect grows, its bound narrows; from the sixth look on it is proven."""
    effect = 240.0 * week
    half = 900 + 5_400 / week
    known = week > 1
    return verdicts.LookView(
        START + timedelta(days=7 * week - 1),
        money(effect),
        money(effect - half) if known else None,
        money(effect + half) if known else None,
        money(half) if known else None,
        int(effect > half),
    )


def judged(decision: str = "keep", stopped_by: str | None = None) -> verdicts.VerdictView:
    """Keep it; with twelve accounts set aside."""
    looks = tuple(look(week) for week in range(1, 13))
    whales = tuple(
        verdicts.WhaleView(
            f"w{n}", f"Account {n}" if n else None, n % 5 == 0, money(900 - n), money(n)
        )
        for n in range(12)
    )
    return verdicts.VerdictView(
        decision=decision,
        code="proven",
        why=said("Keep it: the gain is proven after all costs."),
        looks=looks,
        decided_on=next(each.day for each in looks if each.crosses),
        attributed=money(19_400),
        ratio=6.66,
        whales=whales,
        whales_before=money(10_734),
        whales_after=money(66),
        later=look(12),
        written_down=verdicts.WrittenDown(
            id="5f0c62a1b3d4", digest="ab" * 32, at=datetime(2011, 5, 31, 9, tzinfo=UTC),
            by="owner", lot="universal-2027", share=0.05, outcome="profit", window_days=91,
            asked_days=28, gap_days=60.5, looks=13, alpha=0.05, spending="obrien_fleming",
            guardrails=("silence", "churn", "complaint", "profit"), treated=1804, held_out=95,
            promised=money(800), weeks=40, estimator="leaning", whale_line=money(850),
            words=(said("Nobody is so large."),),
        ),
        stopped_by=stopped_by,
        planned_until=START + timedelta(days=90),
    )  # fmt: skip
