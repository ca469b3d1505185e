"""Messages handed to the merchant's own program: Standard Webhooks, signed, with an id.

    POST <url>
    webhook-id: <the message's id, the same at every attempt>
    webhook-timestamp: 1767225600
    webhook-signature: v1,<HMAC-SHA256 over "id.timestamp.body", base64>

The receiver keeps the ids it has seen; so an unclear end is safe to repeat, and is.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from huitou.channels.answers import accepted, doubt, later, of_status
from huitou.channels.contract import End, Handed, Outcome, Parcel
from huitou.channels.egress import Barred, Egress, NotSent, Unclear
from huitou.ground.errors import BadInput


@dataclass(frozen=True)
class Hook:
    """One address that takes messages."""

    url: str
    secret: str
    egress: Egress
    now: Callable[[], datetime]

    def hand_over(self, parcel: Parcel) -> Handed:
        """Post it, signed."""
        body, moment = written(parcel, self.now()), self.now()
        headers = {
            "content-type": "application/json",
            **signed(self.secret, parcel.id, moment, body),
        }
        try:
            answer = self.egress.call("POST", self.url, headers, body)
        except (NotSent, Barred) as failed:
            return Handed(Outcome(End.RETRY_SAFE, "connect", failed.sentence), ours=True)
        except Unclear as failed:
            return doubt(failed.sentence)
        if answer.status < 300:
            return accepted(parcel.id)
        if answer.status in (408, 409, 425):
            return later(f"{answer.status}")
        return of_status(answer) or doubt(f"{answer.status}")


def written(parcel: Parcel, now: datetime) -> bytes:
    """What the receiver gets."""
    told = {
        "type": f"sending.{parcel.template}",
        "timestamp": now.astimezone(UTC).isoformat(),
        "data": {
            "sending_id": parcel.id,
            "person_id": parcel.person_id,
            "purpose": parcel.purpose,
            "template": parcel.template,
            "language": parcel.language,
            "name": parcel.name,
            "told": dict(parcel.told),
        },
    }
    return json.dumps(told, ensure_ascii=False).encode()


def signed(secret: str, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The three headers. Raises `BadInput` where the secret is not one (`whsec_…`, base64)."""
    from standardwebhooks.webhooks import Webhook

    try:
        mark = Webhook(secret).sign(message_id, now, body.decode())
    except (ValueError, RuntimeError) as unread:
        raise BadInput("the webhook's secret must be base64, with or without whsec_") from unread
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": mark,
    }


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether a call to us carries a signature of this secret that is not five minutes old."""
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError

    try:
        Webhook(secret).verify(body, headers)
    except (WebhookVerificationError, ValueError, RuntimeError, UnicodeDecodeError):
        return False
    return True
