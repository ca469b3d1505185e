"""Letters that arrive in a mailbox: read over TLS by IMAP, never deleted, never marked as read.

for letter in letters(Inbox("imap.example.com", "care@example.com", "…"), lambda ids: set()):
    letter.text, letter.sender, letter.attachments
"""

from __future__ import annotations

import email
import email.errors
import email.policy
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser

from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint
from huitou.ground.settings import Settings

TIMEOUT_SECONDS = 30.0
BATCH = 100
"""Headers asked for at once."""
LARGEST = 40 * 2**20
"""Bytes of one letter; a larger one is named and left where it is."""
MOST_PARTS = 200
"""Parts of one letter that are looked at: a letter is no archive."""


UNREADABLE = (
    ValueError, LookupError, TypeError, AttributeError, RecursionError, email.errors.MessageError,
)  # fmt: skip
"""What the library raises over letters that are badly made."""


@dataclass(frozen=True)
class Inbox:
    """The mailbox that is read."""

    host: str
    user: str
    password: str = field(repr=False)
    port: int = 993
    folder: str = "INBOX"
    trusts: ssl.SSLContext | None = field(default=None, repr=False)
    """Whose certificates are believed; None: those the machine believes."""


@dataclass(frozen=True)
class Letter:
    """One letter as it came. All of it was written by somebody else."""

    id: str
    """Its Message-ID, or a fingerprint of it where it has none."""
    sender: str
    sender_name: str
    subject: str
    text: str
    at: datetime | None
    automatic: bool
    """Sent by a machine: an answer while away, a list, a returned letter."""
    attachments: tuple[tuple[str, bytes], ...] = ()
    unread: str | None = None
    """Why it could not be read; then only `id` says anything."""


def inbox(settings: Settings, environment: Mapping[str, str]) -> Inbox:
    """The mailbox of the settings; a plain sentence where it is not set up, or by half."""
    if not settings.imap_host or not settings.imap_user:
        raise HuitouError(
            "no mailbox of complaints is set up",
            to_try="huitou settings set imap_host imap.example.com, and imap_user",
        )
    password = environment.get(settings.imap_password_env)
    if not password:
        raise HuitouError(
            f"the variable {settings.imap_password_env} is empty",
            to_try=f"export {settings.imap_password_env}=…",
        )
    return Inbox(
        settings.imap_host, settings.imap_user, password, settings.imap_port, settings.imap_folder
    )


def letters(box: Inbox, known: Callable[[Sequence[str]], set[str]]) -> Iterator[Letter]:
    """The letters of the folder that are not `known` by their id yet, the oldest first."""
    for line, uid, name, size in _unknown(box, known):
        yield _letter(line, uid, name, size)


def raw_letters(
    box: Inbox, known: Callable[[Sequence[str]], set[str]], largest: int
) -> Iterator[tuple[str, bytes]]:
    """(id, bytes) of the same, as they came; what is larger is left where it is."""
    for line, uid, name, size in _unknown(box, known):
        raw = _raw(line, uid) if size <= largest else None
        if raw is not None:
            yield name, raw


def _unknown(
    box: Inbox, known: Callable[[Sequence[str]], set[str]]
) -> Iterator[tuple[imaplib.IMAP4_SSL, bytes, str, int]]:
    with _opened(box) as line:
        uids = _ask(line.uid("SEARCH", "ALL"))[0].split()
        for start in range(0, len(uids), BATCH):
            some = uids[start : start + BATCH]
            named = _named(line, some)
            old = known([name for name, _size in named.values()])
            for uid in some:
                name, size = named.get(uid, ("", 0))
                if name and name not in old:
                    yield line, uid, name, size


@contextmanager
def _opened(box: Inbox) -> Iterator[imaplib.IMAP4_SSL]:
    trusts = box.trusts or ssl.create_default_context()
    try:
        line = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=trusts, timeout=TIMEOUT_SECONDS)
    except (OSError, imaplib.IMAP4.error) as failed:
        raise HuitouError(f"the mailbox at {box.host} cannot be reached: {failed}") from failed
    try:
        line.login(box.user, box.password)
        _ask(line.select(_quoted(box.folder), readonly=True))
        yield line
    except (OSError, imaplib.IMAP4.error) as failed:
        raise HuitouError(f"the mailbox at {box.host} did not answer well: {failed}") from failed
    finally:
        try:
            line.logout()
        except (OSError, imaplib.IMAP4.error):
            line.shutdown()


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _ask(answer: tuple[str, Sequence[bytes | None]]) -> list[bytes]:
    state, data = answer
    if state != "OK":
        raise imaplib.IMAP4.error(
            b" ".join(part for part in data if part).decode("utf-8", "replace")
        )
    return [part or b"" for part in data]


def _named(line: imaplib.IMAP4_SSL, uids: Sequence[bytes]) -> dict[bytes, tuple[str, int]]:
    """uid -> (id, bytes) of each letter, from its header alone."""
    if not uids:
        return {}
    wanted = "(UID RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)])"
    state, data = line.uid("FETCH", b",".join(uids).decode(), wanted)
    _ask((state, []))
    found = {}
    for part in data:
        if isinstance(part, tuple):
            uid = re.search(rb"UID (\d+)", part[0])
            size = re.search(rb"RFC822\.SIZE (\d+)", part[0])
            if uid:
                found[uid[1]] = (_id_of(part[1]), int(size[1]) if size else 0)
    return found


def _id_of(header: bytes) -> str:
    named = re.search(rb"(?im)^message-id:\s*(<[^>\r\n]{1,900}>)", header)
    if named:
        return named[1].decode("utf-8", "replace")
    return f"<{fingerprint(b' '.join(header.split()))[:40]}@no-id>"


def _letter(line: imaplib.IMAP4_SSL, uid: bytes, name: str, size: int) -> Letter:
    if size > LARGEST:
        return _unread(name, f"it is larger than {LARGEST >> 20} MB")
    raw = _raw(line, uid)
    return _unread(name, "the mailbox did not hand it over") if raw is None else read(raw, name)


def _raw(line: imaplib.IMAP4_SSL, uid: bytes) -> bytes | None:
    state, data = line.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
    raw = next((part[1] for part in data if isinstance(part, tuple)), None)
    return raw if state == "OK" and isinstance(raw, bytes) else None


def read(raw: bytes, name: str) -> Letter:
    """A letter from its bytes, however badly they are made."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        parts = _parts(message)
        shown, address = parseaddr(_header(message, "From"))
        return Letter(
            id=name,
            sender=address,
            sender_name=shown,
            subject=_header(message, "Subject"),
            text=_text(parts),
            at=_moment(message),
            automatic=_automatic(message, address),
            attachments=tuple(_attachments(parts)),
        )
    except UNREADABLE as bad:
        return _unread(name, f"it cannot be read: {type(bad).__name__}")


def _unread(name: str, why: str) -> Letter:
    return Letter(name, "", "", "", "", None, False, unread=why)


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""  # the library stumbles over some headers; the letter is still worth reading


def _moment(message: EmailMessage) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(str(message.get("Date", "")))
    except (ValueError, TypeError, IndexError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _automatic(message: EmailMessage, address: str) -> bool:
    submitted = _header(message, "Auto-Submitted").lower()
    told = _header(message, "Precedence").lower()
    machine = re.match(r"(?i)(mailer-daemon|postmaster|no-?reply)@", address)
    by_list = told in ("bulk", "junk", "list") or bool(_header(message, "List-Id"))
    return bool(submitted not in ("", "no") or by_list or machine or not address)


def _parts(message: EmailMessage) -> list[EmailMessage]:
    walked = zip(range(MOST_PARTS), message.walk(), strict=False)
    return [part for _n, part in walked if not part.is_multipart()]


def _is_attached(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _text(parts: Sequence[EmailMessage]) -> str:
    """The plain words of it; of a letter in HTML alone, the words without the marks."""
    here = [part for part in parts if not _is_attached(part)]
    plain = [part for part in here if part.get_content_type() == "text/plain"]
    if plain:
        return "\n".join(_decoded(part) for part in plain).strip()
    marked = [part for part in here if part.get_content_type() == "text/html"]
    return "\n".join(_without_marks(_decoded(part)) for part in marked).strip()


def _decoded(part: EmailMessage) -> str:
    raw = part.get_payload(decode=True)
    body = raw if isinstance(raw, bytes) else b""
    try:
        return body.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _attachments(parts: Sequence[EmailMessage]) -> Iterator[tuple[str, bytes]]:
    for part in parts:
        raw = part.get_payload(decode=True) if _is_attached(part) else None
        if isinstance(raw, bytes):
            yield part.get_filename() or "file", raw


class _Words(HTMLParser):
    """Collects what is read, not what is run or styled."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Scripts and styles are skipped; blocks begin a line."""
        self.hidden += tag in ("script", "style", "head")
        if tag in ("p", "br", "div", "tr", "li"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """The end of what was skipped."""
        self.hidden -= tag in ("script", "style", "head") and self.hidden > 0

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self.hidden:
            self.words.append(data)


def _without_marks(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return "\n".join(line for line in lines if line)
