"""What the merchant decides about points, read from TOML: what earns how much, and how it ends."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from huitou.ground.errors import Refused
from huitou.ground.money import digits
from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import said

EARNED = ("points", "stamps", "cashback")
"""Kinds that orders earn."""
MILLION = 1_000_000
WHOLE = Decimal(1)

_WHOLE: Mapping[str, int] = {
    "each": 100,
    "least_order": 10**12,
    "pending_days": 3650,
    "expires_months": 600,
    "notice_days": 365,
    "worth_of_100": 10**9,
    "least_burn": 10**12,
    "card": 1000,
}
"""Whole numbers -> the most they may be."""
_BROKEN: Mapping[str, float] = {"per_unit": 1_000_000, "percent": 100}
"""Numbers that need not be whole."""


@dataclass(frozen=True)
class Kind:
    """How one kind is earned, spent and ended."""

    name: str
    on: bool = False
    per_unit: Decimal = Decimal(0)
    percent: Decimal = Decimal(0)
    each: int = 0
    least_order: int = 0
    channels: tuple[str, ...] = ()
    pending_days: int = 0
    expires_months: int = 0
    expires_on: str = ""
    notice_days: int = 0
    worth_of_100: int = 0
    least_burn: int = 0
    card: int = 0

    def rate(self, currency: str, times: Decimal = WHOLE) -> int:
        """Earned by a million minor units of money; 0 where every order earns the same.

        `times`: how many times as much this person earns, by their step of the ladder.
        """
        by_minor = self.percent / 100 if self.percent else self.per_unit / 10 ** digits(currency)
        return int(by_minor * times * MILLION)

    def earned(self, total: int, channel: str | None, currency: str, times: Decimal = WHOLE) -> int:
        """What an order of `total` minor units earns, rounded down."""
        if not self.on or total <= 0 or total < self.least_order:
            return 0
        if self.channels and (channel or "") not in self.channels:
            return 0
        if self.each:
            return int(self.each * times)
        return total * self.rate(currency, times) // MILLION

    def clears(self, at: datetime) -> datetime | None:
        """When what was earned at a moment can be spent; None for at once."""
        return at + timedelta(days=self.pending_days) if self.pending_days else None

    def expires(self, at: datetime, zone: tzinfo) -> datetime | None:
        """When what was earned at a moment ends; None for never."""
        if not self.expires_months:
            return None
        last = _months_on(at.astimezone(zone).date(), self.expires_months)
        if self.expires_on:
            month, day = map(int, self.expires_on.split("-"))
            fixed = _day(last.year, month, day)
            last = fixed if fixed >= last else _day(last.year + 1, month, day)
        return datetime.combine(last + timedelta(days=1), time.min, tzinfo=zone)

    def worth(self, amount: int) -> int:
        """What so many are worth when spent, minor units of money, rounded down."""
        return amount * self.worth_of_100 // 100

    def may_burn(self, amount: int) -> None:
        """Raises `Refused` where so many cannot be spent at once."""
        if amount < self.least_burn:
            raise Refused(f"at least {self.least_burn} {self.name} are spent at once")
        if self.card and amount % self.card:
            raise Refused(
                f"stamps are spent by whole cards of {self.card}", to_try=f"--amount {self.card}"
            )


@dataclass(frozen=True)
class PackRule:
    """A pack of sessions as it is sold."""

    name: str
    sessions: int
    price: int
    months: int = 0
    product: str | None = None
    notice_days: int = 30

    def expires(self, at: datetime, zone: tzinfo) -> datetime | None:
        """When a pack sold at a moment ends; None for never."""
        return Kind(self.name, expires_months=self.months).expires(at, zone)


@dataclass(frozen=True)
class Rules:
    """Everything the file says."""

    on: bool = False
    since: date | None = None
    until: date | None = None
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    gift_most: int = 0
    steps: Mapping[str, Decimal] = field(default_factory=dict)
    packs: Mapping[str, PackRule] = field(default_factory=dict)

    def kind(self, name: str) -> Kind:
        """One kind. Raises `Refused` where there is none, or it is off."""
        found = self.kinds.get(name)
        if found is None:
            raise Refused(f"there is no kind {name!r}", to_try=f"one of: {', '.join(self.kinds)}")
        if not found.on:
            raise Refused(f"{name} are switched off", to_try="huitou points rules FILE")
        return found

    def issues(self, day: date) -> bool:
        """Whether anything is earned or given on a day: not before it begins, nor after its end."""
        begun = self.since is None or day >= self.since
        return self.on and begun and (self.until is None or day <= self.until)

    def must_issue(self, day: date) -> None:
        """Raises `Refused` on a day on which nothing is earned or given."""
        if not self.on:
            raise Refused("points are switched off", to_try="huitou points rules --on")
        if not self.issues(day):
            raise Refused(
                f"nothing is earned on {day}: points run from {self.since} to {self.until}"
            )


def parse(values: Mapping[str, Any]) -> Rules:
    """The rules of a file. Raises `BadRule` with what to mend."""
    told = Told(values)
    told.only("on", "since", "until", *EARNED, "stored", "gift", "steps", "pack")
    on, since, until = told.truth("on", False), told.day("since"), told.day("until")
    if on and since is None:
        first = said("say from which day on orders earn")
        raise told.wrong("on", first, "since = 2026-01-01")
    kinds = {name: _kind(name, told.table(name)) for name in (*EARNED, "stored")}
    gift = told.table("gift").whole("most", 0, 0, 10**12)
    return Rules(on, since, until, kinds, gift, _steps(told.table("steps")), _packs(told))


def _kind(name: str, told: Told) -> Kind:
    told.only("on", "channels", "expires_on", *_WHOLE, *_BROKEN)
    wholes = {each: told.whole(each, 0, 0, most) for each, most in _WHOLE.items()}
    broken = {each: _exact(told, each, most) for each, most in _BROKEN.items()}
    channels = told.texts("channels", to_try='channels = ["shop", "web"]')
    numbers: dict[str, Any] = {**wholes, **broken}
    on, last = told.truth("on", False), _fixed(told)
    return Kind(name, on=on, channels=channels, expires_on=last, **numbers)


def _exact(told: Told, name: str, most: float) -> Decimal:
    return Decimal(str(told.number(name, 0, 0, most)))


def _fixed(told: Told) -> str:
    value = told.text("expires_on", "", 5)
    try:
        if value:
            month, day = map(int, value.split("-"))
            date(2024, month, day)
    except ValueError:
        line = 'expires_on = "12-31"'
        raise told.must("expires_on", said("a month and a day"), line) from None
    return value


def _steps(told: Told) -> dict[str, Decimal]:
    return {name: _exact(told, name, 100) for name in told.values}


def _packs(told: Told) -> dict[str, PackRule]:
    found: dict[str, PackRule] = {}
    for each in told.tables("pack"):
        each.only("name", "sessions", "price", "months", "product", "notice_days")
        name = each.text("name", None, 120)
        if name in found:
            raise each.wrong("name", said("two are called {name}", name=name))
        found[name] = PackRule(
            name,
            each.whole("sessions", None, 1, 10_000),
            each.whole("price", 0, 0, 10**12),
            each.whole("months", 0, 0, 600),
            each.text("product", "", 200) or None,
            each.whole("notice_days", 30, 0, 365),
        )
    return found


def _months_on(day: date, months: int) -> date:
    """So many months later: the same day, or the last one of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _day(year: int, month: int, day: int) -> date:
    # The 29th of February is the end of the month where there is none.
    return date(year, month, min(day, monthrange(year, month)[1]))


RULES = RuleFile("points", Path(__file__).with_name("points.toml"), parse)
"""What the shop decided about points."""
