"""What the merchant decides about referrals, and what is no friend: pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huitou.ground.money import LARGEST
from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import Sentence, said

SIDES = ("giver", "friend")
WHY: Mapping[str, Sentence] = {
    "self": said("It is the same person."),
    "household": said("They live at one address."),
    "known": said("They were a customer before, or another brought them."),
    "cycle": said("The friend brought the one who brings them."),
}
"""Why a referral was caught -> its words."""


@dataclass(frozen=True)
class Reward:
    """What one side gets."""

    kind: str
    """offer or points."""
    amount: int
    good_days: int = 90
    least: int = 0


@dataclass(frozen=True)
class ReferralRules:
    """Everything in `rules/referrals.toml`."""

    giver: Reward
    friend: Reward
    on: bool = False
    least_orders: int = 2
    kept_days: int = 14
    least: int = 1000
    wait_days: int = 180
    most_a_month: int = 5
    most_held: int = 5000

    def of(self, side: str) -> Reward:
        """What a side gets."""
        return self.giver if side == "giver" else self.friend


NUMBERS = {
    "least_orders": (1, 1000),
    "kept_days": (0, 366),
    "least": (0, LARGEST),
    "wait_days": (1, 3660),
    "most_a_month": (1, 10_000),
    "most_held": (1, LARGEST),
}
"""Whole numbers -> the least and the most they may be."""


def parsed(values: Mapping[str, Any]) -> ReferralRules:
    """Rules from the file's values. Raises `BadRule` for what cannot stand."""
    told = Told(values)
    told.only("on", *SIDES, *NUMBERS)
    giver, friend = (_reward(told.table(side)) for side in SIDES)
    whole = {
        name: told.whole(name, getattr(ReferralRules, name), *ends)
        for name, ends in NUMBERS.items()
    }
    return ReferralRules(giver, friend, on=told.truth("on", False), **whole)


def _reward(told: Told) -> Reward:
    told.only("kind", "amount", "good_days", "least")
    return Reward(
        told.one_of("kind", ("offer", "points")),
        told.whole("amount", None, 1, 10**9),
        told.whole("good_days", Reward.good_days, 1, 3660),
        told.whole("least", Reward.least, 0, LARGEST),
    )


RULES = RuleFile("referrals", Path(__file__).with_name("referrals.toml"), parsed)
"""What the shop decided about referrals."""


@dataclass(frozen=True)
class Seen:
    """What is known of whoever came by a link, once the address they left is somebody's."""

    people: Set[str]
    """All who are known by it, under today's ids."""
    known_before: bool
    """Whether one of them bought before the link was used."""
    brought_before: bool
    """Whether one of them was brought already, by this or another link."""
    addresses: Set[str]


def no_friend(
    giver: str, givers_addresses: Set[str], ancestors: Collection[str], seen: Seen
) -> str | None:
    """Why this is no friend, see `WHY`; None where it is one. The gravest reason is named."""
    if giver in seen.people:
        return "self"
    if seen.people & set(ancestors):
        return "cycle"
    if seen.known_before or seen.brought_before:
        return "known"
    return "household" if givers_addresses & seen.addresses else None


def one_address(written: str) -> str:
    """An address without what people write differently: blanks, commas, capitals."""
    return "".join(each for each in written.casefold() if each.isalnum())
