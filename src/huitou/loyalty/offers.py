"""What the merchant decides about offers, and what an offer takes off an order: pure rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from pathlib import Path
from typing import Any

from huitou.ground.errors import HuitouError
from huitou.ground.words import Sentence, said

NAME = "offers"
"""Of the file of rules, `rules/offers.toml`."""
SHIPPED = Path(__file__).with_name("offers.toml")
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


def parsed(told: Mapping[str, Any]) -> OfferRules:
    """Rules from the file's values. Raises `HuitouError` for what cannot stand."""
    _only(told, {"till", "return"}, "")
    till, back = _table(told, "till"), _table(told, "return")
    _only(till, {"bearer", "bearer_return"}, "till.")
    _only(back, {"stages", "cooldown_days", "second_share"}, "return.")
    usual = USUAL
    stages = back.get("stages", list(usual.stages))
    days, share = back.get("cooldown_days", usual.cooldown_days), back.get("second_share", 0.5)
    if not isinstance(stages, list) or not all(isinstance(each, str) for each in stages):
        raise HuitouError("return.stages is a list of states", to_try='["slipping", "lost"]')
    if type(days) is not int or not 0 <= days <= 3650:
        raise HuitouError(f"return.cooldown_days is {days!r}, and must lie between 0 and 3650")
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise HuitouError(f"return.second_share is {share!r}, and must lie above 0, up to 1")
    return OfferRules(
        _flag(till, "bearer", True),
        _flag(till, "bearer_return", False),
        Returns(tuple(stages), days, float(share)),
    )


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


def _table(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name, {})
    if not isinstance(found, dict):
        raise HuitouError(f"{name} is a table of rules", to_try=f"[{name}]")
    return found


def _only(told: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in told:
        if name not in known:
            raise HuitouError(
                f"there is no rule {where}{name}", to_try=f"one of: {', '.join(sorted(known))}"
            )


def _flag(told: Mapping[str, Any], name: str, usual: bool) -> bool:
    found = told.get(name, usual)
    if not isinstance(found, bool):
        raise HuitouError(f"till.{name} is {found!r}, and must be true or false")
    return found
