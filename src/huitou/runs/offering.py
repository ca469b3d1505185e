"""What the merchant decided about offers, read where it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitou.ground import rules
from huitou.loyalty.offers import NAME, SHIPPED, OfferRules, parsed

if TYPE_CHECKING:
    from huitou.runs.wiring import House


def offer_rules(house: House) -> OfferRules:
    """The rules of offers at the till, as the shop's file has them."""
    return parsed(rules.read(house.home, NAME, SHIPPED))
