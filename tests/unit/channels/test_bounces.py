"""Mail that comes back, as real servers write it, and letters that only look like it."""

from __future__ import annotations

import pytest

from huitou.channels.bounces import Bounce, read

ID = "ab" * 32
DSN = """\
From: MAILER-DAEMON@mx.example.com
To: shop@example.com
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Arrival-Date: Mon, 2 Mar 2026 09:00:00 +0000

Final-Recipient: rfc822; Mei@Example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b1
Content-Type: {enclosed}

From: shop@example.com
Message-ID: <{id}@example.com>
Subject: x

--b1--
"""
ARF = """\
From: abuse@isp.example
To: shop@example.com
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b1"

--b1
Content-Type: text/plain

This is an email abuse report.

--b1
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <mei@example.com>

--b1
Content-Type: message/rfc822

From: shop@example.com
Message-ID: <{id}@example.com>

Hello

--b1--
"""


def dsn(action: str = "failed", status: str = "5.1.1", enclosed: str = "message/rfc822") -> bytes:
    return DSN.format(action=action, status=status, enclosed=enclosed, id=ID).encode()


@pytest.mark.parametrize("enclosed", ["message/rfc822", "text/rfc822-headers"])
def test_a_dead_address_is_read_with_the_mail_it_was_about(enclosed: str) -> None:
    told = read(dsn(enclosed=enclosed))
    assert told == Bounce("failed", ID, "mei@example.com", "5.1.1 smtp; 550 5.1.1 no such user")


@pytest.mark.parametrize(
    ("action", "status", "verdict"),
    [
        ("delayed", "4.4.1", "delayed"),
        ("failed", "4.4.7", "delayed"),
        ("failed", "5.2.2", "delayed"),
        ("delivered", "2.0.0", "delivered"),
    ],
)
def test_what_passes_by_itself_is_no_dead_address(action: str, status: str, verdict: str) -> None:
    told = read(dsn(action, status))
    assert told is not None and told.verdict == verdict


def test_a_complaint_names_the_mail_and_who_complained() -> None:
    told = read(ARF.format(kind="abuse", id=ID).encode())
    assert told is not None and told.verdict == "complained"
    assert (told.sending_id, told.address) == (ID, "mei@example.com")
    assert read(ARF.format(kind="not-spam", id=ID).encode()) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: out of office\n\nI am away.",
        b"Content-Type: multipart/report; report-type=delivery-status\n\nnothing",
        dsn().replace(b"Action: failed\n", b""),
        dsn()[:400],
        b"\xff\xfe" * 500,
        b"Content-Type: multipart/report; boundary=x; report-type=x\n\n--x\n\n--x--",
    ],
)
def test_other_letters_tell_nothing(raw: bytes) -> None:
    assert read(raw) is None


def test_a_mail_that_is_not_ours_is_about_none_of_ours() -> None:
    told = read(dsn().replace(ID.encode(), b"someone-else"))
    assert told is not None and told.sending_id is None
