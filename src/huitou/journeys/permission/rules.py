"""The merchant's rules of sending, as `rules/sending.toml` says them, and the shop around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from huitou.ground import rules as files
from huitou.ground.channels import CHANNELS, SHORT, TIMED
from huitou.ground.errors import BadInput
from huitou.journeys.caps.limits import Cap, cap
from huitou.journeys.permission.hours import Hours
from huitou.journeys.permission.laws import Pack, clock, holding, pack

NAME = "sending"
SHIPPED = Path(__file__).parent / "sending.toml"
KEYS = frozenset(
    {"packs", "country", "rest_on_holidays", "rest_also_on", "customer_days", "less_days"}
    | {"harm_share", "harm_after", "hours", "cap"}
)
NEW_CHANNELS = SHORT
"""Channels on which nobody is written to without their yes, whatever packs are enabled."""


@dataclass(frozen=True)
class Rules:
    """What holds for sending in one shop."""

    packs: tuple[Pack, ...] = ()
    country: str | None = None
    zone: str = "UTC"
    """The shop's own."""
    email_to_customers: bool = False
    rest_on_holidays: bool = False
    rest_also_on: frozenset[date] = frozenset()
    customer_days: int = 540
    less_days: int = 30
    harm_share: float = 0.01
    harm_after: int = 200
    hours: Hours | None = None
    hours_channels: tuple[str, ...] = ()
    caps: tuple[Cap, ...] = ()

    @property
    def asks_where(self) -> bool:
        """Whether anything here hangs on where people are, or on when they bought."""
        return bool(self.packs or self.hours or self.caps)

    def holding(self, country: str | None) -> tuple[Pack, ...]:
        """The packs for somebody in a country; with None, for somebody of whom nothing is known."""
        return holding(self.packs, country or self.country)


def text(home: Path) -> str:
    """The file as it is written: the shop's own, or the one shipped."""
    return files.text(home, NAME, SHIPPED)


@lru_cache(maxsize=8)
def rules(told: str, zone: str, email_to_customers: bool) -> Rules:
    """The rules a text means in a shop. Raises `BadInput` or `HuitouError` in words."""
    read = files.parsed(told, f"rules/{NAME}.toml")
    unknown = sorted(set(read) - KEYS)
    if unknown:
        raise BadInput(f"rules/{NAME}.toml knows no {unknown[0]!r}", to_try=", ".join(sorted(KEYS)))
    hours, channels = _hours(read.get("hours"))
    return Rules(
        packs=tuple(pack(code) for code in _list(read, "packs", str)),
        country=_country(read.get("country", "")),
        zone=zone,
        email_to_customers=email_to_customers,
        rest_on_holidays=_truth(read, "rest_on_holidays"),
        rest_also_on=frozenset(_list(read, "rest_also_on", date)),
        customer_days=_whole(read, "customer_days", 540, 1, 3650),
        less_days=_whole(read, "less_days", 30, 1, 366),
        harm_share=_share(read),
        harm_after=_whole(read, "harm_after", 200, 1, 10**9),
        hours=hours,
        hours_channels=channels,
        caps=tuple(cap(each, tuple(CHANNELS)) for each in read.get("cap", ())),
    )


def _hours(told: Mapping[str, Any] | None) -> tuple[Hours | None, tuple[str, ...]]:
    if told is None:
        return None, ()
    opens, closes = clock(told.get("opens", "")), clock(told.get("closes", ""))
    channels = tuple(told.get("channels", TIMED))
    if opens >= closes:
        raise BadInput(f"hours from {opens} to {closes} are none", to_try='opens = "10:00"')
    if not set(channels) <= set(TIMED):
        raise BadInput(f"hours hold for {', '.join(TIMED)}", to_try='channels = ["sms"]')
    return Hours(opens, closes, "own_hours"), channels


def _list(read: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    told = read.get(name, [])
    if not isinstance(told, list) or not all(type(each) is kind for each in told):
        raise BadInput(f"{name} is a list", to_try=f"{name} = []")
    return told


def _country(told: Any) -> str | None:
    if told == "":
        return None
    if not isinstance(told, str) or len(told) != 2 or not told.isalpha():
        raise BadInput(f"{told!r} is no country", to_try='country = "TW"')
    return told.upper()


def _truth(read: Mapping[str, Any], name: str) -> bool:
    told = read.get(name, False)
    if not isinstance(told, bool):
        raise BadInput(f"{name} is true or false", to_try=f"{name} = true")
    return told


def _whole(read: Mapping[str, Any], name: str, usual: int, least: int, most: int) -> int:
    told = read.get(name, usual)
    if type(told) is not int or not least <= told <= most:
        raise BadInput(f"{name} is {told!r}", to_try=f"{name} = {usual}")
    return told


def _share(read: Mapping[str, Any]) -> float:
    told = read.get("harm_share", 0.01)
    if type(told) not in (int, float) or not 0 < told <= 1:
        raise BadInput(f"harm_share is {told!r}", to_try="harm_share = 0.01")
    return float(told)
