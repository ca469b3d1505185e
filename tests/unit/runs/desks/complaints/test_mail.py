"""E-mail in: each letter once, replies where they belong, spam held, files checked."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.unit.runs.desks.complaints.given_shop import house_of
from tests.unit.sources.imap import mailbox

from huitou.runs.desks.complaints import mail
from huitou.runs.desks.complaints.views import Fetched
from huitou.runs.shop import Shop
from huitou.sources.mailbox import Inbox

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def letter(
    number: int, subject: str, body: str, *files: tuple[str, bytes], **headers: Any
) -> bytes:
    made = EmailMessage()
    told = {"From": "Mei <mei@example.org>", "Message-ID": f"<{number}@example.org>", **headers}
    for name, value in {**told, "Subject": subject}.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    for name, raw in files:
        made.add_attachment(raw, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def fetched(shop: Shop, folder: Path, *letters: bytes) -> Fetched:
    with mailbox(folder, letters) as served:
        box = Inbox("127.0.0.1", "care", "secret", served.port, trusts=served.trusts)
        house = house_of(shop)
        return mail.fetch(shop.complaints, house, shop.settings, {}, box)


def test_each_letter_is_taken_once(shop: Shop, tmp_path: Path) -> None:
    sent = letter(1, "Broken", "The cup came broken.")
    first = fetched(shop, tmp_path, sent)
    again = fetched(shop, tmp_path, sent, letter(2, "迟到", "你们的包裹又迟到了。"))
    assert (first.taken, again.taken, again.known) == (1, 1, 1)
    rows = shop.complaints.listed().rows
    one, other = sorted(rows, key=lambda row: "broken" not in row.beginning)
    assert one.channel == "email" and one.person_id == "mei" and "broken" in one.beginning
    assert shop.complaints.one(other.id).language == "zh-Hans"


def test_a_reply_goes_to_its_complaint_and_opens_it_again(shop: Shop, tmp_path: Path) -> None:
    fetched(shop, tmp_path, letter(1, "Broken", "The cup came broken."))
    (row,) = shop.complaints.listed().rows
    shop.complaints.answer(row.number, "Sorry.", by="Li")
    shop.complaints.resolve(row.number, by="Li")
    reply = letter(2, f"Re: [{row.number}] Your complaint", "Still broken!", ("a.png", PNG))
    for _ in range(2):
        told = fetched(shop, tmp_path, reply)
    assert told.known == 1
    seen = shop.complaints.one(row.number)
    assert (seen.row.state, seen.reopened, len(seen.files)) == ("assigned", 1, 1)
    assert [each.words for each in seen.entries if each.kind == "in"][-1] == "Still broken!"
    assert len(shop.complaints.listed("all").rows) == 1


def test_an_answer_of_a_machine_opens_nothing_again(shop: Shop, tmp_path: Path) -> None:
    fetched(shop, tmp_path, letter(1, "Broken", "The cup came broken."))
    (row,) = shop.complaints.listed().rows
    shop.complaints.answer(row.number, "Sorry.", by="Li")
    shop.complaints.resolve(row.number, by="Li")
    away = {"Auto_Submitted": "auto-replied"}
    fetched(shop, tmp_path, letter(2, f"Re: [{row.number}]", "I am on holiday.", **away))
    seen = shop.complaints.one(row.number)
    assert (seen.row.state, seen.reopened) == ("resolved", 0)
    assert seen.entries[-1].kind == "note" and seen.entries[-1].words == "I am on holiday."


def test_nobody_else_writes_into_a_complaint_by_its_number(shop: Shop, tmp_path: Path) -> None:
    fetched(shop, tmp_path, letter(1, "Broken", "The cup came broken."))
    (row,) = shop.complaints.listed().rows
    foreign = letter(2, f"Re: [{row.number}]", "Give me money", From="thief@example.org")
    assert fetched(shop, tmp_path, foreign).taken == 1
    assert len([each for each in shop.complaints.one(row.number).entries if each.kind == "in"]) == 1


def test_machines_freeze_nothing_and_are_not_lost(shop: Shop, tmp_path: Path) -> None:
    away = letter(1, "Away", "I am on holiday.", Auto_Submitted="auto-replied")
    fetched(shop, tmp_path, away)
    assert not shop.complaints.listed().rows and len(shop.complaints.listed("held").rows) == 1


def test_what_cannot_be_kept_is_said(shop: Shop, tmp_path: Path) -> None:
    files = (("photo.png", PNG), ("evil.svg", b"<svg onload='alert(1)'/>"))
    told = fetched(shop, tmp_path, letter(1, "Broken", "See photo.", *files))
    assert [name for name, _why in told.refused] == ["evil.svg"]
    seen = shop.complaints.one(shop.complaints.listed().rows[0].id)
    assert [file.name for file in seen.files] == ["photo.png"]
    assert any("evil.svg: only pictures" in each.words for each in seen.entries)


def test_a_letter_without_a_name_of_its_own_is_taken_once_too(shop: Shop, tmp_path: Path) -> None:
    nameless = letter(1, "Broken", "No id.").replace(b"Message-ID: <1@example.org>\r\n", b"")
    assert fetched(shop, tmp_path, nameless).taken == 1
    assert fetched(shop, tmp_path, nameless).known == 1
