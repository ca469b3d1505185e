"""What rings and who hears it, as plain values: bells, routes, and which route a bell takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from huitou.ground.ids import fingerprint

STAFF, MANAGER = "staff", "manager"
STATES = ("ringing", "acknowledged", "snoozed", "closed")
OUTCOMES = ("came_back", "settled", "reached", "not_reached", "false_alarm", "merged")
"""How an alarm ended: the first two by themselves, the last where two customers were one."""
BY_HAND = ("reached", "not_reached", "false_alarm")


@dataclass(frozen=True)
class Bell:
    """One alarm, as a run hands it to the book."""

    person_id: str
    rule: str
    since: date
    on: date
    """The day on which it rings: the last day known of what it rings about."""
    value: int
    facts: Any
    """The three facts, as JSON that the doors can say in any language."""
    severity: int
    hours: int
    route: str
    """care or service."""
    ends: str
    """purchase or settled."""
    store: str | None = None

    def id_of(self, person: str) -> str:
        """Computed, so that a run done twice rings once."""
        return fingerprint(self.rule, person, self.since.isoformat())[:32]

    @property
    def time_to_answer(self) -> timedelta:
        """Until somebody must have answered."""
        return timedelta(hours=self.hours)


@dataclass(frozen=True)
class Route:
    """Where alarms of a kind are told: the name of the variable that holds the addresses.

    What is None asks for nothing; the route with the most conditions that fit is taken.
    """

    name: str
    urls_env: str
    role: str = STAFF
    """staff hears new alarms, manager those that nobody answered."""
    kind: str | None = None
    """care or service."""
    store: str | None = None
    least_value: int | None = None
    owner: str | None = None
    """Who is put in charge of what takes this route."""

    def fits(self, kind: str, store: str | None, value: int) -> bool:
        """Whether a bell of this kind, store and value may take it."""
        return (
            self.kind in (None, kind)
            and self.store in (None, store)
            and (self.least_value is None or value >= self.least_value)
        )

    @property
    def conditions(self) -> int:
        """How much it asks for."""
        return sum(each is not None for each in (self.kind, self.store, self.least_value))


def route_of(
    routes: Sequence[Route], role: str, kind: str, store: str | None, value: int
) -> Route | None:
    """The most particular route that fits; of equals the one for the larger value, then by name."""
    fitting = [each for each in routes if each.role == role and each.fits(kind, store, value)]
    ranked = sorted(fitting, key=lambda r: (-r.conditions, -(r.least_value or 0), r.name))
    return ranked[0] if ranked else None
