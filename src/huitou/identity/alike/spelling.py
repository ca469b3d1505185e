"""One spelling for what people write in many: scripts, widths, orders, sounds; names, addresses.

    plain("Ｊosé")           -> "jose"
    named("張偉國")          -> Name(written="张伟国", given="weiguo", surname="zhang", …)
    named("Weiguo Zhang")    -> Name(written="weiguo zhang", given="weiguo", surname="zhang", …)
    placed("上海市徐汇区衡山路12号")
                             -> Place(number="12", street="hengshanlu", district="shanghaixuhui")

Chinese is written in the simple script and told by its sound, so that 張偉, 张伟 and Zhang Wei
meet. What was written stays beside it: 张伟 and 章炜 sound alike and are not the same name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")

_WORD = re.compile(r"\w+")

TITLES = frozenset(_WORD.findall("mr mrs ms miss dr prof sir madam herr frau mme mlle"))
HAN_TITLES = re.compile(r"(先生|女士|小姐|太太|老师|师傅|阿姨)$")

TWO_CHARACTER_SURNAMES = frozenset(
    _WORD.findall(
        "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容"
        " 令狐 司徒 夏侯 轩辕 端木 长孙 宇文 南宫 张简 范姜"
    )
)

SURNAMES = frozenset(
    _WORD.findall(
        "wang li zhang liu chen yang zhao huang zhou wu xu sun hu zhu gao lin he guo ma luo liang"
        " song zheng xie han tang feng yu dong xiao cheng cao yuan deng fu shen zeng peng lv lu su"
        " jiang cai jia ding wei xue ye yan pan du dai xia zhong tian ren fan fang shi yao tan liao"
        " zou xiong jin hao kong bai cui kang mao qiu qin gu hou shao meng long wan duan qian lei"
        " yin chang tao ouyang sima shangguan zhuge situ murong chiang hsu hsieh tsai chou chu chao"
        " kuo yeh tseng lai"
    )
)
"""Common surnames as Latin letters write them: they tell which end of a name is which."""

_SYLLABLE = (
    r"(?:(?:zh|ch|sh|hs|ts|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ueh|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|"
    r"uo|ue|ve|er|a|o|e|i|u|v))"
)
_SYLLABLES = re.compile(rf"{_SYLLABLE}{{1,3}}")

_PARTS = re.compile(r"[,，;；\n|]+")
_TOKENS = re.compile(r"[a-z0-9]+")
_HAN_PARTS = re.compile(r"[^省市区县镇乡州盟旗]*?(?:省|自治区|市|区|县|镇|乡|街道|自治州|盟|旗)")
_HAN_RANK = re.compile(r"(?:自治区|自治州|街道|[省市区县镇乡州盟旗])$")
_POSTCODE = re.compile(r"(?<!\d)\d{4,6}(?!\d)")
_NUMBER = re.compile(r"(?<!\d)\d{1,5}(?!\d)")


@dataclass(frozen=True)
class Name:
    """A name as it can be compared."""

    written: str | None = None
    given: str | None = None
    """Its sound in Latin letters, in one word."""
    surname: str | None = None
    is_han: bool = False
    is_chinese: bool = False
    """Whether it is Chinese, in whatever letters: another syllable is then another name."""


@dataclass(frozen=True)
class Place:
    """An address as it can be compared."""

    number: str | None = None
    street: str | None = None
    district: str | None = None
    """Everything else it names: suburb, town, province."""
    postcode: str | None = None


NOBODY, NOWHERE = Name(), Place()


def plain(text: str) -> str:
    """Small letters of normal width without accents; Chinese in the simple script."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    if HAN.search(wide):
        return simple(wide).strip()
    marks = unicodedata.normalize("NFKD", wide)
    return "".join(each for each in marks if not unicodedata.combining(each)).strip()


def simple(text: str) -> str:
    """Chinese in the simple script: 張偉 -> 张伟."""
    return str(_script().convert(text))


def sound(text: str) -> str:
    """Chinese as Latin letters write its sound, without tones, in one word; the rest as it is."""
    return "".join(_syllable(each) for each in text if not each.isspace())


@lru_cache(maxsize=200_000)
def named(text: str | None) -> Name:
    """A name in parts; `NOBODY` where there is none."""
    told = plain(text or "")
    if HAN.search(told):
        return _han_name(told)
    before, comma, after = told.partition(",")
    turned = f"{after} {before}" if comma and after.strip() else told
    tokens = [each for each in re.findall(r"[^\W\d_]+", turned) if each not in TITLES]
    return _latin_name(tokens)


@lru_cache(maxsize=200_000)
def placed(text: str | None) -> Place:
    """An address in parts; `NOWHERE` where there is none."""
    told = plain(text or "")
    if not told:
        return NOWHERE
    return _han_place(told) if HAN.search(told) else _latin_place(told)


def birthday(day: Any) -> str | None:
    """A date as eight figures."""
    return f"{day:%Y%m%d}" if day is not None else None


# -- inside


def _han_name(told: str) -> Name:
    characters = "".join(HAN.findall(told))
    characters = HAN_TITLES.sub("", characters)
    if not characters:
        return NOBODY
    is_two = len(characters) > 2 and characters[:2] in TWO_CHARACTER_SURNAMES
    surname = 2 if is_two else 1
    last, first = characters[:surname], characters[surname:]
    # 王先生: a surname alone.
    return Name(characters, sound(first) or None, sound(last) or None, True, True)


def _latin_name(tokens: Sequence[str]) -> Name:
    if not tokens:
        return NOBODY
    written = " ".join(tokens)
    if len(tokens) == 1:
        return Name(written, None, tokens[0])
    if len(tokens) <= 3 and all(_SYLLABLES.fullmatch(each) for each in tokens):
        first, last = tokens[0] in SURNAMES, tokens[-1] in SURNAMES
        if first and not (last and len(tokens[0]) > len(tokens[-1]) and len(tokens) == 2):
            return Name(written, "".join(tokens[1:]), tokens[0], is_chinese=True)
        if last:
            return Name(written, "".join(tokens[:-1]), tokens[-1], is_chinese=True)
    return Name(written, "".join(tokens[:-1]), tokens[-1])


def _latin_place(told: str) -> Place:
    parts = [each.strip() for each in _PARTS.split(told) if each.strip()]
    post = _postcode(parts)
    number = None
    street: list[str] = []
    district: list[str] = []
    for at, part in enumerate(parts):
        tokens = [each for each in _TOKENS.findall(part) if each != post]
        figures = [each for each in tokens if each.isdigit()]
        words = [each for each in tokens if not each.isdigit()]
        if number is None and figures and at < 2:
            number = figures[0]
        (street if not street and at < 2 else district).extend(words)
    return Place(number, " ".join(street) or None, " ".join(district) or None, post)


def _postcode(parts: Sequence[str]) -> str | None:
    """The last figures of four to six that are no house number at the beginning."""
    for at in range(len(parts) - 1, -1, -1):
        for found in reversed(list(_POSTCODE.finditer(parts[at]))):
            if at > 0 or found.start() > 0 or len(found.group()) > 4:
                return found.group()
    return None


def _han_place(told: str) -> Place:
    text = re.sub(r"^中国(大陆)?", "", re.sub(r"[\s,，;；。、()（）-]+", "", told))
    post = next((each for each in re.findall(r"(?<!\d)\d{5,6}(?!\d|号)", text)), None)
    if post is not None:
        text = text.replace(post, "", 1)
    district = ""
    while found := _HAN_PARTS.match(text):
        if len(found.group()) > 12:
            break
        district += _HAN_RANK.sub("", found.group()) or found.group()
        text = text[found.end() :]
    figures = _NUMBER.findall(text)
    street = re.sub(r"\d+.*$", "", text) or re.sub(r"\d+", "", text)
    return Place(
        figures[0] if figures else None, sound(street) or None, sound(district) or None, post
    )


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    if not HAN.match(character):
        return character
    return str(_pinyin()(character, errors="ignore")[0]) if _pinyin()(character) else ""


@cache
def _script() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _pinyin() -> Any:
    from pypinyin import lazy_pinyin

    return lazy_pinyin
