"""What is due, and whom to remind of it: rules without a book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from huitou.ground.ids import fingerprint
from huitou.ground.rules import RuleFile, Told

PURPOSES = {"refill": "marketing", "service": "service", "use": "service", "end": "marketing"}
"""Kind -> what its message is: a trade-in sells something, the care of what they own does not."""
TEMPLATES = {
    "refill": "reminder_refill",
    "service": "reminder_maintenance",
    "use": "reminder_maintenance",
    "end": "reminder_trade_in",
}


@dataclass(frozen=True)
class Rules:
    """What the merchant decided about reminders."""

    refill: bool = False
    maintenance: bool = True
    lead_days: int = 5
    chance: float = 0.4
    gaps: int = 2
    rest_days: int = 14
    most_a_run: int = 500


@dataclass(frozen=True)
class Need:
    """Something a person needs, and when."""

    person: str
    kind: str
    """refill, service, use or end."""
    about: str
    """The product's number, or the machine's serial."""
    name: str
    due_on: date
    since: date
    """What makes it this need and no other: the last purchase, the last service."""
    chance: float = 1.0

    @property
    def key(self) -> str:
        """The same for the same need, however often it is looked at."""
        return fingerprint(self.kind, self.about, self.person, self.since.isoformat())


NUMBERS = {"lead_days": 366, "gaps": 1000, "rest_days": 3660, "most_a_run": 10**7}
"""Whole numbers -> the most they may be."""


def parse(values: Mapping[str, Any]) -> Rules:
    """Rules out of TOML. Raises `BadRule` for the first thing that cannot be."""
    told = Told(values)
    told.only(*Rules.__dataclass_fields__)
    return Rules(
        refill=told.truth("refill", Rules.refill),
        maintenance=told.truth("maintenance", Rules.maintenance),
        chance=told.number("chance", Rules.chance, 0, 1),
        **{name: told.whole(name, getattr(Rules, name), 0, most) for name, most in NUMBERS.items()},
    )


RULES = RuleFile("reminders", Path(__file__).with_name("reminders.toml"), parse)
"""Whom the shop reminds of what."""


def chosen(
    needs: Iterable[Need], rules: Rules, known: Set[str], rested: Set[str]
) -> tuple[Need, ...]:
    """Whom to remind of what: not twice of one need, one a person, the likeliest first.

    `known`: keys of needs that were spoken of. `rested`: who was reminded of anything lately.
    """
    order = sorted(needs, key=lambda need: (-need.chance, need.due_on, need.person, need.about))
    taken: dict[str, Need] = {}
    for need in order:
        if need.key in known or need.person in rested or need.person in taken:
            continue
        if len(taken) >= rules.most_a_run:
            break
        taken[need.person] = need
    return tuple(taken.values())
