"""Households stay apart, what is sure is made one, and words of people go before likeness."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.identity.alike.judging import (
    DOUBTFUL,
    HOUSEHOLD,
    ONE,
    STRANGERS,
    SURE,
    WRONG_AT_MOST,
    Link,
    joined,
    judge,
    least_chance,
)

KIN = {"street": "same", "number": "same", "surname_agrees": True}


def pair(chance: float = 0.9999, **told: object) -> dict[str, object]:
    usual = {
        "left": "a", "right": "b", "weight": 12.0, "chance": chance, "given_conflict": False,
        "birthday_conflict": False, "surname_agrees": True, "given_differs": False,
        "two_members": False, "name": "same", "birthday": None, "phone": None, "email": None,
        "street": None, "number": None,
    }  # fmt: skip
    return {**usual, **told}


def verdicts(*pairs: dict[str, object], people: int = 1_000, has_learnt: bool = True) -> list[str]:
    return list(judge(pa.Table.from_pylist(list(pairs)), people, has_learnt=has_learnt).verdicts)


def test_what_is_sure_is_one_and_what_is_likely_is_looked_at() -> None:
    assert verdicts(pair(), pair(0.9), pair(0.1)) == [ONE, DOUBTFUL, STRANGERS]


def test_who_lives_together_is_not_one() -> None:
    spouse = pair(**KIN, name="surname", given_conflict=True, given_differs=True)
    child = {**spouse, "birthday": "different", "birthday_conflict": True}
    with_one_phone = {**child, "phone": "same"}
    assert verdicts(spouse, child, with_one_phone) == [HOUSEHOLD] * 3


def test_twins_and_namesakes_of_one_house_are_looked_at() -> None:
    twins = pair(**KIN, name="surname", given_conflict=True, given_differs=True, birthday="same")
    father_and_son = pair(**KIN, birthday="different", birthday_conflict=True)
    assert verdicts(twins, father_and_son) == [DOUBTFUL, DOUBTFUL]
    # Where households are the rule they are believed of nobody.
    spouses = [pair(**KIN, given_conflict=True, given_differs=True)] * 200
    assert verdicts(twins, *spouses)[0] == STRANGERS


def test_almost_the_same_name_in_one_house_is_looked_at() -> None:
    petra = pair(**KIN, name="near", given_differs=True)
    assert verdicts(petra) == [DOUBTFUL]
    assert verdicts({**petra, "birthday": "same"}) == [ONE]


def test_two_member_numbers_are_looked_at() -> None:
    assert verdicts(pair(two_members=True)) == [DOUBTFUL]


def test_a_shop_too_small_to_learn_from_makes_nobody_one_by_itself() -> None:
    assert verdicts(pair(), has_learnt=False) == [DOUBTFUL]


@given(st.lists(st.floats(0.5, 1.0), min_size=1, max_size=60))
def test_no_more_are_expected_to_be_wrong_than_may_be(chances: list[float]) -> None:
    least = least_chance(pa.array(chances).to_numpy())
    made = [each for each in chances if each >= least]
    assert least >= SURE
    assert sum(1 - each for each in made) <= WRONG_AT_MOST * len(made) + 1e-9


RANK = {"visitor": (True, 1.0), "known": (False, 9.0), "late": (True, 20.0)}


def test_the_anonymous_never_win_over_the_known() -> None:
    links = [Link("known", "visitor", 9.0), Link("late", "visitor", 8.0)]
    assert joined(links, [], RANK) == {"visitor": "known", "late": "known"}


def test_who_was_declared_different_never_becomes_one_not_even_at_one_remove() -> None:
    links = [Link("a", "b", 9.0), Link("b", "c", 8.0)]
    assert joined(links, [("c", "a")], {}) == {"b": "a"}


def test_two_whom_the_shop_numbered_are_one_only_by_somebodys_word() -> None:
    rank = {"m1": (False, 1.0), "m2": (False, 2.0)}
    links = [Link("m1", "x", 9.0), Link("x", "m2", 8.0)]
    assert joined(links, [], rank) == {"x": "m1"}
    assert joined(links, [], rank, told=[("m1", "m2")]) == {"x": "m1", "m2": "m1"}


@given(st.permutations([("a", "b"), ("b", "c"), ("d", "e"), ("e", "a")]))
def test_the_order_of_links_does_not_matter(order: list[tuple[str, str]]) -> None:
    links = [Link(left, right, 9.0) for left, right in order]
    assert joined(links, [], {}) == {each: "a" for each in "bcde"}


@pytest.mark.parametrize("verdict", [HOUSEHOLD])
def test_a_household_counts_as_none_of_the_true_pairs(verdict: str) -> None:
    spouse = pair(**KIN, given_conflict=True, given_differs=True)
    told = judge(pa.Table.from_pylist([spouse, pair()]), 1_000, has_learnt=True)
    assert list(told.verdicts) == [verdict, ONE]
    assert told.cut.found == pytest.approx(1.0)
