"""What the merchant decides about points, read from TOML: what earns how much, and how it ends."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from huitou.ground.errors import BadInput, Refused
from huitou.ground.money import digits

SHIPPED = Path(__file__).with_name("points.toml")
NAME = "points"
EARNED = ("points", "stamps", "cashback")
"""Kinds that orders earn."""
MILLION = 1_000_000
WHOLE = Decimal(1)

_NUMBERS: Mapping[str, tuple[float, float]] = {
    "per_unit": (0, 1_000_000),
    "percent": (0, 100),
    "each": (0, 100),
    "least_order": (0, 10**12),
    "pending_days": (0, 3650),
    "expires_months": (0, 600),
    "notice_days": (0, 365),
    "worth_of_100": (0, 10**9),
    "least_burn": (0, 10**12),
    "card": (0, 1000),
}
_BROKEN = ("per_unit", "percent")
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
            raise Refused(f"{name} are switched off", to_try="huitou points rules --edit FILE")
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


def parse(told: Mapping[str, Any], where: str = "points.toml") -> Rules:
    """The rules of a file. Raises `BadInput` with the line to mend."""
    known = {"on", "since", "until", "points", "stamps", "cashback", "stored", "gift", "steps"}
    for name in told:
        if name not in known | {"pack"}:
            raise BadInput(f"{where}: there is no {name!r}", to_try=f"one of: {sorted(known)}")
    on, since, until = told.get("on", False), told.get("since"), told.get("until")
    if not isinstance(on, bool):
        raise BadInput(f"{where}: on is true or false")
    for name, day in (("since", since), ("until", until)):
        if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
            raise BadInput(f"{where}: {name} is a day", to_try=f"{name} = 2026-01-01")
    if on and since is None:
        raise BadInput(f"{where}: say from which day on orders earn", to_try="since = 2026-01-01")
    kinds = {name: _kind(name, told.get(name, {}), where) for name in (*EARNED, "stored")}
    return Rules(
        on, since, until, kinds, _whole(told.get("gift", {}).get("most", 0), "gift.most", where),
        _steps(told.get("steps", {}), where), _packs(told.get("pack", []), where),
    )  # fmt: skip


def _kind(name: str, told: Any, where: str) -> Kind:
    if not isinstance(told, Mapping):
        raise BadInput(f"{where}: [{name}] is a table")
    values: dict[str, Any] = {"name": name}
    for key, value in told.items():
        values[key] = _value(f"{name}.{key}", key, value, where)
    return Kind(**values)


def _value(full: str, key: str, value: Any, where: str) -> Any:
    if key == "on":
        if not isinstance(value, bool):
            raise BadInput(f"{where}: {full} is true or false")
        return value
    if key == "channels":
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise BadInput(f"{where}: {full} is a list of channels", to_try='["shop", "web"]')
        return tuple(value)
    if key == "expires_on":
        return _fixed(full, value, where)
    if key not in _NUMBERS:
        raise BadInput(f"{where}: there is no {full}")
    low, high = _NUMBERS[key]
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise BadInput(f"{where}: {full} lies between {low} and {high}")
    return Decimal(str(value)) if key in _BROKEN else _whole(value, full, where)


def _fixed(full: str, value: Any, where: str) -> str:
    try:
        if value:
            month, day = map(int, str(value).split("-"))
            date(2024, month, day)
        return str(value)
    except ValueError:
        raise BadInput(f"{where}: {full} is a month and a day", to_try='"12-31"') from None


def _whole(value: Any, full: str, where: str) -> int:
    if type(value) is not int or value < 0:
        raise BadInput(f"{where}: {full} is a whole number")
    return value


def _steps(told: Any, where: str) -> dict[str, Decimal]:
    found = {}
    for name, times in dict(told).items():
        if isinstance(times, bool) or not isinstance(times, (int, float)) or not 0 <= times <= 100:
            raise BadInput(f"{where}: steps.{name} is how many times as much", to_try="1.5")
        found[name] = Decimal(str(times))
    return found


def _packs(told: Any, where: str) -> dict[str, PackRule]:
    found: dict[str, PackRule] = {}
    for each in told:
        unknown = set(each) - {"name", "sessions", "price", "months", "product", "notice_days"}
        if unknown or not each.get("name") or not isinstance(each.get("name"), str):
            raise BadInput(f"{where}: a pack has a name, sessions and a price, not {unknown or ''}")
        numbers = {
            name: _whole(each.get(name, 30 if name == "notice_days" else 0), name, where)
            for name in ("sessions", "price", "months", "notice_days")
        }
        if numbers["sessions"] < 1 or each["name"] in found:
            raise BadInput(f"{where}: pack {each['name']!r} needs sessions, and a name of its own")
        found[each["name"]] = PackRule(each["name"], product=each.get("product"), **numbers)
    return found


def _months_on(day: date, months: int) -> date:
    """So many months later: the same day, or the last one of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _day(year: int, month: int, day: int) -> date:
    # The 29th of February is the end of the month where there is none.
    return date(year, month, min(day, monthrange(year, month)[1]))
