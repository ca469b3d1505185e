"""Parcels by several lines: every way a mail server fails has its end, and none is left without."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from tests.unit.channels.servers import HANG_UP, SILENCE, scripted

from huitou.channels.contract import End, Handed, Parcel
from huitou.channels.email import Mailbox
from huitou.channels.mailing import Mailing
from huitou.channels.mime import Head
from huitou.ground.clock import StoppedClock

CLOCK = StoppedClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
HEAD = Head.of("The Corner", "shop@example.com")


def parcel(number: int = 0, to: str = "mei@example.com") -> Parcel:
    return Parcel(
        f"{number:064x}", "p", "email", "marketing", "letter", to, "en", "Hi", f"Letter {number}\n"
    )


def carried(port: int, count: int = 1, lines: int = 1, timeout: float = 0.5) -> list[Handed]:
    box = Mailbox("127.0.0.1", "shop@example.com", port, timeout=timeout)
    mailing = Mailing(box, HEAD, CLOCK, lines)
    try:
        return mailing.carry([parcel(n) for n in range(count)], lambda: True)
    finally:
        mailing.close()


FAULTS: dict[str, tuple[dict[str, str], End]] = {
    "421 at the greeting": ({"greeting": "421 busy"}, End.RETRY_SAFE),
    "450 at the recipient": ({"RCPT": "450 greylisted"}, End.RETRY_SAFE),
    "451 after the dot": ({".": "451 later"}, End.RETRY_SAFE),
    "550 at the recipient": ({"RCPT": "550 no such user"}, End.REFUSED),
    "552 after the dot": ({".": "552 too large"}, End.REFUSED),
    "554 at the data": ({"DATA": "554 no"}, End.REFUSED),
    "silence at the greeting": ({"greeting": SILENCE}, End.RETRY_SAFE),
    "silence at the data": ({"DATA": SILENCE}, End.RETRY_SAFE),
    "silence after the dot": ({".": SILENCE}, End.IN_DOUBT),
    "hung up after the dot": ({".": HANG_UP}, End.IN_DOUBT),
    "hung up at the recipient": ({"RCPT": HANG_UP}, End.RETRY_SAFE),
    "a huge greeting": ({"greeting": "220 " + "x" * 100_000}, End.RETRY_SAFE),
    "an answer that is none": ({".": "hello"}, End.IN_DOUBT),
    "pipelining promised, commands lost": (
        {"EHLO": "250-hello\r\n250 PIPELINING", "RCPT": SILENCE}, End.RETRY_SAFE,
    ),
}  # fmt: skip


PIPELINING = {"EHLO": "250-hello\r\n250 PIPELINING"}
AFTERWARDS: dict[str, dict[str, str]] = {
    "450 at the recipient": {"DATA": "503 no recipient"},
    "550 at the recipient": {"DATA": "554 no valid recipients"},
}
"""What a server says to the command that came in one piece with the refused one."""


@pytest.mark.parametrize("together", [False, True], ids=["one by one", "in one piece"])
@pytest.mark.parametrize("fault", FAULTS)
def test_each_of_fourteen_faults_has_its_end_and_nothing_is_sent_twice(
    fault: str, together: bool
) -> None:
    script, end = FAULTS[fault]
    if together:
        script = {**PIPELINING, **script, **AFTERWARDS.get(fault, {})}
    with scripted(script) as server:
        (handed,) = carried(server.port)
        assert handed.outcome.end is end
        assert len(server.taken) <= 1
        if end in (End.RETRY_SAFE, End.REFUSED):
            assert not server.taken, "what may come again was not taken before"


def test_in_one_piece_the_stage_is_that_of_the_first_refusal() -> None:
    with scripted({**PIPELINING, "MAIL": "550 not you", "RCPT": "503 no", "DATA": "503 no"}) as it:
        (handed,) = carried(it.port)
        assert (handed.outcome.stage, handed.outcome.end) == ("mail", End.RETRY_SAFE)
        assert handed.ours and handed.outcome.reason == "550 not you" and not it.taken


def test_a_server_that_waits_for_a_message_to_nobody_gets_an_empty_one() -> None:
    with scripted({**PIPELINING, "RCPT": "550 nobody"}) as server:
        handed = carried(server.port, count=2)
        assert [each.outcome.end for each in handed] == [End.REFUSED, End.REFUSED]
        assert [each.outcome.stage for each in handed] == ["rcpt", "rcpt"]
        assert server.taken == [b"", b""] and server.lines == 1
        assert server.said.count("rset") == 2


def test_in_one_piece_many_go_over_one_line() -> None:
    with scripted(PIPELINING) as server:
        handed = carried(server.port, count=5, timeout=2.0)
        assert all(each.outcome.end is End.ACCEPTED for each in handed)
        assert len(server.taken) == 5 and server.lines == 1


def test_no_encryption_where_a_password_is_set_is_ours() -> None:
    with scripted({"EHLO": "250 hello"}) as server:
        box = Mailbox("127.0.0.1", "shop@example.com", server.port, "user", "secret", timeout=0.5)
        mailing = Mailing(box, HEAD, CLOCK, 1)
        (handed,) = mailing.carry([parcel()], lambda: True)
        assert handed.ours and handed.outcome.stage == "tls" and not server.taken
        assert not any("secret" in each for each in server.said)


def test_one_refused_among_many_leaves_the_others_accepted() -> None:
    """One 554 made everybody else get it again: mautic 7226."""
    with scripted() as server:
        box = Mailbox("127.0.0.1", "shop@example.com", server.port, timeout=2.0)
        mailing = Mailing(box, HEAD, CLOCK, 1)
        some = [parcel(0), parcel(1, "not an address"), parcel(2)]
        ends = [each.outcome.end for each in mailing.carry(some, lambda: True)]
        mailing.close()
    assert ends == [End.ACCEPTED, End.REFUSED, End.ACCEPTED] and len(server.taken) == 2


def test_the_line_is_kept_open_between_mails_and_batches() -> None:
    with scripted() as server:
        box = Mailbox("127.0.0.1", "shop@example.com", server.port, timeout=2.0)
        mailing = Mailing(box, HEAD, CLOCK, 1)
        for start in (0, 5):
            some = [parcel(start + n) for n in range(5)]
            assert all(each.reference for each in mailing.carry(some, lambda: True))
        mailing.close()
        assert server.lines == 1 and len(set(server.taken)) == 10


def test_a_server_that_is_away_is_asked_once_a_batch_and_is_found_again() -> None:
    with scripted() as server:
        port = server.port
    box = Mailbox("127.0.0.1", "shop@example.com", port, timeout=0.5)
    mailing = Mailing(box, HEAD, CLOCK, 2)
    began = time.monotonic()
    handed = mailing.carry([parcel(n) for n in range(50)], lambda: True)
    assert all(each.ours for each in handed) and time.monotonic() - began < 5
    with scripted() as server:
        mailing._box = Mailbox("127.0.0.1", "shop@example.com", server.port, timeout=2.0)
        assert mailing.carry([parcel()], lambda: True)[0].outcome.end is End.ACCEPTED
        mailing.close()


def test_a_dot_on_a_line_of_its_own_does_not_end_the_mail() -> None:
    with scripted() as server:
        box = Mailbox("127.0.0.1", "shop@example.com", server.port, timeout=2.0)
        mailing = Mailing(box, HEAD, CLOCK, 1)
        odd = Parcel(
            "a" * 64, "p", "email", "marketing", "t", "mei@example.com", "en", "Hi", "a\n.\nb\n"
        )
        assert mailing.carry([odd], lambda: True)[0].outcome.end is End.ACCEPTED
        mailing.close()
    assert server.taken[0].endswith(b"\r\n") and len(server.taken) == 1
