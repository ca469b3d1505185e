"""What comes back: letters in a mailbox, and calls of providers, each shown to be theirs."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huitou.channels import bounces, hooks
from huitou.channels.post.rules import Reports, Way
from huitou.channels.reports.book import Report
from huitou.channels.sms import twilio
from huitou.ground.errors import BadInput, HuitouError, Refused
from huitou.ground.ids import fingerprint
from huitou.sources.mailbox import Inbox, raw_letters

MAILBOX = "mailbox"
PROVIDERS = ("twilio", "aliyun", "tencent", "standard")
LARGEST = 256 * 1024
MOST = 1000
"""Reports in one call."""

DELIVERED = ("delivered", "read")
FAILED = ("failed", "undelivered", "bounced", "rejected")


@dataclass(frozen=True)
class Call:
    """A call to `/v1/reports/{provider}`, as it came."""

    provider: str
    url: str
    """As the provider called it: what it signed."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes
    form: Mapping[str, str]


def of_call(call: Call, reports: Reports, ways: Mapping[str, Way],
            environment: Mapping[str, str]) -> list[Report]:  # fmt: skip
    """The reports in a call. Raises `Refused` where nothing shows that the provider made it."""
    if call.provider not in PROVIDERS:
        raise HuitouError(f"nobody reports as {call.provider!r}", to_try=", ".join(PROVIDERS))
    if len(call.body) > LARGEST:
        raise BadInput("the report is too large")
    if not _is_theirs(call, reports, ways, environment):
        raise Refused("nothing shows who made this call")
    if call.provider == "twilio":
        return list(_twilio(call))
    told = _json(call.body)
    read = {"aliyun": _aliyun, "tencent": _tencent, "standard": _standard}[call.provider]
    try:
        return [each for one in told[:MOST] if (each := read(one)) is not None]
    except (KeyError, TypeError, AttributeError) as bad:
        raise BadInput("the report has another form") from bad


def of_letter(raw: bytes, key: str) -> Report | None:
    """What a letter that came back tells; None where it tells nothing of ours, or nothing final."""
    told = bounces.read(raw)
    if told is None or told.sending_id is None or told.verdict == "delayed":
        return None
    # Whoever writes a notification knows the id: it left with the mail, and cannot be guessed.
    return Report(
        MAILBOX,
        key,
        told.verdict,
        sending_id=told.sending_id,
        address=told.address,
        words=told.words,
        is_dead=told.verdict == "failed",
    )


def fetched(
    rules: Reports,
    environment: Mapping[str, str],
    known: Callable[[Sequence[str]], set[str]],
    box: Inbox | None = None,
) -> Iterator[tuple[str, bytes]]:
    """(id, bytes) of the letters in the mailbox that were not read before."""
    return raw_letters(box or _inbox(rules, environment), known, bounces.LARGEST)


def key_of(raw: bytes) -> str:
    """The name of a letter that has none."""
    return fingerprint(raw)


def _inbox(rules: Reports, environment: Mapping[str, str]) -> Inbox:
    password = environment.get(rules.imap_password_env, "") if rules.imap_password_env else ""
    if not rules.imap_host or not rules.imap_user or not password:
        raise HuitouError(
            "the mailbox of undelivered mail is not set up",
            to_try="huitou sending ways: imap_host, imap_user, imap_password_env in [reports]",
        )
    return Inbox(rules.imap_host, rules.imap_user, password, rules.imap_port, rules.imap_folder)


def _is_theirs(
    call: Call, reports: Reports, ways: Mapping[str, Way], environment: Mapping[str, str]
) -> bool:
    key = environment.get(reports.key_env, "") if reports.key_env else ""
    if call.provider == "twilio":
        secret = environment.get(ways["sms"].secret_env, "") if ways["sms"].secret_env else ""
        made = twilio.signature(secret, call.url, call.form)
        return bool(secret) and _same(made, call.headers.get("x-twilio-signature", ""))
    if call.provider == "standard":
        return bool(key) and hooks.verified(key, dict(call.headers), call.body)
    # They sign nothing: the address they were given holds what only they and the shop know.
    return bool(key) and _same(key, call.query.get("key", ""))


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))


def _json(body: bytes) -> list[Any]:
    try:
        told = json.loads(body)
    except ValueError as bad:
        raise BadInput("the report is no JSON") from bad
    return told if isinstance(told, list) else [told]


def _twilio(call: Call) -> Iterator[Report]:
    status = call.form.get("MessageStatus", "")
    verdict = _verdict(status)
    if verdict is not None:
        yield Report(
            "twilio",
            f"{call.form.get('MessageSid', '')}:{status}",
            verdict,
            sending_id=call.query.get("sending"),
            reference=call.form.get("MessageSid"),
            address=call.form.get("To", ""),
            words=f"{status} {call.form.get('ErrorCode', '')}".strip(),
        )


def _aliyun(told: Mapping[str, Any]) -> Report:
    arrived = told["success"] is True
    return Report(
        "aliyun",
        f"{told['biz_id']}:{told['phone_number']}:{arrived}",
        "delivered" if arrived else "failed",
        sending_id=told.get("out_id") or None,
        reference=told["biz_id"],
        address=str(told["phone_number"]),
        words=f"{told.get('err_code', '')} {told.get('err_msg', '')}".strip(),
    )


def _tencent(told: Mapping[str, Any]) -> Report:
    arrived = told["report_status"] == "SUCCESS"
    return Report(
        "tencent",
        f"{told['sid']}:{told['report_status']}",
        "delivered" if arrived else "failed",
        reference=told["sid"],
        address=str(told.get("mobile", "")),
        words=f"{told.get('errmsg', '')} {told.get('description', '')}".strip(),
    )


def _standard(told: Mapping[str, Any]) -> Report | None:
    """`{"id", "type": "delivered | failed | bounced | complained", "sending_id", …}`."""
    kind = str(told["type"])
    verdict = "complained" if kind == "complained" else _verdict(kind)
    if verdict is None:
        return None
    return Report(
        "standard",
        str(told["id"]),
        verdict,
        sending_id=told.get("sending_id"),
        reference=told.get("reference"),
        address=str(told.get("address", "")),
        words=str(told.get("words", kind)),
        is_dead=kind == "bounced",
    )


def _verdict(status: str) -> str | None:
    if status in DELIVERED:
        return "delivered"
    return "failed" if status in FAILED else None
