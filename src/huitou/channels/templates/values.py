"""What a template is told, as its reader's language writes it.

an amount      1250 of a name declared as money, or {"minor": 1250, "currency": "GBP"}
a day          "2026-12-31"
by language    {"en": "A cup", "zh-Hans": "一杯"}
numbers        as the language groups them; all else as it stands
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from huitou.ground.languages import LANGUAGES, Speaker, speaker
from huitou.ground.money import Money

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")
DEEPEST = 4


def shown(
    told: Mapping[str, Any], language: str, currency: str | None, money: Sequence[str] = ()
) -> dict[str, Any]:
    """Every value as a reader of this language expects it."""
    speaks = speaker(language)
    return {
        name: _shown(value, speaks, currency if name in money else None, 0)
        for name, value in told.items()
        if name != "to"
    }


def _shown(value: Any, speaks: Speaker, currency: str | None, deep: int) -> Any:
    if isinstance(value, bool) or value is None or deep > DEEPEST:
        return value if isinstance(value, bool) else None
    if isinstance(value, int) and currency is not None:
        return _amount(value, currency, speaks.language)
    if isinstance(value, int | float):
        return _number(value, speaks.language)
    if isinstance(value, str):
        return _day(value, speaks.language) if value[4:5] == "-" else value
    if isinstance(value, Mapping):
        return _mapping(value, speaks, currency, deep)
    if isinstance(value, list | tuple):
        return [_shown(each, speaks, currency, deep + 1) for each in value]
    return str(value)


def _mapping(value: Mapping[str, Any], speaks: Speaker, currency: str | None, deep: int) -> Any:
    if set(value) == {"minor", "currency"} and isinstance(value["minor"], int):
        return _amount(value["minor"], str(value["currency"]), speaks.language)
    if value and set(value) <= set(LANGUAGES):
        chosen = value.get(speaks.language) or value.get("en") or next(iter(value.values()))
        return _shown(chosen, speaks, currency, deep + 1)
    return {name: _shown(each, speaks, currency, deep + 1) for name, each in value.items()}


# Writing a number as a language does takes a fifth of a message's time, and most are said often.


@lru_cache(maxsize=20_000)
def _amount(minor: int, currency: str, language: str) -> str:
    return speaker(language).shown(Money(minor, currency))


@lru_cache(maxsize=20_000)
def _number(value: float, language: str) -> str:
    return speaker(language).shown(value)


@lru_cache(maxsize=20_000)
def _day(text: str, language: str) -> str:
    try:
        if DAY.fullmatch(text):
            return speaker(language).shown(date.fromisoformat(text))
        if MOMENT.fullmatch(text):
            return speaker(language).shown(datetime.fromisoformat(text))
    except ValueError:
        return text
    return text
