"""Forgetting somebody who asks for it: all that is open ends, then nothing says who they were.

The books let go in one unit; the lines in the lake become sales to nobody. What they were known by
is kept as a keyed hash, so that a file which still names them does not bring them back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from huitou.care import book as care
from huitou.care.alarms import book as alarms
from huitou.care.calls import book as calls
from huitou.care.consents import book as consents
from huitou.care.interviews import book as interviews
from huitou.channels.post import book as post
from huitou.ground.channels import ANY, CHANNELS
from huitou.ground.settings import Settings
from huitou.identity.book import names
from huitou.identity.forgetting import book, lake
from huitou.journeys.sendings import book as sendings
from huitou.loyalty import book as loyalty
from huitou.loyalty.cards import book as cards
from huitou.loyalty.referrals import book as referrals
from huitou.runs import inputs, owners
from huitou.runs.book import EVENTS, tell_the_lake
from huitou.runs.desks.complaints.desk import Complaints
from huitou.runs.personal import HELD
from huitou.runs.taking import tell_readers

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Unit


@dataclass(frozen=True)
class ForgottenView:
    """That somebody was forgotten; not whom."""

    id: str
    """What they agreed to is kept under this name."""
    rows: int
    """Rows of the books that said something of them."""
    lines: int
    """Lines of orders that are nobody's now."""
    files: int
    """Attachments that are gone."""


class Desk:
    """Where somebody is forgotten."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def forget(self, who: str, by: str) -> ForgottenView:
        """Forget the one customer meant by a member number, phone, e-mail or id; for good.

        Again for the same person changes nothing more. Answers show them until the next run. Raises
        `Busy` while the day's work is being done: half of it would know them still.
        """
        person = owners.person(self._house, self._settings, who)
        # Both are held from before the first change: no run may know somebody in one step and
        # nobody in the next.
        what = "forget somebody"
        with self._house.lake.running(what), self._house.lake.writing(what) as con:
            files = Complaints(self._house, self._settings).forget(person)
            keys = self._keys(person)
            with self._house.books.unit() as unit:
                ids = sorted(names(unit, [person]).every([person]))
                keys = sorted({*keys, *_card_keys(unit, ids)})
                end(unit, person, by, self._now)
                post.forget_grants(unit, ids)
                done = book.forget(unit, HELD, ids, keys, self._settings.salt, by, self._now)
            tell_the_lake(self._house.books, self._house.lake.raw / EVENTS, self._now)
            lines = lake.forget(con, ids, keys, self._house.lake.raw)
            inputs.forget(self._house.lake, ids)
            tell_readers(self._house, con)
        return ForgottenView(done.id, done.rows, lines, files)

    def log(self) -> Sequence[Mapping[str, object]]:
        """When somebody was forgotten and by whom, the latest first."""
        with self._house.books.reading() as unit:
            return book.since(unit)

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    def _keys(self, person: str) -> list[str]:
        edition = owners.current(self._house)
        if edition is None:
            return []
        found = edition.table("keys", only=("person_id", [person]))
        return [str(key) for key in found["key"].to_pylist()]


def end(unit: Unit, person: str, by: str, now: datetime) -> None:
    """End all that is open between somebody and the shop, while it is known who they are."""
    care.be_silent(unit, person, ANY, "forgotten", now)
    consents.end_asking(unit, person, tuple(CHANNELS), now)
    interviews.end_silent(unit, [person])
    for row in alarms.listed(unit, alarms.OPEN, people=[person]):
        alarms.close(unit, row["id"], "settled", by, now)
    while (standing := calls.open_of(unit, person)) is not None:
        calls.drop(unit, standing["id"], "silence", now)
    loyalty.release_all(unit, person, now)
    sendings.withdraw_all(unit, person, now)
    referrals.close_all(unit, person, now)


def _card_keys(unit: Unit, ids: Sequence[str]) -> list[str]:
    found = [cards.of_person(unit, each) for each in ids]
    return [key for row in found if row is not None for key in cards.keys_of(unit, row["id"])]
