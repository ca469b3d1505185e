"""What the merchant decides about offers, and what an offer takes off an order: pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import Sentence, said

RETURN = "return"
"""The kind of an offer that is for one lapsed customer, and dead once they buy by themselves."""
BOUGHT = "bought"
"""Why an offer was taken back: they bought before they used it."""


@dataclass(frozen=True)
class Returns:
    """How often somebody may be won back, and for how much."""

    stages: tuple[str, ...] = ("slipping", "lost")
    cooldown_days: int = 120
    second_share: float = 0.5

    @property
    def rest(self) -> timedelta:
        """How long nobody gets another."""
        return timedelta(days=self.cooldown_days)

    def kind(self, stage: str) -> str | None:
        """`return` for an offer to somebody in such a state; None for any other offer."""
        return RETURN if stage in self.stages else None

    def at_most(self, before: int) -> int:
        """What a later offer may cost at worst, minor units, after one of `before`."""
        return int(Decimal(str(self.second_share)) * before)


USUAL = Returns()
"""Where the merchant decided nothing."""


@dataclass(frozen=True)
class OfferRules:
    """Everything in `rules/offers.toml`."""

    bearer: bool = True
    """Whether a code counts where the till names nobody."""
    bearer_return: bool = False
    """The same for return offers."""
    returns: Returns = USUAL

    def needs_name(self, kind: str | None) -> bool:
        """Whether the till must say who stands there."""
        return not (self.bearer_return if kind == RETURN else self.bearer)


def parsed(values: Mapping[str, Any]) -> OfferRules:
    """Rules from the file's values. Raises `BadRule` for what cannot stand."""
    told = Told(values)
    told.only("till", "return")
    till, back = told.table("till"), told.table("return")
    till.only("bearer", "bearer_return")
    back.only("stages", "cooldown_days", "second_share")
    stages = back.texts("stages", USUAL.stages)
    days = back.whole("cooldown_days", USUAL.cooldown_days, 0, 3650)
    share = back.number("second_share", USUAL.second_share, 0.01, 1)
    return OfferRules(
        till.truth("bearer", True), till.truth("bearer_return", False), Returns(stages, days, share)
    )


RULES = RuleFile("offers", Path(__file__).with_name("offers.toml"), parsed)
"""What the shop decided about offers."""


def taken_off(depth: float, most: int, total: int, *, served: bool = False) -> int:
    """What an offer costs on an order of `total`: its share, and never more than it promised.

    Where the shop serves better instead, it is what that costs: nothing comes off the price.
    Minor units, cut down to whole ones.
    """
    if served:
        return most
    share = (Decimal(str(depth)) * total).to_integral_value(ROUND_DOWN)
    return min(int(share), most, total)


def why_not(
    row: Mapping[str, Any], now: datetime, *, total: int | None, bought: bool
) -> Sentence | None:
    """Why an offer gives nothing now, for the customer's ears; None where it does."""
    if row["state"] == "settled":
        return said("This code was used already.")
    if row["why"] == BOUGHT or (row["state"] == "open" and bought):
        return said("This offer was for coming back, and you have been here since.")
    if row["state"] == "expired" or (row["state"] == "open" and row["ends_at"] <= now):
        return said("The time of this offer is over.")
    if row["state"] != "open":
        return said("This offer was taken back.")
    if total is not None and total < (row["least"] or 0):
        return said("It counts on a larger order only.")
    return None
