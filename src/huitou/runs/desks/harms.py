"""What our own letters did harm: read it, stop a campaign by hand, lift a stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from huitou.ground.errors import NotYet
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.journeys import book as journeys
from huitou.journeys.guard import book as guard
from huitou.runs.kept import recall
from huitou.runs.told import HarmView, OurHarm

if TYPE_CHECKING:
    from huitou.runs.wiring import House


class Harms:
    """The guardrail of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def seen(self) -> OurHarm:
        """Every recent campaign as the last run saw it, with what was stopped or lifted since."""
        edition = self._house.lake.current()
        if edition is None:
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        found: OurHarm = recall(edition.noted("harm")) or OurHarm(())
        with self._house.books.reading() as unit:
            stopped = guard.stopped(unit)
        return replace(found, campaigns=tuple(_now(each, stopped) for each in found.campaigns))

    def stopped(self) -> tuple[str, ...]:
        """Plans of which nothing more is handed over."""
        with self._house.books.reading() as unit:
            return tuple(sorted(guard.stopped(unit)))

    def stop(self, plan_id: str, by: str) -> None:
        """Hand over nothing more of a plan, because somebody says so."""
        with self._house.books.unit() as unit:
            journeys.the_plan(unit, plan_id)
            guard.stop(unit, plan_id, "by hand", {}, by, self._house.clock.now())

    def lift(self, plan_id: str, by: str) -> None:
        """Let a stopped plan go on; who says so is kept. `plan apply` hands over what waits."""
        with self._house.books.unit() as unit:
            guard.lift(unit, plan_id, by, self._house.clock.now())


def _now(view: HarmView, stopped: Mapping[str, object]) -> HarmView:
    return replace(view, is_stopped=view.plan in stopped)
