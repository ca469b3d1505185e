"""The desk of sources that are asked: databases by a query, folders by what lies in them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import BadInput, HuitouError, NotYet
from huitou.ground.progress import Progress, silently
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence
from huitou.runs import fetching, taking
from huitou.runs.fetching import Pulled
from huitou.sources.contract import Declared, Preview
from huitou.sources.contract import Mapping as Decided
from huitou.sources.fetched import book, database, folder
from huitou.sources.fetched.contract import DATABASE, FOLDER, KINDS, Expected, Source
from huitou.sources.wire import words_of

if TYPE_CHECKING:
    from huitou.runs.wiring import House


@dataclass(frozen=True)
class SourceRow:
    """A source as it is listed."""

    id: str
    kind: str
    words: Sentence
    name: str
    address: str
    query: str | None
    cursor: str | None
    secret_env: str | None
    secret_is_set: bool
    columns: Mapping[str, str]
    """Column -> what its values are."""
    fields: Mapping[str, str]
    """Field -> the column it is read from."""
    on_columns: str
    on_types: str
    fresh_hours: int | None
    position: str | None
    """The cursor of the last row that was taken in."""
    rows: int
    set_aside: int
    """Files of a folder that could not be taken."""
    newest: datetime | None
    last_at: datetime | None
    is_stale: bool
    """Whether its newest row is older than was promised."""
    failed: bool
    told: Sentence | None


@dataclass(frozen=True)
class FileRow:
    """A file of a folder: taken, or set aside with its reason."""

    name: str
    at: datetime
    rows: int
    applied: int
    quarantined: int
    reason: Sentence | None


class Sources:
    """Where sources are added, tried, asked and removed."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def add_database(
        self,
        name: str,
        address: str,
        query: str,
        cursor: str,
        by: str,
        *,
        secret_env: str | None = None,
        declared: Declared | None = None,
        expected: Expected | None = None,
        confirmed: bool = True,
    ) -> SourceRow:
        """Ask a database from now on.

        Its first rows are looked at as a file's are: `declared` says what they leave open, and
        `Ambiguous` (with `questions`) what nobody has said. Raises `BadInput` for an address or a
        query that cannot stand, `HuitouError` where it does not answer.
        """
        wanted = Source("", DATABASE, name, str(database.address_of(address)), None,
                        expected or Expected(), query, cursor, secret_env or None)  # fmt: skip
        preview, found = self._looked(wanted, declared or Declared())
        mapping = taking.settled(self._house, preview, confirmed=confirmed)
        made = replace(
            wanted, mapping=mapping.to_dict(), expected=replace(wanted.expected, columns=found)
        )
        return self._made(made, by)

    def look(
        self,
        name: str,
        address: str,
        query: str,
        cursor: str,
        *,
        secret_env: str | None = None,
        declared: Declared | None = None,
    ) -> Preview:
        """What the first rows of a database would be taken for; nothing is kept."""
        wanted = Source("", DATABASE, name, str(database.address_of(address)), None,
                        Expected(), query, cursor, secret_env or None)  # fmt: skip
        return self._looked(wanted, declared or Declared())[0]

    def add_folder(
        self,
        name: str,
        place: str,
        by: str,
        *,
        declared: Declared | None = None,
        expected: Expected | None = None,
    ) -> SourceRow:
        """Take in what comes to lie in a folder from now on.

        With a mapping (`declared.mapping`) every file is read by it; without one each is read as an
        earlier file with the same columns was, and one that is like none is set aside.
        """
        given = declared.mapping if declared else None
        self._is_ready(given is not None)
        wanted = Source("", FOLDER, name, str(folder.checked(place)),
                        given.to_dict() if given else None, expected or Expected())  # fmt: skip
        return self._made(wanted, by)

    def test(self, name: str) -> Preview | Sequence[str]:
        """Try whether it answers: of a database the first rows as they would be read, of a folder
        the names of its files; nothing is taken in."""
        one = self._one(name)
        if one.kind == FOLDER:
            return [each.path.name for each in folder.lying(folder.checked(one.address))]
        return self._looked(one, Declared(mapping=_mapping(one)))[0]

    def pull(
        self, name: str, *, anew: bool = False, again: bool = False, tell: Progress = silently
    ) -> Pulled:
        """Ask one source now; `anew` from its first row on, `again` files that were set aside."""
        return fetching.pull(self._house, self._one(name), anew=anew, again=again, tell=tell)

    def pull_all(self, tell: Progress = silently) -> Sequence[Pulled]:
        """Ask all of them, as the worker and every run do."""
        return fetching.pull_all(self._house, tell)

    def change(self, name: str, **told: Any) -> SourceRow:
        """Other answers to surprises: `on_columns`, `on_types`, `fresh_hours`."""
        with self._house.books.unit() as unit:
            return self._row(book.change(unit, name, **told), {})

    def remove(self, name: str) -> SourceRow:
        """Ask it no more; what it brought stays."""
        with self._house.books.unit() as unit:
            return self._row(book.end(unit, name, self._now), {})

    def listed(self) -> Sequence[SourceRow]:
        """All sources, the oldest first."""
        with self._house.books.reading() as unit:
            aside = book.set_aside(unit)
            return [self._row(each, aside) for each in book.every(unit)]

    def files(self, name: str, limit: int = 50) -> Sequence[FileRow]:
        """The files of a folder, the latest first."""
        with self._house.books.reading() as unit:
            rows = book.files(unit, book.the(unit, name), limit)
        return [_file_row(row) for row in rows]

    # --

    def _looked(self, wanted: Source, declared: Declared) -> tuple[Preview, Mapping[str, str]]:
        told = replace(declared, source=declared.source or _source_of(declared, wanted))
        with tempfile.TemporaryDirectory(prefix="huitou-look-") as scratch:
            path, portion = fetching.sample(wanted, Path(scratch))
            preview = taking.look(self._house, self._settings, path, told)
        return preview, fetching.kinds_of(portion).columns

    def _is_ready(self, mapped: bool) -> None:
        if not mapped and (self._settings.currency is None or self._settings.timezone is None):
            raise NotYet(
                "it is not known yet which currency and time zone the shop counts in",
                to_try="huitou init --currency CNY --timezone Asia/Shanghai",
            )

    def _made(self, wanted: Source, by: str) -> SourceRow:
        if len(wanted.address) > 500:
            raise BadInput("an address has at most 500 letters")
        with self._house.books.unit() as unit:
            return self._row(book.make(unit, wanted, by, self._now), {})

    def _one(self, name: str) -> Source:
        with self._house.books.reading() as unit:
            return book.the(unit, name)

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    def _row(self, one: Source, aside: Mapping[str, int]) -> SourceRow:
        position = one.position or {}
        told = {
            name: getattr(one, name)
            for name in (
                "id", "kind", "name", "address", "query", "cursor", "secret_env", "rows",
                "newest", "last_at", "failed", "told",
            )
        }  # fmt: skip
        expected = asdict(one.expected)
        return SourceRow(
            **told, **expected, words=KINDS[one.kind], secret_is_set=_is_set(one),
            fields=(one.mapping or {}).get("columns", {}), position=position.get("text"),
            set_aside=aside.get(one.id, 0), is_stale=one.is_stale(self._now),
        )  # fmt: skip


def _file_row(row: Mapping[str, Any]) -> FileRow:
    names = ("name", "at", "rows", "applied", "quarantined")
    reason = None if row["reason"] is None else words_of(row["reason"])
    return FileRow(**{each: row[each] for each in names}, reason=reason)


def _is_set(one: Source) -> bool:
    try:
        fetching.secret_of(one)
    except HuitouError:
        return False
    return True


def _mapping(one: Source) -> Decided:
    return Decided.from_dict(one.mapping or {})


def _source_of(declared: Declared, wanted: Source) -> str:
    return declared.mapping.source if declared.mapping else wanted.name
