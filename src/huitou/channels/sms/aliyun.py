"""Short messages by Aliyun: `SendSms` of Dysmsapi, signed with ACS3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from huitou.channels.answers import accepted, asked, doubt, later, ours, refused
from huitou.channels.contract import Handed, Parcel
from huitou.channels.egress import Egress
from huitou.channels.post.rules import Way

HOST = "dysmsapi.aliyuncs.com"
VERSION = "2017-05-25"
SLOW = ("Throttling", "isv.BUSINESS_LIMIT_CONTROL")
OURS = (
    "isv.AMOUNT_NOT_ENOUGH", "isv.OUT_OF_SERVICE", "isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL",
    "isv.SMS_SIGNATURE_ILLEGAL", "isv.SMS_TEMPLATE_ILLEGAL", "isp.RAM_PERMISSION_DENY",
    "InvalidAccessKeyId.NotFound", "SignatureDoesNotMatch",
)  # fmt: skip


@dataclass(frozen=True)
class Aliyun:
    """One account. `nonce` makes a word nobody used before."""

    way: Way
    key: str
    secret: str
    egress: Egress
    now: Callable[[], datetime]
    nonce: Callable[[], str]

    def hand_over(self, parcel: Parcel) -> Handed:
        """Ask for one message."""
        registered = self.way.registered.get(parcel.template)
        if registered is None:
            return ours(f"sms.registered.{parcel.template} is not set in channels.toml")
        query = {
            "OutId": parcel.id,
            "PhoneNumbers": parcel.to.removeprefix("+86").removeprefix("+"),
            "SignName": self.way.sign,
            "TemplateCode": registered.code,
            "TemplateParam": json.dumps(
                {name: str(parcel.told.get(name, "")) for name in registered.names},
                ensure_ascii=False,
                separators=(",", ":"),
            ),
        }
        base = self.way.host or f"https://{HOST}"
        host = base.split("://")[-1].rstrip("/")
        text = canonical_query(query)
        headers = self.headers(host, text)
        return asked(self.egress, f"{base.rstrip('/')}/?{text}", headers, b"", read)

    def headers(self, host: str, query: str) -> dict[str, str]:
        """What goes with the call, signed."""
        told = {
            "host": host,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-acs-date": self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": self.nonce(),
            "x-acs-version": VERSION,
        }
        return {**told, "authorization": authorization(self.key, self.secret, query, told)}


def canonical_query(query: Mapping[str, str]) -> str:
    """Names and values, percent-encoded, in the order of the names."""
    return "&".join(f"{_quoted(name)}={_quoted(query[name])}" for name in sorted(query))


def authorization(key: str, secret: str, query: str, headers: Mapping[str, str]) -> str:
    """The Authorization header of a POST without a body (signature method V3)."""
    names = sorted(headers)
    signed = ";".join(names)
    told = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    body = headers["x-acs-content-sha256"]
    canonical = f"POST\n/\n{query}\n{told}\n{signed}\n{body}"
    to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={signed},Signature={signature}"


def read(told: Mapping[str, Any]) -> Handed:
    """What Aliyun's own words mean."""
    code, words = str(told["Code"]), f"{told['Code']} {told.get('Message', '')}".strip()
    if code == "OK":
        return accepted(told.get("BizId"))
    if code.startswith(SLOW):
        return later(words, 60.0)
    if code in OURS:
        return ours(words)
    return refused(words) if code.startswith("isv.") else doubt(words)


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
