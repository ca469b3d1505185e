"""Names and addresses come to one spelling, however they were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.identity.alike.spelling import NOBODY, NOWHERE, Place, named, placed, plain


def parts(text: str) -> tuple[str | None, str | None]:
    name = named(text)
    return name.given, name.surname


@pytest.mark.parametrize(
    "written",
    ["张伟国", "張偉國", "張 偉國", "张伟国先生", "Zhang Weiguo", "Weiguo Zhang", "Zhang Wei Guo",
     "ｚｈａｎｇ　ｗｅｉｇｕｏ", "Mr. Zhang Weiguo"],
)  # fmt: skip
def test_one_chinese_name_in_many_ways(written: str) -> None:
    assert parts(written) == ("weiguo", "zhang")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("欧阳娜娜", ("nana", "ouyang")),
        ("王先生", (None, "wang")),
        ("Müller, Jörg", ("jorg", "muller")),
        ("Anna Maria Smith", ("annamaria", "smith")),
        ("Dr Jane O'Neil", ("janeo", "neil")),
        ("Cher", (None, "cher")),
    ],
)
def test_which_end_is_the_surname(written: str, told: tuple[str | None, str | None]) -> None:
    assert parts(written) == told


def test_names_that_sound_alike_are_not_written_alike() -> None:
    first, second = named("张伟"), named("章炜")
    assert (first.given, first.surname) == (second.given, second.surname)
    assert first.written != second.written


@pytest.mark.parametrize("nothing", [None, "", "  ", "。", "12"])
def test_who_has_no_name_is_nobody(nothing: str | None) -> None:
    assert named(nothing) == NOBODY


def test_an_address_in_both_scripts_and_widths() -> None:
    told = placed("广东省深圳市南山区科技园南路88号")
    assert (
        told
        == placed("廣東省深圳市南山區科技園南路８８號")
        == placed("中国广东省深圳市南山区科技园南路88号3栋502室")
    )
    assert told.number == "88"
    assert placed("北京朝阳区建国路88号").street == placed("北京市朝阳区建国路 88 号").street


def test_an_address_in_latin_letters() -> None:
    told = placed("8 Stanley Street, Miami, Winston Hills, 4223 NSW")
    assert told == Place("8", "stanley street", "miami winston hills nsw", "4223")
    assert placed("10115 Berlin, Hauptstr. 5").postcode == "10115"
    assert placed(None) == NOWHERE


@given(st.text(max_size=40))
def test_anything_can_be_read_and_what_is_plain_stays_plain(text: str) -> None:
    named(text), placed(text)
    assert plain(plain(text)) == plain(text)
