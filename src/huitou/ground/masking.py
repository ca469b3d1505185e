"""Hiding whose text it is before it leaves the house: what is masked is replaced, not cut.

    masked("我是王小明，电话 138 0013 8000", names=["王小明"], country="CN")
    # "我是[name]，电话 [phone]"

Numbers, addresses and mail addresses are found by their form, names only where they are known. It
hides too much rather than too little: a long order number may be hidden as a card.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

EMAIL, PHONE, NUMBER, NAME, ADDRESS, LINK = (
    f"[{what}]" for what in ("email", "phone", "number", "name", "address", "link")
)
"""What stands where something was."""

LONGEST = 4_000
"""Letters of a text that are looked at; the rest is cut off, for nobody looked at it."""

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_EMAIL = re.compile(
    r"[^\s@<>,;:\"'()\[\]，。；：（）]+\s?@\s?[^\s@<>,;:\"'()\[\]，。；：（）]+", re.UNICODE
)
_CARD = re.compile(r"(?<![\d])(?:\d[ \-.]?){12,18}[\dXx](?![\d])")
_IDENTITY = re.compile(r"(?<![A-Za-z0-9])[A-Z][12]\d{8}(?!\d)")
"""An identity card of Taiwan: a letter and nine digits."""
_DIGITS = re.compile(r"(?<!\d)\+?(?:\d[ \-.()（）/]{0,2}){6,18}\d(?!\d)")
_WHERE = re.compile(
    # 上海市徐汇区漕溪北路18号3栋502室; 台北市大安區和平東路二段15巷7號4樓
    r"(?:[\u4e00-\u9fff]{2,7}?(?:省|市|区|區|县|縣|镇|鎮|乡|鄉)){0,4}"
    r"[\u4e00-\u9fff]{1,8}(?:路|街|大道|巷|弄|胡同|段|村|里|小区|小區|花园|花園)"
    r"[\u4e00-\u9fff]{0,4}?\d{1,5}\s?(?:号|號|弄|巷|栋|棟|幢|楼|樓|室|单元|單元)"
    r"(?:[\d\-之一二三四五六七八九十A-Za-z]{0,6}(?:号|號|弄|巷|栋|棟|幢|楼|樓|室|单元|單元|座|层|層)?)*"
    # 12 Long Lane; Flat 3, 221b Baker Street
    r"|\b(?:(?:flat|apt|apartment|unit|suite)\s*\w{1,5},?\s+)?\d{1,5}[a-z]?,?\s+(?:[A-Z][\w'.]*\s+){1,4}"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|square|sq|place|close|way|terrace|boulevard|blvd)\b\.?"
    # SW1A 1AA
    r"|\b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b",
    re.IGNORECASE,
)


def masked(text: str, names: Iterable[str] = (), country: str | None = None) -> str:
    """The text with what could tell whose it is replaced by what it was.

    Args:
        text: as the customer wrote it; digits of any script and width are read as digits.
        names: names known for the person: those of two letters and more are hidden, and their
            parts of three letters and more.
        country: where numbers without a prefix are dialled (`CN`, `TW`, `GB`).
    """
    told = unicodedata.normalize("NFKC", text[:LONGEST])
    told = "".join(letter for letter in told if unicodedata.category(letter) != "Cf")
    told = "".join(str(unicodedata.digit(each, each)) if each.isdigit() else each for each in told)
    told = _without_names(told, names)
    for pattern, mark in ((_LINK, LINK), (_EMAIL, EMAIL), (_WHERE, ADDRESS), (_IDENTITY, NUMBER)):
        told = pattern.sub(mark, told)
    told = _CARD.sub(NUMBER, _without_phones(told, country))
    return _DIGITS.sub(NUMBER, told)


def _without_names(text: str, names: Iterable[str]) -> str:
    known = {unicodedata.normalize("NFKC", name).strip() for name in names}
    parts = {part for name in known for part in re.split(r"[\s·,]+", name) if len(part) > 2}
    for name in sorted({each for each in known if len(each) > 1} | parts, key=len, reverse=True):
        edges = (
            (r"\b", r"\b")
            if name.isascii() and name[0].isalnum() and name[-1].isalnum()
            else ("", "")
        )
        text = re.sub(f"{edges[0]}{re.escape(name)}{edges[1]}", NAME, text, flags=re.IGNORECASE)
    return text


def _without_phones(text: str, country: str | None) -> str:
    found: list[tuple[int, int]] = []
    for region in dict.fromkeys((country, "CN", "TW")):
        for match in phonenumbers.PhoneNumberMatcher(
            text, region, leniency=phonenumbers.Leniency.POSSIBLE
        ):
            found.append((match.start, match.end))
    for start, end in sorted(_apart(found), reverse=True):
        text = text[:start] + PHONE + text[end:]
    return text


def _apart(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places that overlap, as one each."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
