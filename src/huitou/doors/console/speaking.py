"""Saying a page in the reader's language: one Jinja environment for each, and its filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_compact_decimal
from jinja2 import Environment

from huitou.doors import pages
from huitou.doors.console import drawing, names
from huitou.doors.console.assets import address
from huitou.ground.channels import CHANNEL_NAMES
from huitou.ground.languages import LANGUAGES, Speaker, speaker
from huitou.ground.money import Money, digits
from huitou.runs.views import MetricView

TEMPLATES = Path(__file__).with_name("templates")
ICONS = address("icons.svg")


@lru_cache(maxsize=len(LANGUAGES))
def environment(language: str) -> Environment:
    """Templates that speak `language`."""
    words = {"asset": address, "icons": ICONS, "drawing": drawing, "languages": LANGUAGES}
    return pages.environment(TEMPLATES, {**_words(speaker(language)), **words})


def _words(says: Speaker) -> Mapping[str, Callable[..., str]]:
    locale = says.locale

    def money(amount: Money) -> str:
        whole = abs(amount.minor) >= 100 * 10 ** digits(amount.currency)
        return amount.written(str(locale), whole=whole)

    def brief(amount: Money) -> str:
        """Short, for axes and small places: `£12K`."""
        sign = money(Money(0, amount.currency)).strip("0.,\xa0 ")
        return f"{sign}{format_compact_decimal(amount.decimal, locale=locale, fraction_digits=1)}"

    def short(day: date) -> str:
        pattern = "d MMM" if says.language == "en" else "M月d日"
        return format_date(day, pattern, locale=locale)

    def percent(share: float | None, places: int = 0) -> str:
        return "–" if share is None else says.percent(share, places)

    def signed(share: float, places: int = 1) -> str:
        return ("+" if share > 0 else "") + says.percent(share, places)

    return {
        "t": says.say,
        "shown": says.shown,
        "money": money,
        "brief": brief,
        "percent": percent,
        "signed": signed,
        "day": lambda day: format_date(day, "medium", locale=locale),
        "short": short,
        "clerk_name": lambda name: says.say(names.CLERKS.get(name, name)),
        "month": says.month,
        "moment": lambda at, zone: _moment(at, zone, says),
        "channel_name": lambda code: says.say(CHANNEL_NAMES.get(code, code)),
        "stage_name": lambda code: says.say(names.BEFORE.get(code, code)),
        "act_name": lambda code, depth=0.0: says.say(names.act(code, depth)),
        "role_name": lambda code: says.say(names.ROLES.get(code, code)),
        "model_name": lambda code: names.MODELS.get(code, code),
        "metric_value": lambda metric, currency: _value(metric, currency, says, money),
        "key_name": lambda code: says.say(names.KEYS.get(code, code)),
        "status_name": lambda code: says.say(names.STATUSES.get(code, code)),
        "sent_state": lambda code: says.say(names.SENT.get(code, code)),
        "harm_verdict": lambda code: says.say(names.HARM.get(code, code)),
        "why_alone": lambda code: says.say(names.LEFT_ALONE.get(code, code)),
        "programme_name": lambda name: says.say(names.programme(name)),
        "how_sure": lambda level: says.say(names.how_sure(level)),
        "verdict_name": lambda code: says.say(names.VERDICTS.get(code, code)),
    }


def _moment(at: datetime, zone: tzinfo, says: Speaker) -> str:
    """A moment as the clock in the shop shows it."""
    local = at.astimezone(zone)
    return f"{format_date(local, 'medium', locale=says.locale)} {local:%H:%M}"


def _value(
    metric: MetricView, currency: str | None, says: Speaker, money: Callable[[Money], str]
) -> str:
    value = metric.value
    if value is None:
        return "–"
    if isinstance(value, Money):
        return money(value)
    if metric.unit == "money" and currency:
        return money(Money(round(value), currency))
    if metric.unit == "share":
        return says.percent(float(value))
    if metric.unit == "days":
        return says.say("{n} days", n=round(value))
    return says.shown(value)


def page(language: str, template: str, values: Mapping[str, Any]) -> str:
    """A template, filled and said."""
    return environment(language).get_template(template).render(**values)
