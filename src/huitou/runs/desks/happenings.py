"""The desk of happenings: staff and files tell what happened around the shop, once each.

desk.tell("store_closed", day, by="Mei", store="Bund")
desk.take(path, by="Mei")          # a CSV file; rows that cannot be taken are kept, with why
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from huitou.care.happenings import book
from huitou.care.happenings.rules import KINDS, NO_DAY, NOT_YET, SCOPES, Happened
from huitou.ground.errors import BadInput, HuitouError, NotYet
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence
from huitou.sources.encodings import letters_only, text_of

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition

COLUMNS = ("kind", "day", "until", "customer", *SCOPES[1:], "words", "key")
"""Columns of a file of happenings; `kind` and `day` must be there."""
LARGEST = 20_000_000
"""Bytes of a file; more is no list of happenings."""
LATEST = timezone(timedelta(hours=14))
"""Where a day begins first."""
AT_ONCE = 1000
"""Rows written in one unit: a long file does not keep others from the books."""


@dataclass(frozen=True)
class HappeningView:
    """Something that happened, as the doors show it."""

    id: str
    kind: str
    kind_words: Sentence
    day: date
    until: date | None
    person: str | None
    store: str | None
    region: str | None
    product: str | None
    category: str | None
    clerk: str | None
    words: str
    by: str
    withdrawn_by: str | None
    is_new: bool = False
    """Whether this call wrote it down; the same told again is not new."""

    @property
    def about(self) -> str:
        """Whom or what it touched, in short; empty where it touched everybody."""
        named = (self.store, self.region, self.product, self.category, self.clerk)
        return " · ".join(each for each in named if each)


@dataclass(frozen=True)
class AsideView:
    """A row of a file that could not be taken, with the reason."""

    file: str
    line: int
    raw: Mapping[str, str]
    reason: str
    to_try: str | None = None


@dataclass(frozen=True)
class TakenView:
    """What became of the rows of a file."""

    file: str
    rows: int
    taken: int
    unchanged: int
    aside: tuple[AsideView, ...]


class Happenings:
    """What staff do with happenings."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    @property
    def today(self) -> date:
        """The day it is in the shop; before a first file named its zone, the latest anywhere."""
        zone = self._settings.zone if self._settings.timezone else LATEST
        return self._house.clock.now().astimezone(zone).date()

    def tell(
        self,
        kind: str,
        day: date,
        *,
        by: str,
        until: date | None = None,
        customer: str | None = None,
        store: str | None = None,
        region: str | None = None,
        product: str | None = None,
        category: str | None = None,
        clerk: str | None = None,
        words: str = "",
        key: str = "",
    ) -> HappeningView:
        """Write down what happened; the same again (by its key, or all it is about) does nothing.

        `customer` is a member number, phone, e-mail or id. Errors say in words what is missing.
        """
        told = self._checked(
            Happened(
                _kind(kind),
                day,
                by,
                until=until,
                person_id=self._person(customer),
                store=store or None,
                region=region or None,
                product=product or None,
                category=category or None,
                clerk=clerk or None,
                words=words.strip(),
                key=key,
            )
        )
        with self._house.books.unit() as unit:
            row, is_new = book.write_down(unit, told, self._house.clock.now())
        return _view(row, is_new=is_new)

    def take(self, path: Path, by: str, encoding: str | None = None) -> TakenView:
        """Take a CSV file in; what cannot be taken is kept with its reason, and the rest counts.

        Raises `Ambiguous` where its letters can be read in more ways than one and no `encoding` is
        declared.
        """
        rows = _rows(Path(path), encoding)
        good, bad = self._sorted(rows, Path(path).name, by)
        now, fresh = self._house.clock.now(), 0
        for start in range(0, len(good), AT_ONCE):
            with self._house.books.unit() as unit:
                for told in good[start : start + AT_ONCE]:
                    fresh += book.write_down(unit, told, now)[1]
        with self._house.books.unit() as unit:
            for one in bad:
                book.set_aside(unit, one.file, one.line, one.raw, one.reason, one.to_try, by, now)
        return TakenView(Path(path).name, len(rows), fresh, len(good) - fresh, tuple(bad))

    def withdraw(self, happening_id: str, by: str) -> None:
        """It was a mistake: it is evidence of nothing from the next run on."""
        with self._house.books.unit() as unit:
            book.withdraw(unit, happening_id, by, self._house.clock.now())

    def listed(self, kind: str | None = None, limit: int = 50) -> tuple[HappeningView, ...]:
        """What happened last, the newest first."""
        with self._house.books.reading() as unit:
            rows = book.latest(unit, kind=kind, limit=limit)
        return tuple(_view(row) for row in rows)

    def aside(self, limit: int = 50) -> tuple[AsideView, ...]:
        """Rows of files that could not be taken, the newest first."""
        with self._house.books.reading() as unit:
            rows = book.aside(unit, limit)
        return tuple(_aside(row) for row in rows)

    def _sorted(
        self, rows: Sequence[Mapping[str, str]], file: str, by: str
    ) -> tuple[list[Happened], list[AsideView]]:
        good: list[Happened] = []
        bad: list[AsideView] = []
        for line, row in enumerate(rows, start=2):
            try:
                letters_only(row)
                good.append(self._read(row, by))
            except HuitouError as refused:
                raw = {name: row[name] for name in COLUMNS if row.get(name)}
                bad.append(AsideView(file, line, raw, refused.sentence, refused.to_try))
        return good, bad

    def _read(self, row: Mapping[str, str], by: str) -> Happened:
        told = {name: value for name, value in row.items() if name in SCOPES and value}
        return self._checked(
            Happened(
                _kind(row.get("kind", "")),
                _day(row.get("day", ""), "day"),
                by,
                until=_day(row["until"], "until") if row.get("until") else None,
                person_id=self._person(row.get("customer")),
                words=row.get("words", ""),
                key=row.get("key", ""),
                **told,
            )
        )

    def _checked(self, told: Happened) -> Happened:
        if told.day > self.today:
            raise BadInput(NOT_YET.text, column="day", value=told.day.isoformat())
        return told

    def _person(self, customer: str | None) -> str | None:
        from huitou.runs import finding

        if not customer or not customer.strip():
            return None
        if self._edition is None:
            raise NotYet("no run has finished yet: nobody is known", to_try="huitou run")
        standing = finding.found(self._house, self._settings, self._edition, customer)
        return str(standing["person_id"])

    @cached_property
    def _edition(self) -> Edition | None:
        return self._house.lake.current()


def _view(row: Row, *, is_new: bool = False) -> HappeningView:
    kept = ("store", "region", "product", "category", "clerk", "words", "by", "withdrawn_by")
    return HappeningView(
        id=row["id"],
        kind=row["kind"],
        kind_words=KINDS[row["kind"]].words,
        day=row["day"],
        until=row["until"],
        person=row["person_id"],
        is_new=is_new,
        **{name: row[name] for name in kept},
    )


def _aside(row: Row) -> AsideView:
    raw = {name: row["raw"][name] for name in COLUMNS if name in row["raw"]}
    return AsideView(row["file"], row["line"], raw, row["reason"], row["to_try"])


def _kind(told: str) -> str:
    """A kind by its code, or by its words in any language."""
    plain = told.strip()
    for kind in KINDS.values():
        said = {speaker(language).say(kind.words).casefold() for language in LANGUAGES}
        if plain == kind.name or plain.casefold() in said:
            return kind.name
    return plain


def _day(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise BadInput(
            NO_DAY.text, column=column, value=text, to_try="year-month-day: 2026-05-03"
        ) from None


def _columns(cells: Sequence[str]) -> int:
    return len(set(COLUMNS) & {cell.strip().casefold() for cell in cells})


def _rows(path: Path, encoding: str | None) -> list[dict[str, str]]:
    """The rows of a CSV file, by column; a sentence for a file that is none."""
    if not path.is_file():
        raise BadInput("there is no such file", file=str(path))
    if path.stat().st_size > LARGEST:
        raise BadInput("that file is too large to be a list of happenings", file=path.name)
    text = text_of(path, encoding, _columns)
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as unread:
        raise BadInput(f"the file cannot be read: {unread}", file=path.name) from unread
    header = [name.strip().casefold() for name in rows[0]] if rows else []
    if missing := [name for name in ("kind", "day") if name not in header]:
        raise BadInput(
            f"the file has no column {missing[0]!r}",
            file=path.name,
            to_try=f"a first line of: {','.join(COLUMNS)}",
        )
    return [
        {name: cell.strip() for name, cell in zip(header, row, strict=False)}
        for row in rows[1:]
        if any(cell.strip() for cell in row)
    ]
