"""Sorting texts: what it knows on the first day, what it learns, and what it will not say."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.bench_care.texts import by_hand, calibration, macro_f1

from huitou.care.reasons import REASONS
from huitou.ground.errors import HuitouError
from huitou.models.grams import codes_of, counted
from huitou.models.letters import FOLDED, language_of
from huitou.models.mentions import Mentions
from huitou.models.seeds import seeds
from huitou.models.texts import Sorter, Taught, fit, mark_of, recalled, sorter


@pytest.fixture(scope="module")
def new_shops() -> Sorter:
    """What every shop begins with."""
    return sorter()


def test_every_reason_has_seeds_in_every_language() -> None:
    told = {(seed.cause, seed.language) for seed in seeds()}
    assert told == {(code, tag) for code in REASONS for tag in ("en", "zh-Hans", "zh-Hant")}
    assert len({seed.text for seed in seeds()}) > 0.95 * len(seeds())


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("送来的时候汤全洒了", "delivery"),
        ("外送員遲到一個小時，餐都冷掉了", "delivery"),
        ("The parcel never arrived", "delivery"),
        ("太贵了", "price"),
        ("i was promised a refund in june", "returned_goods"),
        ("请不要再打电话来了", "leave_me_alone"),
    ],
)
def test_a_new_shop_is_understood_on_its_first_day(
    new_shops: Sorter, text: str, cause: str
) -> None:
    assert new_shops.sort([text])[0][0] == cause


def test_sentences_never_learned_from_are_sorted_about_as_surely_as_it_says(
    new_shops: Sorter,
) -> None:
    texts, causes = by_hand()
    shares = new_shops.shares(texts)
    told = [new_shops.causes[place] for place in shares.argmax(axis=1)]
    right = [said == true for said, true in zip(told, causes, strict=True)]
    assert macro_f1(causes, told) > 0.65
    assert calibration(shares.max(axis=1).tolist(), right, bins=4) < 0.12


def test_what_nobody_can_tell_is_unknown(new_shops: Sorter) -> None:
    for text in ("zxqv", "。。。", "42", "🙂", "quantum flux"):
        cause, share = new_shops.sort([text])[0]
        assert cause == "unknown" and share < 1


def test_a_correction_counts_and_leaves_the_rest_as_it_was(new_shops: Sorter) -> None:
    text = "the bell on the door is too loud for my dog"
    taught = sorter((Taught(text, "service"),))
    assert taught.sort([text])[0][0] == "service"
    assert taught.sort(["太贵了"])[0][0] == new_shops.sort(["太贵了"])[0][0] == "price"
    assert taught.mark != new_shops.mark


def test_staff_outvote_the_seeds() -> None:
    seed = next(each for each in seeds() if each.cause == "price")
    assert sorter((Taught(seed.text, "service"),)).sort([seed.text])[0][0] == "service"


def test_learning_takes_less_than_a_second_of_a_core() -> None:
    sorter()  # the library is loaded once
    begun = time.process_time()
    sorter()
    assert time.process_time() - begun < 1.0


def test_it_is_kept_without_any_code_and_read_back_the_same(new_shops: Sorter) -> None:
    again = recalled(new_shops.kept())
    texts, _ = by_hand()
    assert again.sort(texts) == new_shops.sort(texts) and again.mark == mark_of(())
    for broken in (b"", b"nothing", new_shops.kept()[:200]):
        with pytest.raises(HuitouError):
            recalled(broken)


def test_the_same_lessons_make_the_same_sorter(new_shops: Sorter) -> None:
    assert sorter().kept() == new_shops.kept()


def test_labels_dealt_at_random_teach_nothing() -> None:
    texts, causes = by_hand()
    dealt = list(causes)
    random.Random(5).shuffle(dealt)
    told = [cause for cause, _ in fit(texts * 2, dealt * 2).sort(["我病了", "too dear", "迟到了"])]
    wild = fit(
        [seed.text for seed in seeds()],
        random.Random(6).sample([seed.cause for seed in seeds()], len(seeds())),
    )
    found = [wild.causes[place] for place in wild.shares(texts).argmax(axis=1)]
    assert macro_f1(causes, found) < 0.2 and len(told) == 3


def test_one_cause_alone_cannot_be_learned() -> None:
    with pytest.raises(HuitouError, match="two causes"):
        fit(["a", "b", "c"], ["price", "price", "service"])


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_any_text_is_counted_by_itself(texts: list[str]) -> None:
    together = counted(texts).toarray()
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, counted([text]).toarray()[0])


@given(st.text(max_size=40))
def test_shares_are_shares(text: str) -> None:
    shares = SMALL.shares([text])
    assert shares.shape == (1, 2) and abs(shares.sum() - 1) < 1e-6 and (shares >= 0).all()


SMALL = fit(["too dear", "太贵", "rude", "态度差"], ["price", "price", "service", "service"])


def test_case_width_and_script_make_no_difference() -> None:
    for one, other in (("ＴＯＯ　DEAR", "too dear"), ("遲到", "迟到"), ("12 日", "99 日")):
        assert np.array_equal(codes_of([one])[0], codes_of([other])[0])


def test_traditional_letters_are_those_of_taiwan_and_simplified_those_of_the_mainland() -> None:
    for traditional, simplified in FOLDED.items():
        assert (
            len(simplified.encode("gbk")) == 2 and traditional != simplified
        ) or traditional in (simplified)


def test_the_language_of_a_text_is_seen() -> None:
    told = [language_of(text) for text in ("too late", "送得太慢", "送得太慢，還灑了", "")]
    assert told == ["en", "zh-Hans", "zh-Hant", "en"]


def test_a_product_is_found_by_its_name_in_any_script() -> None:
    found = Mentions.of(["珍珠奶茶", "奶茶", "红豆面包", "JUMBO BAG RED RETROSPOT", "tea", "???"])
    told = found.find(
        [
            "珍珠奶茶裡面沒有珍珠",
            "奶茶太甜了",
            "紅豆麵包發霉了",
            "my jumbo bag red retrospot has a hole",
            "the team was rude",
            "nothing at all",
        ]
    )
    names = [each[0] if each else None for each in told]
    assert names == ["珍珠奶茶", "奶茶", "红豆面包", "JUMBO BAG RED RETROSPOT", None, None]


def test_a_shop_without_products_names_none() -> None:
    assert Mentions.of([]).find(["anything", ""]) == [None, None]
