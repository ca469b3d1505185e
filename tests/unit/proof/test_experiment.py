"""What is written down: long enough for the shop's own gaps, whole, and of one fingerprint."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.proof.experiment import (
    LONGEST_WEEKS,
    Experiment,
    in_words,
    programme_window,
    window_for,
)

WRITTEN = Experiment(
    kind="campaign",
    plan="p1",
    lot="universal-2027",
    share=0.1,
    currency="GBP",
    window_days=91,
    asked_days=28,
    gap_days=60.0,
    treated=900,
    held_out=100,
    promised=50_000,
    weeks=40,
    estimator="leaning",
    whale_share=0.01,
    whale_line=1_000,
)


@given(st.integers(7, 400), st.floats(0.5, 200))
def test_the_window_is_one_and_a_half_gaps_at_least(asked: int, gap: float) -> None:
    found = window_for(asked, gap)
    assert found >= asked and found >= 1.5 * gap
    assert found == asked or (found % 7 == 0 and found < 1.5 * gap + 7)


def test_without_a_gap_it_stays_as_asked() -> None:
    assert window_for(30, None) == 30


@given(st.integers(28, 183), st.none() | st.integers(0, 520))
def test_a_programme_is_read_until_its_promise_could_be_proven(
    window: int, weeks: int | None
) -> None:
    found = programme_window(window, weeks)
    assert window <= found <= max(window, 7 * LONGEST_WEEKS)
    if weeks is not None and 7 * weeks <= 7 * LONGEST_WEEKS:
        assert found == max(window, 7 * weeks)


@given(st.integers(7, 400))
def test_the_last_look_is_at_the_end_of_the_window(window: int) -> None:
    days = replace(WRITTEN, window_days=window).days
    assert days[-1] == window and len(days) == replace(WRITTEN, window_days=window).looks
    assert all(0 < later - day <= 7 for day, later in pairwise(days))
    start = date(2027, 1, 4)
    assert replace(WRITTEN, window_days=window).until(start) == start + timedelta(days=window - 1)


def test_it_is_read_back_from_json_as_it_was() -> None:
    told = json.loads(json.dumps(WRITTEN.written()))
    assert Experiment.read(told) == WRITTEN
    assert Experiment.read(told).digest() == WRITTEN.digest()


@pytest.mark.parametrize("name", [each.name for each in fields(Experiment)])
def test_whatever_is_changed_changes_the_fingerprint(name: str) -> None:
    value = getattr(WRITTEN, name)
    changes = {
        str: lambda: f"{value}x", int: lambda: value + 1, float: lambda: value + 0.01,
        dict: lambda: {**value, "silence": 0.9},
    }  # fmt: skip
    other = changes[type(value)]()
    assert replace(WRITTEN, **{name: other}).digest() != WRITTEN.digest()


def test_a_window_that_was_lengthened_is_said() -> None:
    words = " ".join(map(str, in_words(WRITTEN)))
    assert "28 days were asked for" in words and "91 days at least" in words
    assert "universal-2027" in words and "13 times" in words and "£10.00" in words
    as_asked = " ".join(map(str, in_words(replace(WRITTEN, asked_days=91))))
    assert "were asked for" not in as_asked


def test_what_can_never_be_proven_is_said() -> None:
    assert "ten years" in " ".join(map(str, in_words(replace(WRITTEN, weeks=None))))
