"""The desk of what customers cost: to win, to keep and to serve; and whom the shop lost.

Everything is read from the metrics of the last run's edition; what is not known is said in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from huitou.decisions.newcomers import Grown, newcomers
from huitou.facts.contract import WHERE_FIRST, Dimension, Measure, Tables
from huitou.facts.life import STAGE_NAMES
from huitou.facts.metrics import METRICS
from huitou.facts.serving import newcomers_to_serve
from huitou.ground.errors import HuitouError
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.runs import newcomers as cohorts
from huitou.runs.moment import Moment

if TYPE_CHECKING:
    from huitou.store.lake import Edition

Row = Mapping[str, Any]
REMEMBERED = 12
"""Pages of editions that are kept at hand: an edition is never changed."""
_SEEN: dict[tuple[str, ...], WinningView] = {}
TO_TRY = "huitou spending import FILE.csv"
"""How to tell what was spent."""


@dataclass(frozen=True)
class AgeView:
    """What one newcomer has brought by the end of a month of age."""

    months: int
    """1 is the month they came in."""
    people: int
    """Newcomers who have lived so long."""
    profit: Money
    low: Money | None
    """90 % interval over months of newcomers; None where there are too few."""
    high: Money | None
    balance: Money | None
    """Profit less what winning one cost; None where that is not known."""


@dataclass(frozen=True)
class PartView:
    """Newcomers of one channel, campaign, store, region, acquisition or tier."""

    part: str | None
    """None: their first purchase does not say."""
    newcomers: int
    first_profit: Money | None
    cost: Money | None
    """Of winning one; None where nobody said what was spent."""
    payback: int | None
    """The month by whose end it was paid back, the one they came in being 1; None: not yet, or the
    cost is not known."""
    profit: Money | None
    """What one has brought so far as they could be followed."""
    months: int
    """So many months they could be followed."""
    serving: Money | None
    """Mean cost to serve of one of these newcomers."""
    ages: tuple[Money, ...]
    """Profit of one, cumulated, month by month of age."""


@dataclass(frozen=True)
class EachView:
    """What was spent on winning or on keeping, and on each."""

    kind: str
    """new or keep."""
    spend: Money
    people: int
    each: Money


@dataclass(frozen=True)
class ServedView:
    """One kind of cost to serve."""

    kind: str
    name: Sentence
    people: int
    total: Money
    each: Money
    """On each of all customers."""


@dataclass(frozen=True)
class LossView:
    """Who was lost between two moments, of a stage or an age."""

    name: Sentence
    code: str
    people: int
    lost: int
    share: float
    value: Money
    """What those lost are still expected to bring."""


@dataclass(frozen=True)
class WinningView:
    """What customers cost, as the doors show it."""

    as_of: date
    by: str
    newcomers: int
    first_profit: Money | None
    cost: Money | None
    payback: int | None
    curve: tuple[AgeView, ...]
    parts: tuple[PartView, ...]
    times: float | None
    """A new customer costs so many times a kept one; None where either is not known."""
    winning_and_keeping: tuple[EachView, ...]
    serving: Money | None
    served: tuple[ServedView, ...]
    words: tuple[Sentence, ...]
    unknown: tuple[Sentence, ...]
    """What is not known, and how to tell it."""


@dataclass(frozen=True)
class LossesView:
    """Losses between the last two moments."""

    start: date
    end: date
    by_stage: tuple[LossView, ...]
    by_age: tuple[LossView, ...]


SERVED: Mapping[str, Sentence] = {
    "discounts": said("Taken off the price"),
    "returns": said("Handling what came back"),
    "shipping": said("Postage and fees"),
    "service": said("Staff for complaints"),
    "gifts": said("Gifts handed over"),
}
AGES: Mapping[str, Sentence] = {
    "0-1m": said("under a month"),
    "1-3m": said("1 to 3 months"),
    "3-6m": said("3 to 6 months"),
    "6-12m": said("6 to 12 months"),
    "1-2y": said("1 to 2 years"),
    "2-3y": said("2 to 3 years"),
    "3y+": said("3 years and more"),
}


def seen(
    opened: Callable[[], AbstractContextManager[Tables]],
    edition: Edition,
    settings: Settings,
    by: str,
) -> WinningView:
    """What customers cost, whole and along one dimension; an edition is asked once, and anew where
    the merchant has told another margin."""
    if by not in WHERE_FIRST:
        raise HuitouError(
            f"newcomers cannot be told apart by {by!r}", to_try=f"one of: {', '.join(WHERE_FIRST)}"
        )
    told = (settings.money, str(settings.zone), str(settings.margin))
    asked = (str(edition.folder), *told, by)
    if asked not in _SEEN:
        with opened() as tables:
            found = _Asked(tables, edition, settings.money).winning(by)
        while len(_SEEN) >= REMEMBERED:
            _SEEN.pop(next(iter(_SEEN)), None)
        _SEEN[asked] = found
    return _SEEN[asked]


def lost(tables: Tables, edition: Edition, currency: str) -> LossesView | None:
    """Losses between the last two moments; None while there is but one."""
    return _Asked(tables, edition, currency).losses()


class _Asked:
    """The metrics of one edition, asked one by one."""

    def __init__(self, tables: Tables, edition: Edition, currency: str) -> None:
        self._tables, self._edition, self._currency = tables, edition, currency
        self._moment = Moment.read(edition.noted("moment"))

    def winning(self, by: Dimension) -> WinningView:
        cost, first = self._one("acquisition_cost"), self._one("first_order_profit")
        curve = self._curve()
        each = self._each()
        served = self._served()
        view = WinningView(
            as_of=self._moment.day,
            by=by,
            newcomers=first["people"],
            first_profit=self._money(first["value"]),
            cost=self._money(cost["value"]),
            payback=next((a.months for a in curve if a.balance and a.balance.minor >= 0), None),
            curve=curve,
            parts=self._parts(by),
            times=self._one("new_to_kept")["value"],
            winning_and_keeping=each,
            serving=self._money(self._one("cost_to_serve")["value"]),
            served=served,
            words=(),
            unknown=(),
        )
        return _worded(view)

    def losses(self) -> LossesView | None:
        stages = self._latest("loss_by_stage")
        if not stages:
            return None
        ages = {row["age"]: row for row in self._latest("loss_by_age")}
        staged = {row["before"]: row for row in stages}
        return LossesView(
            stages[0]["start"],
            stages[0]["end"],
            tuple(
                self._loss(STAGE_NAMES[name], name, staged[name])
                for name in STAGE_NAMES
                if name in staged
            ),
            tuple(self._loss(AGES[name], name, ages[name]) for name in AGES if name in ages),
        )

    def _latest(self, name: str) -> list[Row]:
        return [row for row in self._rows(name) if row["end"] == self._moment.day]

    def _loss(self, name: Sentence, code: str, row: Row) -> LossView:
        value = Money(int(row["value"] or 0), self._currency)
        return LossView(name, code, row["people"], row["lost"], row["share"], value)

    def _curve(self) -> tuple[AgeView, ...]:
        history = cohorts.noted(self._edition)
        known = newcomers(history) if history is not None else None
        ends: dict[int, Grown] = {each.months: each for each in known.by_age} if known else {}
        rows = sorted(self._rows("payback_curve"), key=lambda row: row["months"])
        return tuple(
            AgeView(
                months=row["months"],
                people=row["people"],
                profit=self._sure(row["profit"]),
                low=self._money(ends[row["months"]].low) if row["months"] in ends else None,
                high=self._money(ends[row["months"]].high) if row["months"] in ends else None,
                balance=self._money(row["balance"]),
            )
            for row in rows
        )

    def _parts(self, by: Dimension) -> tuple[PartView, ...]:
        first = {row["part"]: row for row in self._rows("first_order_profit", by)}
        costs = {row["part"]: row["value"] for row in self._rows("acquisition_cost", by)}
        paid = {row["part"]: row["value"] for row in self._rows("payback_months", by)}
        served = self._told(newcomers_to_serve, by)
        serving = {row["part"]: row["value"] for row in served}
        curves: dict[str | None, list[Row]] = {}
        for row in sorted(self._rows("payback_curve", by), key=lambda row: row["months"]):
            curves.setdefault(row["part"], []).append(row)
        found = []
        for part in {*first, *costs}:
            mine = curves.get(part, [])
            row = first.get(part, {"value": None, "people": 0})
            ages = tuple(self._sure(each["profit"]) for each in mine)
            found.append(
                PartView(
                    part=part,
                    newcomers=row["people"],
                    first_profit=self._money(row["value"]),
                    cost=self._money(costs.get(part)),
                    payback=paid.get(part),
                    profit=ages[-1] if ages else None,
                    months=len(ages),
                    serving=self._money(serving.get(part)),
                    ages=ages,
                )
            )
        return tuple(sorted(found, key=lambda each: (-each.newcomers, each.part or "")))

    def _each(self) -> tuple[EachView, ...]:
        return tuple(
            EachView(row["kind"], self._sure(row["spend"]), row["people"], self._sure(row["each"]))
            for row in self._rows("winning_and_keeping")
            if row["each"] is not None
        )

    def _served(self) -> tuple[ServedView, ...]:
        rows = {row["kind"]: row for row in self._rows("served")}
        return tuple(
            ServedView(
                kind,
                name,
                rows[kind]["people"],
                self._sure(rows[kind]["total"]),
                self._sure(rows[kind]["each"]),
            )
            for kind, name in SERVED.items()
            if kind in rows and rows[kind]["total"]
        )

    def _one(self, name: str) -> Row:
        (row,) = self._rows(name)
        return row

    def _rows(self, name: str, by: Dimension | None = None) -> list[Row]:
        return self._told(METRICS[name].value, by)

    def _told(self, value: Measure, by: Dimension | None) -> list[Row]:
        found = value(self._tables, self._moment.as_of, by=by)
        rows: list[Row] = found.to_pyarrow().to_pylist()
        return rows

    def _sure(self, minor: float) -> Money:
        return Money(round(minor), self._currency)

    def _money(self, minor: float | None) -> Money | None:
        return None if minor is None else self._sure(minor)


def _worded(view: WinningView) -> WinningView:
    return replace(view, words=tuple(_words(view)), unknown=tuple(_unknown(view)))


def _words(view: WinningView) -> Iterator[Sentence]:
    each = {one.kind: one.each for one in view.winning_and_keeping}
    if view.times is not None:
        yield said(
            "Winning a new customer costs you {times} times what keeping one costs: {new} against"
            " {keep}.",
            times=round(view.times, 1),
            new=each["new"],
            keep=each["keep"],
        )
    if view.first_profit is not None and view.cost is not None:
        owes = view.cost.minor - view.first_profit.minor
        if owes > 0:
            yield said(
                "A first order leaves {profit}, and winning its customer cost {cost}: they begin"
                " with a debt of {debt}.",
                profit=view.first_profit,
                cost=view.cost,
                debt=Money(owes, view.cost.currency),
            )
        else:
            yield said(
                "A first order leaves {profit}: more than the {cost} that winning its customer"
                " cost.",
                profit=view.first_profit,
                cost=view.cost,
            )
    if view.payback is not None:
        yield paid_back(view.payback)
    elif view.cost is not None and view.curve:
        yield said(
            "A newcomer has not brought that back by the end of month {n}, the last that is known:"
            " {profit} of {cost}.",
            n=view.curve[-1].months,
            profit=view.curve[-1].profit,
            cost=view.cost,
        )


def paid_back(month: int) -> Sentence:
    """By when the cost of winning one is there again."""
    return said(
        "A newcomer has brought that back by the end of month {n}; month 1 is the one they came"
        " in.",
        n=month,
    )


def _unknown(view: WinningView) -> Iterator[Sentence]:
    if view.cost is None:
        yield said(
            "What winning a customer costs is not known: nobody said what was spent in a month"
            " that brought newcomers. To do so: {line}",
            line=TO_TRY,
        )
    if all(one.kind != "keep" for one in view.winning_and_keeping):
        yield said(
            "What keeping a customer costs is not known: no offer was used, no gift handed over,"
            " and no file says what was spent on keeping. To do so: {line}",
            line=TO_TRY,
        )
    if not view.newcomers:
        yield said(
            "No newcomers are known yet: those of the first month of the orders may have been"
            " customers before."
        )
    if view.cost is not None:
        yield said(
            "All newcomers of a month are taken as won by its money. Some would have come anyway,"
            " so those whom the money won cost more than this."
        )
