"""How many short messages a text is billed as: GSM 03.38 letters, or two bytes each (UCS-2)."""

from __future__ import annotations

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Letters that take two places."""

ALONE, JOINED = {True: 160, False: 70}, {True: 153, False: 67}
"""Places in one message, and in each of several, where seven bytes say which it is."""


def is_gsm(text: str) -> bool:
    """Whether every letter is one of the telephone's own alphabet."""
    return all(letter in BASIC or letter in EXTENDED for letter in text)


def segments(text: str) -> int:
    """How many short messages it takes."""
    gsm = is_gsm(text)
    places = sum(2 if letter in EXTENDED else 1 for letter in text) if gsm else _units(text)
    if places <= ALONE[gsm]:
        return 1
    return -(-places // JOINED[gsm])


def signed(text: str, sign: str) -> str:
    """The text with its signature before it, as Chinese networks ask for: 【shop】text."""
    return f"【{sign}】{text}" if sign and not text.startswith("【") else text


def _units(text: str) -> int:
    """Letters beyond the first plane take two."""
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)
