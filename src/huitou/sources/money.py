"""Amounts and quantities in three scripts become integers; nothing that is not finite gets in.

A string is taken apart by one regular expression, once for each distinct value of the column.
Which sign parts the decimals is decided over the whole column (`fitting`), never value by value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huitou.ground.money import LARGEST
from huitou.ground.words import Sentence, said
from huitou.sources.faults import Fault, fault, mask
from huitou.sources.texts import cleaned

PRICE_PLACES = 6
"""Unit prices keep six decimals until they are multiplied: 0.0125 each, 12.50 a thousand."""

CURRENCIES = {
    "nt$": "TWD", "ntd": "TWD", "twd": "TWD", "新台币": "TWD", "新臺幣": "TWD",
    "hk$": "HKD", "hkd": "HKD", "港币": "HKD", "港幣": "HKD",
    "us$": "USD", "usd": "USD", "美元": "USD",
    "rmb": "CNY", "cny": "CNY", "cn¥": "CNY", "人民币": "CNY", "人民幣": "CNY",
    "jpy": "JPY", "円": "JPY", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP",
    "s$": "SGD", "sgd": "SGD", "chf": "CHF", "₩": "KRW", "krw": "KRW", "₹": "INR", "inr": "INR",
}  # fmt: skip
"""Signs that name one currency."""

SHARED = {
    "¥": ("CNY", "JPY"),
    "元": ("CNY", "TWD", "HKD"),
    "圆": ("CNY",),
    "$": ("USD", "TWD", "HKD", "SGD", "CAD", "AUD", "NZD", "MXN"),
}
"""Signs that several currencies share: they fit the shop's own, and prove none."""

_SIGN = "|".join(re.escape(sign) for sign in sorted([*CURRENCIES, *SHARED], key=len, reverse=True))
_WRITTEN = re.compile(
    rf"(?P<open>\()?\s*(?P<minus1>[-+])?\s*(?P<before>{_SIGN})?\s*(?P<minus2>[-+])?\s*"
    rf"(?P<body>[0-9.,'’ ]*[0-9][.,]?)(?P<power>e[+-]?[0-9]{{1,2}})?\s*(?P<myriad>[万萬])?\s*"
    rf"(?P<after>{_SIGN})?\s*(?P<minus3>-)?\s*(?P<close>\))?",
    re.ASCII,
)
_GROUPED = {
    ".": re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:[,'’ ][0-9]{3})+)?(?:\.[0-9]*)?", re.ASCII),
    ",": re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:[.'’ ][0-9]{3})+)?(?:,[0-9]*)?", re.ASCII),
}


@dataclass(frozen=True)
class Figures:
    """Integers scaled by a power of ten; `known` is false where the cell was empty or faulty."""

    values: NDArray[np.int64]
    known: NDArray[np.bool_]
    faults: tuple[Fault, ...] = ()

    def array(self) -> pa.Array:
        """The figures as an Arrow column, null where unknown."""
        return pa.array(self.values, mask=~self.known)


def quantities(column: pa.Array, name: str, decimal: str) -> tuple[pa.Array, tuple[Fault, ...]]:
    """Quantities as float64, three decimals kept."""
    read = figures(column, name, places=3, decimal=decimal, currency=None)
    return pa.array(read.values / 1000.0, mask=~read.known), read.faults


def figures(
    column: pa.Array, name: str, *, places: int, decimal: str, currency: str | None
) -> Figures:
    """Numbers times ten to the `places`, rounded half to even; faults for all that are none."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _from_typed(column, name, places)
    return _from_text(cleaned(column), name, places, decimal, currency)


def fitting(unique: Iterable[str | None]) -> dict[str, int]:
    """How many values can only be read with `.` and only with `,` as decimal sign, and how many
    read differently with either (`either`: 1.234)."""
    counts = {".": 0, ",": 0, "either": 0}
    for text in unique:
        taken = _WRITTEN.fullmatch(text.lower()) if text else None
        if taken is None:
            continue
        body = taken["body"].strip()
        point, comma = (_GROUPED[sign].fullmatch(body) is not None for sign in ".,")
        if point != comma:
            counts["." if point else ","] += 1
        elif point and "." in body:
            counts["either"] += 1
    return counts


def currencies(unique: Iterable[str | None]) -> set[str]:
    """The currencies named by signs beyond doubt."""
    found = set()
    for text in unique:
        taken = _WRITTEN.fullmatch(text.lower()) if text else None
        if taken is not None:
            found |= {CURRENCIES[s] for s in (taken["before"], taken["after"]) if s in CURRENCIES}
    return found


def _from_typed(column: pa.Array, name: str, places: int) -> Figures:
    known = mask(column.is_valid())
    plain = pc.fill_null(column.cast(pa.float64(), safe=False), 0.0).to_numpy()
    finite = np.isfinite(plain)
    scaled = np.rint(np.where(finite, plain, 0.0) * 10.0**places)
    small = np.abs(scaled) <= LARGEST * 10.0 ** max(0, places - 3)
    values = np.where(small, scaled, 0).astype(np.int64)
    faults = (
        *fault(known & ~finite, name, _NOT_FINITE, _MEND),
        *fault(known & finite & ~small, name, _TOO_LARGE, _MEND),
    )
    return Figures(values, known & finite & small, faults)


def _from_text(
    column: pa.Array, name: str, places: int, decimal: str, currency: str | None
) -> Figures:
    coded = column.dictionary_encode()
    read = [_read(text, places, decimal, currency) for text in coded.dictionary.to_pylist()]
    values = np.array([item if isinstance(item, int) else 0 for item in read] + [0], np.int64)
    told = {item.text: item for item in read if isinstance(item, Sentence)}
    reasons = [told[text] for text in sorted(told)]
    codes = np.array([_code(item, reasons) for item in read] + [0], np.int64)
    at = pc.fill_null(coded.indices, len(read)).to_numpy(zero_copy_only=False)
    known = mask(column.is_valid())
    code = codes[at]
    faults = tuple(_by_reason(code, reasons, name))
    return Figures(values[at], known & (code == 0), faults)


def _code(item: int | Sentence, reasons: list[Sentence]) -> int:
    return reasons.index(item) + 1 if isinstance(item, Sentence) else 0


def _by_reason(code: NDArray[np.int64], reasons: list[Sentence], name: str) -> Iterator[Fault]:
    for number, reason in enumerate(reasons, start=1):
        to_try = _CONVERT if reason == _OTHER_CURRENCY else _MEND
        yield from fault(code == number, name, reason, to_try)


def _read(text: str, places: int, decimal: str, currency: str | None) -> int | Sentence:
    """One written number as a scaled integer, or the reason why it is none."""
    lowered = text.lower().replace("−", "-").replace("–", "-")
    taken = _WRITTEN.fullmatch(lowered)
    if taken is None:
        return _NOT_FINITE if _INFINITE.fullmatch(lowered) else _NOT_A_NUMBER
    body = taken["body"].strip()
    if not _GROUPED[decimal].fullmatch(body):
        return _OTHER_DECIMALS
    signs = [sign for sign in (taken["before"], taken["after"]) if sign]
    if currency is not None and not all(_fits(sign, currency) for sign in signs):
        return _OTHER_CURRENCY
    return _scaled(taken, re.sub(r"[^0-9]" if decimal not in body else _NOT[decimal], "", body),
                   places, decimal)  # fmt: skip


_NOT = {".": r"[^0-9.]", ",": r"[^0-9,]"}


def _scaled(taken: re.Match[str], body: str, places: int, decimal: str) -> int | Sentence:
    power = int(taken["power"][1:]) if taken["power"] else 0
    power += 4 if taken["myriad"] else 0
    number = Decimal(body.replace(decimal, ".")).scaleb(power + places)
    if number > LARGEST * 10 ** max(0, places - 3):
        return _TOO_LARGE
    minuses = [m for m in (taken["minus1"], taken["minus2"], taken["minus3"]) if m == "-"]
    if bool(taken["open"]) != bool(taken["close"]) or len(minuses) > 1:
        return _NOT_A_NUMBER
    whole = int(number.to_integral_value())
    return -whole if minuses or taken["open"] else whole


def _fits(sign: str, currency: str) -> bool:
    return CURRENCIES.get(sign) == currency or currency in SHARED.get(sign, ())


_INFINITE = re.compile(r"[-+]?(?:s?nan|inf|infinity|∞|[0-9.]+e[+-]?[0-9]{3,})")
_NOT_A_NUMBER = said("this is not a number")
_NOT_FINITE = said("this is not a finite number")
_TOO_LARGE = said("this number is too large to be an amount")
_OTHER_DECIMALS = said("the rest of the column writes its decimals differently")
_OTHER_CURRENCY = said("this is another currency than the shop's")
_MEND = said("mend the cell and import the row again")
_CONVERT = said("convert it at the rate of its day and import the row again")
