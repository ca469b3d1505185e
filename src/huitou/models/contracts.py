"""Subscriptions: what was told of each becomes contracts, and these tell how and when others end.

    found = contracts(events, day)          one row a contract, as known on a day
    scored(found, day, months)              chance to end within so many months, by cause
    card(events, day, months)               how that did on the shop's own past
    retention(found, day)                   the share kept by month of life, and the curve ahead

A month of life runs from one anniversary of the start to the next; months paused do not count.
A trial is no contract until it is paid for. Who leaves and comes again has a new contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.ground.errors import NotYet
from huitou.ground.words import said
from huitou.models.atrisk import CAUSES, AtRisk, at_risk
from huitou.models.hazard import FittedHazard, Hazard, Told
from huitou.models.numbers import Array, Index
from huitou.models.renewals import Bdw, Renewals, Sbg, fit_renewals, tenures

Z90 = 1.6448536269514722
FEWEST, FEWEST_ENDS = 30, 5
"""Contracts, and ends among them, below which nothing is said."""
MONTH = 30.4375
SEASON_FROM = 13
"""Months of history from which calendar months are told apart."""
PULL = 0.25
"""Sd of a calendar month's effect before any is seen, in log-odds: one in three moves the odds by
more than a quarter. Eleven months are learned from a year or two, so little is believed of each."""
MOST_ORIGINS = 6
AHEAD = 12
"""Months that the curve of retention goes beyond what was seen."""

EVENTS = pa.schema(
    [
        ("person_id", pa.string()),
        ("kind", pa.string()),
        ("product", pa.string()),
        ("day", pa.date32()),
        ("until", pa.date32()),
    ]
)
"""What was told: `subscribed`, `paused` (from `day` to `until`), `cancelled` (they wanted it),
`lapsed` (a payment failed and was not made good)."""
ENDS: Mapping[str, int] = {"cancelled": 1, "lapsed": 2}
"""Kind -> the number of its cause in `CAUSES`."""

CONTRACTS = pa.schema(
    [
        ("person_id", pa.string()),
        ("product", pa.string()),
        ("began", pa.date32()),
        ("ended", pa.date32()),
        ("cause", pa.int64()),
        ("months", pa.int64()),
        ("whole", pa.int64()),
    ]
)
"""`ended` is null and `cause` 0 while it runs. `months`: the month of life it ended in, or of one
that runs those it came through. `whole`: those that are over by the evening, had it run on."""

SCORED = pa.schema(
    [
        ("person_id", pa.string()),
        ("product", pa.string()),
        ("began", pa.date32()),
        ("months", pa.int64()),
        ("p_cancel", pa.float64()),
        ("cancel_low", pa.float64()),
        ("cancel_high", pa.float64()),
        ("p_payment", pa.float64()),
        ("payment_low", pa.float64()),
        ("payment_high", pa.float64()),
        ("stays", pa.float64()),
    ]
)
"""One row a running contract: chances to end within the horizon, each with a 90 % interval of the
chance itself, and the months out of the horizon it is expected to stay."""


@dataclass(frozen=True)
class Trial:
    """One cause at one earlier evening: ends foreseen within the horizon, and those that came."""

    origin: date
    cause: str
    running: int
    predicted: float
    low: float
    high: float
    actual: int
    log_loss: float
    naive_log_loss: float
    """Of one chance for all, the share that ended a month so far."""


@dataclass(frozen=True)
class Retention:
    """The share of contracts kept after each month of life."""

    model: str
    cohorts: tuple[tuple[date, int, tuple[float, ...]], ...]
    """First month, contracts begun in it, and the share kept after each whole month of all."""
    curve: tuple[float, ...]
    """After 1, 2, … months by the model, `AHEAD` months beyond the longest life seen."""


def contracts(events: pa.Table, day: date) -> pa.Table:
    """The contracts as known on the evening of a day, by person and start; columns `CONTRACTS`."""
    told = sorted(
        (row for row in events.to_pylist() if row["day"] <= day),
        key=lambda row: (row["person_id"], row["product"] or "", row["day"], row["kind"] in ENDS),
    )
    found: list[dict[str, Any]] = []
    running: dict[tuple[str, str | None], dict[str, Any]] = {}
    for row in told:
        whose = (row["person_id"], row["product"])
        if row["kind"] == "subscribed" and whose not in running:
            running[whose] = {**row, "began": row["day"], "ended": None, "cause": 0, "paused": 0}
            found.append(running[whose])
        elif row["kind"] == "paused" and whose in running:
            until = min(row["until"] or day, day)
            running[whose]["paused"] += max((until - row["day"]).days, 0)
        elif row["kind"] in ENDS and whose in running:
            running.pop(whose).update(ended=row["day"], cause=ENDS[row["kind"]])
    rows = [{**each, "months": _months(each, day), "whole": _whole(each, day)} for each in found]
    return pa.Table.from_pylist([{n: row[n] for n in CONTRACTS.names} for row in rows], CONTRACTS)


def _months(contract: Mapping[str, Any], day: date) -> int:
    if contract["ended"] is None:
        return _whole(contract, day)
    # Who ends on an anniversary came through no month after it.
    return _whole(contract, max(contract["ended"] - timedelta(days=1), contract["began"])) + 1


def _whole(contract: Mapping[str, Any], day: date) -> int:
    paused: int = round(contract["paused"] / MONTH)
    return max(months_between(contract["began"], day) - paused, 0)


def months_between(first: date, last: date) -> int:
    """Whole months from one day to another."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)


def scored(found: pa.Table, day: date, months: int) -> pa.Table:
    """Every running contract, the likeliest to be cancelled first; columns `SCORED`.

    Raises NotYet where too few contracts, or too few ends, are known.
    """
    fitted, season = _fitted(found, day, months)
    runs = found.filter(pc.is_null(found["ended"]))
    after, began = _asked(runs, season)
    ends = fitted.ends(months, after=after, began=began)
    stays = fitted.rest(months, after=after, began=began)
    columns: dict[str, Any] = {name: runs[name] for name in ("person_id", "product", "began")}
    columns["months"] = after
    for name, told in zip(("cancel", "payment"), (ends[cause] for cause in CAUSES), strict=True):
        columns |= {f"p_{name}": told.value, f"{name}_low": told.low, f"{name}_high": told.high}
    table = pa.table({**columns, "stays": stays.value}, schema=SCORED)
    return table.sort_by([("p_cancel", "descending"), ("person_id", "ascending")])


def _fitted(found: pa.Table, day: date, months: int) -> tuple[FittedHazard, bool]:
    seen, season = _packed(found, day)
    return Hazard(pull=PULL).fit(seen, until=int(seen.longest) + months + 1), season


def _packed(found: pa.Table, day: date) -> tuple[AtRisk, bool]:
    last, cause = _watched(found)
    if len(cause) < FEWEST or int((cause > 0).sum()) < FEWEST_ENDS or not last.any():
        raise NotYet(
            said(
                "A forecast of contracts needs {least} of them and {ends} that ended.",
                least=FEWEST,
                ends=FEWEST_ENDS,
            ),
            to_try="huitou happened import FILE",
        )
    history = months_between(min(found["began"].to_pylist()), day)
    season = history >= SEASON_FROM
    return at_risk(last, cause, began=_began(found) if season else None), season


def _watched(found: pa.Table) -> tuple[Index, Index]:
    """The last month of life each was watched in, and the cause it ended by in it, or 0.

    Only months that are over count: in one that is not, those who end are seen and those who will
    stay are not, and the month would look like one in which many leave.
    """
    names = ("months", "cause", "whole")
    months, cause, whole = (found[name].to_numpy().astype(np.int64) for name in names)
    return np.minimum(months, whole), np.where(months <= whole, cause, 0)


def _began(found: pa.Table) -> Index:
    return np.array([each.month - 1 for each in found["began"].to_pylist()], dtype=np.int64)


def _asked(runs: pa.Table, season: bool) -> tuple[Index, Index]:
    after = runs["months"].to_numpy().astype(np.int64)
    return after, _began(runs) if season else np.zeros(len(after), dtype=np.int64)


# -- how it did


def card(events: pa.Table, day: date, months: int) -> tuple[Trial, ...]:
    """Each cause at evenings a horizon apart, from what was known on each; the latest first."""
    return tuple(
        trial
        for back in range(1, MOST_ORIGINS + 1)
        for trial in _tried(events, _months_before(day, back * months), day, months)
    )


def _tried(events: pa.Table, origin: date, day: date, months: int) -> Iterator[Trial]:
    then = contracts(events, origin)
    try:
        fitted, season = _fitted(then, origin, months)
    except NotYet:
        return
    runs = then.filter(pc.is_null(then["ended"]))
    after, began = _asked(runs, season)
    told = fitted.ends(months, after=after, began=began)
    came = _came(contracts(events, day), runs, origin, months)
    naive = _naive(then, months)
    for number, cause in enumerate(CAUSES, 1):
        ended = came == number
        low, high = _interval(told[cause])
        yield Trial(
            origin, cause, len(after), float(told[cause].value.sum()), low, high,
            int(ended.sum()), log_loss(told[cause].value, ended),
            log_loss(np.full(len(ended), naive[number - 1]), ended),
        )  # fmt: skip


def _came(now: pa.Table, runs: pa.Table, origin: date, months: int) -> Index:
    """How each contract that ran at the origin ended within the horizon; 0 where it did not."""
    over = _months_before(origin, -months)
    ends = {
        (row["person_id"], row["product"], row["began"]): row["cause"]
        for row in now.to_pylist()
        if row["ended"] is not None and row["ended"] <= over
    }
    whose = (tuple(row[n] for n in ("person_id", "product", "began")) for row in runs.to_pylist())
    return np.array([ends.get(each, 0) for each in whose], dtype=np.int64)


def _naive(then: pa.Table, months: int) -> tuple[float, ...]:
    """One chance for all by cause, from the share of months of life in which a contract ended."""
    last, cause = _watched(then)
    rates = [float((cause == number).sum()) / float(last.sum()) for number in (1, 2)]
    gone = 1 - (1 - sum(rates)) ** months
    return tuple(gone * rate / sum(rates) for rate in rates)


def _interval(told: Told) -> tuple[float, float]:
    """90 % of the number of ends: chance, and parameters as if they erred for all alike."""
    chance = float((told.value * (1 - told.value)).sum())
    reach = Z90 * float(np.sqrt(chance + told.sd.sum() ** 2))
    middle = float(told.value.sum())
    return max(middle - reach, 0.0), min(middle + reach, float(len(told.value)))


def log_loss(p: Array, happened: np.ndarray[Any, np.dtype[np.bool_]]) -> float:
    """Mean negative log-probability of what happened; chances are kept off 0 and 1 by 1e-6."""
    kept = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.where(happened, np.log(kept), np.log1p(-kept))))


def _months_before(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    at = day.year * 12 + day.month - 1 - months
    first = date(at // 12, at % 12 + 1, 1)
    following = date((at + 1) // 12, (at + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


# -- the curve


def retention(found: pa.Table, day: date) -> Retention:
    """What was kept by month of start, and the sBG or BdW ahead, whichever fits better by AIC."""
    last, cause = _watched(found)
    # One with no whole month behind it says nothing yet.
    asked = last > 0
    fitted = _better(last[asked], cause[asked] > 0)
    longest = int(last.max(initial=0))
    curve = fitted.survival(np.arange(1, longest + AHEAD + 1))
    starts: dict[date, list[Mapping[str, Any]]] = {}
    for row in found.to_pylist():
        starts.setdefault(row["began"].replace(day=1), []).append(row)
    cohorts = tuple((first, len(those), _kept(those)) for first, those in sorted(starts.items()))
    return Retention(fitted.model.name, cohorts, tuple(float(share) for share in curve))


def _better(last: Index, ended: np.ndarray[Any, np.dtype[np.bool_]]) -> Renewals:
    counted = tenures(last, ended)
    both = [fit_renewals(model, counted) for model in (Sbg(), Bdw())]
    return min(both, key=lambda each: 2 * len(each.theta) - 2 * each.loglik)


def _kept(those: Sequence[Mapping[str, Any]]) -> tuple[float, ...]:
    """Share of a cohort kept after each month that is over for all of it."""
    watched = min(row["whole"] for row in those)
    lives = [row["months"] - (row["cause"] > 0) for row in those]
    return tuple(sum(life >= k for life in lives) / len(lives) for k in range(1, watched + 1))
