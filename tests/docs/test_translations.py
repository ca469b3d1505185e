"""Every text a merchant reads is said in all three languages, with the same places in it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from tests.docs.texts import texts

from huitou.ground import languages
from huitou.ground.languages import LANGUAGES, _catalogue

TRANSLATED = [tag for tag in LANGUAGES if tag != "en"]
PLACE = re.compile(r"{(\w+)}")


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_text_is_translated(tag: str) -> None:
    missing = sorted(texts() - set(_catalogue(tag)))
    assert not missing, f"ground/locale/{tag}/ lacks: {missing}"


@pytest.mark.parametrize("tag", TRANSLATED)
def test_no_translation_is_left_over(tag: str) -> None:
    stale = sorted(set(_catalogue(tag)) - texts())
    assert not stale, f"ground/locale/{tag}/ has what nobody says any more: {stale}"


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_text_is_translated_in_one_place(tag: str) -> None:
    files = sorted((Path(languages.__file__).with_name("locale") / tag).glob("*.po"))
    told = Counter(text for file in files for text in languages._read(file, tag))
    assert not [text for text, times in told.items() if times > 1]


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_has_the_places_of_its_text(tag: str) -> None:
    for text, said in _catalogue(tag).items():
        assert set(PLACE.findall(text)) == set(PLACE.findall(said)), text


def test_traditional_chinese_is_not_a_copy_of_simplified() -> None:
    simplified, traditional = _catalogue("zh-Hans"), _catalogue("zh-Hant")
    differing = sum(simplified[text] != traditional[text] for text in simplified)
    assert differing > 0.85 * len(simplified)


@pytest.mark.parametrize("tag", TRANSLATED)
def test_merchants_are_addressed_politely_and_a_stage_has_one_name(tag: str) -> None:
    words = _catalogue(tag)
    # 你们 is what customers say to the shop, in the forms that they fill in.
    assert not [said for said in words.values() if re.search("你(?!们|們)", said)]
    assert words["Slipping away"] == words["Slipping"] == words["slipping away"]
