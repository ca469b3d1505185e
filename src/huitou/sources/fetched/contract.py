"""Sources that are gone to and asked: databases by a query and a cursor, folders by what lies in
them; and what each was told to do on the bad day.

ask(database, position) ─▶ Portion (rows, and the position after them)
meet(Expected, columns) ─▶ Met     (what is read, what is left, what to tell)

A portion is taken in as a file is, and only then its position is kept: whoever is killed between
the two asks for the same rows again, and the same rows again change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from huitou.ground.words import Sentence, said

DATABASE, FOLDER = "database", "folder"
KINDS: Mapping[str, Sentence] = {
    DATABASE: said("A database, by a query and a cursor column"),
    FOLDER: said("A folder, whose new files are taken in"),
}

EVOLVE, FREEZE, DISCARD = "evolve", "freeze", "discard"
SURPRISES: Mapping[str, Sentence] = {
    EVOLVE: said("go along, and say so"),
    FREEZE: said("stop, and take nothing"),
    DISCARD: said("leave out what is new, and keep the rest"),
}
"""What to do when a source brings what it did not bring before."""

KIND_NAMES: Mapping[str, Sentence] = {
    "truth": said("a yes or no"),
    "number": said("a number"),
    "moment": said("a moment"),
    "date": said("a date"),
    "time": said("a time of day"),
    "text": said("a text"),
    "other": said("something else"),
    "mixed": said("anything"),
    "": said("nothing yet"),
}
"""What a kind of values is called."""

SET_ASIDE = said("{file} was set aside: {reason}")
"""What is told of a file that could not be taken, until its values are filled in."""


@dataclass(frozen=True)
class Expected:
    """What a source brings: its columns with their kinds, how fresh, and what else may happen."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Column -> text, number, moment, date, truth; "" while every value was empty."""
    on_columns: str = EVOLVE
    """For a column that is new or gone: evolve, freeze or discard."""
    on_types: str = DISCARD
    """For a value of another kind than its column's: evolve takes it as it is written, freeze
    stops, discard sets the row aside with its reason."""
    fresh_hours: int | None = None
    """The newest row is expected to be no older; None expects nothing."""


@dataclass(frozen=True)
class Source:
    """A source that is asked. Its secret stays in the environment, under `secret_env`."""

    id: str
    kind: str
    name: str
    address: str
    """The address of a database, without a password; or the folder."""
    mapping: Mapping[str, Any] | None
    """How its rows are read; of a folder None reads each file as an earlier one like it was."""
    expected: Expected
    query: str | None = None
    cursor: str | None = None
    secret_env: str | None = None
    position: Any = None
    """The cursor of the last row that was taken in, as `position_of` writes it."""
    last_at: datetime | None = None
    """When it was asked last, with success or without."""
    newest: datetime | None = None
    """The moment of the newest row it brought."""
    rows: int = 0
    """Rows that were applied, all times together."""
    told: Sentence | None = None
    """What went wrong the last time, or what was unusual in it."""
    failed: bool = False
    made_at: datetime | None = None
    ended_at: datetime | None = None

    def is_stale(self, now: datetime) -> bool:
        """Whether its newest row is older than was promised."""
        hours = self.expected.fresh_hours
        if hours is None or self.ended_at is not None:
            return False
        return self.newest is None or now - self.newest > timedelta(hours=hours)
