"""Which fonts a language is set in, the best first; and what to install where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from huitou.ground.errors import NotYet

LATIN_SERIF = ("Source Serif 4", "Noto Serif", "Libertinus Serif")
LATIN_SANS = ("Source Sans 3", "Noto Sans", "DejaVu Sans", "Liberation Sans")

CHINESE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "zh-Hans": (
        ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "SimSun"),
        ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC",
         "Microsoft YaHei", "WenQuanYi Micro Hei"),
    ),
    "zh-Hant": (
        ("Noto Serif CJK TC", "Source Han Serif TC", "Noto Serif TC", "Songti TC", "PMingLiU"),
        ("Noto Sans CJK TC", "Source Han Sans TC", "Noto Sans TC", "PingFang TC",
         "Microsoft JhengHei", "WenQuanYi Micro Hei"),
    ),
}  # fmt: skip
"""Language -> serif and sans. Latin letters and figures come from the Latin fonts before them."""


def wanted(language: str, there: Sequence[str]) -> tuple[list[str], list[str]]:
    """The serif and the sans fonts of this machine for a language; both end with what is left.

    An English report may name a customer in Chinese: the Chinese fonts stand at the end of its list
    too, where the machine has them.
    """
    known = set(there)
    own = [language] if language in CHINESE else ["zh-Hans", "zh-Hant"]
    serifs = [*LATIN_SERIF, *(name for tag in own for name in (*CHINESE[tag][0], *CHINESE[tag][1]))]
    sans = [*LATIN_SANS, *(name for tag in own for name in (*CHINESE[tag][1], *CHINESE[tag][0]))]
    last = ["Libertinus Serif"]
    return (
        [name for name in serifs if name in known] or last,
        [name for name in sans if name in known] or last,
    )


def missing(language: str, there: Sequence[str]) -> NotYet | None:
    """What to install where a language cannot be set here; None where it can."""
    if language not in CHINESE:
        return None
    serif, sans = CHINESE[language]
    if set(there) & {*serif, *sans}:
        return None
    return NotYet(
        "this machine has no Chinese font, and a report in boxes helps nobody",
        to_try="apt install fonts-noto-cjk, or on macOS and Windows nothing: theirs are known",
    )
