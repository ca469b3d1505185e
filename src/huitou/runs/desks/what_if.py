"""The desk of what if: what a change of churn, repeat rate, margin or cost would be worth.

desk.asked({"churn": "10:5"})      "from:to" in percent; "5" alone: from today's figure

Today's figures are the shop's own where they are known; where they are not, both ends must be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.newcomers import newcomers
from huitou.decisions.what_if import Came, Customers, Lever, Levers, Outcome, what_if
from huitou.ground.errors import BadInput, NotYet
from huitou.ground.money import Money, to_minor
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.runs import newcomers as cohorts
from huitou.runs.people import money_range
from huitou.runs.ringing import PURCHASE_DAYS
from huitou.runs.views import Range

if TYPE_CHECKING:
    from huitou.store.lake import Edition

SHARES = ("churn", "repeat", "margin")
NAMES = (*SHARES, "cost")
YEAR = 365
DRAWN = 21
"""Points of the curve of profit by churn."""

TITLES: Mapping[str, Sentence] = {
    "churn": said("Customers lost in a year"),
    "repeat": said("Repeat-purchase rate"),
    "margin": said("Margin"),
    "cost": said("Cost of a new customer"),
}


@dataclass(frozen=True)
class LeverView:
    """One lever: today's figure, and what was asked. Shares in percent, the cost in major units."""

    code: str
    name: Sentence
    today: float | None
    """The shop's own figure; None where it is not known."""
    before: float | None
    after: float | None
    """None where it stays."""
    added: Range | None
    """What this lever alone would add."""


@dataclass(frozen=True)
class WhatIfView:
    """What a change would be worth."""

    as_of: date
    years: float
    customers: int
    newcomers_a_year: float | None
    levers: tuple[LeverView, ...]
    before: Money
    after: Money
    added: Range
    by_churn: tuple[tuple[float, Money], ...]
    """Yearly churn in percent, and what profit would be with it; none where churn is not asked."""
    words: tuple[Sentence, ...]
    unknown: tuple[Sentence, ...]


def asked(
    settings: Settings, edition: Edition, told: Mapping[str, str], years: float = 1.0
) -> WhatIfView:
    """What the changes told ("from:to") would add to the profit of so many years.

    Raises `BadInput` with the lever and the value that cannot be read, `NotYet` where today's
    figure is needed and not known.
    """
    return _Asked(settings, edition).answer(told, years)


class _Asked:
    """The shop's customers, newcomers and figures, as the last run knows them."""

    def __init__(self, settings: Settings, edition: Edition) -> None:
        self._settings, self._edition = settings, edition
        self._day = date.fromisoformat(edition.noted("moment")["day"])
        self.customers = self._customers()
        self.came = self._came()
        self.today = self._today()

    def answer(self, told: Mapping[str, str], years: float) -> WhatIfView:
        """The view of what was asked."""
        read = {name: self._lever(name, told.get(name, "")) for name in NAMES}
        levers = Levers(**read)
        found = what_if(self.customers, self.came, levers, years)
        alone = {
            name: what_if(self.customers, self.came, Levers(**{name: lever}), years)
            for name, lever in read.items()
            if lever is not None
        }
        view = WhatIfView(
            as_of=self._day,
            years=years,
            customers=len(self.customers.value),
            newcomers_a_year=round(self.came.per_year, 1) if self.came else None,
            levers=tuple(self._view(name, read[name], alone.get(name)) for name in NAMES),
            before=self._money(found.before),
            after=self._money(found.after),
            added=self._range(found),
            by_churn=self._curve(levers, years),
            words=(),
            unknown=tuple(self._unknown()),
        )
        return replace(view, words=tuple(_words(view)))

    # -- what was asked

    def _lever(self, name: str, text: str) -> Lever | None:
        if not text.strip():
            return None
        before, mark, after = text.replace("：", ":").partition(":")
        if not mark:
            wanted, today = self._read(name, text), self.today[name]
            if today is None:
                raise NotYet(
                    said("Today's figure is not known: say from what to what."),
                    to_try=f"--{name} 20:{text.strip()}",
                )
            return Lever(today, wanted)
        return Lever(self._read(name, before), self._read(name, after))

    def _read(self, name: str, text: str) -> float:
        try:
            told = Decimal(text.strip().rstrip("%％"))
            if not told.is_finite():
                raise InvalidOperation
        except InvalidOperation:
            raise BadInput(
                said("This is not a number."), column=name, value=text, to_try=f"{name} 10:5"
            ) from None
        if name == "cost":
            return float(to_minor(told, self._settings.money))
        return float(told) / 100

    # -- what is known

    def _customers(self) -> Customers:
        columns = ["person_id", "p_buy", "p_alive", "value", "value_low", "value_high"]
        table = self._edition.table(f"scores_{self._day}", columns)
        days = self._edition.table(f"customers_{self._day}", ["person_id", "purchase_days"])
        place = pc.index_in(table["person_id"], value_set=days["person_id"].combine_chunks())
        once = pc.equal(days["purchase_days"].take(place), 1)
        yearly = YEAR / self._settings.value_days
        return Customers(
            value=_real(table, "value") * yearly,
            p_buy=_real(table, "p_buy"),
            p_alive=_real(table, "p_alive"),
            once=np.asarray(once.to_numpy(), dtype=np.bool_),
            low=float(_real(table, "value_low").sum()) * yearly,
            high=float(_real(table, "value_high").sum()) * yearly,
        )

    def _came(self) -> Came | None:
        history = cohorts.noted(self._edition)
        known = newcomers(history) if history is not None else None
        if known is None:
            return None
        year = known.by_age[-1]
        return Came(12 * known.per_month, known.by_age[0].value, year.value, year.low, year.high)

    def _today(self) -> dict[str, float | None]:
        figures: Mapping[str, float | None] = self._edition.noted("figures")
        revenue, profit = figures.get("revenue"), figures.get("profit")
        margin = profit / revenue if revenue and profit is not None else None
        return {
            "churn": _lost_in_a_year(self._edition.table(PURCHASE_DAYS), self._day),
            "repeat": figures.get("repeat_purchase_rate"),
            "margin": margin,
            "cost": figures.get("acquisition_cost"),
        }

    def _unknown(self) -> list[Sentence]:
        found = [
            said(
                "It says what such a change would be worth, and nothing of how to bring it about or"
                " what that costs."
            )
        ]
        if self.today["churn"] is None:
            found.append(
                said(
                    "How many customers a year takes is not known: that needs two years of orders."
                    " Say from what to what."
                )
            )
        if self.came is None:
            found.append(
                said("What newcomers bring is not known yet, so only today's customers are in it.")
            )
        return found

    # -- how it is shown

    def _view(self, name: str, lever: Lever | None, alone: Outcome | None) -> LeverView:
        return LeverView(
            code=name,
            name=TITLES[name],
            today=self._shown(name, self.today[name]),
            before=self._shown(name, lever.before if lever else None),
            after=self._shown(name, lever.after if lever else None),
            added=self._range(alone) if alone else None,
        )

    def _shown(self, name: str, value: float | None) -> float | None:
        if value is None:
            return None
        if name == "cost":
            return float(self._money(value).decimal)
        return round(100 * value, 1)

    def _curve(self, levers: Levers, years: float) -> tuple[tuple[float, Money], ...]:
        """Profit by churn, from a tenth to twice what was told."""
        if levers.churn is None:
            return ()
        before = levers.churn.before
        most = min(2 * max(before, levers.churn.after), 0.95)
        found = []
        for after in np.linspace(most / 20, most, DRAWN):
            turned = replace(levers, churn=Lever(before, float(after)))
            profit = what_if(self.customers, self.came, turned, years).after
            found.append((round(100 * float(after), 1), self._money(profit)))
        return tuple(found)

    def _money(self, minor: float) -> Money:
        return Money(round(minor), self._settings.money)

    def _range(self, found: Outcome) -> Range:
        return money_range(found.added, found.low, found.high, self._settings.money)


def _words(view: WhatIfView) -> list[Sentence]:
    turned = [each for each in view.levers if each.added is not None]
    if not turned:
        return [said("Nothing was changed: say what would be different.")]
    years = round(view.years, 1)
    span = said("one year") if years == 1 else said("{years} years", years=years)
    found = [
        said(
            "Profit over {span} would be {after} rather than {before}: {added} more.",
            span=span,
            after=view.after,
            before=view.before,
            added=view.added.value,
        )
        if view.added.value.minor >= 0
        else said(
            "Profit over {span} would be {after} rather than {before}: {added} less.",
            span=span,
            after=view.after,
            before=view.before,
            added=-view.added.value,
        )
    ]
    for each in turned:
        if each.code == "churn" and each.before and each.after:
            found.append(
                said(
                    "At {before} % a year a customer stays {then} years on average, at {after} %"
                    " {now}.",
                    before=each.before,
                    after=each.after,
                    then=round(100 / each.before, 1),
                    now=round(100 / each.after, 1),
                )
            )
    return found


def _lost_in_a_year(days: pa.Table, day: date) -> float | None:
    """Of those who bought in the year before the last, the share that has not since.

    None where the orders do not reach back two years.
    """
    year_ago, before = day - timedelta(days=YEAR), day - timedelta(days=2 * YEAR)
    first = pc.min(days["day"]).as_py()
    if first is None or first > before + timedelta(days=31):
        return None
    then = days.filter(
        pc.and_(pc.greater(days["day"], before), pc.less_equal(days["day"], year_ago))
    )
    since = days.filter(pc.greater(days["day"], year_ago))
    there = pc.unique(then["person_id"])
    if not len(there):
        return None
    back = pc.sum(pc.is_in(there, value_set=pc.unique(since["person_id"]))).as_py()
    lost = 1.0 - int(back) / len(there)
    return lost if 0 < lost < 1 else None


def _real(table: pa.Table, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(table[name].to_numpy(), dtype=np.float64)
