"""Files: drop one, see what it seems to hold, confirm; and the rows that wait to be mended."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zipfile import ZIP_DEFLATED, ZipFile
from zoneinfo import ZoneInfo

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from huitou.doors.console.visit import Member
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.ids import new_id
from huitou.ground.languages import speaker
from huitou.ground.money import Money
from huitou.ground.progress import Progress
from huitou.ground.registry import Registry
from huitou.ground.words import Sentence, said
from huitou.runs.views import ImportRow, QuarantinedRow
from huitou.sources.contract import FIELDS, Declared, Field, Preview

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

routes = APIRouter()

ANSWERS = (
    "encoding",
    "delimiter",
    "sheet",
    "grain",
    "date_order",
    "decimal",
    "amount_is",
    "currency",
    "timezone",
)
"""What a merchant may say about a file besides its columns; the codes of `Question` are these."""

CHOICES: Mapping[str, Sentence] = {
    "ymd": said("year, month, day"),
    "dmy": said("day, month, year"),
    "mdy": said("month, day, year"),
    "line": said("one row is one product of an order"),
    "order": said("one row is a whole order"),
    "total": said("what was paid for the row"),
    "unit": said("the price of one piece"),
    "each": said("no amounts are known: every row counts as one"),
    ".": said("1,234.50: the point parts the cents"),
    ",": said("1.234,50: the comma parts the cents"),
}


TRUTHS: Mapping[str, Sentence] = {"True": said("Yes"), "False": said("No")}


@dataclass(frozen=True)
class Files:
    """Files taken in, and rows set aside."""

    imports: Sequence[ImportRow]
    quarantined: Sequence[QuarantinedRow]


@dataclass(frozen=True)
class Arriving:
    """A file before it is taken."""

    id: str
    preview: Preview
    fields: Registry[Field]
    choices: Mapping[str, Sentence]
    declared: Declared
    asks_margin: bool
    shown: tuple[str, ...]
    """Fields of the sample rows, in the order of the registry."""
    rows: tuple[Mapping[str, str], ...]
    """The sample rows in the reader's language, amounts with their currency, moments local."""


@routes.get("/files")
def files(visit: Member) -> Response:
    """The page of files."""
    imports = visit.shop.imports()
    page = Files(imports, visit.shop.quarantined(limit=50))
    return visit.page("files.html", page)


@routes.post("/files")
def upload(visit: Member, file: Annotated[UploadFile, File()]) -> Response:
    """Keep the file in the shop's inbox, untouched, and go on to look at it."""
    visit.needs("manager")
    if not file.filename:
        raise HuitouError("choose a file first")
    arriving = new_id()
    folder = _inbox(visit.shop) / arriving
    folder.mkdir(parents=True)
    with (folder / _plain(file.filename)).open("wb") as kept:
        shutil.copyfileobj(file.file, kept, 1 << 20)
    return visit.to(f"/files/{arriving}")


@routes.post("/files/mended")
def mended(visit: Member, file: Annotated[UploadFile, File()]) -> Response:
    """Take back the exported rows after somebody has mended them."""
    visit.needs("manager")
    folder = _inbox(visit.shop) / new_id()
    folder.mkdir(parents=True)
    path = folder / _plain(file.filename or "mended.csv")
    with path.open("wb") as kept:
        shutil.copyfileobj(file.file, kept, 1 << 20)
    errand = visit.desk.errands.start("mend", "/files", lambda _tell: visit.shop.mend(path))
    return visit.to(f"/work/{errand.id}")


@routes.get("/files/quarantine.csv")
def quarantine(visit: Member) -> Response:
    """The rows that wait, to mend and bring back: a file, or several in one archive.

    Nothing is left behind: looking changes nothing.
    """
    folder = Path(tempfile.mkdtemp(prefix="huitou-"))
    try:
        files = visit.shop.export_quarantine(folder / "quarantine.csv", visit.language)
        if not files:
            raise NotYet("nothing waits in quarantine")
        if len(files) == 1:
            whole, kind = files[0], "text/csv; charset=utf-8"
        else:
            whole, kind = _archive(folder / "quarantine.zip", files), "application/zip"
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    sent = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    return FileResponse(whole, media_type=kind, filename=whole.name, background=sent)


def _archive(path: Path, files: Sequence[Path]) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return path


@routes.get("/files/{arriving}")
def look(visit: Member, arriving: str) -> Response:
    """What the file seems to hold, with ten rows as they would be taken."""
    path = _arrived(visit.shop, arriving)
    declared = _declared(visit.request.query_params, visit.shop)
    preview = visit.shop.look(path, declared)
    used = {field for row in preview.rows for field in row}
    page = Arriving(
        arriving,
        preview,
        FIELDS,
        CHOICES,
        declared,
        visit.shop.settings.margin is None,
        tuple(name for name in FIELDS if name in used),
        tuple(_in_words(row, preview, visit.language) for row in preview.rows),
    )
    return visit.page("parts/arriving.html" if visit.is_fragment else "arriving.html", page)


@routes.post("/files/{arriving}/take")
async def take(visit: Member, arriving: str, request: Request) -> Response:
    """Take the file in as confirmed, then do the day's work, as one errand."""
    visit.needs("manager")
    form = {name: str(value) for name, value in (await request.form()).items()}
    path = _arrived(visit.shop, arriving)
    declared = _declared(form, visit.shop)
    shop, margin = visit.shop, form.get("margin", "").strip()

    def work(tell: Progress) -> Any:
        if margin:
            shop.change_settings(margin=float(margin) / 100)
        taken = shop.take(path, declared, confirmed=True, progress=tell)
        shop.run(progress=tell)
        return taken

    if margin and not re.fullmatch(r"\d{1,3}(\.\d+)?", margin):
        raise HuitouError("the margin is a number between 0 and 100")
    errand = visit.desk.errands.start("take", "/questions", work)
    return visit.to(f"/work/{errand.id}")


def _declared(said_there: Mapping[str, str], shop: Shop) -> Declared:
    columns: dict[str, str] = {}
    for name, column in said_there.items():
        if name.startswith("column."):
            place = name.removeprefix("column.")
            chosen, guess = (
                said_there.get(f"field.{place}", ""),
                said_there.get(f"guess.{place}", ""),
            )
            if guess and chosen != guess:
                columns.setdefault(guess, "")
            if chosen:
                columns[chosen] = column
    told = {name: _answer(said_there, name) for name in ANSWERS}
    return Declared(
        columns=columns,
        encoding=told["encoding"],
        delimiter=told["delimiter"],
        sheet=told["sheet"],
        grain=told["grain"],
        date_order=told["date_order"],
        decimal=told["decimal"],
        amount_is=told["amount_is"],
        currency=told["currency"] or shop.settings.currency,
        timezone=told["timezone"] or shop.settings.timezone,
    )


def _in_words(row: Mapping[str, str], preview: Preview, language: str) -> Mapping[str, str]:
    """A sample row for people: the lake keeps minor units, UTC and truth values."""
    how = preview.mapping
    if how is None:
        return row
    says, shown = speaker(language), dict(row)
    for name in ("amount", "cost"):
        if row.get(name, "").lstrip("-").isdigit():
            shown[name] = says.shown(Money(int(row[name]), how.currency))
    if when := row.get("ordered_at"):
        moment = datetime.fromisoformat(when).replace(tzinfo=UTC)
        shown["ordered_at"] = f"{moment.astimezone(ZoneInfo(how.timezone)):%Y-%m-%d %H:%M}"
    for name in ("is_return", "is_product"):
        if row.get(name) in TRUTHS:
            shown[name] = says.say(TRUTHS[row[name]])
    return shown


def _answer(said_there: Mapping[str, str], name: str) -> str | None:
    """One of the choices, or what was typed beside them."""
    return said_there.get(name, "").strip() or said_there.get(f"{name}_other", "").strip() or None


def _arrived(shop: Shop, arriving: str) -> Path:
    # Only names we drew ourselves: the address must not lead out of the inbox.
    folder = _inbox(shop) / arriving
    found = (
        sorted(folder.iterdir())
        if re.fullmatch("[0-9a-z]{26}", arriving) and folder.is_dir()
        else []
    )
    if not found:
        raise HuitouError("this file is not here any more", to_try="/files")
    return found[0]


def _inbox(shop: Shop) -> Path:
    return shop.home / "inbox"


def _plain(name: str) -> str:
    """A file's own name without folders, controls and length."""
    last = re.split(r"[\\/]", name)[-1]
    kept = re.sub(r"[\x00-\x1f\x7f]", "", last).lstrip(".")
    return kept[-120:] or "file"
