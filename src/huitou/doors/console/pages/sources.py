"""Sources: databases and folders that are asked, how fresh each is, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

from huitou.doors.console.visit import Member, Visit
from huitou.ground.words import Sentence
from huitou.sources.contract import Declared
from huitou.sources.fetched.contract import FOLDER, KIND_NAMES, SET_ASIDE, SURPRISES, Expected

if TYPE_CHECKING:
    from huitou.runs.desks.fetched import FileRow, SourceRow

routes = APIRouter()

Word = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class Shown:
    """A source with the files that could not be taken."""

    row: SourceRow
    aside: Sequence[FileRow]

    @property
    def told(self) -> Sentence | None:
        """What went wrong last; of a file that was set aside the list below says it."""
        told = self.row.told
        return None if told and self.aside and told.text == SET_ASIDE.text else told


@dataclass(frozen=True)
class Page:
    """Everything on the page."""

    shown: Sequence[Shown]
    is_ready: bool
    """Whether it is known which money and clock the shop counts by."""
    surprises: Mapping[str, Sentence] = field(default_factory=lambda: SURPRISES)
    kinds: Mapping[str, Sentence] = field(default_factory=lambda: KIND_NAMES)


@routes.get("/sources")
def sources(visit: Member) -> Response:
    """The page of sources."""
    return visit.page("sources.html", _page(visit))


@routes.post("/sources/database")
def add_database(
    visit: Member,
    name: Word,
    address: Annotated[str, Form(max_length=500)],
    query: Annotated[str, Form(max_length=20_000)],
    cursor: Word,
    secret_env: Word = "",
    on_columns: Word = "evolve",
    on_types: Word = "discard",
    fresh_hours: Word = "",
) -> Response:
    """Ask a database from now on."""
    visit.needs("owner")
    visit.shop.sources.add_database(
        name, address, query, cursor.strip(), visit.member.name,
        secret_env=secret_env.strip() or None, declared=Declared(),
        expected=_expected(on_columns, on_types, fresh_hours),
    )  # fmt: skip
    return visit.to("/sources")


@routes.post("/sources/folder")
def add_folder(visit: Member, name: Word, place: Annotated[str, Form(max_length=500)]) -> Response:
    """Take in what comes to lie in a folder from now on."""
    visit.needs("owner")
    visit.shop.sources.add_folder(name, place.strip(), visit.member.name)
    return visit.to("/sources")


@routes.post("/sources/{name}/pull")
def pull(visit: Member, name: str) -> Response:
    """Ask one now, as an errand: a first time may take long."""
    visit.needs("manager")
    shop = visit.shop

    def work(tell: Any) -> Any:
        return shop.sources.pull(name, again=True, tell=tell)

    errand = visit.desk.errands.start("pull", "/sources", work)
    return visit.to(f"/work/{errand.id}")


@routes.post("/sources/{name}/change")
def change(
    visit: Member, name: str, on_columns: Word, on_types: Word, fresh_hours: Word = ""
) -> Response:
    """Other answers to surprises, or another freshness."""
    visit.needs("manager")
    told = _expected(on_columns, on_types, fresh_hours)
    visit.shop.sources.change(
        name, on_columns=told.on_columns, on_types=told.on_types, fresh_hours=told.fresh_hours
    )
    return visit.to("/sources")


@routes.post("/sources/{name}/remove")
def remove(visit: Member, name: str) -> Response:
    """Ask it no more."""
    visit.needs("owner")
    visit.shop.sources.remove(name)
    return visit.to("/sources")


def _expected(on_columns: str, on_types: str, fresh_hours: str) -> Expected:
    hours = fresh_hours.strip()
    # What is no number is refused where all limits are kept.
    told = (int(hours) if hours.isdecimal() else 0) if hours else None
    return Expected(on_columns=on_columns, on_types=on_types, fresh_hours=told)


def _page(visit: Visit) -> Page:
    desk, settings = visit.shop.sources, visit.shop.settings
    shown = [Shown(each, _aside(visit, each)) for each in desk.listed()]
    return Page(shown, settings.currency is not None and settings.timezone is not None)


def _aside(visit: Visit, row: SourceRow) -> Sequence[FileRow]:
    if row.kind != FOLDER or not row.set_aside:
        return ()
    return [each for each in visit.shop.sources.files(row.id, 200) if each.reason][:10]
