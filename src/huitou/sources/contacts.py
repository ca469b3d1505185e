"""What a customer is known by: member number, phone in E.164, e-mail in small letters."""

from __future__ import annotations

import re
from collections.abc import Callable

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc

from huitou.sources.texts import by_unique, cleaned

NOBODY = (
    "0", "00000", "nan", "guest", "anonymous", "unknown", "cash", "walk-in", "walkin", "test",
    "default", "散客", "游客", "遊客", "匿名",
    "匿名用户", "非会员", "非會員", "未知", "零售", "路人", "测试",
)  # fmt: skip
"""What tills write where nobody was named (compared in small letters)."""

REGION_OF = {
    "CNY": "CN", "TWD": "TW", "HKD": "HK", "GBP": "GB", "USD": "US", "JPY": "JP", "KRW": "KR",
    "SGD": "SG", "MYR": "MY", "INR": "IN", "AUD": "AU", "NZD": "NZ", "CAD": "CA", "CHF": "CH",
    "SEK": "SE", "NOK": "NO", "DKK": "DK", "PLN": "PL", "CZK": "CZ", "THB": "TH", "VND": "VN",
    "PHP": "PH", "IDR": "ID", "BRL": "BR", "MXN": "MX", "ZAR": "ZA", "AED": "AE", "TRY": "TR",
}  # fmt: skip
REGION_IN = {
    "Europe/Berlin": "DE", "Europe/Paris": "FR", "Europe/Madrid": "ES", "Europe/Rome": "IT",
    "Europe/Amsterdam": "NL", "Europe/Vienna": "AT", "Europe/Brussels": "BE",
    "Europe/Dublin": "IE", "Europe/Lisbon": "PT", "Europe/Helsinki": "FI", "Europe/Athens": "GR",
}  # fmt: skip

_MAINLAND_MOBILE = re.compile(r"(?:\+?86|0086)?[- ]?(1[3-9][0-9])[- ]?([0-9]{4})[- ]?([0-9]{4})")
_EMAIL = re.compile(r"[^@\s,;<>\"']{1,64}@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]{2,63}")


def region(currency: str, timezone: str) -> str | None:
    """The country whose way of writing phones fits a shop; None where it cannot be told."""
    return REGION_IN.get(timezone) or REGION_OF.get(currency)


def member_numbers(column: pa.Array) -> pa.Array:
    """Member numbers as strings; what stands for nobody is null."""
    return by_unique(ids(column), _nobody_is_null)


def ids(column: pa.Array) -> pa.Array:
    """Numbers that name something, as strings, without the `.0` that a spreadsheet appends."""
    return by_unique(cleaned(column), _without_point_zero)


def rounded_by_spreadsheet(unique: pa.Array) -> pa.Array:
    """Where a long number was saved as 1.38E+10 and its last digits are gone."""
    return pc.match_substring_regex(unique, r"^[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2}$")


def phones(column: pa.Array, country: str | None) -> pa.Array:
    """Phones in E.164; what no phone can be is null (masked, too short, a word)."""
    return by_unique(ids(column), _each(lambda text: _phone(text, country)))


def emails(column: pa.Array) -> pa.Array:
    """E-mail addresses in small letters; what none can be is null."""
    return by_unique(cleaned(column), _each(_email))


def _each(change: Callable[[str], str | None]) -> Callable[[pa.Array], pa.Array]:
    return lambda unique: pa.array(
        [None if text is None else change(text) for text in unique.to_pylist()], pa.string()
    )


def _phone(text: str, country: str | None) -> str | None:
    mainland = _MAINLAND_MOBILE.fullmatch(text) if country in ("CN", None) else None
    if mainland:
        return "+86" + "".join(mainland.groups())
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(text: str) -> str | None:
    return text.lower() if _EMAIL.fullmatch(text) else None


def _nobody_is_null(unique: pa.Array) -> pa.Array:
    nobody = pc.is_in(pc.utf8_lower(unique), value_set=pa.array(NOBODY))
    return pc.if_else(nobody, pa.scalar(None, pa.string()), unique)


def _without_point_zero(unique: pa.Array) -> pa.Array:
    given = pc.drop_null(unique)
    numeric = pc.match_substring_regex(given, r"^[0-9]+\.0$")
    # Only where the whole column shows it: "1.0" alone may be somebody's own way of numbering.
    if not len(given) or not pc.all(numeric).as_py():
        return unique
    return pc.replace_substring_regex(unique, r"\.0$", "")
