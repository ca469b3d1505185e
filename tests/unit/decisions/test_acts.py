"""Acts are data: what is shipped stands, what is wrong is said in words, and names go on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.decisions import acts
from huitou.decisions.acts import (
    ACTS,
    FILE,
    KINDS,
    NOTHING,
    Worth,
    act_of,
    act_to_add,
    in_use,
    measured_attention,
    named,
    rounded,
    shipped,
)
from huitou.decisions.receipts import claim
from huitou.ground.errors import BadInput

TEA = {"name": "tea", "kind": "surprise", "claim": "A bag of tea", "given": {"amount": 900}}
OFFER = {"name": "ten", "kind": "offer", "claim": "Ten off", "depth": 0.1}
VOUCHER = {"name": "five", "kind": "voucher", "claim": "Five off", "taken": {"amount": 5}}
CALM = {"name": "calm", "kind": "upgrade", "claim": "A quiet table", "taken": {"share": 0.05}}


def test_what_is_shipped_reads_the_same_again() -> None:
    assert shipped(FILE.read_text(encoding="utf-8")) == tuple(ACTS.values())
    assert next(iter(ACTS.values())) is NOTHING and next(iter(in_use())) == "nothing"
    assert {act.kind for act in ACTS.values()} == set(KINDS)


def test_what_promises_the_shops_own_waits_for_its_words() -> None:
    waiting = {act.name for act in ACTS.values() if act.described}
    assert waiting == {"surprise", "upgrade", "step_up"} and not waiting & set(in_use())
    assert "tea" in in_use([act_of(TEA, own=True)])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "Tea"}, "small letters"),
        ({"name": ""}, "small letters"),
        ({"kind": "bribe"}, "no kind 'bribe'"),
        ({"kind": "nothing"}, "no act of one's own"),
        ({"claim": " "}, "says in one line"),
        ({"claim": "x" * 201}, "says in one line"),
        ({"stages": ["old"]}, "no stage 'old'"),
        ({"excepted": "friends"}, "excepts nothing"),
        ({"excepted": "return"}, "only for who is leaving"),
        ({"excepted": "trial"}, "for newcomers"),
        ({"excepted": "amends"}, "only an apology"),
        ({"given": {"amount": -1}}, "no amount"),
        ({"given": {"amount": 1.5}}, "no amount"),
        ({"given": {"amount": True}}, "no amount"),
        ({"given": {"share": 0.1, "amount": 2}}, "given is"),
        ({"given": {"share": float("nan")}}, "share is nan"),
        ({"given": "much"}, "given is"),
        ({"minutes": -1}, "minutes is -1"),
        ({"attention": 2}, "attention is 2"),
        ({"depth": 0.1}, "has a depth"),
        ({"least": {"amount": 5}}, "least order"),
        ({"taken": {"amount": 5}}, "costs when taken"),
        ({"colour": "red"}, "says nothing of an act"),
        ({"by_phone": True}, "go by phone"),
        ({"letters": {"fr": ["a", "b"]}}, "no letter is in 'fr'"),
        ({"letters": {"en": ["a"]}}, "a subject and a text"),
        ({"letters": {"en": ["a", ""]}}, "a subject and a text"),
        ({"letters": {"en": ["Tea", "For {name}"]}}, "cannot name {name}"),
        ({"letters": {"en": ["Tea", "With {code}"]}}, "cannot name {code}"),
    ],
)
def test_an_act_that_cannot_stand_is_refused_in_words(wrong, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        act_of({**TEA, **wrong}, own=True)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({**OFFER, "depth": 0}, "has a depth"),
        ({**OFFER, "depth": 0.96}, "depth is 0.96"),
        ({**OFFER, "letters": {"en": ["Ten", "Ten off with {code}"]}}, "does not name {until}"),
        ({**OFFER, "kind": "voucher", "depth": 0, "taken": {"amount": 5}}, "needs the least order"),
        ({**CALM, "given": {"amount": 5}}, "costs nothing before"),
    ],
)
def test_what_is_taken_by_a_code_is_checked_too(told, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        act_of(told, own=True)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({**TEA, "given": {"share": 5.0}}, "more than a whole basket"),
        ({**VOUCHER, "least": {"amount": 5}}, "no larger than what is taken off"),
        ({**VOUCHER, "taken": {"share": 0.5}, "least": {"share": 0.5}}, "no larger than"),
    ],
)
def test_a_new_act_gives_nothing_away_by_a_slip(told, words: str) -> None:
    assert act_of(told, own=True).own  # an old one is still read, so that its shop goes on
    with pytest.raises(BadInput, match=words):
        act_to_add(told)


def test_a_sensible_voucher_is_added() -> None:
    assert act_to_add({**VOUCHER, "least": {"amount": 6}}).name == "five"
    assert act_to_add({**VOUCHER, "least": {"share": 1.5}}).name == "five"


def test_an_own_act_says_what_the_merchant_wrote_braces_and_all() -> None:
    act = act_of({**TEA, "claim": "A {bag}\nof  <b>tea</b>"}, own=True)
    assert str(act.claim) == "A {bag} of <b>tea</b>"


def test_receipts_go_by_name_and_old_ones_by_kind_and_depth() -> None:
    mine = act_of({**OFFER, "depth": 0.1}, own=True)
    every = {**ACTS, "ten": mine}
    new = {"act": "offer", "act_name": "ten", "depth": 0.1}
    assert named(new, "act", every) is mine
    assert named({**new, "act_name": None}, "act", every) is ACTS["offer_10"]
    assert named({**new, "act_name": "gone"}, "act", every) is None
    assert str(claim({**new, "act_name": "gone"}, "act", every)) == (
        "An act that is not known any more"
    )
    old = {"runner_up": "offer", "runner_up_name": None, "runner_up_depth": 0.2}
    assert named(old, "runner_up", ACTS) is ACTS["offer_20"]


@given(st.floats(0, 1e9))
def test_amounts_for_all_are_round_and_never_more(amount: float) -> None:
    found = rounded(amount)
    assert found <= amount and (amount < 1 or found >= amount / 2)
    assert len(str(found).rstrip("0")) <= 2


def test_an_amount_of_the_merchants_goes_before_a_share() -> None:
    assert Worth(amount=1234).at(50_000) == 1234 and Worth(share=0.1).at(49_900) == 4_500
    assert Worth(amount=5_000).of(50_000) == 0.1 and not Worth()


def test_attention_counts_silences_and_complaints() -> None:
    assert measured_attention(0, 0) == 1.0
    assert measured_attention(500, 1) == 1.0
    assert measured_attention(500, 0) < 1 < measured_attention(500, 2)
    both, one = measured_attention(500, 1, 2), measured_attention(500, 2)
    assert both == one, "two complaints weigh as one wish for silence"


def test_a_file_that_does_not_begin_with_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="the first act is nothing"):
        shipped('[[act]]\nname = "thank"\nkind = "thank"\nclaim = "Thanks"')
    with pytest.raises(BadInput):
        acts.shipped("")
