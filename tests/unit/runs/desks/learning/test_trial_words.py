"""What is said of a planned test stands beside its state, and never against it."""

from __future__ import annotations

from datetime import date
from typing import Any

from huitou.runs.desks.learning.trials import _test_words

ROW: dict[str, Any] = {"most": 60, "enrol_until": date(2011, 10, 13)}


def words(people: int, read_on: date | None, *, over: bool) -> str:
    return " ".join(str(each) for each in _test_words(ROW, people, read_on, "too_early", over=over))


def test_a_test_that_is_over_and_had_nobody_promises_no_more_people() -> None:
    assert "nobody came into it" in words(0, None, over=True)
    assert "next plans" not in words(0, None, over=True)


def test_one_that_takes_people_in_says_until_when() -> None:
    assert "next plans bring people into it until 2011-10-13" in words(0, None, over=False)


def test_one_that_is_watched_says_when_it_is_read() -> None:
    told = words(12, date(2011, 12, 1), over=False)
    assert "12 of 60" in told and "read once, after 2011-12-01" in told
