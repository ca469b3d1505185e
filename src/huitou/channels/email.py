"""The e-mail channel: one message at a time over SMTP, with the stage known at every moment.

`smtplib.sendmail` raises the same exception when the server drops the line before it has the
message and after. So the dialogue is held here step by step (TRUST C.1):

    connect, tls, login, mail, rcpt, data, body     cut off here: surely not taken, RETRY_SAFE
    dot                                             cut off here: nobody knows,      IN_DOUBT
    replied                                         2xx ACCEPTED, 4xx RETRY_SAFE, 5xx REFUSED

Where the server offers it, mail, rcpt and data are said in one piece; each still has its answer.

A refusal that is about us and not about the recipient (sender, login, encryption) is RETRY_SAFE:
one wrong setting must not use up a plan.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime

from huitou.channels.contract import End, Outcome
from huitou.ground.errors import HuitouError
from huitou.ground.settings import Settings
from huitou.journeys.messages import Message, plain

TIMEOUT_SECONDS = 30.0
IMPLICIT_TLS_PORT = 465

ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\]+")
"""Plain enough to be put between < and >; what is stranger than that was a typing mistake."""


@dataclass(frozen=True)
class Mailbox:
    """The merchant's mail server, and the address letters come from."""

    host: str
    sender: str
    port: int = 587
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = TIMEOUT_SECONDS

    @property
    def domain(self) -> str:
        """The part after the @: names our messages, and us in the greeting."""
        return self.sender.rpartition("@")[2]


def mailbox(settings: Settings, environment: Mapping[str, str]) -> Mailbox | None:
    """The mailbox of the settings; None where e-mail is not set up.

    Raises `HuitouError` when it is set up by half.
    """
    if settings.smtp_host is None:
        return None
    sender = settings.smtp_from or ""
    if not ADDRESS.fullmatch(sender):
        raise HuitouError(
            f"smtp_from is {sender!r}, and must be the address letters come from",
            to_try='smtp_from = "shop@example.com" in shop.toml',
        )
    password = environment.get(settings.smtp_password_env)
    if settings.smtp_user and not password:
        raise HuitouError(
            f"smtp_user is set, but the variable {settings.smtp_password_env} is empty",
            to_try=f"export {settings.smtp_password_env}=…",
        )
    return Mailbox(settings.smtp_host, sender, settings.smtp_port, settings.smtp_user, password)


class Email:
    """E-mail through one mailbox. Its line is kept open between messages; `close` when done."""

    name = "email"
    repeatable = False
    batch = 1

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        self._line: smtplib.SMTP | None = None
        self._down: Outcome | None = None

    def hand_over(self, message: Message, now: datetime) -> Outcome:
        """Send one message; see the table above for what becomes of it."""
        to = message.recipient.email or ""
        if not (to.isascii() and ADDRESS.fullmatch(to)):
            return Outcome(End.REFUSED, "address", f"{plain(to)!r} is not an address")
        return self.post(to, written(message, self.box, now))

    def post(self, to: str, content: bytes) -> Outcome:
        """Send a letter that is written already to an address that was checked."""
        fresh = self._line is None
        outcome = self._send(to, content)
        if outcome.end is End.RETRY_SAFE and outcome.stage == "mail" and not fresh:
            # The server had hung up on an idle line; on a fresh one this is the first attempt.
            outcome = self._send(to, content)
        return outcome

    @property
    def is_down(self) -> bool:
        """Whether the server could not be reached: it is not asked again by this one."""
        return self._down is not None

    def gather(self, plan_id: str, messages: Sequence[Message]) -> None:
        """All is sent: hang up."""
        self.close()

    def close(self) -> None:
        """Hang up, politely where that is possible."""
        line, self._line = self._line, None
        if line is not None:
            try:
                line.quit()
            except (OSError, smtplib.SMTPException):
                line.close()

    def _send(self, to: str, content: bytes) -> Outcome:
        if self._down is not None:
            return self._down
        if self._line is None:
            opened = _opened(self.box)
            if isinstance(opened, Outcome):
                # One attempt a pass: a thousand letters must not wait thirty seconds each.
                self._down = opened
                return opened
            self._line = opened
        dialogue = _Dialogue(self._line)
        outcome = dialogue.hold(self.box.sender, to, content)
        if dialogue.broken:
            self._line.close()
            self._line = None
        return outcome


def written(message: Message, box: Mailbox, now: datetime) -> bytes:
    """The message as bytes for the wire. Its Message-ID is the decision's: it settles doubts."""
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["From"] = f'"{_quoted(message.sender.name)}" <{box.sender}>'
    mail["To"] = message.recipient.email
    mail["Subject"] = plain(message.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.decision_id}@{box.domain}>"
    mail["Content-Language"] = message.language
    if message.sender.email:
        mail["Reply-To"] = plain(message.sender.email)
    mail.set_content(message.body)
    return mail.as_bytes()


@dataclass
class _Dialogue:
    """One message over one open line."""

    line: smtplib.SMTP
    stage: str = "mail"
    broken: bool = False

    def hold(self, sender: str, to: str, content: bytes) -> Outcome:
        """From MAIL to the answer after the dot."""
        try:
            return self._hold(sender, to, content)
        except (OSError, smtplib.SMTPException, ValueError) as failed:
            self.broken = True
            end = End.IN_DOUBT if self.stage == "dot" else End.RETRY_SAFE
            return Outcome(end, self.stage, _reason(failed))

    def _hold(self, sender: str, to: str, content: bytes) -> Outcome:
        # Said directly: both addresses were looked at, and the library parses them anew each time.
        words = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA")
        refused = self._together(*words) if self.line.has_extn("pipelining") else self._each(*words)
        if refused is not None:
            return refused
        self.stage = "body"
        self.line.send(_stuffed(content))
        # From here on the server may have it, whatever we hear.
        self.stage = "dot"
        self.line.send(b".\r\n")
        answer = self.line.getreply()
        end = End.ACCEPTED if answer[0] == 250 else _end_of(answer[0], unclear=End.IN_DOUBT)
        self.stage = "replied"
        return Outcome(end, self.stage, _words(answer))

    def _each(self, *words: str) -> Outcome | None:
        """The commands before the message, each after the answer to the last; what refused it."""
        for self.stage, asked in zip(BEFORE, words, strict=True):
            self.line.send(_command(asked))
            answer = self.line.getreply()
            if not _goes_on(self.stage, answer[0]):
                return self._stop(_end_before(self.stage, answer[0]), answer)
        return None

    def _together(self, *words: str) -> Outcome | None:
        """The same in one piece, where the server reads on by itself (RFC 2920)."""
        self.stage = "mail"
        self.line.send(b"".join(_command(asked) for asked in words))
        refused: tuple[str, tuple[int, bytes]] | None = None
        answer = (0, b"")
        for stage in BEFORE:
            # What the first refusal was about is what the mail failed at.
            self.stage = refused[0] if refused else stage
            try:
                answer = self.line.getreply()
            except (OSError, smtplib.SMTPException):
                if refused is None:
                    raise
                return self._hung_up(*refused)
            if refused is None and not _goes_on(stage, answer[0]):
                refused = stage, answer
        if refused is None:
            return None
        if answer[0] == 354:
            # It waits for a message to nobody: an empty one, which it cannot deliver.
            try:
                self.line.send(b".\r\n")
                self.line.getreply()
            except (OSError, smtplib.SMTPException):
                return self._hung_up(*refused)
        self.stage, answer = refused
        return self._stop(_end_before(self.stage, answer[0]), answer)

    def _hung_up(self, stage: str, answer: tuple[int, bytes]) -> Outcome:
        """The line broke after a refusal: that was said, and counts."""
        self.stage, self.broken = stage, True
        return Outcome(_end_before(stage, answer[0]), stage, _words(answer))

    def _stop(self, end: End, answer: tuple[int, bytes]) -> Outcome:
        """Refused before the message: begin the next one with a clean slate."""
        outcome = Outcome(end, self.stage, _words(answer))
        try:
            self.broken = self.line.rset()[0] != 250
        except (OSError, smtplib.SMTPException):
            self.broken = True
        return outcome


BEFORE = ("mail", "rcpt", "data")
"""Stages before the message itself."""


def _command(words: str) -> bytes:
    if "\r" in words or "\n" in words:
        raise ValueError("a command is one line")
    return words.encode("ascii") + b"\r\n"


def _goes_on(stage: str, code: int) -> bool:
    return code in {"mail": (250,), "rcpt": (250, 251), "data": (354,)}[stage]


def _end_before(stage: str, code: int) -> End:
    """What a refusal before the message means: that of our own address is about us."""
    return End.RETRY_SAFE if stage == "mail" else _end_of(code)


def _opened(box: Mailbox) -> smtplib.SMTP | Outcome:
    """A line to the server, encrypted and logged in; or what stood in the way, nothing sent."""
    stage, line = "connect", None
    try:
        line = _connected(box)
        # Without it the dot after a body waits forty milliseconds for the body's receipt.
        if line.sock is not None:
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stage = "tls"
        _encrypt(line, box)
        stage = "login"
        if box.user is not None:
            line.login(box.user, box.password or "")
    except (OSError, smtplib.SMTPException, ValueError) as failed:
        # ValueError: a host that is no name, a user or password that is not ASCII.
        if line is not None:
            line.close()
        return Outcome(End.RETRY_SAFE, stage, _reason(failed))
    return line


def _connected(box: Mailbox) -> smtplib.SMTP:
    if box.port == IMPLICIT_TLS_PORT:
        return smtplib.SMTP_SSL(
            box.host,
            box.port,
            local_hostname=box.domain,
            timeout=box.timeout,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(box.host, box.port, local_hostname=box.domain, timeout=box.timeout)


def _encrypt(line: smtplib.SMTP, box: Mailbox) -> None:
    """STARTTLS where it is offered; a password never goes over an open line."""
    line.ehlo_or_helo_if_needed()
    if box.port == IMPLICIT_TLS_PORT:
        return
    if line.has_extn("starttls"):
        line.starttls(context=ssl.create_default_context())
        line.ehlo_or_helo_if_needed()
    elif box.user is not None:
        raise smtplib.SMTPException("the server offers no encryption, and a password is set")


def _end_of(code: int, *, unclear: End = End.RETRY_SAFE) -> End:
    """What an answer other than success means."""
    if 400 <= code < 500:
        return End.RETRY_SAFE
    return End.REFUSED if 500 <= code < 600 else unclear


def _stuffed(content: bytes) -> bytes:
    """Lines that begin with a dot get another one, and the last line ends."""
    doubled = re.sub(rb"(?m)^\.", b"..", content)
    return doubled if doubled.endswith(b"\r\n") else doubled + b"\r\n"


def _words(answer: tuple[int, bytes]) -> str:
    return plain(f"{answer[0]} {answer[1].decode('utf-8', 'replace')}")


def _reason(failed: Exception) -> str:
    return plain(f"{type(failed).__name__}: {failed}")


def _quoted(name: str) -> str:
    return plain(name).replace("\\", "").replace('"', "'")
