"""Letters are read as they come, and the mailbox stays as it was."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.unit.sources.imap import Mail, mailbox

from huitou.ground.errors import HuitouError
from huitou.ground.settings import Settings
from huitou.sources.mailbox import Inbox, Letter, inbox, letters, read


def box(mail: Mail) -> Inbox:
    return Inbox("127.0.0.1", "care", "secret", mail.port, "INBOX", mail.trusts)


def everything(mail: Mail) -> list[Letter]:
    return list(letters(box(mail), lambda _ids: set()))


def written(subject: str = "It broke", body: str = "The cup came broken.") -> EmailMessage:
    made = EmailMessage()
    made["From"] = "王芳 <fang@example.org>"
    made["Subject"] = subject
    made["Message-ID"] = f"<{abs(hash(subject))}@example.org>"
    made["Date"] = "Mon, 02 Mar 2026 09:00:00 +0800"
    made.set_content(body)
    return made


def test_nothing_in_the_mailbox_is_changed(tmp_path: Path) -> None:
    with mailbox(
        tmp_path, [written().as_bytes(policy=written().policy.clone(linesep="\r\n"))]
    ) as mail:
        (letter,) = everything(mail)
    assert (letter.sender, letter.sender_name) == ("fang@example.org", "王芳")
    assert letter.text == "The cup came broken." and not letter.automatic
    assert letter.at is not None and letter.at.hour == 1
    verbs = " ".join(mail.said).upper()
    assert "EXAMINE" in verbs and "PEEK" in verbs
    for changing in ("SELECT ", "STORE", "EXPUNGE", "DELETE", "COPY", "APPEND", "BODY[]"):
        assert changing not in verbs


def test_only_what_is_not_known_is_asked_for_whole(tmp_path: Path) -> None:
    raw = [written(f"Letter {n}").as_bytes() for n in range(3)]
    with mailbox(tmp_path, [each.replace(b"\n", b"\r\n") for each in raw]) as mail:
        old = everything(mail)[0].id
        mail.said.clear()
        found = list(letters(box(mail), lambda ids: {old} & set(ids)))
    assert len(found) == 2 and sum("PEEK[])" in said for said in mail.said) == 2


def test_a_mailbox_nobody_vouches_for_is_not_read(tmp_path: Path) -> None:
    with mailbox(tmp_path, []) as mail, pytest.raises(HuitouError, match="cannot be reached"):
        list(letters(Inbox("127.0.0.1", "care", "secret", mail.port), lambda _ids: set()))
    assert mail.said == []  # no password went out


@pytest.mark.parametrize("verb", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"])
def test_a_mailbox_that_refuses_is_said_plainly(tmp_path: Path, verb: str) -> None:
    with mailbox(tmp_path, [written().as_bytes().replace(b"\n", b"\r\n")]) as mail:
        mail.refuses = verb
        with pytest.raises(HuitouError, match="did not answer well"):
            everything(mail)


def test_of_a_letter_in_html_the_words_are_kept_and_nothing_runs() -> None:
    raw = (
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<html><head><title>x</title></head><body>"
        b"<script>alert(1)</script><p>It is <b>late</b></p><p>again &lt;b&gt;</p></body></html>"
    )
    assert read(raw, "<1>").text == "It is late\nagain <b>"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: \xff\r\nSubject: =?utf-8?b?////?=\r\nDate: nonsense\r\n\r\n\xff\xff",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n",
        b"Content-Type: text/plain; charset=klingon\r\n\r\nhello",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!",
        b"From: a@[::\r\n\r\n",
        b"Content-Type: message/rfc822\r\n\r\n" * 300,
    ],
)
def test_a_letter_made_badly_is_no_disaster(raw: bytes) -> None:
    letter = read(raw, "<1>")
    assert letter.id == "<1>" and isinstance(letter.text, str)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "List-Id: <news.example.org>",
        "From: MAILER-DAEMON@example.org",
        "From: noreply@example.org",
    ],
)
def test_what_machines_send_is_told_apart(header: str) -> None:
    who = "" if header.startswith("From") else "From: mei@example.org\r\n"
    assert read(f"{who}{header}\r\n\r\nHello".encode(), "<1>").automatic
    assert not read(b"From: mei@example.org\r\n\r\nHello", "<1>").automatic


def test_a_mailbox_set_up_by_half_is_said_plainly() -> None:
    with pytest.raises(HuitouError, match="no mailbox"):
        inbox(Settings(), {})
    half = Settings(imap_host="imap.example.org", imap_user="care")
    with pytest.raises(HuitouError, match="HUITOU_IMAP_PASSWORD is empty"):
        inbox(half, {})
    whole = inbox(half, {"HUITOU_IMAP_PASSWORD": "secret"})
    assert whole.port == 993 and "secret" not in repr(whole)
