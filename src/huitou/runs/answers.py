"""The five questions, answered from one edition: how many, which, why, where to, how back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.models.causes import QUESTIONS, WORDS
from huitou.runs.moment import Moment
from huitou.runs.people import missed_ends, money_range
from huitou.runs.views import Answers, Cause, Lost, Range

SHOWN_LOST = 10
"""How many of the lost are shown by name on the first page."""

WHERE_TO: tuple[Sentence, ...] = (
    said("Orders alone cannot say where a customer went: no one who left in silence has told us."),
    said(
        "Ask them. Two questions, one minute: why did you stop, and where do you buy this now? "
        "Each answer that is written down replaces a guess on this page."
    ),
)


def lost_among(
    stages: pa.Table, moment: Moment, line: float, bought: pa.Table | None, *names: str
) -> Lost:
    """How many stand in the named stages now, and what became of those who stood there before.

    `bought` holds who bought within the horizon after `moment.one_horizon_ago`.
    """
    now = _standing(stages, moment.day, names)
    since = moment.one_horizon_ago
    before = _standing(stages, since, names) if since else pa.array([], pa.string())
    back = pc.is_in(before, bought["person_id"].combine_chunks()) if bought is not None else None
    return Lost(
        count=len(now),
        horizon_days=moment.horizon_days,
        line=line,
        judged_before=len(before),
        came_back=int(pc.sum(back).as_py() or 0) if back is not None else 0,
        since=since,
    )


def _standing(stages: pa.Table, day: date, names: tuple[str, ...]) -> pa.Array:
    there = pc.and_(
        pc.equal(stages["at"], pa.scalar(day)),
        pc.is_in(stages["stage"], pa.array(names)),
    )
    return stages.filter(there)["person_id"].combine_chunks()


def at_stake(people: pa.Table, stage: str, currency: str) -> Range:
    """The profit still expected from the people of a stage, with its 90 % interval.

    The error of the forecast's level is shared by everybody, so the ends add up too.
    """
    there = people.filter(pc.equal(people["stage"], stage))
    value, low, high = (
        float(pc.sum(there[name]).as_py() or 0) for name in ("value", "value_low", "value_high")
    )
    return money_range(value, low, high, currency)


def missed(people: pa.Table, stage: str, currency: str) -> Range:
    """The profit that the silence of the people of a stage has taken, with its 90 % interval.

    The interval rests on the assumption of `missed_ends`; errors are shared, so the ends add up.
    """
    there = people.filter(pc.equal(people["stage"], stage))
    names = ("missed", "value", "value_low", "value_high")
    gone, *worth = (there[name].to_numpy().astype(np.float64) for name in names)
    low, high = missed_ends(gone, *worth)
    return money_range(float(gone.sum()), float(low.sum()), float(high.sum()), currency)


def causes_of(people: pa.Table, causes: pa.Table, currency: str) -> tuple[Cause, ...]:
    """The suspected causes over all lost customers, the costliest first."""
    lost = people.filter(pc.equal(people["stage"], "lost")).select(
        ["person_id", "missed", "cause", "posterior"]
    )
    if not lost.num_rows:
        return ()
    listed = causes.select(["person_id", "cause", "posterior"])
    told = listed.rename_columns(["person_id", "each", "chance"]).join(
        lost, "person_id", join_type="inner"
    )
    each, suspect = (np.asarray(told[name].to_pylist(), dtype=object) for name in ("each", "cause"))
    chance, gone = (told[name].to_numpy() for name in ("chance", "missed"))
    first = suspect == each
    found = [
        _cause(code, chance[each == code], gone[each == code], first[each == code], currency)
        for code in WORDS
        if (each == code).any()
    ]
    return tuple(sorted(found, key=lambda cause: -cause.value.minor))


def _cause(
    code: str, chance: np.ndarray, gone: np.ndarray, first: np.ndarray, currency: str
) -> Cause:
    return Cause(
        code=code,
        words=WORDS[code],
        customers=float(chance.sum()),
        value=Money(round(float((chance * gone).sum())), currency),
        confidence=float(chance[first].mean()) if first.any() else 0.0,
        ask=QUESTIONS[code],
    )


def answers(
    *,
    moment: Moment,
    currency: str,
    line: float,
    figures: Mapping[str, Any],
    people: pa.Table,
    stages: pa.Table,
    causes: pa.Table | None,
    bought: pa.Table | None,
    trust: tuple[Sentence, ...],
    learned: tuple[Sentence, ...] = (),
) -> Answers:
    """Put the five answers together; `figures` are the metrics of this edition by name.

    Without the plan, the lost by name and what the lost said: those are added when they are read.
    """
    counted = pc.value_counts(people["stage"].combine_chunks()).to_pylist()
    by_stage = {row["values"]: row["counts"] for row in counted}
    gone = by_stage.get("lost", 0)
    return Answers(
        as_of=moment.day,
        customers=int(figures["customers"]),
        orders=int(figures["orders"]),
        customer_orders=int(figures["customer_orders"]),
        lines=int(figures["lines"]),
        anonymous_lines=int(figures["anonymous_lines"]),
        anonymous_revenue=Money(int(figures["anonymous_revenue"]), currency),
        revenue=Money(int(figures["revenue"]), currency),
        repeat_purchase_rate=float(figures["repeat_purchase_rate"] or 0.0),
        one_time_share=float(figures["one_time_share"] or 0.0),
        lost=lost_among(stages, moment, line, bought, "lost"),
        slipping=lost_among(stages, moment, line, bought, "slipping"),
        active=people.num_rows - gone,
        stages=by_stage,
        value_at_risk=at_stake(people, "slipping", currency),
        value_lost=missed(people, "lost", currency),
        worst_lost=(),
        causes=causes_of(people, causes, currency) if causes is not None else (),
        where_to=WHERE_TO,
        plan=None,
        trust=trust,
        learned=learned,
    )
