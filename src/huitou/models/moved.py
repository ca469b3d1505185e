"""What moved a chance: for each customer the facts without which it would be another.

    ask = Otherwise(found, customers)
    moved(ask, customers, facts_of(customers, found))    # the three that moved each most

A fact is moved back to what is usual for the customer or their peers, all else left as it is, and
the model that scored is asked again: the difference is what this fact did. Whoever can answer for
a table of customers can be asked, so what is told is of the very model that spoke. Facts work
together, and what each did alone does not add up to the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from huitou.ground.words import Sentence, said
from huitou.models.forecast import Forecast
from huitou.models.histories import Histories, histories
from huitou.models.numbers import Array
from huitou.models.otherwise import PLAIN_LEVEL, PLAIN_SEASON

Ask = Callable[[pa.Table], Array]
"""Customers (columns of `facts.customers`) -> the chance of each to buy, (n,)."""

MONTH, LATELY = 28, 112
"""Days of the windows in which `facts.customers` counts purchase days."""
MOST = 3
"""Facts told of each: more are not read."""
LEAST_SHIFT = 0.01
"""Log-odds: what moved a chance by less than a hundredth of itself did not move it."""
SURE = 1e-9
"""Chances are kept off 0 and 1 by this before their odds are compared."""

MOVED = pa.schema(
    [
        ("person_id", pa.string()),
        ("place", pa.int64()),
        ("fact", pa.string()),
        ("own", pa.float64()),
        ("usual", pa.float64()),
        ("p_now", pa.float64()),
        ("p_usual", pa.float64()),
        ("shift", pa.float64()),
    ]
)
"""A fact a row: what it is and would usually be, the chance with it and with the usual instead,
and what it did in log-odds, below 0 where it made the chance smaller; `place` counts from 0."""


@dataclass(frozen=True)
class Fact:
    """Something that may move a chance, and how to move it back; a row each customer."""

    name: str
    own: Array
    """As it is."""
    usual: Array
    """As it is for the customer or their peers as a rule; NaN where nothing is usual."""
    customers: pa.Table
    """The customers with this fact as is usual and all else as it is."""


def moved(ask: Ask, customers: pa.Table, facts: Sequence[Fact]) -> pa.Table:
    """The facts that moved each customer's chance most, `MOST` at the most; columns as `MOVED`."""
    now = ask(customers)
    usual = np.stack([ask(fact.customers) for fact in facts])
    known = np.array([np.isfinite(fact.usual) for fact in facts])
    shift = np.where(known, _log_odds(now) - _log_odds(usual), 0.0)
    ranked = np.argsort(-np.abs(shift), axis=0, kind="stable")[:MOST]
    who = np.broadcast_to(np.arange(len(now)), ranked.shape)
    told = np.abs(shift[ranked, who]) >= LEAST_SHIFT
    # By customer, the strongest first.
    place, at = np.nonzero(told.T)[::-1]
    which = ranked[place, at]
    return pa.table(
        {
            "person_id": customers["person_id"].cast(pa.string()).combine_chunks().take(at),
            "place": place,
            "fact": np.array([fact.name for fact in facts])[which],
            "own": np.stack([fact.own for fact in facts])[which, at],
            "usual": np.stack([fact.usual for fact in facts])[which, at],
            "p_now": now[at],
            "p_usual": usual[which, at],
            "shift": shift[which, at],
        },
        schema=MOVED,
    )


def _log_odds(chance: Array) -> Array:
    kept = np.clip(chance, SURE, 1 - SURE)
    odds: Array = np.log(kept / (1 - kept))
    return odds


# -- the facts of a customer who buys when they like


def facts_of(customers: pa.Table, found: Forecast) -> tuple[Fact, ...]:
    """What the forecast reads of a customer, each with what is usual.

    Peers are all customers of the shop who came again.
    """
    known = histories(customers)
    told = [
        silence(customers, known), visits(customers, known), span(customers, known),
        cohort(customers, known), level(customers, found), season(customers, found),
    ]  # fmt: skip
    if found.gate.is_open:
        told += [pace(customers, known), *_none_of(customers)]
    return tuple(told)


def silence(customers: pa.Table, known: Histories) -> Fact:
    """Days since the last purchase; usual is one typical gap of their own."""
    usual = np.maximum(np.rint(known.typical_gap), 1.0)
    then = _with(customers, T=known.t_x + usual, **_evenly(known, usual))
    return Fact("silence", known.T - known.t_x, usual, then)


def visits(customers: pa.Table, known: Histories) -> Fact:
    """Purchase days; usual are as many as peers have in as long a time.

    Who came once would have come a second time, one usual gap after the first.
    """
    again = known.x > 0
    if not again.any():
        return Fact("visits", known.x + 1, np.full(len(known), np.nan), customers)
    # All gaps of all who came again together: the days of one who buys often count more often.
    gap = max(float(known.t_x.sum() / known.x.sum()), 1.0)
    x = np.where(again, np.maximum(np.rint(known.t_x / gap), 1.0), 1.0)
    t_x = np.where(again, known.t_x, np.rint(gap))
    then = _with(customers, **_history(known, x, t_x), **_paced(customers, (x + 1) / (known.x + 1)))
    return Fact("visits", known.x + 1, x + 1, then)


def span(customers: pa.Table, known: Histories) -> Fact:
    """Days from the first purchase to the last; usual is the median of those who came again.

    At their own pace and with their own silence. Who came once was not coming at all.
    """
    again = known.x > 0
    if not again.any():
        return Fact("span", known.t_x, np.full(len(known), np.nan), customers)
    usual = np.maximum(np.rint(np.median(known.t_x[again])), 1.0)
    t_x = np.where(again, usual, known.t_x)
    pace = np.divide(known.x, known.t_x, out=np.zeros(len(known)), where=again)
    x = np.where(again, np.maximum(np.rint(pace * t_x), 1.0), known.x)
    then = _with(customers, **_history(known, x, t_x))
    return Fact("span", known.t_x, np.where(again, usual, np.nan), then)


def cohort(customers: pa.Table, known: Histories) -> Fact:
    """Whether they were customers before the records begin; usual is that they were won since."""
    first = known.left_censored
    at = customers.schema.get_field_index("left_censored")
    later = pa.array(np.zeros(len(first), dtype=bool))
    then = customers.set_column(at, "left_censored", later)
    return Fact("cohort", first.astype(np.float64), np.where(first, 0.0, np.nan), then)


def level(customers: pa.Table, found: Forecast) -> Fact:
    """How readily the whole shop buys at this time, against the pace its models expect (1)."""
    return _of_all("level", found.hazard.factor(), PLAIN_LEVEL, customers)


def season(customers: pa.Table, found: Forecast) -> Fact:
    """How much is bought in the coming weeks of the year, against any others (1)."""
    tempo, days = found.made.tempo, found.horizon_days
    return _of_all(
        "season", tempo.ahead(days) / (days * tempo.season.beats), PLAIN_SEASON, customers
    )


def pace(customers: pa.Table, known: Histories) -> Fact:
    """Purchase days of late; usual are as many as their own pace and silence leave room for."""
    even = _evenly(known, known.T - known.t_x)
    own = customers["bought_lately"].cast(pa.float64()).to_numpy()
    return Fact("pace", own, even["bought_lately"], _with(customers, **even))


def _none_of(customers: pa.Table) -> Iterator[Fact]:
    """Complaints and goods sent back, where any are known; usual are none."""
    for name, column in (("complaints", "complaints"), ("returns", "return_lines")):
        if column in customers.column_names:
            own = np.nan_to_num(customers[column].cast(pa.float64()).to_numpy(zero_copy_only=False))
            usual = np.zeros(len(own))
            paid = {"revenue": histories(customers).gross} if name == "returns" else {}
            then = _with(customers, **{column: usual}, **paid)
            yield Fact(name, own, np.where(own > 0, usual, np.nan), then)


def _of_all(name: str, own: float, column: str, customers: pa.Table) -> Fact:
    whole = np.full(customers.num_rows, own)
    then = customers.append_column(column, pa.array(np.ones(len(whole), dtype=bool)))
    return Fact(name, whole, np.ones(len(whole)), then)


def _history(known: Histories, x: Array, t_x: Array) -> dict[str, Array]:
    """Another count and span, with the silence they are in."""
    gap = np.divide(t_x, x, out=np.full(len(x), np.nan), where=x > 0)
    told = {"x": x, "t_x": t_x, "T": known.T - known.t_x + t_x, "purchase_days": x + 1}
    return {**told, "gap_mean": gap}


def _paced(customers: pa.Table, ratio: Array) -> dict[str, Array]:
    """Counts of late and gaps of one who comes so many times as often."""
    more = {name: _floats(customers, name) * ratio for name in WINDOWS}
    less = {name: _floats(customers, name) / ratio for name in ("gap_sd", "last_gap")}
    return {**more, **less}


def _evenly(known: Histories, silence: Array) -> dict[str, Array]:
    """Purchase days of late of one who comes evenly at their own pace, and is silent so long."""
    own = np.divide(known.t_x, known.x, out=np.full(len(known), np.inf), where=known.x > 0)

    def within(days: int) -> Array:
        # The days are those before today and today: a silence of 27 days lies within 28.
        since = np.maximum(days - 1 - silence, 0.0)
        count = np.minimum(np.floor(since / own), known.x) + 1
        return np.where(silence < days, count, 0.0)

    return {name: within(end) - within(begin) for name, (begin, end) in WINDOWS.items()}


WINDOWS: Mapping[str, tuple[int, int]] = {
    "bought_month": (0, MONTH),
    "bought_month_before": (MONTH, 2 * MONTH),
    "bought_lately": (0, LATELY),
    "bought_before": (LATELY, 2 * LATELY),
    "bought_long_before": (2 * LATELY, 4 * LATELY),
}
"""Columns that count purchase days -> from how many days ago until how many, as in `facts`."""


def _with(customers: pa.Table, **changed: Array) -> pa.Table:
    """The customers with other numbers in those of the columns that they have."""
    for name, values in changed.items():
        at = customers.schema.get_field_index(name)
        if at >= 0:
            kind = customers.schema.field(at).type
            told = np.rint(values) if pa.types.is_integer(kind) else values
            column = pa.array(told, from_pandas=True).cast(kind)
            customers = customers.set_column(at, name, column)
    return customers


def _floats(table: pa.Table, name: str) -> Array:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    values = table.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64)


# -- in words


def words_of(row: Mapping[str, Any]) -> Sentence:
    """What the fact of a row of `MOVED` is, against what is usual."""
    told = _ONCE if row["fact"] == "visits" and row["own"] == 1 else _WHAT[row["fact"]]
    scale = 100 if row["fact"] in ("level", "season") else 1
    values = {"own": round(scale * row["own"]), "usual": round(scale * row["usual"])}
    return replace(told, values=values)


def effect_of(row: Mapping[str, Any]) -> Sentence:
    """What it did to the chance, in hundredths."""
    lowered = said("As is usual, their chance to buy would be {usual} in 100; now it is {now}.")
    lifted = said("That helps: as is usual, the chance would be {usual} in 100; now it is {now}.")
    values = {"usual": _hundredths(row["p_usual"]), "now": _hundredths(row["p_now"])}
    return replace(lowered if row["shift"] < 0 else lifted, values=values)


def _hundredths(chance: float) -> float:
    """With a place more where the chance is small, and never as if it were certain."""
    percent = 100 * chance
    return min(max(round(percent, 1), 0.1), 99.9) if percent < 10 else min(round(percent), 99)


_WHAT: Mapping[str, Sentence] = {
    "silence": said("Silent for {own} days; usual for them are {usual}."),
    "visits": said("Came on {own} days; in as long a time others come on {usual}."),
    "span": said("Had been coming for {own} days; usual in this shop are {usual}."),
    "cohort": said("Was a customer before the records begin; those who came later buy otherwise."),
    "pace": said(
        "Came on {own} of the last 112 days; at their pace of before it would be {usual}."
    ),
    "complaints": said("Complained {own} times; usual is never."),
    "returns": said("Sent {own} lines of their orders back; usual are none."),
    "season": said("The coming weeks bring {own} % of what usual weeks bring."),
    "level": said("The whole shop now buys at {own} % of the pace of its customers' past."),
}
_ONCE = said("Came a single time; others came again by now.")
