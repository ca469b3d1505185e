"""What a machine needs and when, and what is given for an old one: rules without a book."""

from __future__ import annotations

import csv
import io
import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist
from typing import Any

from huitou.ground.errors import BadInput
from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import said

LIVES = ("life_days", "service_days", "service_uses")
MOST_DAYS = 10**7
MONTH = 30.4375
"""Days."""
LATELY_DAYS = 365
"""Readings of so many days before the last one tell the pace."""
USUAL_WANDER, USUAL_MONTHS = 0.3, 2
"""How far a month's use strays from the pace, and how many months that belief is worth."""
FAR_DAYS = 3653
"""Nothing is said of what is further off."""
SERVICE, USE, END = "service", "use", "end"
MOST_ROWS = 50_000
COLUMNS = ("serial", "product", "customer", "installed_on", "company", "day", "reading", "service")


@dataclass(frozen=True)
class Kind:
    """One kind of machine."""

    name: str
    products: tuple[str, ...]
    life_days: int
    service_days: int
    service_uses: int
    trade_in: tuple[tuple[float, int], ...]
    """Up to so many months of age, so much in minor units."""

    def fits(self, product: str) -> bool:
        """Whether a product is of this kind."""
        told = product.strip().casefold()
        return any(
            told.startswith(each[:-1].casefold()) if each.endswith("*") else told == each.casefold()
            for each in self.products
        )

    def worth(self, installed_on: date, on: date) -> int:
        """What is given for one of this age, minor units."""
        months = (on - installed_on).days / MONTH
        return next((value for most, value in self.trade_in if months <= most), 0)


@dataclass(frozen=True)
class Rules:
    """What the merchant decided about machines."""

    kinds: tuple[Kind, ...]
    lead_days: int = 14
    quote_days: int = 30

    def kind(self, product: str) -> Kind | None:
        """The first kind that fits a product."""
        return next((each for each in self.kinds if each.fits(product)), None)

    @property
    def holds(self) -> timedelta:
        """How long a trade-in quote holds."""
        return timedelta(days=self.quote_days)


@dataclass(frozen=True)
class Machine:
    """One machine, and what is known of its use."""

    serial: str
    product: str
    installed_on: date
    services: tuple[date, ...] = ()
    readings: tuple[tuple[date, int], ...] = ()


@dataclass(frozen=True)
class Use:
    """How far a counter has still to run, and how it runs: `left` is used up on a day not certain.

    After t days the counter has run about `a_day` * t further, with variance
    `spread` * t * (1 + t / `watched`): its own wander, and that of the pace we saw.
    """

    last: date
    """The day of the last reading."""
    left: float
    a_day: float
    spread: float
    watched: int

    def by(self, day: date) -> float:
        """Chance that it is used up by a day."""
        days = (day - self.last).days
        if days <= 0 or self.left <= 0:
            return float(self.left <= 0)
        sd = math.sqrt(self.spread * days * (1 + days / self.watched))
        return NormalDist().cdf((self.a_day * days - self.left) / sd)

    def day(self, chance: float) -> date | None:
        """The first day by which it is used up with this chance; None where none is near."""
        ahead = bisect_left(range(FAR_DAYS), chance, key=self._after)
        return self.last + timedelta(days=ahead) if ahead < FAR_DAYS else None

    def _after(self, days: int) -> float:
        return self.by(self.last + timedelta(days=days))


@dataclass(frozen=True)
class Due:
    """Something a machine needs, and the day it is expected to."""

    kind: str
    """service (by time), use (by readings) or end (worn out)."""
    day: date
    use: Use | None = None
    """How sure the day is, where it follows from readings; else a rule names it."""


def parse(values: Mapping[str, Any], currency: str) -> Rules:
    """Rules out of TOML. Raises `BadRule` for the first thing that cannot be."""
    told = Told(values)
    told.only("kind", "lead_days", "quote_days")
    kinds = tuple(_kind(each, currency) for each in told.tables("kind"))
    lead, quote = (
        told.whole(name, getattr(Rules, name), 1, MOST_DAYS) for name in ("lead_days", "quote_days")
    )
    return Rules(kinds, lead, quote)


def due(machine: Machine, kind: Kind, until: date) -> tuple[Due, ...]:
    """What the machine needs next, each with its day; `until` is the last day known."""
    since = max((machine.installed_on, *machine.services))
    found = []
    if kind.service_days:
        found.append(Due(SERVICE, since + timedelta(days=kind.service_days)))
    use = _used_up(machine, kind.service_uses, since, until) if kind.service_uses else None
    if use is not None and (day := use.day(0.5)) is not None:
        found.append(Due(USE, day, use))
    if kind.life_days:
        found.append(Due(END, machine.installed_on + timedelta(days=kind.life_days)))
    return tuple(sorted(found, key=lambda each: each.day))


def _used_up(machine: Machine, uses: int, since: date, until: date) -> Use | None:
    """How much may be used until the next service, at the pace of the last year's readings."""
    known = sorted((day, value) for day, value in machine.readings if day <= until)
    lately = [(day, value) for day, value in known if (known[-1][0] - day).days <= LATELY_DAYS]
    if len(lately) < 2:
        return None
    (first_day, first), (last_day, last) = lately[0], lately[-1]
    watched = (last_day - first_day).days
    a_day = (last - first) / watched
    if a_day <= 0:
        return None
    left = uses - (last - _reading_at(known, since, a_day))
    return Use(last_day, max(left, 0.0), a_day, _spread(lately, a_day), watched)


def _spread(lately: list[tuple[date, int]], a_day: float) -> float:
    """Variance of use a day: that of the months seen, and of the usual ones while they are few."""
    steps = [((day - before).days, value - was) for (before, was), (day, value) in pairwise(lately)]
    seen = sum((used - a_day * days) ** 2 / days for days, used in steps)
    usual = (USUAL_WANDER * a_day) ** 2 * MONTH
    return (seen + USUAL_MONTHS * usual) / (len(steps) - 1 + USUAL_MONTHS)


def _reading_at(known: list[tuple[date, int]], day: date, a_day: float) -> float:
    """What the counter showed on a day: between two readings on the line that joins them."""
    after = next((each for each in known if each[0] >= day), None)
    before = next((each for each in reversed(known) if each[0] <= day), None)
    if after is None or before is None:
        near_day, near = after or before or known[-1]
        return near + a_day * (day - near_day).days
    span = (after[0] - before[0]).days
    return before[1] + (after[1] - before[1]) * ((day - before[0]).days / span if span else 0.0)


def rows(text: str, name: str = "the file") -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows of a CSV of machines, readings and services, each with its number.

    `serial, product, customer, installed_on[, company]` tells of a machine;
    `serial, day, reading` of its use; `serial, day, service` of what was done to it.
    """
    read_rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    heads = [str(each or "").strip().lower() for each in read_rows.fieldnames or ()]
    if "serial" not in heads or (strange := set(heads) - set(COLUMNS)):
        about = f"an unknown column {min(strange)!r}" if "serial" in heads else "no column 'serial'"
        raise BadInput(f"{name} has {about}", to_try=", ".join(COLUMNS))
    read_rows.fieldnames = heads
    for number, row in enumerate(read_rows, start=2):
        if number > MOST_ROWS:
            raise BadInput(f"{name} has more than {MOST_ROWS} rows", to_try="several files")
        yield number, {key: (value or "").strip() for key, value in row.items() if key}


def a_day(row: Mapping[str, str], column: str, number: int) -> date:
    """A day of a row; an error that names the row and the column."""
    try:
        return date.fromisoformat(row.get(column, ""))
    except ValueError:
        value = row.get(column, "")
        raise BadInput(
            "this is not a day", row=number, column=column, value=value, to_try="2026-03-01"
        ) from None


def _kind(told: Told, currency: str) -> Kind:
    told.only("name", "products", "trade_in", *LIVES)
    products = told.texts("products")
    if not all(products) or not products:
        raise told.must("products", said("names of products"), 'products = ["CM-*"]')
    days = {name: told.whole(name, 0, 0, MOST_DAYS) for name in LIVES}
    steps = sorted(_step(each, currency) for each in told.tables("trade_in"))
    return Kind(told.text("name", "machine", 120), products, trade_in=tuple(steps), **days)


def _step(told: Told, currency: str) -> tuple[float, int]:
    told.only("months", "value")
    if "value" not in told.values:
        raise told.must("value", said("an amount of money"), 'value = "100"')
    return told.number("months", 0.0, 0.1, 1200), told.amount("value", currency)


RULES = RuleFile("machines", Path(__file__).with_name("machines.toml"), parse)
"""The kinds of machines that the shop knows."""
