"""Codes of offers as people type them: spaces, dashes, small letters, wide letters, look-alikes.

A code is written in 32 letters and digits without I, L, O and U, so that whoever reads 0 for O or
1 for l still means the same code.
"""

from __future__ import annotations

import unicodedata

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What codes are made of."""
SHORTEST = 10
"""Letters of a code: 50 bits. Nobody guesses one, and ten million hardly ever clash."""
GROUP = 5
"""Letters that stand together where a code is shown."""
MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
"""Letters no code has, and what was read as one."""


def tidy(typed: str) -> str:
    """The code that was meant. What no code can be comes back as it is, to be not found."""
    wide = unicodedata.normalize("NFKC", typed[:200]).upper()
    return "".join(each for each in wide if each.isalnum()).translate(MEANT)


def shown(code: str) -> str:
    """A code in groups, to read aloud and to copy."""
    return " ".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))
