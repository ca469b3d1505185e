"""The merchant's rules of sending, as `rules/sending.toml` says them, and the shop around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from huitou.ground.channels import CHANNELS, TIMED
from huitou.ground.countries import is_country
from huitou.ground.errors import BadInput, BadRule
from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import said
from huitou.journeys.caps.limits import Cap, cap
from huitou.journeys.permission.hours import Hours
from huitou.journeys.permission.laws import CODES, Pack, clock, holding, pack

KEYS = (
    "packs", "country", "rest_on_holidays", "rest_also_on", "customer_days", "less_days",
    "harm_share", "harm_after", "hours", "cap",
)  # fmt: skip
NEW_CHANNELS = ("sms", "wecom", "wechat")
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


def parse(values: Mapping[str, Any], zone: str, email_to_customers: bool) -> Rules:
    """The rules a file means in a shop. Raises `BadRule` in words."""
    told = Told(values)
    told.only(*KEYS)
    hours, channels = _hours(told)
    return Rules(
        packs=_packs(told),
        country=_country(told),
        zone=zone,
        email_to_customers=email_to_customers,
        rest_on_holidays=told.truth("rest_on_holidays", False),
        rest_also_on=_days(told),
        customer_days=told.whole("customer_days", Rules.customer_days, 1, 3650),
        less_days=told.whole("less_days", Rules.less_days, 1, 366),
        harm_share=told.number("harm_share", Rules.harm_share, 0.000_001, 1),
        harm_after=told.whole("harm_after", Rules.harm_after, 1, 10**9),
        hours=hours,
        hours_channels=channels,
        caps=tuple(cap(each, tuple(CHANNELS)) for each in told.tables("cap")),
    )


def _packs(told: Told) -> tuple[Pack, ...]:
    codes = told.texts("packs", to_try='packs = ["TW"]')
    if strange := set(codes) - set(CODES):
        words = said("there is no pack {name}", name=min(strange))
        raise told.wrong("packs", words, f"some of: {', '.join(CODES)}")
    return tuple(map(pack, codes))


def _hours(told: Told) -> tuple[Hours | None, tuple[str, ...]]:
    if "hours" not in told.values:
        return None, ()
    own = told.table("hours")
    own.only("opens", "closes", "channels")
    opens, closes = _clock(own, "opens"), _clock(own, "closes")
    if opens >= closes:
        raise own.wrong("opens", said("these hours are none"), 'opens = "10:00"')
    channels = own.texts("channels", TIMED)
    if not set(channels) <= set(TIMED):
        known = said("some of {known}", known=", ".join(TIMED))
        raise own.must("channels", known, 'channels = ["sms"]')
    return Hours(opens, closes, "own_hours"), channels


def _clock(told: Told, name: str) -> time:
    try:
        return clock(told.text(name, None, 8, f'{name} = "09:00"'))
    except BadRule:
        raise
    except BadInput:
        raise told.must(name, said("a time of day"), f'{name} = "09:00"') from None


def _country(told: Told) -> str | None:
    code = told.text("country", "", 2, 'country = "TW"').upper()
    if code and not is_country(code):
        raise told.must("country", said("two letters of a country"), 'country = "TW"')
    return code or None


def _days(told: Told) -> frozenset[date]:
    days = told.values.get("rest_also_on", [])
    if not isinstance(days, list) or not all(type(each) is date for each in days):
        raise told.must("rest_also_on", said("a list of days"), "rest_also_on = [2026-01-01]")
    return frozenset(days)


RULES = RuleFile("sending", Path(__file__).with_name("sending.toml"), parse)
"""The shop's rules of sending."""


@lru_cache(maxsize=8)
def rules(told: str, zone: str, email_to_customers: bool) -> Rules:
    """The rules a text means in a shop, read once for as many messages as there are."""
    return RULES.understood(told, zone, email_to_customers)
