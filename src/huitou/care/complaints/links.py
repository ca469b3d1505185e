"""What the public form hands out: its own mark, the secret of the customer's page, the number.

All are computed from the shop's secret, so that a form sent twice leads to the same page and the
same number, even where the first answer never arrived.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

LETTERS = "23456789CDFGHJKLMNPQRTVWXY"
"""No 0 or O, 1 or I, nor vowels: a number is read out on the phone and spells nothing."""


def form_mark(secret: str, nonce: str, now: datetime) -> str:
    """What a fresh form carries: when it was opened, a name of its own, and our word for both."""
    told = f"{int(now.timestamp())}.{nonce}"
    return f"{told}.{_keyed(secret, 'form', told).hex()[:32]}"


def opened_for(secret: str, mark: str, now: datetime) -> timedelta | None:
    """How long ago the form with this mark was opened; None where the mark is not ours."""
    told, _, word = mark.rpartition(".")
    ours = _keyed(secret, "form", told).hex()[:32]
    if not hmac.compare_digest(word.encode("utf-8", "replace"), ours.encode()):
        return None
    return now - datetime.fromtimestamp(int(told.partition(".")[0]), UTC)


def token_of(secret: str, key: str) -> str:
    """The secret of the page of the complaint that was sent under `key`: 256 bits."""
    return urlsafe_b64encode(_keyed(secret, "page", key)).decode().rstrip("=")


def number_of(secret: str, key: str) -> str:
    """The number of that complaint, `7KQM-4X2D`; the books draw another one if it is taken."""
    drawn = int.from_bytes(_keyed(secret, "number", key), "big")
    letters = "".join(LETTERS[drawn // len(LETTERS) ** place % len(LETTERS)] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _keyed(secret: str, purpose: str, told: str) -> bytes:
    key = blake2b(secret.encode(), digest_size=32, person=b"public form").digest()
    raw = f"{purpose}:{told}".encode("utf-8", "replace")
    return blake2b(raw, key=key, digest_size=32).digest()
