"""A sentence is said in the reader's language, with its numbers, dates and money written for it."""

from __future__ import annotations

from datetime import date

import pytest

from huitou.ground.errors import HuitouError
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.money import Money
from huitou.ground.words import said


def test_values_are_written_for_the_reader() -> None:
    text = said("{n} orders, {sum}, last on {day}", n=12345, sum=Money(500, "GBP"), day=DAY)
    assert speaker("en").say(text) == "12,345 orders, £5.00, last on Jun 9, 2011"
    assert "2011年6月9日" in speaker("zh-Hans").say(text)


def test_a_sentence_may_stand_in_a_sentence() -> None:
    outer = said("We ask: {question}", question=said("Why?"))
    assert speaker("en").say(outer) == "We ask: Why?"
    assert str(outer) == "We ask: Why?"


def test_a_text_without_a_translation_is_said_in_english() -> None:
    for language in LANGUAGES:
        assert speaker(language).say("zzz {n}", n=1) == "zzz 1"


def test_an_unknown_language_is_refused_in_words() -> None:
    with pytest.raises(HuitouError, match="does not speak 'tlh'"):
        speaker("tlh")


def test_without_a_speaker_numbers_are_written_as_in_english() -> None:
    text = said("{n} of {all}, {share} percent", n=1234, all=43210, share=2.5)
    assert str(text) == speaker("en").say(text) == "1,234 of 43,210, 2.5 percent"


DAY = date(2011, 6, 9)
