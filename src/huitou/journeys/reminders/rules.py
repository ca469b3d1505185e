"""What is due, and whom to remind of it: rules without a book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from huitou.ground import rules
from huitou.ground.errors import BadInput
from huitou.ground.ids import fingerprint

ROOM = "reminders"
SHIPPED = Path(__file__).with_name("reminders.toml")
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


def read(home: Path) -> Rules:
    """The rules of a shop, or those that huitou ships."""
    return parse(rules.read(home, ROOM, SHIPPED))


def parse(told: Mapping[str, Any]) -> Rules:
    """Rules out of TOML. Raises `BadInput` for the first thing that cannot be."""
    if strange := set(told) - set(Rules.__dataclass_fields__):
        raise BadInput(f"there is no rule {min(strange)!r}")
    for name, value in told.items():
        wanted = type(getattr(Rules, name))
        if type(value) is not wanted and not (wanted is float and type(value) is int):
            raise BadInput(f"{name} is not {value!r}")
    made = Rules(**told)
    if not 0 <= made.chance <= 1:
        raise BadInput("chance lies between 0 and 1")
    if min(made.lead_days, made.gaps, made.rest_days, made.most_a_run) < 0:
        raise BadInput("days and counts are not below nothing")
    return made


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
