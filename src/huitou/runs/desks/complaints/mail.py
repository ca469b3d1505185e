"""The mailbox of complaints: each letter once, replies to the complaint they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huitou.care.complaints import attachments, book, rules
from huitou.care.complaints.attachments import File
from huitou.care.complaints.rules import Arrived
from huitou.ground.errors import BadInput, HuitouError
from huitou.ground.ids import fingerprint
from huitou.ground.settings import Settings
from huitou.runs.desks.complaints.views import Fetched
from huitou.sources.mailbox import Inbox, Letter, inbox, letters

if TYPE_CHECKING:
    from huitou.runs.desks.complaints.desk import Complaints
    from huitou.runs.wiring import House

NUMBER = re.compile(r"\[([0-9A-Z]{4}-[0-9A-Z]{4})\]")
"""As our answers carry it in their subject, and replies bring it back."""
HAN = re.compile(r"[\u4e00-\u9fff]")
TRADITIONAL = re.compile("[們這個來說為對時會還沒後開點關買東訂單貨寄換錢請問題嗎麼]")
"""Letters that only traditional writing has."""


@dataclass
class _Tally:
    letters: int = 0
    taken: int = 0
    answers: int = 0
    known: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)


def fetch(
    desk: Complaints,
    house: House,
    settings: Settings,
    environment: Mapping[str, str],
    box: Inbox | None = None,
) -> Fetched:
    """Take in every letter of the folder that was not taken before."""
    tally = _Tally()
    source = box or inbox(settings, environment)

    def known(ids: Sequence[str]) -> set[str]:
        with house.books.reading() as unit:
            old = book.known(unit, [_key(each) for each in ids])
        tally.letters += len(ids)
        before = {each for each in ids if _key(each) in old}
        tally.known += len(before)
        return before

    for letter in letters(source, known):
        _take(desk, house, settings, letter, tally)
    told = (tally.letters, tally.taken, tally.answers, tally.known)
    return Fetched(*told, refused=tuple(tally.refused))


def _take(
    desk: Complaints, house: House, settings: Settings, letter: Letter, tally: _Tally
) -> None:
    if letter.unread is not None:
        tally.refused.append((letter.id, letter.unread))
        return
    files, left_out = _kept(house, letter)
    tally.refused += left_out
    about = _about(house, letter)
    if about is not None:
        _reply(house, about, letter, files, left_out)
        tally.answers += 1
        return
    filed = desk.take(_arrived(settings, letter, files))
    _say_left_out(house, filed.id, left_out)
    tally.taken += 1


def _about(house: House, letter: Letter) -> str | None:
    """The complaint a letter answers: its number in the subject, from the address it came from."""
    named = NUMBER.search(letter.subject)
    if named is None:
        return None
    with house.books.reading() as unit:
        try:
            row = book.find(unit, named[1])
        except HuitouError:
            return None
    same = (row["email"] or "").lower() == letter.sender.lower() != ""
    return str(row["id"]) if same else None


def _reply(
    house: House, complaint: str, letter: Letter, files: Sequence[File], left_out: Sequence[_Out]
) -> None:
    now, key = house.clock.now(), _key(letter.id)
    with house.books.unit() as unit:
        words = letter.text or letter.subject
        mark = fingerprint(key)
        # A machine that answers while its owner is away says nothing of the complaint.
        kind = "note" if letter.automatic else "in"
        book.add_entry(unit, complaint, kind, rules.CUSTOMER, words, now, key=mark)
        told = Arrived(key, words, "email", files=tuple(files))
        book.attach(unit, complaint, told, now)
    _say_left_out(house, complaint, left_out)


_Out = tuple[str, str]


def _kept(house: House, letter: Letter) -> tuple[tuple[File, ...], list[_Out]]:
    kept: list[File] = []
    out: list[_Out] = []
    for name, raw in letter.attachments:
        if len(kept) == attachments.MOST:
            out.append((name, f"there are more than {attachments.MOST} files"))
            continue
        try:
            kept.append(attachments.keep(house.home, name, raw))
        except BadInput as bad:
            out.append((name, bad.sentence))
    return tuple(kept), out


def _say_left_out(house: House, complaint: str, left_out: Sequence[_Out]) -> None:
    if not left_out:
        return
    words = "\n".join(f"{name}: {why}" for name, why in left_out)
    with house.books.unit() as unit:
        book.add_entry(unit, complaint, "note", "huitou", words, house.clock.now())


def _arrived(settings: Settings, letter: Letter, files: tuple[File, ...]) -> Arrived:
    words = "\n\n".join(part for part in (letter.subject, letter.text) if part)
    ours = (settings.smtp_from or "").lower() == letter.sender.lower() != ""
    return Arrived(
        key=_key(letter.id),
        words=words[: rules.MOST_WORDS],
        channel="email",
        language=_language(words, settings.language),
        name=letter.sender_name or None,
        email=letter.sender or None,
        held=letter.automatic or ours or not words.strip(),
        files=files,
    )


def _language(words: str, shops: str) -> str:
    """The language of a letter, as far as its writing tells; the shop's where it does not."""
    if not HAN.search(words):
        return "en" if words.isascii() and words.strip() else shops
    if shops.startswith("zh") and not TRADITIONAL.search(words):
        return shops
    return "zh-Hant" if TRADITIONAL.search(words) else "zh-Hans"


def _key(letter_id: str) -> str:
    whole = f"mail:{letter_id}"
    return whole if len(whole) <= 200 else f"mail:{fingerprint(letter_id)}"
