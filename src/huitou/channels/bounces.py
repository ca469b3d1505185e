"""Reading what comes back: undelivered mail (DSN, RFC 3464) and complaints (ARF, RFC 5965).

read(raw)    -> Bounce(verdict, message_id, address, words), or None: it is something else
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from huitou.journeys.messages import plain

LARGEST = 5 * 1024 * 1024
MESSAGE_ID = re.compile(r"<([0-9a-f]{64})@[^<>\s]+>")
ADDRESS = re.compile(r"[^\s<>;,@]+@[^\s<>;,@]+")
FULL = ("2.2",)
"""Detail of a 5.x.x status that passes by itself: the mailbox is full."""


@dataclass(frozen=True)
class Bounce:
    """What one letter tells of one of ours."""

    verdict: str
    """failed (for good), delayed, delivered, or complained."""
    sending_id: str | None
    address: str
    words: str


def read(raw: bytes) -> Bounce | None:
    """What a letter tells; None where it is neither a notification nor a complaint."""
    if len(raw) > LARGEST:
        return None
    letter = message_from_bytes(raw, policy=compat32)
    if letter.get_content_type() != "multipart/report":
        return None
    kind = str(letter.get_param("report-type") or "").lower()
    parts = list(_parts(letter))
    sending_id = _sending(parts)
    if kind == "feedback-report":
        return _complaint(parts, sending_id)
    return _notified(parts, sending_id) if kind == "delivery-status" else None


def _notified(parts: list[Message], sending_id: str | None) -> Bounce | None:
    """The recipient's own group of fields: the second of `message/delivery-status`."""
    for part in parts:
        told = part.get_payload()
        if part.get_content_type() != "message/delivery-status" or not isinstance(told, list):
            continue
        for group in told:
            if isinstance(group, Message) and group["Action"]:
                return _of_group(group, sending_id)
    return None


def _of_group(group: Message, sending_id: str | None) -> Bounce:
    action, status = str(group["Action"]).strip().lower(), str(group["Status"] or "").strip()
    words = plain(f"{status} {group['Diagnostic-Code'] or ''}")
    address = _address(str(group["Final-Recipient"] or group["Original-Recipient"] or ""))
    if action == "failed" and status.startswith("5") and status[2:5] not in FULL:
        return Bounce("failed", sending_id, address, words)
    verdict = "delivered" if action == "delivered" else "delayed"
    return Bounce(verdict, sending_id, address, words)


def _complaint(parts: list[Message], sending_id: str | None) -> Bounce | None:
    for part in parts:
        if part.get_content_type() != "message/feedback-report":
            continue
        fields = _fields(part)
        kind = fields.get("feedback-type", "")
        if kind not in ("abuse", "fraud", "not-spam", "opt-out", "virus", "other"):
            return None
        if kind == "not-spam":
            return None
        address = _address(fields.get("original-rcpt-to", ""))
        return Bounce("complained", sending_id, address, plain(f"reported as {kind}"))
    return None


def _fields(part: Message) -> dict[str, str]:
    """Fields of a report, whether the parser took them for a message or for text."""
    told = part.get_payload()
    inner = told[0] if isinstance(told, list) and told else None
    text = inner.as_string() if isinstance(inner, Message) else str(told)
    found = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip().lower()] = value.strip().lower()
    return found


def _sending(parts: list[Message]) -> str | None:
    """The message of ours that is enclosed, by its Message-ID."""
    for part in parts:
        if part.get_content_type() not in ("message/rfc822", "text/rfc822-headers"):
            continue
        told = part.get_payload()
        inner = told[0] if isinstance(told, list) and told else None
        text = str(inner["Message-ID"] or "") if isinstance(inner, Message) else str(told)
        found = MESSAGE_ID.search(text)
        if found is not None:
            return found[1]
    return None


def _parts(letter: Message) -> Iterator[Message]:
    """Parts of the report itself, not those inside of an enclosed letter."""
    told = letter.get_payload()
    yield from (
        part for part in (told if isinstance(told, list) else []) if isinstance(part, Message)
    )


def _address(field: str) -> str:
    """`rfc822; a@b.example` as an address; empty where there is none."""
    found = ADDRESS.search(field.rpartition(";")[2] or field)
    return found[0].lower() if found else ""
