"""Whom to propose to let go, and why: rules as values over figures that name nobody.

Somebody is proposed where both hold: what their orders leave, less what they cost beside, is below
zero with the upper end of its interval; and they do something, surely and far more often than those
who buy the same, that costs the others. A human decides; this is only the proposal.

    serial_returns   most of it comes back
    worn             it comes back late, when the occasion is over
    claims           money back without goods, complaints without a cause that was found
    only_free        orders only what is given or taken off

Nothing but the fields of `Figures` is read, and none of them says who somebody is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said

NO_OFFERS, STRICTER = "no_offers", "stricter"
"""Steps that are proposed; that somebody is *closed* only a human can think of."""


@dataclass(frozen=True)
class Rate:
    """How often something was done, beside peers of the same kind."""

    done: int
    of: int
    """How often it could have been."""
    expected: float
    """How often those who buy the same would have."""
    times: float
    low: float
    high: float
    usual: float
    """The chance that it is no more often than is nobody's business."""
    named: bool
    """Whether they are among those who may be named, all who were looked at counted."""


@dataclass(frozen=True)
class Figures:
    """All that a proposal rests on, over the window; amounts in minor units."""

    days: int
    orders: int
    goods: int
    """Pieces bought."""
    paid: int
    profit: int
    """After returns; what was taken off was never paid."""
    off: int
    """What was taken off the price."""
    returns_cost: int
    """Handling of what came back and was no fault of ours."""
    service_minutes: int
    service_cost: int
    gifts: int
    """What was given to them beside."""
    net: int
    low: int
    high: int
    """What such orders leave after all that, and its interval."""
    told_back: int
    complaint_back: int
    product_back: int
    """Pieces that came back by a fault of ours: the reason said so, a complaint was made good, or
    others send the product back as well."""
    late_days: int
    rates: Mapping[str, Rate]

    @property
    def fault(self) -> int:
        """Pieces that came back and are not counted."""
        return self.told_back + self.complaint_back + self.product_back

    def kept(self) -> dict[str, Any]:
        """As a JSON value."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Figures:
        """What `kept` wrote."""
        rates = {name: Rate(**rate) for name, rate in kept["rates"].items()}
        return cls(**{**kept, "rates": rates})


READ = frozenset(field.name for field in fields(Figures))
"""The allow-list: what a proposal may rest on."""


@dataclass(frozen=True)
class Kind:
    """One way in which customers cost the others."""

    name: str
    title: Sentence
    step: str
    """The mildest step that ends it."""
    says: Callable[[Rate, Figures], Sentence]
    to_them: Callable[[Rate, Figures], Sentence]
    """The same for the customer's own eyes, without what others do or what they bring."""
    also: Callable[[Figures, float], bool] = lambda _figures, _share: True
    """What must hold beside the rate; told the share of `only_free`."""


def _serial(rate: Rate, figures: Figures) -> Sentence:
    return said(
        "{done} of {goods} pieces came back. Of those who buy the same, as much at a time, about"
        " {expected} would have: that is {times} times as often, and surely {low} times.",
        goods=figures.goods,
        **_figures(rate),
    )


def _worn(rate: Rate, figures: Figures) -> Sentence:
    return said(
        "{done} pieces came back only after more than {days} days. Of those who buy the same about"
        " {expected} would have: that is {times} times as often, and surely {low} times.",
        days=figures.late_days,
        **_figures(rate),
    )


def _claims(rate: Rate, figures: Figures) -> Sentence:
    return said(
        "{done} times they had money back without goods, or complained where no cause was found."
        " With {orders} orders about {expected} is usual: that is {times} times as often, and"
        " surely {low} times.",
        orders=figures.orders,
        **_figures(rate),
    )


def _only_free(rate: Rate, figures: Figures) -> Sentence:
    return said(
        "In {done} of {orders} orders something was given or taken off. In the same months about"
        " {expected} is usual: that is {times} times as often, and surely {low} times.",
        orders=figures.orders,
        **_figures(rate),
    )


def _you_sent_back(rate: Rate, figures: Figures) -> Sentence:
    return said(
        "Of {goods} pieces that you bought in {days} days you sent back {done}, without a fault of"
        " ours.",
        goods=figures.goods, days=figures.days, done=rate.done,
    )  # fmt: skip


def _you_used(rate: Rate, figures: Figures) -> Sentence:
    return said(
        "You sent back {done} pieces more than {late} days after you had them.",
        done=rate.done, late=figures.late_days,
    )  # fmt: skip


def _you_claimed(rate: Rate, figures: Figures) -> Sentence:
    return said(
        "With {orders} orders you asked {done} times for money back where we found no cause.",
        orders=figures.orders, done=rate.done,
    )  # fmt: skip


def _you_had_off(rate: Rate, figures: Figures) -> Sentence:
    return said(
        "In {done} of {orders} orders you took what was given or reduced.",
        done=rate.done, orders=figures.orders,
    )  # fmt: skip


def _figures(rate: Rate) -> dict[str, Any]:
    return {
        "done": rate.done,
        "expected": round(rate.expected, 1),
        "times": round(rate.times, 1),
        "low": round(rate.low, 1),
    }


def _hardly_else(figures: Figures, share: float) -> bool:
    rate = figures.rates["only_free"]
    return rate.done >= share * rate.of


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("serial_returns", said("Sends most of it back"), STRICTER, _serial, _you_sent_back),
        Kind("worn", said("Sends back what was used"), STRICTER, _worn, _you_used),
        Kind("claims", said("Claims without a cause"), STRICTER, _claims, _you_claimed),
        Kind(
            "only_free",
            said("Buys only what is given"),
            NO_OFFERS,
            _only_free,
            _you_had_off,
            _hardly_else,
        ),
    )
}
"""Every kind, in the order in which it is told."""


@dataclass(frozen=True)
class Proposal:
    """That a human should look at somebody, and what the rule would do."""

    kinds: tuple[str, ...]
    step: str


def proposal(figures: Figures, only_share: float) -> Proposal | None:
    """What is proposed for somebody with these figures; None where nothing is."""
    if figures.high >= 0:
        return None
    kinds = tuple(
        name
        for name, kind in KINDS.items()
        if name in figures.rates and figures.rates[name].named and kind.also(figures, only_share)
    )
    if not kinds:
        return None
    stricter = any(KINDS[name].step == STRICTER for name in kinds)
    return Proposal(kinds, STRICTER if stricter else NO_OFFERS)


def evidence(figures: Figures, kinds: tuple[str, ...], currency: str) -> tuple[Sentence, ...]:
    """The evidence in plain words, each sentence with its figures."""
    told = [_net(figures, currency)]
    told += [KINDS[name].says(figures.rates[name], figures) for name in kinds]
    told += _beside(figures, currency)
    if figures.fault:
        told.append(_not_counted(figures))
    return tuple(told)


def _net(figures: Figures, currency: str) -> Sentence:
    def money(amount: int) -> Money:
        return Money(amount, currency)

    return said(
        "In {days} days they ordered {orders} times for {paid}. After returns and all they cost it"
        " left {net}, and orders like these would leave between {low} and {high}.",
        days=figures.days,
        orders=figures.orders,
        paid=money(figures.paid),
        net=money(figures.net),
        low=money(figures.low),
        high=money(figures.high),
    )


def _beside(figures: Figures, currency: str) -> list[Sentence]:
    told = []
    if figures.returns_cost:
        cost = Money(figures.returns_cost, currency)
        told.append(said("Handling what they sent back cost {cost}.", cost=cost))
    if figures.service_minutes:
        told.append(
            said(
                "Staff spent {minutes} minutes on them beside, which is {cost}.",
                minutes=figures.service_minutes,
                cost=Money(figures.service_cost, currency),
            )
        )
    if figures.off or figures.gifts:
        told.append(
            said(
                "{off} was taken off their orders, and {gifts} given to them.",
                off=Money(figures.off, currency),
                gifts=Money(figures.gifts, currency),
            )
        )
    return told


def _not_counted(figures: Figures) -> Sentence:
    return said(
        "Not counted against them: {n} pieces that came back by a fault of ours ({told} by the"
        " reason given, {complaint} by a complaint that was made good, {product} because others"
        " send that product back, too).",
        n=figures.fault,
        told=figures.told_back,
        complaint=figures.complaint_back,
        product=figures.product_back,
    )
