"""The balance: how much to spend on winning new, keeping and winning back, and what is not known.

The curves are those of the newest plan, as it was drafted. What newcomers bring comes from past
cohorts, what they cost from the merchant. Each thing that the data cannot say is said in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from huitou.decisions.balance import Balance, Curve, Spot
from huitou.decisions.newcomers import LEAST_MONTHS, Answer, Newcomers, answered, newcomers
from huitou.ground import acquisition
from huitou.ground.errors import NotYet
from huitou.ground.money import Money, to_minor
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys import book as journeys
from huitou.runs import newcomers as cohorts
from huitou.runs.desks.spending import SpendingDesk
from huitou.runs.desks.winning import TO_TRY
from huitou.runs.people import money_range
from huitou.runs.plan_in_words import forgone
from huitou.runs.views import Range

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition

MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True)
class SpotView:
    """One way to spend: what goes out, and what comes in beyond that."""

    spend: Money
    gain: Range
    returns: float
    """What one more coin adds to the gain here: 0 where it brings back just itself."""
    people: int
    hours: float
    """Of staff."""


@dataclass(frozen=True)
class CurveView:
    """Best ways to spend, the cheapest first."""

    code: str
    """together, keep, back or new."""
    name: Sentence
    spots: tuple[SpotView, ...]
    best: SpotView


@dataclass(frozen=True)
class SplitView:
    """The merchant's share for customers, and what it costs against the best."""

    share: float
    spot: SpotView
    costs: Money
    """How much less it earns than the best."""
    words: Sentence


@dataclass(frozen=True)
class GrownView:
    """What one newcomer has brought after so many months."""

    months: int
    profit: Range


@dataclass(frozen=True)
class NewView:
    """Winning new: from the merchant's own figures."""

    per_month: float
    first_month: Range
    """Profit of one newcomer in the month they come."""
    year: Range
    """Profit of one newcomer over as many months as are known, twelve at most."""
    months: int
    by_age: tuple[GrownView, ...]
    spend: Money | None
    """What a month of winning new ones costs; None where nobody said."""
    channels: tuple[tuple[str, Money], ...]
    """Of it, by channel, the latest month that names any."""
    cost_each: Money | None
    payback: int | None
    """The month by whose end a newcomer has brought what it cost to win them, the one they came in
    being 1; None: not within what is known."""
    payback_best: int | None
    payback_worst: int | None
    point: SpotView | None
    """Spending and gain over the plan's window, were all newcomers won by it."""
    curve: CurveView | None
    """Where months of differing spending allow one."""
    elasticity: tuple[float, float, float] | None
    """By how many percent newcomers grew with one percent more money: value, low, high."""


@dataclass(frozen=True)
class BalanceView:
    """The page of the balance."""

    plan: str
    as_of: date
    window_days: int
    """Days over which the plan is read out; all amounts are for so long."""
    together: CurveView
    keep: CurveView
    back: CurveView
    today: SpotView
    """The plan as it stands."""
    budget: Money
    split: SplitView
    new: NewView | None
    words: tuple[Sentence, ...]
    unknown: tuple[Sentence, ...]
    """What the data cannot say."""


NAMES = {
    "together": said("Keeping and winning back together"),
    "keep": said("Keeping customers"),
    "back": said("Winning back the lost"),
    "new": said("Winning new customers"),
}


def seen(house: House, settings: Settings, edition: Edition) -> BalanceView:
    """The balance of the newest plan. Raises `NotYet` where there is none with its curves."""
    with house.books.reading() as unit:
        row = journeys.the_plan(unit)
        carried_out = bool(journeys.plans(unit, status="applied"))
    told = row["totals"]
    if not told.get("balance"):
        raise NotYet(said("This plan was drafted without its balance."), to_try="huitou plan draft")
    drawn = _Drawn(settings, row)
    found = Balance.read(told["balance"])
    spending = SpendingDesk(house, settings).on_winning()
    new = _new(drawn, edition, spending)
    split = drawn.split(found.together)
    return BalanceView(
        plan=row["id"],
        as_of=row["as_of"],
        window_days=drawn.days,
        together=drawn.curve("together", found.together),
        keep=drawn.curve("keep", found.keep),
        back=drawn.curve("back", found.back),
        today=drawn.today(),
        budget=drawn.money(told["limits"]["budget"]),
        split=split,
        new=new,
        words=(*drawn.words(found), split.words, *_whence(new, spending)),
        unknown=tuple(_unknown(drawn, new, carried_out=carried_out)),
    )


@dataclass(frozen=True)
class _Drawn:
    """Figures of a plan as they are shown."""

    settings: Settings
    row: Row

    @property
    def days(self) -> int:
        return int(self.row["totals"].get("window_days", journeys.WINDOW_DAYS))

    def money(self, minor: float) -> Money:
        return Money(round(minor), self.settings.money)

    def spot(self, spot: Spot) -> SpotView:
        gain = money_range(spot.gain, spot.low, spot.high, self.settings.money)
        return SpotView(
            self.money(spot.spend), gain, spot.price, spot.people, round(spot.minutes / 60, 2)
        )

    def curve(self, code: str, curve: Curve) -> CurveView:
        spots = tuple(self.spot(each) for each in curve.spots)
        return CurveView(code, NAMES[code], spots, self.spot(curve.best))

    def today(self) -> SpotView:
        told = self.row["totals"]
        return SpotView(
            spend=self.money(told["cost"]),
            gain=money_range(
                told["gain"], told["gain_low"], told["gain_high"], self.settings.money
            ),
            returns=told["money_price"],
            people=sum(n for act, n in told["acts"].items() if act != "nothing"),
            hours=round(told["staff_minutes"] / 60, 2),
        )

    def split(self, curve: Curve) -> SplitView:
        share = self.settings.share_with_customers
        spot, best = curve.split(share), curve.best
        costs = self.money(best.gain - spot.gain)
        percent = round(100 * share)
        if not best.spend:
            words = said("No act pays, so there is nothing to share.")
        elif not spot.spend:
            words = said(
                "You would leave {percent} % of what is made to customers. Even the first coin"
                " needs more: by that rule nothing would be done, and {costs} not earned.",
                percent=percent,
                costs=costs,
            )
        elif spot.spend < best.spend:
            words = said(
                "You would leave {percent} % of what is made to customers: that is reached at"
                " {spend}, before the best. It earns {costs} less.",
                percent=percent,
                spend=self.money(spot.spend),
                costs=costs,
            )
        elif spot.spend > curve.spots[-1].spend:
            words = said(
                "You would leave {percent} % of what is made to customers: that is {spend}, more"
                " than all acts can use. {costs} of it is a gift.",
                percent=percent,
                spend=self.money(spot.spend),
                costs=costs,
            )
        else:
            words = said(
                "You would leave {percent} % of what is made to customers: that is reached at"
                " {spend}, beyond the best. The generosity costs {costs}.",
                percent=percent,
                spend=self.money(spot.spend),
                costs=costs,
            )
        return SplitView(share, self.spot(spot), costs, words)

    def words(self, found: Balance) -> Iterator[Sentence]:
        best, told = found.together.best, self.row["totals"]
        if best.spend:
            yield said(
                "Most is earned where {spend} is spent: {gain} beyond that. From there on one more"
                " coin brings back less than a coin.",
                spend=self.money(best.spend),
                gain=self.money(best.gain),
            )
        else:
            yield said("No act is expected to bring back what it costs: nothing is best.")
        if told["money_price"] > 0:
            yield said(
                "Today's plan spends {spend}. There one more coin comes back, and {more} coins with"
                " it.",
                spend=self.money(told["cost"]),
                more=round(told["money_price"], 2),
            )
        elif told["cost"]:
            yield said("Today's plan does all that pays: more money would bring back less.")
        if less := forgone(told):
            yield said(
                "Today's plan lies below the curve by {less}: that is the price of learning, of"
                " those whom the lot leaves alone or gives another act.",
                less=self.money(less),
            )
        for code, curve in (("keep", found.keep), ("back", found.back)):
            if curve.best.spend:
                yield said(
                    "{what}: best with {spend}, for {gain} beyond that.",
                    what=NAMES[code],
                    spend=self.money(curve.best.spend),
                    gain=self.money(curve.best.gain),
                )
            else:
                yield said(
                    "{what}: nobody there is expected to bring more than it costs to reach them.",
                    what=NAMES[code],
                )


def _new(
    drawn: _Drawn, edition: Edition, spending: tuple[acquisition.Spent, ...]
) -> NewView | None:
    """Winning new, as far as cohorts and the merchant's figures say."""
    history = cohorts.noted(edition)
    known = newcomers(history) if history is not None else None
    if history is None or known is None:
        return None
    settings = drawn.settings
    told = _told(settings, spending)
    came = {each.month: each.size for each in history if each.profit}
    spent = {
        month: float(to_minor(amount, settings.money))
        for month, amount in acquisition.by_month(told, sorted(came)).items()
    }
    spend = sum(spent.values()) / len(spent) if spent else None
    each = _cost_each(spent, came)
    year = known.by_age[-1]
    payback = known.payback(each) if each is not None else (None, None, None)
    answer = answered(spent, came)
    windows = drawn.days / MONTH_DAYS
    return NewView(
        per_month=round(known.per_month, 1),
        first_month=_grown(drawn, known.by_age[0]),
        year=_grown(drawn, year),
        months=year.months,
        by_age=tuple(GrownView(one.months, _grown(drawn, one)) for one in known.by_age),
        spend=drawn.money(spend) if spend is not None else None,
        channels=_channels(told, settings.money),
        cost_each=drawn.money(each) if each is not None else None,
        payback=payback[0],
        payback_best=payback[1],
        payback_worst=payback[2],
        point=_point(drawn, known, spend, each, windows),
        curve=_curve(drawn, known, answer, windows) if answer is not None else None,
        elasticity=(answer.elasticity, answer.low, answer.high) if answer is not None else None,
    )


def _told(
    settings: Settings, spending: tuple[acquisition.Spent, ...]
) -> tuple[acquisition.Spent, ...]:
    """What files say of a month goes before what the settings say of it."""
    filed = {each.month for each in spending}
    beside = acquisition.read(settings.acquisition_spend)
    return (*spending, *(each for each in beside if each.month not in filed))


def _whence(new: NewView | None, spending: tuple[acquisition.Spent, ...]) -> Iterator[Sentence]:
    if new is None or new.spend is None:
        return
    if spending:
        yield said(
            "What winning new customers costs comes from your files of spending; the settings count"
            " only for months that no file names."
        )
    else:
        yield said(
            "What winning new customers costs comes from the settings. A file of spending would go"
            " before them: {line}",
            line=TO_TRY,
        )


def _grown(drawn: _Drawn, each: Any) -> Range:
    return money_range(each.value, each.low, each.high, drawn.settings.money)


def _cost_each(spent: dict[date, float], came: dict[date, int]) -> float | None:
    """What a newcomer cost, over the months of which both are known."""
    people = sum(came[month] for month in spent)
    return sum(spent.values()) / people if people else None


def _channels(told: tuple[acquisition.Spent, ...], currency: str) -> tuple[tuple[str, Money], ...]:
    named = [each for each in told if each.channel]
    if not named:
        return ()
    latest = max((each.month or date.min) for each in named)
    sums: dict[str, Decimal] = {}
    for each in named:
        if (each.month or date.min) == latest:
            sums[each.channel] = sums.get(each.channel, Decimal(0)) + each.amount
    return tuple((name, Money(to_minor(sum_, currency), currency)) for name, sum_ in sums.items())


def _point(
    drawn: _Drawn, known: Newcomers, spend: float | None, each: float | None, windows: float
) -> SpotView | None:
    if spend is None or not each:
        return None
    people = spend / each * windows
    return _new_spot(drawn, known, spend * windows, (people, people, people), 0.0)


def _new_spot(
    drawn: _Drawn,
    known: Newcomers,
    spend: float,
    people: tuple[float, float, float],
    returns: float,
) -> SpotView:
    year = known.by_age[-1]
    low, high = min(people) * year.low - spend, max(people) * year.high - spend
    gain = money_range(people[0] * year.value - spend, low, high, drawn.settings.money)
    return SpotView(drawn.money(spend), gain, returns, round(people[0]), 0.0)


def _curve(drawn: _Drawn, known: Newcomers, answer: Answer, windows: float) -> CurveView:
    spots = []
    worth = known.by_age[-1].value
    for monthly in answer.spends():
        people = tuple(
            windows * answer.come(float(monthly), bend)
            for bend in (answer.elasticity, answer.low, answer.high)
        )
        returns = answer.elasticity * answer.come(float(monthly)) * worth / float(monthly) - 1
        spots.append(
            _new_spot(
                drawn, known, float(monthly) * windows, (people[0], people[1], people[2]), returns
            )
        )
    best = max(spots, key=lambda spot: spot.gain.value.minor)
    return CurveView("new", NAMES["new"], tuple(spots), best)


def _unknown(drawn: _Drawn, new: NewView | None, *, carried_out: bool) -> Iterator[Sentence]:
    """What the data cannot say."""
    told = drawn.row["totals"]
    if str(told["effects"]).startswith("playbook"):
        yield said(
            "How much an act moves is a first guess from tests elsewhere; nothing of this shop has"
            " corrected it yet. The bands are as wide as that guess."
        )
    if not carried_out:
        yield said("No plan has been carried out yet, so no control group could tell what is true.")
    yield said(
        "The curves are those of one plan of {days} days within its {hours} hours of staff. What"
        " many plans in a row do to customers is not in them.",
        days=drawn.days,
        hours=told["limits"]["staff_hours"],
    )
    yield from _unknown_of_new(new)


def _unknown_of_new(new: NewView | None) -> Iterator[Sentence]:
    if new is None:
        yield said(
            "What newcomers bring cannot be said: three months of newcomers after the first are"
            " needed, each followed for a month."
        )
        return
    if new.months < 12:
        yield said(
            "Newcomers could be followed for {n} months only: what they bring later in their first"
            " year is not counted.",
            n=new.months,
        )
    if new.spend is None:
        yield said(
            "What it costs to win a new customer is not known, for nobody entered it. To do so:"
            " {line}",
            line=f'huitou settings set acquisition_spend "{acquisition.EXAMPLE}"',
        )
        return
    yield said(
        "All newcomers of a month are taken as won by its money. Some would have come anyway, so"
        " what is drawn for them is the best case."
    )
    if new.curve is None:
        yield said(
            "Whether more money would win more customers is not known: that takes {n} months whose"
            " spending differs by half. So a point is drawn, and no curve.",
            n=LEAST_MONTHS,
        )
    else:
        yield said(
            "The curve for newcomers follows months in which more was spent. A season that brings"
            " customers also loosens purses, so it is a hint and no proof."
        )
