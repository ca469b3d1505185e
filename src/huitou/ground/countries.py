"""Which two letters are a country (ISO 3166-1, as CLDR has them)."""

from __future__ import annotations


def is_country(code: str) -> bool:
    """Whether these are the capital letters of a country: `GB` is one, `UK` is not."""
    from babel.core import get_global

    # Beside countries it knows the world, 001, and the unknown, ZZ.
    return len(code) == 2 and code != "ZZ" and code in get_global("territory_zones")
