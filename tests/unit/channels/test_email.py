"""Every way a mail server can behave ends in exactly one of the four ends."""

from __future__ import annotations

import email
import socket
from dataclasses import replace
from email.policy import default

import pytest
from tests.unit.channels.servers import AND_GONE, HANG_UP, SILENCE, scripted
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW

from huitou.channels.contract import End, Outcome
from huitou.channels.email import Email, Mailbox, mailbox
from huitou.ground.errors import HuitouError
from huitou.ground.settings import Settings
from huitou.journeys.messages import Message, compose


def letter(number: int = 1, **facts: object) -> Message:
    receipt = {"plan_id": "plan", "act": "thank", "channel": "email", "staff_minutes": 0.0}
    return compose(receipt, given.recipient(f"p{number:04d}", **facts), given.desk().sender)


def sent(port: int, message: Message, timeout: float = 5.0) -> Outcome:
    channel = Email(Mailbox("127.0.0.1", "shop@example.org", port, timeout=timeout))
    try:
        return channel.hand_over(message, NOW)
    finally:
        channel.close()


def test_a_good_server_takes_it_whole() -> None:
    with scripted() as server:
        outcome = sent(server.port, letter())
    assert outcome == Outcome(End.ACCEPTED, "replied", "250 taken")
    (taken,) = server.taken
    mail = email.message_from_bytes(taken, policy=default)
    assert mail["Message-ID"] == f"<{letter().decision_id}@example.org>"
    assert mail["To"] == "c1@example.org"
    assert mail["From"] == "Corner Shop <shop@example.org>"
    assert mail.get_content().strip().replace("\r\n", "\n") == letter().body
    assert not mail.defects


@pytest.mark.parametrize(
    ("script", "end", "stage"),
    [
        ({"greeting": "421 too busy"}, End.RETRY_SAFE, "connect"),
        ({"greeting": HANG_UP}, End.RETRY_SAFE, "connect"),
        ({"greeting": SILENCE}, End.RETRY_SAFE, "connect"),
        ({"MAIL": "451 later"}, End.RETRY_SAFE, "mail"),
        ({"MAIL": "530 log in first"}, End.RETRY_SAFE, "mail"),
        ({"MAIL": "550 not you"}, End.RETRY_SAFE, "mail"),
        ({"MAIL": HANG_UP}, End.RETRY_SAFE, "mail"),
        ({"RCPT": "450 mailbox busy"}, End.RETRY_SAFE, "rcpt"),
        ({"RCPT": "550 no such user"}, End.REFUSED, "rcpt"),
        ({"RCPT": "551 not here"}, End.REFUSED, "rcpt"),
        ({"RCPT": HANG_UP}, End.RETRY_SAFE, "rcpt"),
        ({"DATA": "554 no"}, End.REFUSED, "data"),
        ({"DATA": "451 later"}, End.RETRY_SAFE, "data"),
        ({"DATA": HANG_UP}, End.RETRY_SAFE, "data"),
        ({"DATA": SILENCE}, End.RETRY_SAFE, "data"),
        ({".": "250 ok"}, End.ACCEPTED, "replied"),
        ({".": "451 try again"}, End.RETRY_SAFE, "replied"),
        ({".": "552 too big"}, End.REFUSED, "replied"),
        ({".": "554 spam"}, End.REFUSED, "replied"),
        ({".": "299 what"}, End.IN_DOUBT, "replied"),
        ({".": HANG_UP}, End.IN_DOUBT, "dot"),
        ({".": SILENCE}, End.IN_DOUBT, "dot"),
        ({".": "250-" + "x" * 9000}, End.IN_DOUBT, "dot"),
    ],
)
def test_each_behaviour_has_its_end(script: dict[str, str], end: End, stage: str) -> None:
    with scripted(script) as server:
        outcome = sent(server.port, letter(), timeout=0.3)
    assert (outcome.end, outcome.stage) == (end, stage)
    assert len(server.taken) <= 1


def test_no_server_at_all_is_safe_to_repeat_and_asked_once() -> None:
    with scripted() as server:
        port = server.port
    channel = Email(Mailbox("127.0.0.1", "shop@example.org", port, timeout=0.3))
    outcomes = {channel.hand_over(letter(n), NOW) for n in range(3)}
    assert {(one.end, one.stage) for one in outcomes} == {(End.RETRY_SAFE, "connect")}


def test_a_password_never_goes_over_an_open_line() -> None:
    with scripted() as server:
        box = Mailbox("127.0.0.1", "shop@example.org", server.port, "user", "secret", 2)
        outcome = Email(box).hand_over(letter(), NOW)
    assert (outcome.end, outcome.stage) == (End.RETRY_SAFE, "tls")
    assert not any("AUTH" in said for said in server.said)
    assert "secret" not in repr(box)


def test_one_line_carries_many_and_one_refusal_changes_no_other() -> None:
    with scripted() as server:
        channel = Email(Mailbox("127.0.0.1", "shop@example.org", server.port, timeout=2))
        ends = [channel.hand_over(letter(n), NOW).end for n in range(4)]
        bad = channel.hand_over(letter(email="nobody at all"), NOW)
        last = channel.hand_over(letter(7), NOW)
        channel.gather("plan", [])
    assert ends == [End.ACCEPTED] * 4 and last.end is End.ACCEPTED
    assert (bad.end, bad.stage) == (End.REFUSED, "address")
    assert server.lines == 1 and len(server.taken) == 5


def test_who_is_refused_before_the_server_hangs_up_is_refused_and_the_others_are_sent() -> None:
    refusal = {
        "EHLO": "250-hello\r\n250 PIPELINING",
        "RCPT TO:<c2@example.org>": f"550 nobody{AND_GONE}",
    }
    with scripted(refusal) as server:
        channel = Email(Mailbox("127.0.0.1", "shop@example.org", server.port, timeout=2))
        outcomes = [channel.hand_over(letter(n), NOW) for n in (1, 2, 3)]
        channel.close()
    assert [each.end for each in outcomes] == [End.ACCEPTED, End.REFUSED, End.ACCEPTED]
    assert outcomes[1] == Outcome(End.REFUSED, "rcpt", "550 nobody")
    assert server.lines == 2 and len(server.taken) == 2


def test_a_line_that_was_hung_up_in_between_is_opened_again() -> None:
    with scripted() as server:
        channel = Email(Mailbox("127.0.0.1", "shop@example.org", server.port, timeout=2))
        assert channel.hand_over(letter(1), NOW).end is End.ACCEPTED
        assert channel._line is not None and channel._line.sock is not None
        channel._line.sock.shutdown(socket.SHUT_RDWR)
        assert channel.hand_over(letter(2), NOW).end is End.ACCEPTED
        channel.close()
    assert server.lines == 2 and len(server.taken) == 2


@pytest.mark.parametrize(
    ("host", "password", "stage"),
    [("mail..example.org", None, "connect"), ("127.0.0.1", "密码", "login")],
)
def test_what_cannot_be_said_to_a_server_was_not_sent(
    host: str, password: str | None, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huitou.channels.email._encrypt", lambda line, box: line.ehlo())
    with scripted({"EHLO": "250-hello\r\n250 AUTH PLAIN"}) as server:
        box = Mailbox(host, "shop@example.org", server.port, password and "shop", password)
        outcome = Email(box).hand_over(letter(), NOW)
    assert (outcome.end, outcome.stage, server.taken) == (End.RETRY_SAFE, stage, [])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b",
        "a@b.c>\r\nRCPT TO:<x@y.z",
        "a b@c.de",
        "<a@b.cd>",
        "a@b.cd, e@f.gh",
        "名@例.中国",
    ],
)
def test_strange_addresses_are_refused_before_the_wire(address: str) -> None:
    outcome = Email(Mailbox("127.0.0.1", "shop@example.org", 9)).hand_over(
        letter(email=address), NOW
    )
    assert (outcome.end, outcome.stage) == (End.REFUSED, "address")


def test_names_cannot_add_headers_or_end_the_message() -> None:
    message = letter()
    sender = replace(message.sender, name='Shop"\r\nBcc: all@example.org')
    tricky = replace(
        message, sender=sender, subject="Hi\r\nBcc: all@example.org", body="one\n.\nQUIT\n.."
    )
    with scripted() as server:
        assert sent(server.port, tricky).end is End.ACCEPTED
    mail = email.message_from_bytes(server.taken[0].replace(b"\r\n..", b"\r\n."), policy=default)
    assert mail["Bcc"] is None and "\n" not in mail["Subject"]
    assert mail.get_content().split() == ["one", ".", "QUIT", ".."]


def test_the_mailbox_comes_from_the_settings_and_the_password_from_the_environment() -> None:
    assert mailbox(Settings(), {}) is None
    settings = Settings(smtp_host="mail.example.org", smtp_from="a@b.cd", smtp_user="u")
    box = mailbox(settings, {"HUITOU_SMTP_PASSWORD": "p"})
    assert box == Mailbox("mail.example.org", "a@b.cd", 587, "u", "p")
    with pytest.raises(HuitouError, match="HUITOU_SMTP_PASSWORD"):
        mailbox(settings, {})
    with pytest.raises(HuitouError, match="smtp_from"):
        mailbox(Settings(smtp_host="mail.example.org"), {})


def test_a_real_server_reads_it_too() -> None:
    controller = pytest.importorskip("aiosmtpd.controller")
    seen: list[object] = []

    class Keep:
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
            seen.append(envelope)
            return "250 kept"

    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    serving = controller.Controller(Keep(), hostname="127.0.0.1", port=port)
    serving.start()
    try:
        assert sent(port, letter(language="zh-Hans")).end is End.ACCEPTED
    finally:
        serving.stop()
    (envelope,) = seen
    mail = email.message_from_bytes(envelope.content, policy=default)
    assert "说声谢谢" in mail["Subject"] and "感谢您" in mail.get_content()
