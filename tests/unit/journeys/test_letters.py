"""Every letter, in every language: whole, warm enough to have no hole, and safe from its values."""

from __future__ import annotations

import re
import string
from datetime import date

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from tests.unit.journeys import given

from huitou.decisions.acts import ACTS, TAKEN_KINDS, act_of
from huitou.ground.languages import LANGUAGES
from huitou.journeys.letters import LETTERS, MANNERS, PLACES, TOLD, USUAL
from huitou.journeys.messages import (
    LONGEST,
    Mended,
    Message,
    Offered,
    Sender,
    compose,
    decision_id,
    filled,
    plain,
    reduction,
)

KINDS = sorted({act.kind for act in ACTS.values()} - {"nothing"})
OFFERED = Offered("ABCDE23456", date(2026, 4, 1), 0.15, 2500, 9000)
OWN = {
    "surprise": {
        "name": "tea",
        "kind": "surprise",
        "claim": "A bag of tea",
        "given": {"amount": 9},
    },
    "upgrade": {"name": "wrap", "kind": "upgrade", "claim": "Wrapped", "taken": {"amount": 9}},
    "step_up": {"name": "gold", "kind": "step_up", "claim": "First row", "taken": {"amount": 9}},
}
"""What waits for the merchant's own words."""


def write(act: str, language: str, **facts: object) -> Message:
    receipt = {"plan_id": "plan", "act": act, "channel": "paper", "staff_minutes": 0.5}
    recipient = given.recipient("p0001", **{"language": language, **facts})
    sender = Sender("Corner Shop", "CNY", "en")
    offered = OFFERED if act in TAKEN_KINDS else None
    mended = Mended("the new courier asks before he leaves a parcel", said=True)
    own = act_of(OWN[act], own=True) if act in OWN else None
    return compose(receipt, recipient, sender, offered, mended if act == "mended" else None, own)


def test_every_act_has_a_letter_in_every_language() -> None:
    assert set(LETTERS) == {(kind, language) for kind in KINDS for language in LANGUAGES}
    assert set(MANNERS) == set(LANGUAGES)
    assert {act for act, _ in USUAL} <= set(KINDS)


@pytest.mark.parametrize("key", sorted(LETTERS), ids="-".join)
def test_letters_name_only_what_there_is(key: tuple[str, str]) -> None:
    letter = LETTERS[key]
    for text in (letter.subject, *letter.paragraphs):
        named = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        assert named <= PLACES


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("act", KINDS)
@pytest.mark.parametrize("usual", [("WHITE MUG", "RED BAG"), ()], ids=["known", "unknown"])
def test_no_letter_has_a_hole(act: str, language: str, usual: tuple[str, ...]) -> None:
    message = write(act, language, usual=usual, name=None)
    for text in (message.subject, message.body):
        assert text.strip() and not re.search(r"[{}]|None|  +| \.|,,", text)
    assert ("WHITE MUG" in message.body) == (bool(usual) and (act, language) in USUAL)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_an_offer_names_depth_end_code_and_most(language: str) -> None:
    message = write("offer", language)
    assert "ABCDE23456" in message.body and "2026" in message.body and "25.00" in message.body
    assert reduction(0.15, language).strip() in message.body
    assert MANNERS[language].leave_alone in message.body


def test_reductions_are_said_as_people_say_them() -> None:
    assert [reduction(d, "en") for d in (0.05, 0.1, 0.2)] == ["5% off", "10% off", "20% off"]
    assert [reduction(d, "zh-Hans").strip() for d in (0.05, 0.1, 0.15, 0.2)] == [
        "9.5 折",
        "9 折",
        "8.5 折",
        "8 折",
    ]


def test_a_person_is_written_to_in_their_language_or_in_the_shops() -> None:
    assert write("thank", "zh-Hant").language == "zh-Hant"
    assert write("thank", "fr").language == "en"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_word_of_a_fix_says_you_told_us_only_to_those_who_did(language: str) -> None:
    receipt = {"plan_id": "plan", "act": "mended", "channel": "paper", "staff_minutes": 0.5}
    to, sender = given.recipient("p0001", language=language), Sender("Corner Shop", "CNY", "en")
    said, unsaid = (
        compose(receipt, to, sender, mended=Mended("汤盒换了", said=told)).body
        for told in (True, False)
    )
    assert "汤盒换了" in said and "汤盒换了" in unsaid
    assert filled(TOLD[True, language], {"shop": "Corner Shop"}) in said
    assert filled(TOLD[True, language], {"shop": "Corner Shop"}) not in unsaid


def test_word_of_a_fix_without_the_fix_cannot_be_written() -> None:
    receipt = {"plan_id": "p", "act": "mended", "channel": "paper", "staff_minutes": 0.5}
    with pytest.raises(ValueError, match="cannot be written"):
        compose(receipt, given.recipient("p0001"), Sender("Shop", "CNY"))


def test_an_offer_without_its_code_cannot_be_written() -> None:
    receipt = {"plan_id": "p", "act": "offer", "channel": "paper", "staff_minutes": 0.5}
    with pytest.raises(ValueError, match="cannot be written"):
        compose(receipt, given.recipient("p0001"), Sender("Shop", "CNY"))
    with pytest.raises(ValueError, match="cannot be written"):
        compose({**receipt, "act": "thank"}, given.recipient("p0001"), Sender("S", "CNY"), OFFERED)


def test_what_is_put_in_is_not_read_again() -> None:
    assert filled("{a} {b}", {"a": "{b}", "b": "{a}"}) == "{b} {a}"
    message = write("remind", "en", usual=("{code} {0.__class__}",), name="{shop}")
    assert "Dear {shop}," in message.body and "{0.__class__}" in message.body


@forall(st.text())
def test_names_become_one_harmless_line(name: str) -> None:
    line = plain(name)
    assert len(line) <= LONGEST and line == line.strip() and "  " not in line
    assert not any(ord(letter) < 32 or letter in "\u202e\u200b\u2028" for letter in line)
    assert plain(line) == line


def test_the_decisions_id_is_computed() -> None:
    assert decision_id("plan", "p") == decision_id("plan", "p") != decision_id("planp", "")
