"""Signatures of what shops send by themselves, over the bytes as they came.

Each compares in constant time. None of them says why it is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

TOLERANCE = 300
"""Seconds a signed moment may lie beside ours."""

Headers = Mapping[str, str]
"""Names in small letters."""


def hmac_base64(raw: bytes, shown: str, secret: str) -> bool:
    """Shopify and WooCommerce: HMAC-SHA256 of the body, in base64."""
    made = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest())
    return hmac.compare_digest(made, shown.encode("utf-8", "replace"))


def stripe(raw: bytes, shown: str, secret: str, now: datetime) -> bool:
    """Stripe: `t=<seconds>,v1=<hex>[,v1=<hex>]`, HMAC-SHA256 of `t.body`, minutes old."""
    told = [part.strip().partition("=") for part in shown.split(",")]
    at = next((value for name, _, value in told if name == "t"), "")
    if not at.isascii() or not at.isdigit() or len(at) > 12:
        return False
    made = hmac.new(secret.encode(), at.encode() + b"." + raw, hashlib.sha256).hexdigest()
    # Every one is compared: how long it takes says nothing of which was right.
    right = [hmac.compare_digest(made.encode(), value.encode("utf-8", "replace"))
             for name, _, value in told if name == "v1"]  # fmt: skip
    return any(right) and abs(now.timestamp() - int(at)) <= TOLERANCE


def youzan(raw: bytes, shown: str, secret: str) -> bool:
    """Youzan: MD5 of client id, body and client secret, in hex; `secret` is `<id>:<secret>`.

    That is all it signs with: it holds no moment, so an old message may be shown again. What it
    says is told once only, by its own numbers.
    """
    client, _, key = secret.partition(":")
    made = hashlib.md5(client.encode() + raw + key.encode(), usedforsecurity=False).hexdigest()
    return bool(key) and hmac.compare_digest(
        made.encode(), shown.strip().lower().encode("utf-8", "replace")
    )
