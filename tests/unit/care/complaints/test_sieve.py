"""Spam waits to be looked at; people are not asked for anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from huitou.care.complaints import sieve
from huitou.care.complaints.sieve import Memory, Signs, doubts

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HONEST = Signs(trapped=False, open_for=timedelta(minutes=2), links=0, same=1, from_one=1)


def test_an_honest_complaint_is_in_no_doubt() -> None:
    assert doubts(HONEST) == ()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"trapped": True}, "trap"),
        ({"open_for": None}, "no form of ours"),
        ({"open_for": timedelta(seconds=1)}, "too fast"),
        ({"open_for": timedelta(hours=25)}, "too old"),
        ({"links": 3}, "links"),
        ({"same": 5}, "same text"),
        ({"from_one": 21}, "many from one address"),
    ],
)
def test_each_sign_is_named(changed: dict[str, object], why: str) -> None:
    assert doubts(replace(HONEST, **changed)) == (why,)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("see http://a.cn and https://b.cn", 2),
        ("<a href=x>www.shop.cn</a> [URL=x]", 3),
        ("my mail is li@shop.cn, ordered on shop.cn", 0),
    ],
)
def test_links_are_counted(words: str, count: int) -> None:
    assert sieve.links_in(words) == count


def test_the_same_text_is_known_again_with_other_digits_and_spaces() -> None:
    one = sieve.gist("Cheap pills, 20% off today only at our place!")
    assert one == sieve.gist("cheap PILLS 35% off  today only: at our place")
    assert one != sieve.gist("Cheap pills, 20% off today only at your place!")


def test_what_many_say_in_a_word_is_not_the_same_text() -> None:
    assert sieve.gist("坏了") is None
    assert sieve.gist("It is broken.") is None


def test_memory_counts_within_its_time_and_forgets_after() -> None:
    memory = Memory(timedelta(minutes=10))
    assert [memory.count("a", NOW + timedelta(minutes=n)) for n in (0, 1, 2)] == [1, 2, 3]
    assert memory.count("a", NOW + timedelta(minutes=11)) == 1


def test_memory_never_grows_past_its_bounds() -> None:
    memory = Memory(most=10)
    for n in range(1000):
        memory.count(str(n), NOW)
    assert len(memory._seen) == 10
    assert memory.count("999", NOW) == 2
