"""What the merchant decided about offers, read where it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitou.loyalty.offers import RULES, OfferRules

if TYPE_CHECKING:
    from huitou.runs.wiring import House


def offer_rules(house: House) -> OfferRules:
    """The rules of offers at the till, as the shop's file has them."""
    return RULES.read(house.home)
