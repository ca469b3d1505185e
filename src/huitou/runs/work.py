"""What the steps of one day share: the stores, the choices, and the edition they add to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huitou.facts.contract import Tables
from huitou.facts.engine import engine_over
from huitou.ground.settings import Settings
from huitou.runs import beneath
from huitou.runs.moment import Moment

if TYPE_CHECKING:
    from huitou.store.books import Books, Unit
    from huitou.store.lake import Edition, Lake
    from huitou.store.shelf import Shelf

Result = Mapping[str, Any]
"""What a step tells the journal: a JSON value with `rows`, how many it handled."""


@dataclass(frozen=True)
class Work:
    """What a step is handed."""

    home: Path
    """The shop's folder, which holds its rules."""
    lake: Lake
    books: Books
    shelf: Shelf
    settings: Settings
    run_id: str
    now: datetime
    day: date
    """The last day known."""
    horizon_days: int | None
    """As the merchant asked; None takes it from the shop's rhythm."""

    @property
    def edition(self) -> Edition:
        """The edition of this run."""
        return self.lake.edition(self.run_id)

    @cached_property
    def moment(self) -> Moment:
        """The evening of this run, once the step `lines` has settled it."""
        return Moment.read(self.edition.noted("moment"))

    @property
    def is_foreseen(self) -> bool:
        """Whether there were customers enough for a forecast."""
        return self.edition.has(f"scores_{self.day}")

    @contextmanager
    def facts(self) -> Iterator[Tables]:
        """What the facts of this edition are made of, for as long as the block lasts."""
        with self.lake.reading(self.edition, BENEATH) as connection:
            yield self.tables(connection)

    def tables(self, connection: Any) -> Tables:
        """The tables of this edition as Ibis expressions over an open connection."""
        return tables_of(connection, self.settings, self.edition)


BESIDE = frozenset({"stages", "spend", "tiers", "served", "before"})
"""Tables that an edition may hold beside the lines, named as in `Tables`."""
BENEATH = ("lines", *sorted(BESIDE), *beneath.KEPT)
"""The tables that facts are made of; opening all of an edition takes longer than most facts do."""


def tables_of(connection: Any, settings: Settings, edition: Edition | None = None) -> Tables:
    """The published tables as Ibis expressions over an open connection.

    With the `edition` that was opened, facts begin with what it keeps of a large shop.
    """
    backend = engine_over(connection)
    there = set(backend.list_tables())
    beside = {name: backend.table(name) for name in BESIDE & there}
    tables = Tables(
        lines=backend.table("lines"),
        zone=str(settings.zone),
        margin=settings.margin,
        **beside,
    )
    if edition is None or not there.intersection(beneath.KEPT):
        return tables
    return beneath.with_pieces(tables, connection, Moment.read(edition.noted("moment")).as_of)


def where_foreseen(step: Callable[..., Result]) -> Callable[..., Result]:
    """A step that has nothing to do where there were too few customers for a forecast."""

    def unless_too_few(work: Work, *unit: Unit) -> Result:
        return step(work, *unit) if work.is_foreseen else {"rows": 0}

    return unless_too_few
