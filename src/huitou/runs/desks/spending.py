"""The desk of spending: what it cost to win and to keep customers, taken from files.

desk.take(path)          # CSV: day,channel,campaign,amount,purpose; what cannot be taken is told
desk.listed()            # what is known, the latest days first
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from huitou.ground.acquisition import Spent
from huitou.ground.errors import BadInput, NotYet
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.sources.encodings import letters_only, text_of
from huitou.sources.spending import book
from huitou.sources.spending.reading import COLUMNS, Spending, columns, rows, spending

if TYPE_CHECKING:
    from huitou.runs.wiring import House

LARGEST = 20_000_000
"""Bytes of a file; more is no list of spending."""
TABLE = "spending"
"""For readers, beside the editions."""


@dataclass(frozen=True)
class SpendingView:
    """One amount; empty texts: nobody said."""

    day: date
    channel: str
    campaign: str
    purpose: str
    """new or keep."""
    amount: Money


@dataclass(frozen=True)
class AsideView:
    """A row that could not be taken, with the reason."""

    file: str
    line: int
    column: str
    value: str
    reason: Sentence
    to_try: str | None
    raw: Mapping[str, str]


@dataclass(frozen=True)
class TakenView:
    """What became of the rows of a file; rows about the same day and channel are one amount."""

    file: str
    rows: int
    amounts: int
    """Amounts that are new, or other than before."""
    unchanged: int
    aside: tuple[AsideView, ...]


class SpendingDesk:
    """What staff do with spending."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def take(self, path: Path, encoding: str | None = None) -> TakenView:
        """Take a CSV file in: it replaces what was said of the same days, channels and campaigns.

        Rows that cannot be taken are told with line, column and value; the others count, from the
        next run on. Raises `BadInput` for a file that is no list of spending, `Ambiguous` where its
        letters can be read in more ways than one and no `encoding` is declared, `NotYet` before
        the shop has a currency.
        """
        if not self._settings.currency:
            raise NotYet(
                said("The shop has no currency yet: import its orders first."),
                to_try="huitou import FILE",
            )
        name = Path(path).name
        told = rows(_text(Path(path), encoding), name)
        good, bad = self._sorted(told, name)
        with self._house.lake.writing(f"take {name}") as lake:
            fresh, known = book.take(lake, good, name, self._house.clock.now())
            table = lake.execute(book.KNOWN).to_arrow_table()
        self._house.lake.standing.write(TABLE, table)
        return TakenView(name, len(told), fresh, known, tuple(bad))

    def listed(self, limit: int = 50) -> tuple[SpendingView, ...]:
        """What files said, the latest days first."""
        if not self._house.lake.standing.has(TABLE):
            return ()
        table: pa.Table = self._house.lake.standing.table(TABLE)
        order = [("day", "descending"), ("amount", "descending"), ("channel", "ascending")]
        return tuple(
            SpendingView(
                row["day"],
                row["channel"],
                row["campaign"],
                row["purpose"],
                Money(row["amount"], self._settings.money),
            )
            for row in table.sort_by(order).slice(0, limit).to_pylist()
        )

    def on_winning(self) -> tuple[Spent, ...]:
        """What files say was spent on winning new customers, by month and channel, major units."""
        if not self._house.lake.standing.has(TABLE):
            return ()
        rows = self._house.lake.standing.table(TABLE).to_pylist()
        return tuple(
            Spent(
                Money(row["amount"], self._settings.money).decimal,
                row["day"].replace(day=1),
                row["channel"],
            )
            for row in rows
            if row["purpose"] == "new"
        )

    def _sorted(
        self, told: list[tuple[int, Mapping[str, str]]], file: str
    ) -> tuple[list[Spending], list[AsideView]]:
        good: list[Spending] = []
        bad: list[AsideView] = []
        for line, row in told:
            try:
                letters_only(row)
                good.append(spending(row, self._settings.money))
            except BadInput as no:
                reason = no.spoken if isinstance(no.spoken, Sentence) else said(no.sentence)
                raw = {name: row[name] for name in COLUMNS if row.get(name)}
                bad.append(
                    AsideView(file, line, no.column or "", no.value or "", reason, no.to_try, raw)
                )
        return good, bad


def _text(path: Path, encoding: str | None) -> str:
    if not path.is_file():
        raise BadInput("there is no such file", file=str(path))
    if path.stat().st_size > LARGEST:
        raise BadInput(said("That file is too large to be a list of spending."), file=path.name)
    return text_of(path, encoding, columns)
