"""Views as plain JSON values: the one place where command line and HTTP learn to write them.

Money(1234, "GBP")      {"amount": 12.34, "currency": "GBP"}
Range(value, low, high) {"value": …, "low": …, "high": …, "currency": "GBP", "level": 0.9}
Sentence                the text, in the reader's language
a dataclass             its fields, then its public properties
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs.views import Answers, PlanTotals, Range

Say = Callable[[Sentence], str]


def written(value: Any, say: Say = str) -> Any:
    """`value` as JSON knows it: dict, list, str, int, float, bool or None.

    Amounts are decimal numbers in major units; what is not a number (NaN) is None, for JSON has no
    word for it. `say` turns sentences into text.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        return number(value)
    if isinstance(value, Sentence):
        return say(value)
    if isinstance(value, Money):
        return {"amount": number(value.decimal), "currency": value.currency}
    if isinstance(value, Range):
        return estimate(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return _composed(value, say)


def number(value: float | Decimal) -> float | None:
    """A finite number, or None."""
    taken = float(value)
    return taken if math.isfinite(taken) else None


def estimate(of: Range) -> dict[str, Any]:
    """An amount with its interval and its level, in major units, and the currency once."""
    amounts = {name: number(getattr(of, name).decimal) for name in ("value", "low", "high")}
    return {**amounts, "currency": of.value.currency, "level": of.level}


_DEEDS = (
    *("approved_by", "approved_at", "posted_by", "posted_at"),
    *("drafted_by", "needs_second", "first_by"),
)


def plan_in_short(plan: PlanTotals | None) -> dict[str, Any] | None:
    """A plan as one object: what it costs, what it should bring, which acts, who is held out."""
    if plan is None:
        return None
    gain = estimate(plan.gain)
    return {
        "id": plan.id,
        "status": plan.status,
        "cost": number(plan.cost.decimal),
        "gain": gain["value"],
        "gain_low": gain["low"],
        "gain_high": gain["high"],
        "currency": plan.cost.currency,
        "acts": dict(plan.acts),
        "held_out": plan.held_out,
        "controls": plan.controls,
        "explored": plan.explored,
        "tested": plan.tested,
        "reasons": dict(plan.reasons),
        "people": plan.people,
        "staff_minutes": plan.staff_minutes,
        "shadow_price": number(plan.shadow_price),
        "hour_price": number(plan.hour_price.decimal) if plan.hour_price else None,
        "budget": number(plan.budget.decimal) if plan.budget else None,
        "staff_hours": plan.staff_hours,
        **{name: written(getattr(plan, name)) for name in _DEEDS},
    }


def answers_in_short(answers: Answers, say: Say = str) -> dict[str, Any]:
    """The five answers as one object: the figures, each estimate with its interval."""
    plain = ("as_of", "customers", "orders", "customer_orders", "lines", "anonymous_lines")
    rates = ("repeat_purchase_rate", "one_time_share", "lost", "slipping", "active", "stages")
    money = ("revenue", "anonymous_revenue", "value_at_risk", "value_lost", "worst_lost", "causes")
    return {
        **{name: written(getattr(answers, name), say) for name in (*plain, *rates, *money)},
        "where_to": [say(sentence) for sentence in answers.where_to],
        "why_said": [say(sentence) for sentence in answers.why_said],
        "plan": plan_in_short(answers.plan),
        "remarks": [say(sentence) for sentence in answers.remarks],
        "trust": [say(sentence) for sentence in answers.trust],
    }


def _composed(value: Any, say: Say) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)] + _properties(type(value))
        return {name: written(getattr(value, name), say) for name in names}
    if isinstance(value, Mapping):
        return {str(name): written(inner, say) for name, inner in value.items()}
    if isinstance(value, bytes):
        return value.hex()
    if hasattr(value, "to_pylist"):
        return [written(inner, say) for inner in value.to_pylist()]
    if hasattr(value, "tolist"):
        return written(value.tolist(), say)
    if isinstance(value, Iterable):
        return [written(inner, say) for inner in value]
    return str(value)


def _properties(kind: type) -> list[str]:
    own = {name: member for place in reversed(kind.__mro__) for name, member in vars(place).items()}
    return [name for name, member in own.items() if isinstance(member, property) and name[0] != "_"]
