"""Names for things: random ones, and keyed hashes that draw the same lot every time."""

from __future__ import annotations

import hashlib
import secrets


def new_id() -> str:
    """A random name of 26 letters and digits (128 bits), safe in files, addresses and columns."""
    return _letters(secrets.token_bytes(16))


def new_ids(count: int) -> list[str]:
    """Many random names at once; one draw from the system for all of them."""
    drawn = secrets.token_bytes(16 * count)
    return [_letters(drawn[16 * i : 16 * i + 16]) for i in range(count)]


def new_secret() -> str:
    """A secret for links, tokens and salts: 256 bits."""
    return secrets.token_urlsafe(32)


def lot(salt: str, *parts: str) -> float:
    """A lot in [0, 1) that depends on nothing but its arguments.

    Keyed BLAKE2b over the parts, each with its length before it, so that ("ab", "c") and
    ("a", "bc") draw differently. The first 53 bits make the float exact on every machine.
    """
    key = hashlib.blake2b(salt.encode(), digest_size=32).digest()
    drawn = hashlib.blake2b(key=key, digest_size=8)
    for part in parts:
        raw = part.encode()
        drawn.update(len(raw).to_bytes(4, "big") + raw)
    return (int.from_bytes(drawn.digest(), "big") >> 11) / 2**53


def fingerprint(*parts: bytes | str) -> str:
    """SHA-256 over the parts, each with its length before it, as 64 hex digits."""
    taken = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        taken.update(len(raw).to_bytes(8, "big") + raw)
    return taken.hexdigest()


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _letters(raw: bytes) -> str:
    number = int.from_bytes(raw, "big")
    return "".join(_ALPHABET[(number >> (5 * place)) & 31] for place in range(25, -1, -1))
