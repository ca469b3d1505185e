"""One customer, whole: what happened, what is likely, what they are worth, and why this act."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from huitou.decisions.acts import ACTS, Act, named
from huitou.decisions.ceiling import TAKERS, needed
from huitou.decisions.receipts import receipt_words
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.models.causes import QUESTIONS, WORDS
from huitou.models.curve import Rhythm, Row
from huitou.runs.people import latest_key, money_range
from huitou.runs.views import (
    Cause,
    ChaseMark,
    Coming,
    PersonRow,
    PersonView,
    Receipt,
    TimelineEntry,
    WorthIt,
)

CURVE_DAYS = (0, 3, 7, 14, 21, 28, 42, 56, 70, 91, 112, 140, 168, 203, 238, 273, 319, 365)
"""Days ahead at which the curve of the rhythm chart is drawn."""
NAMED = 3
"""Products named on one entry of the time line."""


def timeline(lines: pa.Table, currency: str) -> tuple[TimelineEntry, ...]:
    """Orders and returns of one person, the latest first; `lines` are theirs, in any order."""
    by_order: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for line in lines.to_pylist():
        by_order.setdefault((line["order_id"], line["is_return"]), []).append(line)
    entries = [_entry(order, back, told, currency) for (order, back), told in by_order.items()]
    return tuple(sorted(entries, key=lambda entry: (entry.day, entry.order_id), reverse=True))


def _entry(order_id: str, back: bool, lines: list[dict[str, Any]], currency: str) -> TimelineEntry:
    return TimelineEntry(
        day=min(line["day"] for line in lines),
        kind="return" if back else "order",
        amount=Money(sum(line["amount"] for line in lines), currency),
        order_id=order_id,
        words=_bought(lines),
    )


def _bought(lines: list[dict[str, Any]]) -> Sentence:
    dearest = sorted(lines, key=lambda line: -abs(line["amount"]))
    named = list(dict.fromkeys(line["product"] or line["sku"] or "" for line in dearest))
    names = ", ".join(name.strip() for name in named[:NAMED] if name.strip())
    more = len(named) - NAMED
    if not names:
        return said("{n} lines", n=len(lines))
    if more > 0:
        return said("{names} and {n} more", names=names, n=more)
    return said("{names}", names=names)


def survival(
    row: Mapping[str, Any], rhythm: Mapping[str, Any], day: date
) -> tuple[tuple[date, float], ...]:
    """The chance to have bought again by each coming day."""
    known = Rhythm(
        rhythm["model"],
        rhythm["params"],
        date.fromisoformat(rhythm["day"]),
        rhythm["horizon_days"],
        tuple(rhythm["weekly"]),
    )
    one = Row(row["x"], row["t_x"], row["T"], row["p_buy"], bool(row["left_censored"]))
    ahead = known.chance_by(one, CURVE_DAYS)
    return tuple(
        (day + timedelta(days=days), float(chance))
        for days, chance in zip(CURVE_DAYS, ahead, strict=True)
    )


def suspects(causes: Iterable[Mapping[str, Any]], missed: int, currency: str) -> tuple[Cause, ...]:
    """What may have driven this one customer away, the likeliest first."""
    ranked = sorted(causes, key=lambda row: -row["posterior"])
    return tuple(
        Cause(
            code=row["cause"],
            words=WORDS[row["cause"]],
            customers=row["posterior"],
            value=Money(round(row["posterior"] * missed), currency),
            confidence=row["posterior"],
            ask=QUESTIONS[row["cause"]],
        )
        for row in ranked
    )


def receipt_view(row: Mapping[str, Any], currency: str, acts: Mapping[str, Act]) -> Receipt:
    """A decision of a plan as the doors draw it; `acts` are all by name, the shop's own too."""
    known = named(row, "act", acts)
    return Receipt(
        act=row["act"],
        depth=row["depth"],
        held_out=row["arm"] == "held_out",
        cost=Money(row["cost"], currency),
        worst_cost=Money(row["worst_cost"], currency),
        bound=Money(row["bound"], currency),
        gain=money_range(row["gain"], row["gain_low"], row["gain_high"], currency),
        delta=row["delta"],
        runner_up=row["runner_up"],
        words=receipt_words(row, currency, acts),
        drawn=row["reason"] if row["reason"] in ("control", "explored", "test") else None,
        propensity=row["propensity"],
        name=row["act_name"],
        claim=known.claim if known is not None and known.own else None,
        worth_it=_worth_it(row, currency),
        least_pays=_money(row["least_pays"], currency),
        most_pays=_money(row["most_pays"], currency),
    )


def _worth_it(row: Mapping[str, Any], currency: str) -> WorthIt | None:
    found = needed(row)
    if found is None:
        return None
    most = Money(found.most, currency)
    return WorthIt(found.of == TAKERS, min(found.share, 9.99), found.expected, most)


def _money(minor: int | None, currency: str) -> Money | None:
    return Money(minor, currency) if minor is not None else None


def person_view(
    row: PersonRow,
    known: Mapping[str, Any],
    *,
    day: date,
    currency: str,
    lines: pa.Table,
    rhythm: Mapping[str, Any],
    causes: Iterable[Mapping[str, Any]],
    receipt: Mapping[str, Any] | None,
    silent: Iterable[str],
    evidence: tuple[Sentence, ...] = (),
    acts: Mapping[str, Act] = ACTS,
    chase: ChaseMark | None = None,
) -> PersonView:
    """Put one customer together; `known` is their row of the table of people."""
    told = timeline(lines, currency)
    since = (day - known["last_day"]).days
    return PersonView(
        row=row,
        first_day=known["first_day"],
        profit_so_far=Money(known["profit"], currency),
        revenue=Money(known["revenue"], currency),
        returned=Money(known["returned"], currency),
        value=row.value,
        p_alive=known["p_alive"],
        typical_gap_days=known["typical_gap"],
        days_since_last=since,
        overdue=since / known["typical_gap"] if known["typical_gap"] else None,
        next_low=_after(day, known["next_low"]),
        next_high=_after(day, known["next_high"]),
        timeline=told,
        purchases=tuple(sorted({entry.day for entry in told if entry.kind == "order"})),
        survival=survival(known, rhythm, day),
        causes=suspects(causes, known["missed"], currency),
        receipt=receipt_view(receipt, currency, acts) if receipt is not None else None,
        keys=_keys(lines.to_pylist()),
        silent=tuple(sorted(silent)),
        evidence=evidence,
        chase=chase,
        coming=Coming(
            rhythm["horizon_days"], known["expected"], known["days_low"], known["days_high"]
        ),
    )


def _after(day: date, days: int | None) -> date | None:
    return day + timedelta(days=days) if days is not None else None


def _keys(lines: list[dict[str, Any]]) -> dict[str, str]:
    """What they are known by today: the latest word on each."""
    names = ("member_no", "phone", "email")
    return {name: key for name in names if (key := latest_key(lines, name)) is not None}
