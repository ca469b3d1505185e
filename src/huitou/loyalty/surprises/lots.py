"""Who gets a surprise and who is drawn to get none, by keyed lots with a chance that is known.

Everybody whose turn it is draws a lot that depends on nothing but the shop's salt, the gift, the
occasion and their oldest key: whoever draws again, on another machine or a day later, draws the
same. Those with the lowest lots come first, so a budget that ends early ends by chance too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor

from huitou.ground.ids import fingerprint, lot
from huitou.loyalty.surprises.rules import Gift

PROGRAMME = "surprise"


@dataclass(frozen=True)
class Turn:
    """Somebody whose turn it is."""

    person_id: str
    hold_key: str
    occasion: str
    """The same occasion again is the same turn: orders:10, years:1, birthday:2026, drawn:…"""
    why: str
    """What brought their turn, in the merchant's words."""


@dataclass(frozen=True)
class Drawn:
    """What the lot said to one turn."""

    turn: Turn
    gift: Gift
    arm: str
    """given or control."""
    lot: float
    chance: float
    """With which somebody came into this arm; in (0, 1]."""

    @property
    def id(self) -> str:
        """The same for the same person, gift and occasion."""
        parts = (PROGRAMME, self.gift.name, self.turn.occasion, self.turn.person_id)
        return fingerprint(*parts)


def at_milestones(
    gift: Gift, turns: Iterable[Turn], control_share: float, salt: str
) -> list[Drawn]:
    """Everybody who reached a milestone is given the gift or is in its control, each by a lot."""
    found = []
    for turn in turns:
        mine = lot(salt, PROGRAMME, gift.name, turn.occasion, turn.hold_key)
        is_control = mine < control_share
        chance = control_share if is_control else 1 - control_share
        found.append(Drawn(turn, gift, "control" if is_control else "given", mine, chance))
    return sorted(found, key=lambda each: (each.lot, each.turn.hold_key))


def among_visitors(
    gift: Gift, turns: Sequence[Turn], control_share: float, salt: str, day: str
) -> list[Drawn]:
    """Of a day's visitors so many are drawn, and beside them so many who are watched and get none.

    Both numbers are rounded by a lot of the day's own, so that a share of 2 % of ten visitors is
    one in five days. Among all who were looked at, the control's share is `control_share`.
    """
    placed = sorted(
        (lot(salt, PROGRAMME, gift.name, turn.occasion, turn.hold_key), turn.hold_key, turn)
        for turn in turns
    )
    everybody = len(placed)
    wanted = gift.share * everybody
    given = min(everybody, _rounded(wanted, lot(salt, PROGRAMME, "given", gift.name, day)))
    beside = wanted * control_share / (1 - control_share)
    rest = everybody - given
    watched = min(rest, _rounded(beside, lot(salt, PROGRAMME, "control", gift.name, day)))
    arms = ["given"] * given + ["control"] * watched
    share = {"given": given / everybody, "control": watched / everybody} if everybody else {}
    return [
        Drawn(turn, gift, arm, mine, share[arm])
        for (mine, _, turn), arm in zip(placed, arms, strict=False)
    ]


def _rounded(wanted: float, chance: float) -> int:
    """Down or up to a whole number, so that on average it is what was wanted."""
    whole = floor(wanted)
    return whole + (chance < wanted - whole)
