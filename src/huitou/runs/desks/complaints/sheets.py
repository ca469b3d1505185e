"""Complaints as tables: a CSV taken in, a CSV written that no spreadsheet runs.

Columns are recognised by their headers in English and Chinese; only what was said is required. A
row that cannot be taken is kept in a file beside the others of its kind, with its reason.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huitou.care.complaints import book
from huitou.care.complaints.rules import IMPORTED, KINDS, STATES, Arrived
from huitou.ground.durable import put_in_place
from huitou.ground.errors import BadInput, HuitouError, NothingTaken
from huitou.ground.ids import fingerprint
from huitou.ground.settings import Settings
from huitou.ground.spreadsheets import neutral, restored
from huitou.runs.desks.complaints.drawn import standing
from huitou.runs.desks.complaints.views import Imported

if TYPE_CHECKING:
    from huitou.runs.desks.complaints.desk import Complaints
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

HEADERS: Mapping[str, tuple[str, ...]] = {
    "words": (
        *("complaint", "words", "text", "message", "description", "content", "details"),
        *(
            "投诉内容",
            "投诉",
            "内容",
            "反馈",
            "意见",
            "投訴內容",
            "客訴內容",
            "投訴",
            "客訴",
            "內容",
        ),
    ),
    "id": ("id", "complaint id", "complaint number", "ticket", "编号", "投诉编号", "單號", "編號"),
    "at": (
        *("date", "at", "received", "received at", "created", "created at", "time"),
        *("日期", "时间", "投诉时间", "投诉日期", "時間", "投訴時間", "客訴日期"),
    ),
    "kind": ("kind", "type", "category", "类型", "类别", "投诉类型", "類型", "類別", "客訴類型"),
    "name": (
        *("name", "customer", "customer name"),
        *("姓名", "客户", "客户姓名", "顾客", "客戶", "客戶姓名", "顧客"),
    ),
    "phone": (
        *("phone", "mobile", "telephone", "phone number", "customer phone"),
        *("手机", "电话", "手机号", "手机号码", "客户电话", "联系电话"),
        *("手機", "電話", "手機號碼", "客戶電話", "聯絡電話"),
    ),
    "email": ("email", "e-mail", "mail", "邮箱", "电子邮箱", "電子郵件", "信箱", "郵箱"),
    "product": ("product", "item", "sku", "商品", "产品", "產品", "品名"),
    "store": ("store", "shop", "branch", "门店", "店铺", "門市", "店鋪", "分店"),
    "order_id": (
        *("order", "order id", "order number", "order no"),
        *("订单", "订单号", "订单编号", "訂單", "訂單號", "訂單編號"),
    ),
    "answer": ("answer", "reply", "response", "回复", "答复", "回覆", "答覆"),
    "answered_at": ("answered", "answered at", "replied at", "回复时间", "回覆時間"),
    "resolved_at": (
        *("resolved", "resolved at", "closed", "closed at"),
        *("解决时间", "结案时间", "解決時間", "結案時間"),
    ),
    "reason": ("reason it was refused",),
}
"""What a column holds -> headers it is known by; small letters, punctuation aside."""

KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "product": ("product", "goods", "quality", "商品", "产品", "產品", "质量", "品質"),
    "service": ("service", "staff", "服务", "服務", "态度", "態度"),
    "delivery": ("delivery", "shipping", "物流", "快递", "配送", "送货", "快遞", "宅配", "送貨"),
    "price": ("price", "billing", "价格", "價格", "收费", "收費"),
}
REFUSED = "complaints-refused"
"""Folder of the shop for rows that could not be taken."""
REASON = "reason it was refused"
MOST_BYTES = 200 * 2**20


def read(
    desk: Complaints, house: House, settings: Settings, path: Path, *, settled: bool = False
) -> Imported:
    """Take in a CSV; a row taken before changes nothing. `settled`: none of them is open."""
    header, rows = _rows(path)
    columns = _recognised(header, path)
    taken = known = 0
    refused: list[tuple[int, list[str], str]] = []
    for number, cells in rows:
        told = {what: _cell(cells, place) for what, place in columns.items()}
        try:
            arrived = _arrived(told, settings)
            new = _take(desk, house, settings, arrived, told, settled)
        except HuitouError as bad:
            refused.append((number, cells, bad.sentence))
            continue
        taken, known = taken + new, known + (not new)
    kept = _keep(house, header, refused) if refused else None
    return Imported(
        rows=taken + known + len(refused),
        taken=taken,
        known=known,
        refused=tuple((number, why) for number, _cells, why in refused),
        kept_at=str(kept) if kept else None,
        columns={header[place]: what for what, place in columns.items()},
        unused=_unused(header, columns),
    )


def _rows(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    if not path.exists():
        raise BadInput("there is no such file", file=path.name)
    if path.stat().st_size > MOST_BYTES:
        raise BadInput("the file is too large for a table of complaints", file=path.name)
    text = _text(path)
    first = text.splitlines()[0] if text.strip() else ""
    sign = max(",\t;", key=first.count)
    table = enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=sign), 1)
    header = next((cells for _, cells in table if any(cell.strip() for cell in cells)), [])
    return header, ((number, cells) for number, cells in _read(table, path) if any(cells))


def _read(table: Iterator[tuple[int, list[str]]], path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        for number, cells in table:
            yield number, [cell.strip() for cell in cells]
    except csv.Error as bad:
        raise BadInput(f"the file is no table: {bad}", file=path.name) from bad


def _text(path: Path) -> str:
    raw = path.read_bytes()
    wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return raw.decode("utf-16" if wide else "utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError as bad:
        raise BadInput(
            "the file is not UTF-8", file=path.name, to_try="save it as “CSV UTF-8” and try again"
        ) from bad


def _recognised(header: Sequence[str], path: Path) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        for what, names in HEADERS.items():
            if _folded(name) in names and what not in places:
                places[what] = place
    if "words" not in places:
        raise NothingTaken(
            "no column holds what was said",
            file=path.name,
            to_try="name it `complaint` or 投诉内容",
        )
    return {what: place for what, place in places.items() if what != "reason"}


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-.:：（）()]+", " ", name.strip().lower()).strip()


def _unused(header: Sequence[str], columns: Mapping[str, int]) -> tuple[str, ...]:
    used = set(columns.values())
    left = (name.strip() for place, name in enumerate(header) if place not in used)
    return tuple(name for name in left if name and _folded(name) != REASON)


def _cell(cells: Sequence[str], place: int) -> str:
    return restored(cells[place]).strip() if place < len(cells) else ""


def _arrived(told: Mapping[str, str], settings: Settings) -> Arrived:
    if not told["words"]:
        raise BadInput("nothing was said in this row")
    names = ("name", "phone", "email", "product", "store", "order_id")
    given: dict[str, Any] = {name: told.get(name) or None for name in names}
    named = told.get("id")
    mark = named or fingerprint(*(f"{what}={cell}" for what, cell in sorted(told.items())))
    return Arrived(
        key=f"import:{mark}",
        words=told["words"],
        channel="import",
        language=settings.language,
        kind=_kind(told.get("kind", "")),
        **given,
    )


def _kind(text: str) -> str:
    folded = text.lower()
    if folded in KINDS:
        return folded
    fits = (kind for kind, words in KIND_WORDS.items() if any(word in folded for word in words))
    return next(fits, "other")


def _take(
    desk: Complaints,
    house: House,
    settings: Settings,
    arrived: Arrived,
    told: Mapping[str, str],
    settled: bool,
) -> bool:
    """Whether the row was new. It counts from the day it names, and ends as it says."""
    now = house.clock.now()
    at = _moment(told.get("at", ""), settings) or now
    answered = _moment(told.get("answered_at", ""), settings)
    resolved = _moment(told.get("resolved_at", ""), settings)
    if max(each for each in (at, answered, resolved) if each) > now:
        raise BadInput("it lies in the future")

    def ended(unit: Unit, complaint: str) -> None:
        if answered or told.get("answer"):
            words = told.get("answer") or "–"
            book.answer(unit, complaint, IMPORTED, words, answered or resolved or now)
        if resolved or settled:
            book.resolve(unit, complaint, IMPORTED, resolved or answered or at)

    return desk.take(arrived, at=at, then=ended).token is not None


_YEAR_FIRST = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*(Z|[+-]\d\d:?\d\d)?"
)


def _moment(text: str, settings: Settings) -> datetime | None:
    """A moment in the shop's zone; the year stands first, so that no day is taken for a month."""
    if not text:
        return None
    found = _YEAR_FIRST.fullmatch(text.split(".")[0] if text.count(".") == 1 else text)
    if found is None:
        raise BadInput(f"{text!r} is no day: write 2026-03-05 or 2026-03-05 14:30")
    *parts, zone = found.groups()
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    try:
        at = datetime(year, month, day, hour, minute, second)
    except ValueError as bad:
        raise BadInput(f"{text!r} is no day") from bad
    if zone:
        return datetime.fromisoformat(f"{at.isoformat()}{'+00:00' if zone == 'Z' else zone}")
    return at.replace(tzinfo=settings.zone)


def _keep(
    house: House, header: Sequence[str], refused: Sequence[tuple[int, list[str], str]]
) -> Path:
    """The refused rows as a table that can be mended and brought back."""
    named = [name for name in header if name != REASON]
    rows = [[*cells[: len(named)], why] for _number, cells, why in refused]
    body = io.StringIO()
    writer = csv.writer(body)
    writer.writerow([*named, REASON])
    writer.writerows([[neutral(cell) for cell in row] for row in rows])
    folder = house.home / REFUSED
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    place = folder / f"{fingerprint(body.getvalue())[:16]}.csv"
    _put(place, body.getvalue())
    return place


def _put(place: Path, text: str) -> None:
    fresh = place.with_name(f".{place.name}.new")
    fresh.write_text(text, encoding="utf-8-sig", newline="")
    put_in_place(fresh, place)


WRITTEN = (
    *("number", "state", "kind", "cause", "channel", "owner", "received_at", "due_at"),
    *("answered_at", "resolved_at", "reopened", "csat", "customer", "name", "phone", "email"),
    *("product", "store", "order_id", "complaint"),
)
"""The columns of the table that is written; those that are read are recognised again."""


def write(house: House, settings: Settings, path: Path) -> int:
    """Write every complaint, the oldest first; how many there were."""
    with house.books.reading() as unit:
        rows = book.listed(unit, states=tuple(STATES), limit=10**9)
    body = io.StringIO()
    writer = csv.writer(body)
    writer.writerow(WRITTEN)
    for row in rows:
        told = _told(house, settings, row)
        writer.writerow([neutral(told[name]) for name in WRITTEN])
    path.parent.mkdir(parents=True, exist_ok=True)
    _put(path, body.getvalue())
    return len(rows)


def _told(house: House, settings: Settings, row: Row) -> dict[str, Any]:
    who = standing(house, settings, row["person_id"])
    plain = {name: "" if row[name] is None else row[name] for name in row}
    shown = {
        name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
        for name, value in plain.items()
    }
    return {**shown, "customer": who.key if who else "", "complaint": row["words"]}
