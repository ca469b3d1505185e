"""How things stand with some people: what the last run knows of them, and how they are reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.audience import Audience
from huitou.decisions.holdout import Holdout
from huitou.decisions.limits import Limits
from huitou.decisions.remedies import sure_depths
from huitou.ground.errors import NotYet
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.journeys.messages import Recipient
from huitou.runs.kept import few
from huitou.runs.moment import FORMAT, Moment
from huitou.runs.people import person_row
from huitou.runs.person import timeline
from huitou.runs.planning import Addresses
from huitou.runs.steps.learn import effects_of
from huitou.runs.suspicion import evidence_of
from huitou.runs.views import PersonRow, TimelineEntry

if TYPE_CHECKING:
    from huitou.facts.sentences import Piece
    from huitou.runs.wiring import House
    from huitou.store.lake import Edition

KNOWN = (
    *("person_id", "hold_key", "stage", "store", "orders", "last_day", "typical_gap", "spend"),
    *("value", "value_low", "value_high", "value_if_kept"),
)


@dataclass(frozen=True)
class Standing:
    """The last run, asked about single people."""

    house: House
    settings: Settings
    edition: Edition

    @cached_property
    def moment(self) -> Moment:
        """The evening that the last run looked at."""
        return Moment.read(self.edition.noted("moment"))

    @property
    def day(self) -> date:
        """The last day known."""
        return self.moment.day

    @property
    def today(self) -> date:
        """The day in the shop, by the clock: calls are made today, whatever the orders know."""
        return self.house.clock.now().astimezone(self.settings.zone).date()

    def people(self, ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """What the run knows of each; who is not among the customers is absent."""
        wanted = sorted(set(ids))
        rows = self.edition.table("people", list(KNOWN), only=("person_id", wanted)).to_pylist()
        return {row["person_id"]: row for row in rows}

    def sure_depths(self, person_id: str, cause: str) -> frozenset[float]:
        """Depths of offers that pay with them even at the lower end of what is believed."""
        known = self.edition.table("people", only=("person_id", [person_id])).combine_chunks()
        if not known.num_rows:
            return frozenset()
        within = Limits(
            budget=0,
            share_of_value=self.settings.share_of_value,
            letter_cost=self.settings.letter_cost,
            staff_hourly=self.settings.staff_hourly,
        )
        person = Audience.of(known.slice(0, 1))
        return sure_depths(cause, person, within, effects_of(self.edition))

    def row(self, person_id: str) -> PersonRow | None:
        """One line of the table of customers; None for somebody who is no longer in it."""
        found = self.house.shelf.find(person_id)
        return person_row(found, self.settings.money) if found is not None else None

    def contacts(self, ids: Sequence[str]) -> Mapping[str, Recipient]:
        """How each may be reached."""
        return Addresses(self.edition, self.settings.language)(list(ids))

    def held_out(self, hold_key: str) -> bool:
        """Whether the lot holds somebody out: nothing is ever done for them."""
        lot = Holdout.of_the_year(self.settings.salt, self.settings.holdout_share, self.day)
        return bool(lot.mask([hold_key])[0])

    def evidence(self, ids: Iterable[str]) -> dict[str, tuple[Piece, ...]]:
        """What is known that may have driven each away."""
        return evidence_of(self.edition, ids)

    def first_causes(self, ids: Iterable[str]) -> dict[str, str]:
        """The first suspect of each who is leaving."""
        asked = ("person_id", sorted(set(ids)))
        rows = self.edition.table("people", ["person_id", "cause"], only=asked).to_pylist()
        return {row["person_id"]: row["cause"] for row in rows if row["cause"]}

    def bought(self, ids: Iterable[str]) -> dict[str, tuple[TimelineEntry, ...]]:
        """Orders and returns of each, the latest first, as known on the evening of the run."""
        lines = self.edition.table("lines", only=("person_id", sorted(set(ids))))
        lines = lines.filter(pc.less_equal(lines["day"], pa.scalar(self.day)))
        theirs = {
            person: lines.filter(pc.equal(lines["person_id"], person))
            for person in pc.unique(lines["person_id"]).to_pylist()
        }
        return {person: timeline(own, self.settings.money) for person, own in theirs.items()}


def standing(house: House, settings: Settings) -> Standing:
    """The last run; an error in words where there is none."""
    edition = house.lake.current()
    if edition is None or (edition.noted("moment") or {}).get("format") != FORMAT:
        raise NotYet(said("No run has finished yet."), to_try="huitou run")
    if (too_few := few(edition)) is not None:
        raise NotYet(too_few, to_try="huitou facts")
    return Standing(house, settings, edition)
