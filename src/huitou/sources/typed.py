"""What a merchant typed about a file, checked before the file is opened."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from zoneinfo import available_timezones

from huitou.ground.errors import BadInput, HuitouError
from huitou.ground.money import digits
from huitou.sources.contract import CHOICES, FIELDS, Declared
from huitou.sources.money import CURRENCIES

_OPTIONS = {
    "date_order": "--date-order",
    "decimal": "--decimal",
    "grain": "--grain",
    "amount_is": "--amount-is",
}

_PLACES = {
    "Asia/Shanghai": "beijing peking china prc cst 北京 上海 中国 shenzhen guangzhou",
    "Asia/Taipei": "taiwan 台北 臺北 台湾 臺灣",
    "Asia/Hong_Kong": "hongkong 香港",
    "Europe/London": "uk england britain",
    "Europe/Berlin": "germany deutschland frankfurt munich",
    "America/New_York": "est edt boston",
    "America/Los_Angeles": "pst pdt california seattle",
}
"""What people call a zone that has another city in its name."""


def checked(declared: Declared) -> Declared:
    """The same, with currencies by their code; `BadInput` for what cannot be meant."""
    for field in declared.columns:
        if field not in FIELDS:
            near = get_close_matches(field, list(FIELDS), 1) or ["amount"]
            raise BadInput(f"there is no field {field!r}", to_try=f"--column {near[0]}=NAME")
    for name, option in _OPTIONS.items():
        told = getattr(declared, name)
        if told is not None and told not in CHOICES[name]:
            raise BadInput(
                f"{option} cannot be {told!r}", to_try=f"{option} {' or '.join(CHOICES[name])}"
            )
    if declared.delimiter is not None and len(declared.delimiter) != 1:
        raise BadInput("one sign parts the columns", to_try='--delimiter ";"')
    for zone in (declared.timezone, declared.mapping.timezone if declared.mapping else None):
        if zone is not None:
            _known_zone(zone)
    currency = None if declared.currency is None else _currency(declared.currency)
    return replace(declared, currency=currency)


def _currency(told: str) -> str:
    code = told.strip().upper()
    meant = CURRENCIES.get(told.strip().lower(), "CNY")
    try:
        digits(code)
    except HuitouError as unknown:
        raise BadInput(
            f"{told!r} is not the code of a currency", to_try=f"--currency {meant}"
        ) from unknown
    return code


def _known_zone(told: str) -> None:
    if told in available_timezones():
        return
    raise BadInput(f"{told!r} is not a time zone", to_try=f"--timezone {_zone_meant(told)}")


def _zone_meant(told: str) -> str:
    plain = told.strip().lower().replace(" ", "_")
    for zone, names in _PLACES.items():
        if plain in names.split():
            return zone
    last = {zone.rsplit("/", 1)[-1].lower(): zone for zone in sorted(available_timezones())}
    near = get_close_matches(plain.rsplit("/", 1)[-1], list(last), 1, 0.7)
    return last[near[0]] if near else "Asia/Shanghai"
