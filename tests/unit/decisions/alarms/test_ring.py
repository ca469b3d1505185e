"""What an alarm says: three facts, the largest value first, and nothing learned from later days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.decisions.alarms.given import FIRST, START, evening, mark, past

from huitou.decisions.alarms.past import Past, Seen
from huitou.decisions.alarms.ring import Rung, ring
from huitou.decisions.alarms.rules import PEER, RULES
from huitou.ground.languages import LANGUAGES, speaker

EVERY = [(rule, {"top_share": 1.0} if "top_share" in rule.usual else {}) for rule in RULES.values()]
MARKS = (
    mark("complaint", "ann", 100, due=101),
    mark("payment_failed", "bob", 118),
    mark("no_show", "ann", 110),
    mark("pack_sold", "cat", 80),
    mark("signed_up", "new", 85),
)
VISITS = {"ann": [0, 7, 14, 21, 28, 90], "bob": [0, 30, 60], "cat": [90]}


def test_every_alarm_has_three_facts_in_every_language() -> None:
    of = past(VISITS, 1000, "new")
    found = ring(evening(of, 121, *MARKS), [*EVERY, (PEER, {"days": 30, "fresh": 90})])
    rules = {each.rule for each in found}
    assert {"complaint_overdue", "payment_failed", "no_show", "pack_unfinished"} <= rules
    assert {"no_visit", "silent"} <= rules
    for each in found:
        assert len(each.facts) == 3
        for tag in LANGUAGES:
            said = [speaker(tag).say(fact) for fact in each.facts]
            assert all(said) and "{" not in "".join(said)


def test_the_facts_are_those_of_the_customer() -> None:
    of = past({"ann": [0, 10, 20]}, 2500)
    (rung,) = ring(evening(of, 50), [(PEER, {"days": 30})])
    assert rung.since == START + timedelta(days=20)
    assert [str(fact) for fact in rung.facts] == [
        "Silent for 30 days, since 2025-01-21.",
        "Usually comes every 10 days; 3 visits are known.",
        "Bought for £75.00 within a year.",
    ]


def test_the_largest_customer_comes_first() -> None:
    of = past({"small": [0], "large": [0, 1, 2]})
    found = ring(evening(of, 40), [(PEER, {"days": 30, "fresh": 60})])
    assert [each.person_id for each in found] == ["large", "small"]


def rung_by(of: Past, day: int) -> list[Rung]:
    return ring(evening(of, day, *MARKS), EVERY)


days = st.lists(st.integers(0, 200), min_size=1, max_size=12, unique=True).map(sorted)


@given(st.lists(days, min_size=2, max_size=6), st.integers(20, 199))
def test_alarms_do_not_change_when_the_future_does(visits: list[list[int]], day: int) -> None:
    whole = {f"p{n}": theirs for n, theirs in enumerate(visits)}
    known = {who: [each for each in theirs if each <= day] for who, theirs in whole.items()}
    later, then = past(whole), past(known, 1000, *whole)
    assert sorted(map(str, rung_by(later, day))) == sorted(map(str, rung_by(then, day)))


@given(st.lists(days, min_size=1, max_size=5), st.integers(0, 220))
def test_an_evening_sees_what_counting_by_hand_sees(visits: list[list[int]], day: int) -> None:
    of = past({f"p{n}": theirs for n, theirs in enumerate(visits)})
    seen = Seen(of, FIRST + day)
    for at, theirs in enumerate(visits):
        known = [each for each in theirs if each <= day]
        assert seen.visits[at] == len(known)
        assert seen.last[at] == (FIRST + known[-1] if known else -1)
        assert seen.worth[at] == 1000 * sum(each > day - 365 for each in known)
        assert seen.visits_since(FIRST + day - 30)[at] == sum(each > day - 30 for each in known)


def test_what_happens_later_is_not_known_tonight() -> None:
    of = past(VISITS, 1000, "new")
    answered_later = mark("complaint", "ann", 100, due=101, until=130)
    rules = [(RULES["complaint_overdue"], {})]
    assert [each.person_id for each in ring(evening(of, 121, answered_later), rules)] == ["ann"]
    assert ring(evening(of, 130, answered_later), rules) == []


@pytest.mark.parametrize("day", [0, 5, 121])
def test_a_customer_of_two_rows_a_day_came_once(day: int) -> None:
    of = past({"ann": [0, 0, 5, 5]})
    assert Seen(of, FIRST + day).visits[0] == (1 if day < 5 else 2)
