"""WeCom: a message to a customer is a task for a colleague, who must confirm it.

`externalcontact/add_msg_template` sends nothing. What it takes is `accepted` at the stage
`assigned`: it counts against caps like a message, and is shown as given to a colleague, not as
sent.
"""

from __future__ import annotations

from dataclasses import dataclass

from huitou.channels.answers import refused
from huitou.channels.contract import Handed, Parcel
from huitou.channels.egress import Egress
from huitou.channels.tencent_platform import Token, post, reference

HOST = "https://qyapi.weixin.qq.com"
ASSIGNED = "assigned"
NEVER = (40096, 41048, 84061, 90500)
"""The customer is no contact of the colleague, or has had as many as they may get."""
LONGEST = 4000
"""Bytes of one text."""


@dataclass(frozen=True)
class WeCom:
    """One app of one company."""

    sender: str
    """The colleague who hands messages over where a message names nobody."""
    token: Token
    egress: Egress
    host: str = HOST

    def hand_over(self, parcel: Parcel) -> Handed:
        """Give the colleague a task."""
        if len(parcel.text.encode()) > LONGEST:
            return refused(f"the text is longer than {LONGEST} bytes")
        body = {
            "chat_type": "single",
            "external_userid": [parcel.to],
            "sender": parcel.by or self.sender,
            "text": {"content": parcel.text},
        }
        url = f"{self.host}/cgi-bin/externalcontact/add_msg_template"

        def taken(told: object) -> Handed:
            assert isinstance(told, dict)
            if parcel.to in (told.get("fail_list") or []):
                return refused("the colleague cannot reach this customer")
            return reference(told, ASSIGNED)

        return post(self.egress, self.token, url, body, taken, NEVER)


def of(app: str, secret: str, sender: str, egress: Egress, host: str = "") -> WeCom:
    """The app `app` (corp id) with its secret."""
    at = (host or HOST).rstrip("/")
    query = {"corpid": app, "corpsecret": secret}
    return WeCom(sender, Token(f"{at}/cgi-bin/gettoken", query, egress), egress, at)
