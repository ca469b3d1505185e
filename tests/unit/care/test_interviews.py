"""Whom a run asks why they left, and what a link and an answer are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from huitou.care.interviews.rules import (
    OWN_GROUPS,
    Leaver,
    band,
    chosen,
    tidy,
    token_hash,
    token_of,
    way,
)
from huitou.care.reasons import GROUPS

DAY = date(2026, 3, 1)
Choose = Callable[..., list]


def leaver(number: int, worth: int = 10, **facts: object) -> Leaver:
    known = Leaver(f"p{number:04d}", f"member:{number}", DAY, worth, "lost", "paper")
    return replace(known, **facts)


def few(people: list[Leaver], **choices: object) -> list:
    usual = {"line": 100, "share": 0.1, "salt": "salt", "most": 10_000}
    return chosen(people, **{**usual, **choices})


def test_the_worthy_are_all_asked_and_a_share_of_the_others_by_lot() -> None:
    people = [leaver(n, worth=500 if n < 20 else 10) for n in range(5_020)]
    found = few(people)
    assert [one.person_id for one in found[:20]] == [f"p{n:04d}" for n in range(20)]
    assert {one.propensity for one in found[:20]} == {1.0}
    drawn = found[20:]
    assert {one.propensity for one in drawn} == {0.1}
    # 500 expected, sd 21: four of them either way.
    assert 415 <= len(drawn) <= 585


def test_who_is_drawn_does_not_depend_on_who_else_left_or_on_the_day_of_the_run() -> None:
    people = [leaver(n) for n in range(400)]
    drawn = {one.person_id for one in few(people)}
    assert {one.person_id for one in few(people[:100])} == drawn & {
        p.person_id for p in people[:100]
    }
    assert {one.person_id for one in few(list(reversed(people)))} == drawn
    later = {
        one.person_id for one in few([replace(p, departed_on=DAY + timedelta(1)) for p in people])
    }
    assert later != drawn


def test_a_cap_delays_and_changes_no_chance() -> None:
    people = [leaver(n) for n in range(2_000)]
    everybody = {one.person_id for one in few(people)}
    asked: set[str] = set()
    while batch := few([p for p in people if p.person_id not in asked], most=30):
        assert len(batch) <= 30 and {one.propensity for one in batch} == {0.1}
        asked |= {one.person_id for one in batch}
    assert asked == everybody


def test_who_cannot_be_reached_is_not_asked_and_no_share_asks_nobody_unworthy() -> None:
    assert few([leaver(1, 500, channel=""), leaver(2, channel="")], share=1.0) == []
    assert few([leaver(n) for n in range(50)], share=0.0) == []
    assert len(few([leaver(n) for n in range(50)], share=1.0)) == 50


@pytest.mark.parametrize(
    ("open_", "found"),
    [
        ({"email", "address", "phone", "by_hand"}, "email"),
        ({"address", "phone", "by_hand"}, "paper"),
        ({"phone", "by_hand"}, "call"),
        ({"by_hand"}, "paper"),
        (set(), ""),
    ],
)
def test_the_way_is_the_first_they_consent_to(open_: set[str], found: str) -> None:
    names = ("email", "address", "phone", "by_hand")
    assert way(**{name: name in open_ for name in names}) == found


def test_a_link_is_a_secret_of_this_shop_and_the_same_on_every_sheet() -> None:
    token = token_of("salt", "an interview")
    assert len(token) * 5 == 160 and token == token_of("salt", "an interview")
    assert token not in (token_of("salt", "another"), token_of("other salt", "an interview"))
    assert token not in token_hash(token)


def test_bands_are_coarse_and_the_tree_is_the_one_tree() -> None:
    assert [band(worth, 100) for worth in (100, 99, 25, 24, 0)] == [
        "high",
        "middle",
        "middle",
        "low",
        "low",
    ]
    assert list(OWN_GROUPS) == list(GROUPS)


def test_what_is_typed_is_kept_without_what_no_keyboard_types() -> None:
    assert tidy("  too\u202e dear\x00\r\nand late ", 2000) == "too dear\nand late"
    assert tidy("a" * 300, 200) == "a" * 200
    assert tidy(" \u200b\n ", 200) is None and tidy(None, 5) is None
    assert tidy("=HYPERLINK(1)", 200) == "=HYPERLINK(1)"  # kept as said; made harmless where shown
