"""The report on paper: the same words make the same bytes, and what people typed is only ink."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from huitou.channels.contract import End
from huitou.channels.email import Mailbox
from huitou.channels.letterbox import Enclosed, NullLetterbox, enclosed, letterbox
from huitou.channels.press.fonts import missing, wanted
from huitou.channels.press.printing import printed
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.settings import Settings

HOSTILE = (
    '#read("/etc/passwd")',
    "$ x^2 $",
    "*bold* _it_ `code` @label <label> // /* ",
    '") #panic("out") ("',
    "\\u{41} \\#",
    '#import "@preview/cetz:0.3.0": *',
)


def told(name: str = "tea", language: str = "en") -> dict[str, Any]:
    figure = {"code": "r", "name": name, "value": "£1", "arrow": "↑", "tone": "good",
              "change": name, "between": name, "series": [0.2, 1.0]}  # fmt: skip
    bar = {"name": name, "width": 0.5, "shown": "1", "person": None}
    part = {"code": "sold", "title": name, "figures": [figure], "bars": [bar], "words": [name]}
    return {
        "language": language, "title": "The week", "shop": name, "days": "days", "against": "x",
        "until": "2026-11-22", "period": "week", "sections": [part], "foot": "foot", "file": "f",
    }  # fmt: skip


def words_of(pdf: bytes, folder: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext: not on this machine")
    (folder / "r.pdf").write_bytes(pdf)
    ran = subprocess.run(
        ["pdftotext", "-raw", str(folder / "r.pdf"), "-"], capture_output=True, check=True
    )
    return ran.stdout.decode()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_looks_like_code_is_ink(name: str, tmp_path: Path) -> None:
    text = words_of(printed(told(name)), tmp_path)
    assert "root:" not in text
    assert name.split()[0] in text


def test_the_same_report_is_the_same_bytes() -> None:
    first, again = printed(told()), printed(told())
    assert first.startswith(b"%PDF")
    assert first == again


def test_a_machine_without_chinese_fonts_says_what_to_install() -> None:
    with pytest.raises(NotYet, match="no Chinese font") as raised:
        printed(told(language="zh-Hant"), ignore_system_fonts=True)
    assert "fonts-noto-cjk" in str(raised.value.to_try)


def test_english_is_printed_wherever_it_is() -> None:
    assert printed(told(), ignore_system_fonts=True).startswith(b"%PDF")


def test_fonts_of_the_language_come_first() -> None:
    there = ["Noto Serif CJK SC", "Noto Serif CJK TC", "Libertinus Serif"]
    assert wanted("zh-Hant", there)[0] == ["Libertinus Serif", "Noto Serif CJK TC"]
    assert missing("zh-Hans", ["Noto Serif CJK TC"]) is not None
    assert missing("en", []) is None


def test_a_report_of_megabytes_is_refused() -> None:
    with pytest.raises(HuitouError, match="too large"):
        printed(told("x" * 2_000_000))


def a_letter(**changed: Any) -> Enclosed:
    given = {"key": "report-week", "subject": "The week", "text": "words", "html": "<p>words</p>",
             "language": "en", "sender": "Tea", "file": "r.pdf", "pdf": b"%PDF-1.7"}  # fmt: skip
    return Enclosed(**{**given, **changed})


def test_the_letter_has_words_form_and_paper() -> None:
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    box = Mailbox("mail.example.com", "shop@example.com")
    mail = message_from_bytes(enclosed(a_letter(), box, "a@x.com", now), policy=default)
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "application/pdf"]
    assert (
        mail["Message-ID"]
        == message_from_bytes(enclosed(a_letter(), box, "a@x.com", now), policy=default)[
            "Message-ID"
        ]
    ), "the same at every attempt"


def test_a_line_break_in_the_shops_name_adds_no_header() -> None:
    box = Mailbox("mail.example.com", "shop@example.com")
    evil = a_letter(sender="Tea\r\nBcc: all@x.com", subject="Week\r\nBcc: all@x.com")
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    mail = message_from_bytes(enclosed(evil, box, "a@x.com", now), policy=default)
    assert mail["Bcc"] is None


def test_without_a_mail_server_nothing_leaves_and_it_says_so() -> None:
    box = letterbox(Settings(), {})
    assert isinstance(box, NullLetterbox)
    outcome = box.post("a@x.com", a_letter(), datetime(2026, 11, 23, 8, tzinfo=UTC))
    assert outcome.end is End.RETRY_SAFE
    assert "smtp_host" in (outcome.reason or "")
