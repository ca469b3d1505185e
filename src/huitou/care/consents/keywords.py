"""What somebody means who writes back: stop, start again, or perhaps stop. Pure.

A word that stands alone is obeyed at once, however it is written: in any case, width, with blanks
or marks about it. What is said in a sentence and sounds like a refusal is read by a person, and
nothing that sells goes to them until then.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Meaning(StrEnum):
    """What a reply means."""

    STOP = "stop"
    START = "start"
    DOUBTFUL = "doubtful"
    """It may be a refusal."""
    NOTHING = "nothing"


STOPS = frozenset(
    (
        "stop", "stopall", "end", "quit", "cancel", "unsubscribe", "revoke", "optout", "r", "td",
        "t", "n", "no", "退订", "退訂", "取消", "取消订阅", "取消訂閱", "拒收", "拒绝", "拒絕",
        "停止", "不要", "不要再发", "不要再發", "不要再发了", "不要再發了", "别发了", "別發了",
        "别再发了", "別再發了", "退出",
    )
)  # fmt: skip
"""Words that refuse, as `bare` leaves them."""

STARTS = frozenset(
    (
        "start", "unstop", "subscribe", "resubscribe", "yes", "订阅", "訂閱", "恢复", "恢復",
        "重新订阅", "重新訂閱",
    )
)  # fmt: skip

_DOUBTFUL = re.compile(
    r"\b(?:stop|unsubscribe|opt\W?out|remove me|take me off|leave me alone|no more|don'?t (?:text|"
    r"write|contact|message|send|call|e?-?mail)|do not (?:text|write|contact|message|send|call)|"
    r"revoke|cancel)\b"
    r"|退[订訂]|取消(?:[订訂]|推送|短信|簡訊)|不要再|别再|別再|不要[给給]我|别给我|別給我|不想(?:再)?收|"
    r"[拒][收绝絕]|[骚騷][扰擾]|停止(?:[发發推]|[发發]送)",
    re.IGNORECASE,
)
_LONGEST = 2000


def bare(text: str) -> str:
    """A text without width, case, blanks, marks and what cannot be seen."""
    wide = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    return "".join(sign for sign in wide if unicodedata.category(sign)[0] in "LN")


def read(text: str) -> Meaning:
    """What a reply means."""
    word = bare(text)
    if word in STOPS:
        return Meaning.STOP
    if word in STARTS:
        return Meaning.START
    told = unicodedata.normalize("NFKC", text[:_LONGEST]).replace("’", "'")
    return Meaning.DOUBTFUL if _DOUBTFUL.search(told) else Meaning.NOTHING
