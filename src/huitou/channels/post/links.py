"""Addresses a message carries: to end it, and to say what may be written about."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Links = Callable[[str, str, str], Mapping[str, str]]
"""(person, channel, sending) -> `unsubscribe` and `preferences`; what is absent is left out."""


@dataclass(frozen=True)
class SignedLinks:
    """Links under the shop's own address that nobody can guess: the id and a keyed hash of it."""

    root: str
    """`https://shop.example`, without a slash at its end."""
    secret: str

    def __call__(self, person_id: str, channel: str, sending_id: str) -> Mapping[str, str]:
        """The links of one message; that to confirm goes into a message that asks for it."""
        mark = self.mark(person_id, channel, sending_id)
        return {
            "unsubscribe": f"{self.root}/p/u/{sending_id}.{mark}",
            "preferences": f"{self.root}/p/preferences/{sending_id}.{mark}",
            "confirm": f"{self.root}/p/yes/{sending_id}.{mark}",
        }

    def mark(self, person_id: str, channel: str, sending_id: str) -> str:
        """128 bits that only the shop can make."""
        told = "\n".join(("stop", person_id, channel, sending_id)).encode()
        made = hmac.new(self.secret.encode(), told, hashlib.sha256).digest()[:16]
        return base64.urlsafe_b64encode(made).decode().rstrip("=")


def by_mail(address: str) -> Links:
    """For a shop without pages of its own: a letter to its address ends it."""
    return lambda _person, channel, _sending: (
        {"unsubscribe": f"mailto:{address}?subject=stop"} if address and channel == "email" else {}
    )
