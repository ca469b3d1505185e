"""STOP, however it is written; and what only may be a refusal goes to a person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.care.consents.keywords import STARTS, STOPS, Meaning, read

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "END", "QUIT", "CANCEL", "UNSUBSCRIBE", "REVOKE", "OPT OUT", "OPT-OUT", "StopAll",
        "R", "TD", "T", "N", "退订", "退訂", "取消", "拒收", "不要再发", "不要再發了", "  stop.  ",
        "“STOP”", "s t o p", "ＳＴＯＰ", "Ｔｄ", "ＴＤ。", "退 订！",
        "\ufeffSTOP", "stop\u200b", "r\r\n",
    ],
)  # fmt: skip
def test_a_word_that_refuses_is_obeyed_however_it_is_written(text: str) -> None:
    assert read(text) is Meaning.STOP


@pytest.mark.parametrize("text", ["START", " start ", "ＳＴＡＲＴ", "Resubscribe", "恢复", "訂閱"])
def test_a_word_that_asks_again(text: str) -> None:
    assert read(text) is Meaning.START


@pytest.mark.parametrize(
    "text",
    [
        "please stop texting me", "Don’t text me any more", "take me off this list",
        "I want to unsubscribe from all of this", "please don't contact me", "Leave me alone!!",
        "请不要再发这些短信给我", "不想再收到你们的消息", "請取消訂閱我的號碼", "別再傳了好嗎",
        "你们这是骚扰", "remove me please", "I'd like to opt out of these",
    ],
)  # fmt: skip
def test_a_sentence_that_may_refuse_is_read_by_a_person(text: str) -> None:
    assert read(text) is Meaning.DOUBTFUL


@pytest.mark.parametrize(
    "text",
    ["", "   ", "Thank you!", "When do you open?", "我的订单到了吗", "Tea is great", "好的", "1",
     "The bus stops here at nine", "weekend"],
)  # fmt: skip
def test_what_means_neither_changes_nothing(text: str) -> None:
    assert read(text) is Meaning.NOTHING


@given(
    st.sampled_from(sorted(STOPS)),
    st.sampled_from([str.upper, str.lower, str.title, lambda word: word.translate(WIDE)]),
    st.text(" \t\r\n.,!?！。…「」\"'\u3000\u200b", max_size=4),
    st.text(" \t\r\n.,!?！。…「」\"'\u3000\u200b", max_size=4),
)
def test_any_width_case_blanks_and_marks(
    word: str, dressed: Callable[[str], str], before: str, after: str
) -> None:
    assert read(before + dressed(word) + after) is Meaning.STOP


@given(st.text(max_size=3000))
def test_no_text_breaks_it_and_long_ones_end(text: str) -> None:
    assert read(text) in Meaning


def test_no_word_means_both() -> None:
    assert not STOPS & STARTS
