"""What people brought in a window of days: the outcomes that replays and tests are read by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from huitou.facts.bought import bought
from huitou.facts.contract import Tables
from huitou.facts.earned import earned
from huitou.ground.errors import NotYet
from huitou.ground.words import said
from huitou.runs.kept import few
from huitou.runs.moment import FORMAT, Moment
from huitou.runs.work import tables_of

if TYPE_CHECKING:
    from huitou.ground.settings import Settings
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Past:
    """The edition of the last run, asked what people brought."""

    edition: Edition
    moment: Moment
    tables: Tables
    _known: dict[tuple[str, date, date], Mapping[str, float]] = field(default_factory=dict)
    """What was read already: the window after one moment is the one before the next."""

    def profit(self, people: Sequence[str], first: date, last: date) -> Floats:
        """Profit of each from `first` to `last`, both included; 0 where they brought nothing."""
        if (known := self._known.get(("profit", first, last))) is None:
            told = earned(self.tables, self.moment.as_of, first, last).to_pyarrow()
            pairs = zip(told["person_id"].to_pylist(), told["profit"].to_pylist(), strict=True)
            known = self._known["profit", first, last] = dict(pairs)
        return _of(people, known)

    def came(self, people: Sequence[str], first: date, last: date) -> Floats:
        """1 where somebody bought from `first` to `last`, both included; 0 else."""
        if (known := self._known.get(("came", first, last))) is None:
            evening = self.moment.evening(first - timedelta(days=1))
            told = bought(self.tables, evening, (last - first).days + 1).to_pyarrow()
            known = self._known["came", first, last] = dict.fromkeys(
                told["person_id"].to_pylist(), 1.0
            )
        return _of(people, known)


@contextmanager
def past(house: House, settings: Settings) -> Iterator[Past]:
    """What the last run knew. Raises `NotYet` where there was none, or none with a forecast."""
    edition = house.lake.current()
    noted = edition.noted("moment") if edition is not None else None
    if edition is None or noted is None or noted.get("format") != FORMAT:
        raise NotYet(said("No run has finished yet."), to_try="huitou run")
    if not edition.has("people"):
        raise NotYet(few(edition) or said("There are too few customers for a forecast."))
    with house.lake.reading(edition) as connection:
        yield Past(edition, Moment.read(noted), tables_of(connection, settings))


def spent(row: Row) -> float:
    """Stamps, staff and better services of those reached; what an offer took off shows in what was
    paid."""
    cost = row["worst_cost"] - row["cap"] + row["served"]
    return float(cost) if row["outcome"] == "applied" else 0.0


def _of(people: Sequence[str], known: Mapping[str, float]) -> Floats:
    return np.array([float(known.get(person) or 0) for person in people])
