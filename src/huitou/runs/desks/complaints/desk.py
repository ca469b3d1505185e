"""The desk for complaints: take them in, answer them, make good what hurt, and see what it did.

shop.complaints.new("It came broken.", kind="delivery", phone="138…", by="Mei")
shop.complaints.listed().rows[0].left            # 5 hours left
shop.complaints.answer("7KQM-4X2D", "A new one is on its way.", by="Mei", gesture=500)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huitou.care.complaints import attachments, book, rules
from huitou.care.complaints.attachments import File
from huitou.care.complaints.rules import KINDS, STATES, Arrived
from huitou.care.lessons import book as lessons
from huitou.care.reasons import WHYS
from huitou.ground import marks
from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint, new_id
from huitou.ground.settings import Settings
from huitou.models.letters import language_of
from huitou.runs import owners
from huitou.runs.desks.complaints import answering, gestures
from huitou.runs.desks.complaints import drawn as draw
from huitou.runs.desks.complaints.views import (
    ComplaintRow,
    ComplaintView,
    Effect,
    Fetched,
    Filed,
    FileView,
    Imported,
    Listing,
)
from huitou.runs.desks.public.carrying import carry

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition

PHONE_END = 8
"""Last digits by which a phone is known however it was written."""
FILTERS: Mapping[str, Sequence[str]] = {
    "open": rules.OPEN,
    "waiting": rules.WAITING,
    "overdue": rules.WAITING,
    **{state: (state,) for state in STATES},
    "all": tuple(STATES),
}
"""What a list can be asked for -> the states it shows."""


class Complaints:
    """What can be done with complaints; made anew for each piece of work."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    # -- taking them in

    def new(
        self,
        words: str,
        *,
        by: str,
        kind: str = "other",
        channel: str = "staff",
        who: str | None = None,
        name: str | None = None,
        phone: str | None = None,
        email: str | None = None,
        product: str | None = None,
        store: str | None = None,
        order_id: str | None = None,
        language: str | None = None,
        key: str | None = None,
        files: Sequence[File] = (),
    ) -> Filed:
        """Take one complaint in, as staff or a program hand it over.

        `who`: member number, phone, e-mail or id of the customer, where it is known. `key` names
        this one sending: the same again is taken once.
        """
        if not words.strip():
            raise HuitouError("a complaint needs words", to_try="what the customer said")
        arrived = Arrived(
            key=f"{channel}:{by}:{key or new_id()}",
            words=words,
            channel=channel,
            language=language or self._settings.language,
            kind=kind,
            name=name,
            phone=phone,
            email=email,
            product=product,
            store=store,
            order_id=order_id,
            person_id=self._person(who) if who else None,
            files=tuple(files),
        )
        return self.take(arrived)

    def take(
        self,
        arrived: Arrived,
        at: datetime | None = None,
        then: Callable[[Unit, str], None] | None = None,
    ) -> Filed:
        """Take in what came by any way; whose it is, is found by phone and e-mail.

        `at`: when it was said, where that was earlier. `then` goes on with a new one, by its id, in
        the same unit: both are in the books or neither is.
        """
        mine = owners.found(self._edition, self._settings, [vars(arrived)])[0]
        with self._house.books.unit() as unit:
            hours = self._settings.complaint_hours
            row = book.receive(unit, arrived, at or self._now, hours=hours)
            if mine is not None and row["person_id"] is None:
                book.join(unit, row["id"], mine, "huitou", self._now)
            if then is not None and row.get("token") is not None:
                then(unit, row["id"])
        same = {name: row[name] for name in ("id", "number", "state", "due_at")}
        return Filed(**same, person_id=row["person_id"] or mine, token=row.get("token"))

    def match(self) -> int:
        """Find out again whose the unmatched ones are; how many were found."""
        with self._house.books.unit() as unit:
            return owners.join(unit, self._edition, self._settings, self._now)

    def read_table(self, path: Path, *, settled: bool = False) -> Imported:
        """Take in a CSV of complaints; bad rows are kept with their reasons.

        `settled`: none of them is open any more, whatever dates the file names.
        """
        from huitou.runs.desks.complaints import sheets

        return sheets.read(self, self._house, self._settings, Path(path), settled=settled)

    def write_table(self, path: Path) -> int:
        """Write every complaint as CSV that no spreadsheet runs; how many there were."""
        from huitou.runs.desks.complaints import sheets

        return sheets.write(self._house, self._settings, Path(path))

    def fetch(self) -> Fetched:
        """Read the mailbox of complaints; each letter is taken once, and none is deleted."""
        from huitou.runs.desks.complaints import mail

        return mail.fetch(self, self._house, self._settings, os.environ)

    # -- looking

    def listed(
        self,
        show: str = "open",
        *,
        owner: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Listing:
        """A page of complaints, the oldest first. `show` is one of `FILTERS`."""
        if show not in FILTERS:
            raise HuitouError(f"there is no list {show!r}", to_try=f"one of: {', '.join(FILTERS)}")
        now = self._now
        with self._house.books.reading() as unit:
            rows = book.listed(
                unit,
                states=FILTERS[show],
                owner=owner,
                overdue_at=now if show == "overdue" else None,
                after=_read_mark(after),
                limit=limit + 1,
            )
            counts = book.counted(unit)
            late = len(book.listed(unit, states=rules.WAITING, overdue_at=now, limit=1000))
        shown = tuple(self._row(row) for row in rows[:limit])
        return Listing(shown, _mark(rows[limit - 1]) if len(rows) > limit else None, counts, late)

    def one(self, number: str) -> ComplaintView:
        """One complaint, whole, by its number or id."""
        with self._house.books.reading() as unit:
            row = book.find(unit, number)
            entries = book.entries(unit, row["id"])
            attached = book.files(unit, row["id"])
            mine = book.of_person(unit, row["person_id"]) if row["person_id"] else []
            left = gestures.left(self._house, self._settings, unit, row["person_id"])
        currency = self._settings.currency
        same = ("words", "language", "phone", "email", "cause", "cause_share")
        more = ("resolved_at", "escalated_at", "reopened", "csat")
        return ComplaintView(
            row=self._row(row),
            **{name: row[name] for name in (*same, *more)},
            cause_words=draw.cause_words(row["cause"]),
            entries=tuple(draw.entry_view(each, currency) for each in entries),
            files=draw.file_views(attached),
            steps=rules.STEPS[row["state"]],
            answered_by=answering.way(row, self._settings),
            gesture_left=left,
            others=tuple(self._row(each) for each in mine if each["id"] != row["id"]),
        )

    def file_of(self, file_id: str) -> tuple[FileView, Path]:
        """One attachment and where it lies; for staff only."""
        with self._house.books.reading() as unit:
            row = book.file_of(unit, file_id)
        path = attachments.path_of(self._house.home, file_id)
        if not path.exists():
            raise HuitouError("the file is not there any more")
        return draw.file_views([row])[0], path

    def effect(self) -> tuple[Effect, ...]:
        """What answers were worth on this shop's own past, each with its interval."""
        from huitou.runs.desks.complaints import effect

        return effect.effect(self._house)

    # -- working on one

    def assign(self, number: str, owner: str, by: str) -> None:
        """Give it to somebody of the staff."""
        name = rules.plain(owner)[:120].strip()
        if not name:
            raise HuitouError("say who takes it")
        with self._house.books.unit() as unit:
            book.assign(unit, number, name, by, self._now)

    def answer(
        self,
        number: str,
        words: str,
        by: str,
        *,
        gesture: int | None = None,
        key: str | None = None,
    ) -> str:
        """Answer the customer by the way they came; how it reaches them.

        `gesture`: an apology in minor units, off their next order, within what they are still
        worth; refused in words above that. With a `key` the same answer again is sent once.
        """
        if not words.strip():
            raise HuitouError("an answer needs words")
        with self._house.books.unit() as unit:
            row = book.find(unit, number)
            mark = fingerprint("answer", row["id"], rules.plain(key) if key else new_id())[:40]
            given = words.strip()
            if gesture:
                offered = gestures.make(self._house, self._settings, unit, row, gesture, by, mark)
                given = f"{given}\n\n{offered}"
            new = book.answer(unit, row["id"], by, given, self._now, key=f"out:{mark}")
        if new:
            answering.send(self._house, self._settings, row, given, mark, os.environ)
        return answering.way(row, self._settings)

    def note(self, number: str, words: str, by: str) -> None:
        """Write something down for colleagues; the customer never sees it."""
        with self._house.books.unit() as unit:
            book.add_entry(unit, number, "note", by, words, self._now)

    def resolve(self, number: str, by: str) -> None:
        """It is settled: what sells may reach the customer again, and they are asked how it was."""
        with self._house.books.unit() as unit:
            book.resolve(unit, number, by, self._now)

    def reopen(self, number: str, by: str) -> None:
        """It is not settled after all; with a new deadline."""
        with self._house.books.unit() as unit:
            book.reopen(unit, number, by, self._now, hours=self._settings.complaint_hours)

    def hold(self, number: str, by: str) -> None:
        """Likely spam: kept, but it freezes nothing."""
        with self._house.books.unit() as unit:
            book.hold(unit, number, by, self._now)

    def unhold(self, number: str, by: str) -> None:
        """It is a complaint after all."""
        with self._house.books.unit() as unit:
            book.unhold(unit, number, by, self._now, hours=self._settings.complaint_hours)

    def dismiss(self, number: str, by: str) -> None:
        """It is no complaint."""
        with self._house.books.unit() as unit:
            book.dismiss(unit, number, by, self._now)

    def join(self, number: str, who: str, by: str) -> None:
        """Whose complaint it is, by member number, phone, e-mail or id."""
        person = self._person(who)
        with self._house.books.unit() as unit:
            book.join(unit, number, person, by, self._now)

    def sort(self, number: str, cause: str, by: str) -> None:
        """What it is about, as staff know it; machines learn from it."""
        if cause not in WHYS:
            raise HuitouError(f"{cause!r} is no cause", to_try=f"one of: {', '.join(WHYS)}")
        with self._house.books.unit() as unit:
            row = book.find(unit, number)
            book.sort(unit, row["id"], cause, None, by)
            if row["words"].strip():
                tongue = language_of(row["words"])
                lessons.teach(unit, row["words"], tongue, cause, by, self._now)

    def forget(self, who: str) -> int:
        """Blank what somebody's complaints say, and take their files away; how many files.

        What the sorter was taught by their words is forgotten, too. What waits outside the books is
        taken in first; what the books would not take, and names them, goes.
        """
        carry(self._house, wait=True, again=True)
        person = self._person(who)
        with self._house.books.unit() as unit:
            self._house.inbox.blot(partial(self._is_of, unit, person), self._marks(person))
            for row in book.of_person(unit, person):
                lessons.forget_text(unit, row["words"])
            gone = book.forget(unit, person, self._now)
        return attachments.drop(self._house.home, gone)

    def keep_file(self, name: str, raw: bytes) -> File:
        """Check and keep an attachment, before the complaint it belongs to."""
        return attachments.keep(self._house.home, name, raw)

    @property
    def kinds(self) -> Sequence[str]:
        """What a complaint can be about."""
        return tuple(KINDS)

    @property
    def _edition(self) -> Edition | None:
        return owners.current(self._house)

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    def _row(self, row: Row) -> ComplaintRow:
        return draw.drawn(self._house, self._settings, row, self._now)

    def _is_of(self, unit: Unit, person: str, record: Mapping[str, Any]) -> bool:
        """Whether a record that the books would not take came from somebody."""
        told = owners.found(self._edition, self._settings, [record.get("told") or {}])[0]
        followed = book.by_token(unit, record["token"]) if "token" in record else None
        return person in (told, followed["person_id"] if followed else None)

    def _marks(self, person: str) -> list[str]:
        """What a damaged line would hold of somebody: an e-mail, or the end of a phone."""
        edition = self._edition
        if edition is None:
            return []
        keys = edition.table("keys", only=("person_id", [person]))["key"].to_pylist()
        told = (key.partition(":") for key in keys)
        known = [(kind, text) for kind, _, text in told if kind in owners.GIVEN]
        return [text[-PHONE_END:] if kind == "phone" else text for kind, text in known]

    def _person(self, who: str) -> str:
        return owners.person(self._house, self._settings, who)


def _mark(row: Row) -> str:
    return marks.mark(row["received_at"].isoformat(), row["id"])


def _read_mark(text: str | None) -> tuple[datetime, str] | None:
    if text is None:
        return None
    at, last = marks.read(text)
    return datetime.fromisoformat(str(at)), last
