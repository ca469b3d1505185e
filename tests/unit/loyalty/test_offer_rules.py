"""Codes as people type them, what an offer takes off, and rules that cannot stand."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from huitou.ground.errors import HuitouError
from huitou.ground.ids import new_id
from huitou.ground.languages import LANGUAGES
from huitou.loyalty.codes import LETTERS, SHORTEST, shown, tidy
from huitou.loyalty.offers import RULES, OfferRules, Returns, parsed, taken_off
from huitou.loyalty.referrals.rules import Seen, no_friend, one_address
from huitou.loyalty.referrals.rules import parsed as referral_rules
from huitou.loyalty.surprises.lots import Turn, among_visitors, at_milestones
from huitou.loyalty.surprises.rules import RULES as GIFTS
from huitou.loyalty.surprises.rules import Gift
from huitou.loyalty.surprises.rules import parsed as surprise_rules
from huitou.proof.relapse import Group, compared


def test_a_code_is_ten_of_32_letters_none_of_which_looks_like_another() -> None:
    assert len(LETTERS) == len(set(LETTERS)) == 32 and SHORTEST >= 10
    assert not set("ILOU") & set(LETTERS)
    assert {each.upper() for _ in range(50) for each in new_id()} <= set(LETTERS)


@forall(st.text(alphabet=LETTERS, min_size=10, max_size=10))
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) for each in code)
    for typed in (code, f"  {code.lower()}\n", shown(code), f"{code[:3]}-{code[3:]}", wide,
                  code.replace("0", "O").replace("1", "l")):  # fmt: skip
        assert tidy(typed) == code


@forall(st.floats(0.001, 0.999), st.integers(1, 10**9), st.integers(0, 10**9))
def test_nobody_is_paid_for_an_order(depth: float, most: int, total: int) -> None:
    off = taken_off(depth, most, total)
    assert 0 <= off <= min(most, total)


def test_the_shipped_rules_are_the_careful_ones() -> None:
    told = RULES.as_shipped()
    assert told == OfferRules() and told.needs_name("return") and not told.needs_name(None)
    assert told.returns.kind("lost") == "return" and told.returns.kind("active") is None


@pytest.mark.parametrize(
    "told",
    [
        {"tills": {}}, {"till": {"bearer": "yes"}}, {"return": {"cooldown_days": -1}},
        {"return": {"second_share": 0}}, {"return": {"stages": "lost"}}, {"till": 1},
    ],
)  # fmt: skip
def test_rules_that_cannot_stand_are_refused(told: dict) -> None:
    with pytest.raises(HuitouError):
        parsed(told)


@pytest.mark.parametrize(
    "told",
    [
        {"gift": [{"name": "a", "when": "never", "what": "x", "cost": 1}]},
        {"gift": [{"name": "a", "when": "drawn", "what": "x", "cost": 1}]},
        {"gift": [{"name": "a", "when": "orders", "what": "x", "cost": 0}]},
        {"gift": [{"name": "a", "when": "orders", "what": "x", "cost": 1}] * 2},
        {"control_share": 0}, {"budget": -1}, {"on": 1}, {"surprise": True},
    ],
)  # fmt: skip
def test_surprises_without_a_control_or_a_cost_are_refused(told: dict) -> None:
    with pytest.raises(HuitouError):
        surprise_rules(told)


@pytest.mark.parametrize("told", [{}, {"giver": {"kind": "cash", "amount": 1}}])
def test_a_referral_names_what_both_get(told: dict) -> None:
    with pytest.raises(HuitouError):
        referral_rules(told)


def seen(**told: object) -> Seen:
    usual = {"people": {"f"}, "known_before": False, "brought_before": False, "addresses": set()}
    return Seen(**{**usual, **told})


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({}, None),
        ({"people": {"g", "f"}}, "self"),
        ({"people": {"a"}}, "cycle"),
        ({"known_before": True}, "known"),
        ({"brought_before": True}, "known"),
        ({"addresses": {"longroad1"}}, "household"),
    ],
)
def test_who_is_no_friend(told: dict, why: str | None) -> None:
    assert no_friend("g", {one_address("Long Road, 1")}, ["a"], seen(**told)) == why


def turns(count: int) -> list[Turn]:
    return [Turn(f"p{i}", f"member:{i}", "orders:10", "order 10") for i in range(count)]


def test_a_lot_is_drawn_alike_every_time_and_whoever_joins_changes_nobody() -> None:
    gift = Gift("g", "orders", "x", 1, 10)
    few = {d.turn.person_id: d.arm for d in at_milestones(gift, turns(300), 0.2, "salt")}
    many = {d.turn.person_id: d.arm for d in at_milestones(gift, turns(3000), 0.2, "salt")}
    assert few == {person: many[person] for person in few}
    assert abs(sum(arm == "control" for arm in many.values()) / 3000 - 0.2) < 0.03


@pytest.mark.parametrize("people", [0, 1, 10, 1000])
def test_chances_told_are_those_drawn_by(people: int) -> None:
    gift = Gift("g", "drawn", "x", 1, share=0.05)
    counts, days = {"given": 0, "control": 0}, 400
    for day in range(days):
        drawn = among_visitors(gift, turns(people), 0.2, "salt", f"day {day}")
        assert len({each.turn.person_id for each in drawn}) == len(drawn)
        for each in drawn:
            counts[each.arm] += 1
            n = sum(other.arm == each.arm for other in drawn)
            assert each.chance == n / people
    assert counts["given"] == pytest.approx(0.05 * people * days, rel=0.35, abs=12)
    assert counts["control"] == pytest.approx(0.0125 * people * days, rel=0.6, abs=12)


def test_a_second_return_offer_is_worth_at_most_its_share() -> None:
    assert Returns(second_share=0.5).at_most(701) == 350


def test_few_who_came_back_prove_nothing_and_many_do() -> None:
    assert compared(Group(0, 0, 0), Group(0, 0, 0)).verdict == "not_proven"
    assert compared(Group(500, 19, 0), Group(500, 19, 19)).verdict == "not_proven"
    found = compared(Group(1000, 300, 30), Group(1000, 200, 40))
    assert found.verdict == "more" and found.low > 0
    assert found.written()["asked"]["share"] == 0.1
    assert compared(Group(1000, 200, 150), Group(1000, 200, 20)).verdict == "fewer"


def test_a_gift_is_named_in_every_language_of_the_house() -> None:
    told = surprise_rules(tomllib.loads(GIFTS.shipped.read_text("utf-8")))
    assert told.gifts and all(set(gift.by_language) == set(LANGUAGES) for gift in told.gifts)
    assert all(len(set(gift.by_language.values())) == 3 for gift in told.gifts[1:])
    gift = {"name": "g", "when": "orders", "cost": 1, "what": "A cup"}
    (plain,) = surprise_rules({"gift": [gift]}).gifts
    assert (plain.what, plain.by_language) == ("A cup", {})
    for wrong in ({}, {"fr": "Une tasse"}, {"en": " "}, 7):
        with pytest.raises(HuitouError):
            surprise_rules({"gift": [{**gift, "what": wrong}]})
