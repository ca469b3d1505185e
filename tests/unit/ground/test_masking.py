"""Nothing that tells whose text it is leaves the house."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from huitou.ground.masking import masked

WORDS = st.sampled_from(["我的电话是", "call me on ", "，谢谢", " please. ", "汤洒了 ", "", "\n"])
CHINESE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def _spaced(digits: str, every: int, by: str) -> str:
    return by.join(digits[start : start + every] for start in range(0, len(digits), every))


@given(WORDS, CHINESE, WORDS, st.integers(3, 6), st.sampled_from(["", " ", "-", "."]))
def test_a_mobile_of_the_mainland_never_passes(
    before: str, number: str, after: str, every: int, by: str
) -> None:
    told = masked(f"{before}{_spaced(number, every, by)}{after}", country="CN")
    assert number not in re.sub(r"\D", "", told)


@given(st.sampled_from(["GB", "TW", "US", "DE", "CN", "HK"]), WORDS, WORDS, st.booleans())
def test_numbers_of_other_countries_do_not_pass_either(
    country: str, before: str, after: str, abroad: bool
) -> None:
    example = phonenumbers.example_number(country)
    kind = phonenumbers.PhoneNumberFormat
    shown = phonenumbers.format_number(example, kind.INTERNATIONAL if abroad else kind.NATIONAL)
    digits = re.sub(r"\D", "", shown)
    assert digits not in re.sub(r"\D", "", masked(f"{before} {shown} {after}", country=country))


@given(WORDS, st.emails(), WORDS)
def test_an_address_of_mail_never_passes(before: str, email: str, after: str) -> None:
    assume(not set(email) & set("'\"(),:;<>[]"))
    assert email.lower() not in masked(f"{before} {email} {after}").lower()


@given(WORDS, st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True), WORDS)
def test_a_card_or_identity_number_never_passes(before: str, number: str, after: str) -> None:
    told = masked(f"{before}{number}{after}", country="CN")
    assert number not in told and number[:-1] not in told


@given(WORDS, st.sampled_from(["王小明", "欧阳修文", "Jane Smith", "O'Brien", "陳 怡君"]), WORDS)
def test_a_known_name_never_passes(before: str, name: str, after: str) -> None:
    assert name not in masked(f"{before} {name} {after}", names=[name])


@pytest.mark.parametrize(
    "text",
    [
        "住上海市徐汇区漕溪北路18号3栋502室",
        "台北市大安區和平東路二段15巷7號4樓",
        "I live at 221b Baker Street",
        "it was sent to 12 Long Lane, SW1A 1AA",
    ],
)
def test_an_address_is_hidden_roughly(text: str) -> None:
    assert "[address]" in masked(text) and not re.search(r"\d", masked(text))


def test_what_is_said_stays_readable() -> None:
    text = "订单 12 晚了 40 分钟，汤洒了，花了 45.50"
    assert masked(text, country="CN") == "订单 12 晚了 40 分钟,汤洒了,花了 45.50"
    assert masked("my jumbo bag has 2 holes") == "my jumbo bag has 2 holes"


@pytest.mark.parametrize(
    "number", ["１３８００１３８０００", "1\u200b38\u200b00138000", "१३८००१३८०००"]
)
def test_digits_in_disguise_do_not_pass(number: str) -> None:
    assert masked(f"电话{number}", country="CN") == "电话[phone]"


@given(st.text(max_size=300))
def test_any_text_can_be_masked_and_masking_again_adds_nothing_of_it(text: str) -> None:
    once = masked(text, country="CN")
    assert isinstance(masked(once, country="CN"), str)
