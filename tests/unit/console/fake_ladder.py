"""A desk of the ladder that is off, with nobody on it; the real one is tried in `tests/shop`."""

from __future__ import annotations

from huitou.runs.desks.ladder.views import StandView, ThresholdView


class FakeLadder:
    """The ladder of a shop that never switched it on."""

    def of(self, person_id: str, language: str = "en") -> StandView:
        return StandView(
            person_id=person_id,
            name=person_id,
            key=person_id,
            number=None,
            confirmed=True,
            on=False,
            step="taste",
            claim="A taste",
            place=1,
            of=4,
            since=None,
            falls_on=None,
            next=None,
            privileges=(),
            points=None,
            offers=(),
            spend=None,
            visits=0,
            say=(),
            moves=(),
        )

    def thresholds(self, language: str = "en") -> tuple[ThresholdView, ...]:
        return ()
