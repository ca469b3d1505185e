"""Whom to remind: one thing a person, the likeliest first, and never twice of one need."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.errors import BadInput
from huitou.journeys.reminders import rules
from huitou.journeys.reminders.rules import Need, Rules

DAY = date(2026, 3, 2)


def need(person: str, about: str, chance: float) -> Need:
    return Need(person, "refill", about, about, DAY, date(2026, 2, 1), chance)


EVERY = st.lists(
    st.builds(need, st.sampled_from("abcdef"), st.sampled_from(("tea", "cup")), st.floats(0, 1))
)


@given(EVERY, st.sets(st.sampled_from("abcdef")), st.integers(0, 4))
def test_nobody_is_reminded_twice_rested_or_beyond_the_most(
    needs: list[Need], rested: set[str], most: int
) -> None:
    known = {each.key for each in needs[:1]}
    found = rules.chosen(needs, Rules(most_a_run=most), known, rested)
    people = [each.person for each in found]
    assert len(set(people)) == len(people) <= most
    assert not set(people) & rested and not {each.key for each in found} & known


def test_the_likeliest_need_of_a_person_is_spoken_of() -> None:
    found = rules.chosen([need("a", "tea", 0.4), need("a", "cup", 0.6)], Rules(), set(), set())
    assert [each.about for each in found] == ["cup"]


def test_shipped_rules_can_be_read_and_wrong_ones_are_refused() -> None:
    assert not rules.RULES.as_shipped().refill
    for wrong in ({"refil": True}, {"chance": 2.0}, {"refill": "yes"}, {"rest_days": -1}):
        with pytest.raises(BadInput):
            rules.parse(wrong)
