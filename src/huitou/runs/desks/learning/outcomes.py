"""What people brought in a window of days: the outcomes that replays and tests are read by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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
    from huitou.store.lake import Edition

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Past:
    """The edition of the last run, asked what people brought."""

    edition: Edition
    moment: Moment
    tables: Tables

    def profit(self, people: Sequence[str], first: date, last: date) -> Floats:
        """Profit of each from `first` to `last`, both included; 0 where they brought nothing."""
        told = earned(self.tables, self.moment.as_of, first, last).to_pyarrow()
        return _of(people, told["person_id"].to_pylist(), told["profit"].to_pylist())

    def came(self, people: Sequence[str], first: date, last: date) -> Floats:
        """1 where somebody bought from `first` to `last`, both included; 0 else."""
        evening = self.moment.evening(first - timedelta(days=1))
        told = bought(self.tables, evening, (last - first).days + 1).to_pyarrow()
        return _of(people, told["person_id"].to_pylist(), [1.0] * told.num_rows)


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


def _of(people: Sequence[str], ids: Sequence[str], values: Sequence[float]) -> Floats:
    known = dict(zip(ids, values, strict=True))
    return np.array([float(known.get(person) or 0) for person in people])
