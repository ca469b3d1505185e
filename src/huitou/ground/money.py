"""Money is an integer of minor units with a currency; nothing here ever holds a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from babel.core import get_global
from babel.numbers import format_currency

from huitou.ground.errors import HuitouError

LARGEST = 10**15
"""Above this an amount is taken for a mistake: ten trillion in a two-digit currency (TRUST I-1)."""


@lru_cache(maxsize=256)
def digits(currency: str) -> int:
    """Minor-unit digits of a currency: 2 for EUR, CNY and TWD, 0 for JPY, 3 for KWD (CLDR)."""
    if currency not in get_global("all_currencies"):
        raise HuitouError(f"{currency!r} is not a currency code", to_try="--currency CNY")
    table = get_global("currency_fractions")
    return int(table.get(currency, table["DEFAULT"])[0])


def to_minor(amount: Decimal, currency: str) -> int:
    """`Decimal('12.34'), 'EUR'` -> `1234`; halves go to the even neighbour, so sums stay fair."""
    scaled = amount.scaleb(digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return int(scaled)


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units of one currency. Adding two currencies is an error, not a guess."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise HuitouError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def written(self, locale: str = "en", *, whole: bool = False) -> str:
        """For people: `Money(123456, 'GBP').written()` -> `£1,234.56`; `whole` drops the pence."""
        if not whole:
            return format_currency(self.decimal, self.currency, locale=locale)
        rounded = self.decimal.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
        return format_currency(
            rounded, self.currency, format="¤#,##0", currency_digits=False, locale=locale
        )

    def __str__(self) -> str:
        return self.written()
