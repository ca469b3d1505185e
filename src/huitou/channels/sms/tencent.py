"""Short messages by Tencent Cloud: `SendSms` of sms 2021-01-11, signed with TC3-HMAC-SHA256."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from huitou.channels.answers import accepted, asked, doubt, later, ours, refused
from huitou.channels.contract import Handed, Parcel
from huitou.channels.egress import Egress
from huitou.channels.post.rules import Way

HOST = "sms.tencentcloudapi.com"
SERVICE = "sms"
VERSION = "2021-01-11"
KIND = "application/json; charset=utf-8"
SLOW = ("RequestLimitExceeded", "LimitExceeded")
OURS = ("AuthFailure", "UnauthorizedOperation", "FailedOperation.InsufficientBalance",
        "FailedOperation.SignatureIncorrectOrUnapproved",
        "FailedOperation.TemplateIncorrectOrUnapproved")  # fmt: skip
NEVER_DONE = ("FailedOperation", "InvalidParameter", "UnsupportedOperation", "MissingParameter")


@dataclass(frozen=True)
class Tencent:
    """One account and one application."""

    way: Way
    key: str
    secret: str
    egress: Egress
    now: Callable[[], datetime]

    def hand_over(self, parcel: Parcel) -> Handed:
        """Ask for one message."""
        registered = self.way.registered.get(parcel.template)
        if registered is None:
            return ours(f"sms.registered.{parcel.template} is not set in channels.toml")
        body = json.dumps(
            {
                "PhoneNumberSet": [parcel.to],
                "SmsSdkAppId": self.way.app,
                "SignName": self.way.sign,
                "TemplateId": registered.code,
                "TemplateParamSet": [str(parcel.told.get(name, "")) for name in registered.names],
                "SessionContext": parcel.id,
            }
        ).encode()
        base = self.way.host or f"https://{HOST}"
        host = base.split("://")[-1].rstrip("/")
        moment = int(self.now().timestamp())
        headers = {
            "content-type": KIND,
            "x-tc-action": "SendSms",
            "x-tc-version": VERSION,
            "x-tc-region": "ap-guangzhou",
            "x-tc-timestamp": str(moment),
            "authorization": authorization(self.key, self.secret, SERVICE, host, moment, body),
        }
        return asked(self.egress, f"{base.rstrip('/')}/", headers, body, read)


def authorization(key: str, secret: str, service: str, host: str, moment: int, body: bytes) -> str:
    """The Authorization header of a POST of JSON; `moment` in seconds since 1970."""
    day = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
    signed, scope = "content-type;host", f"{day}/{service}/tc3_request"
    canonical = (
        f"POST\n/\n\ncontent-type:{KIND}\nhost:{host}\n\n{signed}\n"
        + hashlib.sha256(body).hexdigest()
    )
    to_sign = "\n".join(
        ("TC3-HMAC-SHA256", str(moment), scope, hashlib.sha256(canonical.encode()).hexdigest())
    )
    made = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        made = hmac.new(made, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(made, to_sign.encode(), hashlib.sha256).hexdigest()
    return (
        f"TC3-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={signed}, Signature={signature}"
    )


def read(told: Mapping[str, Any]) -> Handed:
    """What Tencent's own words mean: of the call, or of the one number in it."""
    response = told["Response"]
    if "Error" in response:
        return _failed(response["Error"]["Code"], response["Error"].get("Message", ""))
    status = response["SendStatusSet"][0]
    if status["Code"] == "Ok":
        return accepted(status.get("SerialNo"))
    return _failed(status["Code"], status.get("Message", ""))


def _failed(code: str, message: str) -> Handed:
    words = f"{code} {message}".strip()
    if code.startswith(OURS):
        return ours(words)
    if code.startswith(SLOW):
        return later(words, 60.0)
    return refused(words) if code.startswith(NEVER_DONE) else doubt(words)
