"""WeChat subscribe messages: a customer allows one, and gets one.

The platform does not say how many are left; the books count (`post.book.grant`), and one is used
up in the transaction that marks the message. `43101` means that the customer took it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huitou.channels.answers import ours
from huitou.channels.contract import Handed, Parcel
from huitou.channels.egress import Egress
from huitou.channels.post.rules import Registered
from huitou.channels.tencent_platform import Token, post, reference

HOST = "https://api.weixin.qq.com"
NEVER = (40003, 43101, 47003)
LONGEST_THING = 20
"""Letters of a `thing` field; the platform refuses the whole message for one more."""


@dataclass(frozen=True)
class WeChat:
    """One mini program or official account."""

    registered: Mapping[str, Registered]
    token: Token
    egress: Egress
    host: str = HOST

    def hand_over(self, parcel: Parcel) -> Handed:
        """Send one of the messages the customer allowed."""
        registered = self.registered.get(parcel.template)
        if registered is None:
            return ours(f"wechat.registered.{parcel.template} is not set in channels.toml")
        body = {
            "touser": parcel.to,
            "template_id": registered.code,
            "data": {place: {"value": value} for place, value in _places(registered, parcel)},
        }
        url = f"{self.host}/cgi-bin/message/subscribe/send"
        return post(
            self.egress, self.token, url, body, lambda told: reference(told, "replied"), NEVER
        )


def of(
    app: str, secret: str, registered: Mapping[str, Registered], egress: Egress, host: str = ""
) -> WeChat:
    """The account `app` with its secret."""
    at = (host or HOST).rstrip("/")
    query = {"grant_type": "client_credential", "appid": app, "secret": secret}
    return WeChat(registered, Token(f"{at}/cgi-bin/token", query, egress), egress, at)


def _places(registered: Registered, parcel: Parcel) -> list[tuple[str, str]]:
    """(field of the platform, value) for `thing1:shop`, `points`, …"""
    found = []
    for each in registered.names:
        place, _, name = each.partition(":")
        value = str(parcel.told.get(name or place, ""))
        found.append((place, value[:LONGEST_THING] if place.startswith("thing") else value))
    return found
