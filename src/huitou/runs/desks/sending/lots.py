"""Whom the year's lot holds out, as the post asks it of everything that sells."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING

from huitou.decisions.holdout import Holdout
from huitou.ground.settings import Settings
from huitou.runs.walking.knowing import day_of

if TYPE_CHECKING:
    from huitou.store.lake import Edition

CHUNK = 5_000
"""People looked up at once."""


class Lots:
    """The universal hold-out of the edition of the last run.

    Somebody it does not know draws by their id, as on journeys. Where nothing was ever run there is
    no programme yet, and nobody is held out of it.
    """

    def __init__(self, edition: Edition | None, settings: Settings) -> None:
        self._edition, self._known = edition, dict[str, bool]()
        self._lot = None
        if edition is not None:
            day = day_of(edition)
            self._lot = Holdout.of_the_year(settings.salt, settings.holdout_share, day)

    def __call__(self, people: Sequence[str]) -> Set[str]:
        """Those of them who are held out."""
        missing = [person for person in dict.fromkeys(people) if person not in self._known]
        for start in range(0, len(missing), CHUNK):
            self._draw(missing[start : start + CHUNK])
        return {person for person in people if self._known[person]}

    def _draw(self, people: Sequence[str]) -> None:
        if self._edition is None or self._lot is None:
            self._known |= dict.fromkeys(people, False)
            return
        only = ("person_id", sorted(people))
        rows = self._edition.table("holders", ["person_id", "hold_key"], only=only).to_pylist()
        keys = {row["person_id"]: row["hold_key"] for row in rows}
        self._known |= {person: self._lot.holds(keys.get(person, person)) for person in people}
