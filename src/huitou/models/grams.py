"""Texts as counts of their character n-grams: no words to cut, so Chinese and English are alike.

All texts are folded and counted at once, as one array of code points: there is no loop over letters
in Python, which is what makes thousands of texts a second possible on one core.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from huitou.models.letters import FOLDED

BITS = 18
"""2^18 places for n-grams: with some 50,000 in use, few share one."""
LONGEST_GRAM = 4
"""One to four letters: a Chinese word is two, and an English stem shows in four."""
LONGEST_TEXT = 2_000
"""Letters of a text that are read: what a complaint is about is said by then."""

Codes = NDArray[np.uint32]

_END = 0
_SPACE = 32
_MIX = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio as a whole number: spreads neighbours far apart."""


@lru_cache(maxsize=1)
def _folding() -> Codes:
    """What each letter of the basic plane is read as: case, width and script make no difference."""
    table = np.arange(0x10000, dtype=np.uint32)
    for place in range(0x10000):
        if 0xD800 <= place < 0xE000:
            table[place] = _SPACE
            continue
        table[place] = _folded(chr(place))
    for long, short in FOLDED.items():
        table[ord(long)] = ord(short)
    return table


def _folded(letter: str) -> int:
    kind = unicodedata.category(letter)
    if kind[0] in "CZ":
        return _SPACE
    if kind == "Nd":
        return ord("0")
    wide = unicodedata.normalize("NFKC", letter).lower()
    return ord(wide) if len(wide) == 1 else ord(letter)


def codes_of(texts: Sequence[str], edge: str = " ") -> tuple[Codes, NDArray[np.int32]]:
    """All letters of all texts, folded, and the number of the text of each (-1 between two)."""
    joined = "\0".join(f"{edge}{text[:LONGEST_TEXT]}{edge}".replace("\0", " ") for text in texts)
    if not joined:
        return np.zeros(0, np.uint32), np.zeros(0, np.int32)
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    between = raw == _END
    text = np.cumsum(between, dtype=np.int32)
    text[between] = -1
    low = raw < 0x10000
    codes = raw.astype(np.uint32)
    codes[low] = _folding()[raw[low]]
    codes[between] = _END
    # One space is as good as many.
    again = np.zeros(len(codes), dtype=bool)
    again[1:] = (codes[1:] == _SPACE) & (codes[:-1] == _SPACE)
    return codes[~again], text[~again]


def counted(texts: Sequence[str], edge: str = " ") -> sparse.csr_matrix:
    """How often each n-gram stands in each text: (texts, 2^BITS), float32.

    `edge` is put at both ends: the first letters of a text are a sign of their own.
    """
    shape = (len(texts), 1 << BITS)
    if not edge and not any(texts):
        return sparse.csr_matrix(shape, dtype=np.float32)
    codes, text = codes_of(texts, edge)
    rows, columns = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)]
    rolled = np.zeros(len(codes), dtype=np.uint64)
    for length in range(1, LONGEST_GRAM + 1):
        last = len(codes) - length + 1
        if last <= 0:
            break
        rolled = rolled[:last] * _MIX + codes[length - 1 :].astype(np.uint64)
        whole = (text[:last] == text[length - 1 :]) & (text[:last] >= 0)
        rows.append(text[:last][whole])
        columns.append(_placed(rolled[whole], length))
    row, column = np.concatenate(rows), np.concatenate(columns)
    ones = np.ones(len(row), dtype=np.float32)
    return sparse.coo_matrix((ones, (row, column)), shape=shape).tocsr()


def _placed(rolled: NDArray[np.uint64], length: int) -> NDArray[np.int32]:
    """The place of each n-gram: the top bits of a mix, which are the best mixed."""
    mixed = (rolled ^ (rolled >> np.uint64(29))) * _MIX + np.uint64(length)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _MIX
    return (mixed >> np.uint64(64 - BITS)).astype(np.int32)
