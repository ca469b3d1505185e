"""Short messages by Twilio: a form posted to `Messages.json`, with the account in Basic auth."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from huitou.channels.answers import accepted, asked, refused
from huitou.channels.contract import Handed, Parcel
from huitou.channels.egress import Egress
from huitou.channels.post.rules import Way
from huitou.channels.sms.segments import signed

HOST = "api.twilio.com"
FAILED = ("failed", "undelivered", "canceled")


@dataclass(frozen=True)
class Twilio:
    """One account. `reports` is where Twilio tells what became of a message, or empty."""

    way: Way
    key: str
    secret: str
    egress: Egress
    reports: str = ""

    def hand_over(self, parcel: Parcel) -> Handed:
        """Ask for one message."""
        form = {"To": parcel.to, "From": self.way.app, "Body": signed(parcel.text, self.way.sign)}
        if self.reports:
            form["StatusCallback"] = f"{self.reports}?sending={parcel.id}"
        account = base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "authorization": f"Basic {account}",
        }
        base = self.way.host or f"https://{HOST}"
        url = f"{base.rstrip('/')}/2010-04-01/Accounts/{self.key}/Messages.json"
        return asked(self.egress, url, headers, urlencode(form).encode(), read)


def read(told: Mapping[str, Any]) -> Handed:
    """What Twilio's own words mean."""
    if told["status"] in FAILED or told.get("error_code"):
        return refused(f"{told.get('error_code')} {told.get('error_message') or told['status']}")
    return accepted(str(told["sid"]))


def signature(secret: str, url: str, form: Mapping[str, str]) -> str:
    """What Twilio writes under a call of its own, in `X-Twilio-Signature`."""
    told = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    made = hmac.new(secret.encode(), told.encode(), hashlib.sha1).digest()
    return base64.b64encode(made).decode()
