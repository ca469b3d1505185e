"""The secrets of public pages: a promotion's form, a customer's card, and the number on it.

All are computed from the shop's secret, so that a code can be printed again and a form that was
sent twice leads to the same card; the books keep their hashes alone.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import blake2b, sha256

LETTERS = "23456789CDFGHJKLMNPQRTVWXY"
"""No 0 or O, 1 or I, nor vowels: a number is read out at the till and spells nothing."""
FORM_HOURS = 24
"""A form that lay open for longer was more likely copied than left."""


def promotion_token(secret: str, promotion_id: str) -> str:
    """The secret in the address of a promotion's form: 256 bits."""
    return _token(secret, "promotion", promotion_id)


def card_token(secret: str, membership_id: str) -> str:
    """The secret of the page of a card: 256 bits."""
    return _token(secret, "card", membership_id)


def number(secret: str, membership_id: str, attempt: int = 0) -> str:
    """The number on a card, `7KQM-4X2D`; another `attempt` draws another one."""
    drawn = int.from_bytes(_keyed(secret, "number", f"{membership_id}.{attempt}"), "big")
    letters = "".join(LETTERS[drawn // len(LETTERS) ** place % len(LETTERS)] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def hashed(token: str) -> str:
    """What the books keep of a secret."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def form_mark(secret: str, nonce: str, now: datetime) -> str:
    """What a fresh form carries: when it was opened, a name of its own, and our word for both."""
    told = f"{int(now.timestamp())}.{nonce}"
    return f"{told}.{_keyed(secret, 'form', told).hex()[:32]}"


def is_ours(secret: str, mark: str, now: datetime) -> bool:
    """Whether a form is one of ours, and of today."""
    told, _, word = mark.rpartition(".")
    ours = _keyed(secret, "form", told).hex()[:32]
    if not hmac.compare_digest(word.encode("utf-8", "replace"), ours.encode()):
        return False
    opened = datetime.fromtimestamp(int(told.partition(".")[0]), UTC)
    return timedelta(0) <= now - opened <= timedelta(hours=FORM_HOURS)


def _token(secret: str, purpose: str, told: str) -> str:
    return urlsafe_b64encode(_keyed(secret, purpose, told)).decode().rstrip("=")


def _keyed(secret: str, purpose: str, told: str) -> bytes:
    key = blake2b(secret.encode(), digest_size=32, person=b"cards").digest()
    raw = f"{purpose}:{told}".encode("utf-8", "replace")
    return blake2b(raw, key=key, digest_size=32).digest()
