"""The one place where things are made: stores, clock and channels, handed to whoever needs them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from huitou.ground import settings as choices
from huitou.ground.clock import Clock, WallClock
from huitou.ground.errors import HuitouError
from huitou.ground.ids import new_secret
from huitou.runs.people import FILTERS, SEARCHED, SORTS
from huitou.store.books import Books
from huitou.store.inbox import Inbox, Measure
from huitou.store.lake import MEMORY_LIMIT, Lake
from huitou.store.shelf import Layout, Shelf

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

LAYOUT = Layout(
    key="person_id",
    finds=("person_id", "key"),
    filters=FILTERS,
    sorts=SORTS,
    search=SEARCHED,
    # Names of persons are drawn at random: by their oldest key equals fall the same way every time.
    ties=("hold_key",),
)


EVENTS = Measure(file=64 * 2**20, batch=20_000, gulp=16 * 2**20)
"""Events come by the hundred in a record, and go to the lake by the ten thousand."""

BOOKS_VARIABLE = "HUITOU_BOOKS"
"""Names the environment variable with the address of the books."""


@dataclass(frozen=True)
class House:
    """A shop's folder with its stores open."""

    home: Path
    lake: Lake
    books: Books
    shelf: Shelf
    clock: Clock
    inbox: Inbox
    events: Inbox
    """What connected shops and sites tell by themselves."""


def open_shop(
    home: str | Path, *, clock: Clock | None = None, books_url: str | None = None
) -> Shop:
    """The shop in the folder `home`; a new one is made where there is none.

    `books_url` puts the books into PostgreSQL, and so does `$HUITOU_BOOKS`, which keeps its secret
    out of files; without either they are a file in the folder.
    """
    from huitou.runs.shop import Shop

    url = books_url or os.environ.get(BOOKS_VARIABLE) or None
    return Shop(open_house(Path(home), clock or WallClock(), url))


def open_house(home: Path, clock: Clock, books_url: str | None = None) -> House:
    """Open the stores, and make what a new shop needs: its settings, its salt, its tables."""
    if "?" in str(home.resolve()):
        # DuckDB takes a ? in a path for the start of a query, and would log commits elsewhere.
        raise HuitouError(
            f"a shop cannot live in {home}: the folder's name holds a ?", to_try="another folder"
        )
    _make(home)
    # Whoever opens the shop keeps its rules of sending, also those edited by hand.
    from huitou.runs import sending

    settings = choices.read(home)
    if not settings.salt:
        choices.write(home, settings.changed(salt=new_secret()))
    books = Books(books_url) if books_url else Books.in_folder(home)
    books.migrate()
    house = House(
        home=home,
        lake=Lake(home / "lake", os.environ.get("HUITOU_MEMORY") or MEMORY_LIMIT),
        books=books,
        shelf=Shelf(home / "shelf.db", LAYOUT),
        clock=clock,
        inbox=Inbox(home / "inbox"),
        events=Inbox(home / "events", EVENTS),
    )
    sending.hold(house, choices.read(home))
    return house


def _make(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as failed:
        raise HuitouError(
            f"{home} cannot be the shop's folder: {failed.strerror}", to_try="huitou --home FOLDER"
        ) from failed
