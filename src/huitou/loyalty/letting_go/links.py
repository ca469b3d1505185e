"""The secret in the link by which who has a letter objects: the books keep its hash alone."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import blake2b, sha256


def token(secret: str, let_go_id: str) -> str:
    """The secret of one letter's link: 256 bits, the same whenever it is asked for."""
    key = blake2b(secret.encode(), digest_size=32, person=b"letting go").digest()
    drawn = blake2b(let_go_id.encode(), key=key, digest_size=32).digest()
    return urlsafe_b64encode(drawn).decode().rstrip("=")


def hashed(token: str) -> str:
    """What the books keep of it."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
