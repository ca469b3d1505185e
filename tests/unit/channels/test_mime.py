"""Mails put together by hand: read back by the library without a defect, and no header slips in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.channels.contract import Parcel
from huitou.channels.mime import Head, Unfit, encoded, one_line
from huitou.journeys.messages import plain

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEAD = Head.of('小店 "Corner"', "shop@example.com", "care@example.com")
PARCEL = Parcel(
    "ab" * 32, "p", "email", "marketing", "letter", "mei@example.com", "zh-Hans",
    "您有 1,200 积分将于 2026 年 12 月 31 日到期，请别忘了在下次购物时使用它们",
    "第一行\n\n.\n..x\n",
    html="<p>您好</p>\n" * 50, unsubscribe="https://shop.example/p/stop/x.y",
)  # fmt: skip


def test_it_is_read_back_whole() -> None:
    mail = message_from_bytes(HEAD.mail(PARCEL, NOW), policy=default)
    assert not mail.defects and mail["Subject"] == PARCEL.subject
    assert mail["From"].addresses[0].display_name == "小店 'Corner'"
    assert mail["Reply-To"] == "care@example.com"
    assert mail["Message-ID"] == f"<{'ab' * 32}@example.com>"
    text, html = mail.iter_parts()
    assert text.get_content() == PARCEL.text and html.get_content() == PARCEL.html
    assert not text.defects and not html.defects


def test_one_click_ends_it() -> None:
    mail = message_from_bytes(HEAD.mail(PARCEL, NOW), policy=default)
    assert mail["List-Unsubscribe"] == "<https://shop.example/p/stop/x.y>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    by_mail = replace(PARCEL, unsubscribe="mailto:shop@example.com?subject=stop")
    other = message_from_bytes(HEAD.mail(by_mail, NOW), policy=default)
    assert other["List-Unsubscribe"] and other["List-Unsubscribe-Post"] is None
    none = message_from_bytes(HEAD.mail(replace(PARCEL, unsubscribe=""), NOW), policy=default)
    assert none["List-Unsubscribe"] is None


@pytest.mark.parametrize("field", ["to", "subject", "language", "unsubscribe", "id"])
@pytest.mark.parametrize("bad", ["a\r\nBcc: x@example.com", "a\nX: y", "a\x00b"])
def test_a_value_with_a_line_break_is_refused(field: str, bad: str) -> None:
    changed: dict[str, Any] = {field: bad}
    with pytest.raises(Unfit):
        HEAD.mail(replace(PARCEL, **changed), NOW)
    with pytest.raises(Unfit):
        one_line(bad)


def test_a_shop_is_named_on_one_line_whatever_it_is_called() -> None:
    head = Head.of('A"\r\nBcc: x@example.com', "shop@example.com")
    mail = message_from_bytes(head.mail(PARCEL, NOW), policy=default)
    assert mail["Bcc"] is None


@given(st.text(max_size=300))
def test_every_subject_comes_back(subject: str) -> None:
    told = plain(subject)
    raw = f"Subject: {encoded(told)}\r\n\r\n".encode()
    assert all(len(line) <= 78 for line in raw.split(b"\r\n")[1:])
    assert message_from_bytes(raw, policy=default)["Subject"].strip() == told.strip()
