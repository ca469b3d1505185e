"""Suspects: evidence moves posteriors the right way, and no evidence leaves them unknown."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.care.reasons import WHYS
from huitou.facts.contract import EVIDENCE as EVIDENCE_COLUMNS
from huitou.models.causes import CAUSES, CLUES, NO_CAUSE, QUESTIONS, WORDS, causes

QUIET = {
    "returned_near_end": 0.0,
    "price_rise": 0.0,
    "gone_share": 0.0,
    "regularity": 1.0,
    "one_purchase": False,
    "season_gift": False,
}
SCHEMA = pa.schema(
    [("person_id", pa.string())]
    + [(name, pa.bool_() if isinstance(v, bool) else pa.float64()) for name, v in QUIET.items()]
)


def posteriors(**evidence):
    table = pa.Table.from_pylist([{"person_id": "p", **QUIET, **evidence}], schema=SCHEMA)
    return {row["cause"]: row["posterior"] for row in causes(table).to_pylist()}


@pytest.mark.parametrize(
    ("evidence", "suspect"),
    [
        ({"returned_near_end": 0.6}, "returned_goods"),
        ({"price_rise": 0.25}, "price"),
        ({"gone_share": 0.8}, "assortment"),
        ({"regularity": 0.3}, "habit_stopped"),
        ({"one_purchase": True, "regularity": None}, "never_hooked"),
        ({"season_gift": True}, "gift_season"),
        ({}, "unknown"),
    ],
)
def test_the_first_suspect_is_the_one_the_evidence_names(evidence, suspect):
    found = posteriors(**evidence)
    assert next(iter(found)) == suspect
    assert found[suspect] < 0.9, "orders alone never convict"


EVIDENCE = st.fixed_dictionaries(
    {
        "returned_near_end": st.none() | st.floats(0, 2),
        "price_rise": st.none() | st.floats(-3, 3),
        "gone_share": st.none() | st.floats(0, 1),
        "regularity": st.none() | st.floats(0, 5),
        "one_purchase": st.none() | st.booleans(),
        "season_gift": st.none() | st.booleans(),
    }
)


@given(EVIDENCE)
def test_posteriors_add_up_to_one_and_lie_in_their_intervals(evidence):
    table = pa.Table.from_pylist([{"person_id": "p", **evidence}], schema=SCHEMA)
    rows = causes(table).to_pylist()
    known = {name for name, value in evidence.items() if value is not None}
    judged = {clue.cause for clue in CLUES if clue.evidence in known}
    assert {row["cause"] for row in rows} == judged | {"unknown"} and len(rows) == len(judged) + 1
    assert sum(row["posterior"] for row in rows) == pytest.approx(1)
    assert all(0 <= row["low"] <= row["posterior"] <= row["high"] <= 1 for row in rows)
    shown = [row["posterior"] for row in rows]
    assert shown == sorted(shown, reverse=True)


@given(EVIDENCE, st.floats(0, 1), st.floats(0, 1))
def test_more_returns_never_make_returns_less_suspect(evidence, one, other):
    less, more = sorted((one, other))
    before, after = (posteriors(**{**evidence, "returned_near_end": v}) for v in (less, more))
    assert before["returned_goods"] <= after["returned_goods"] + 1e-12


def test_unknown_evidence_leaves_the_priors():
    people = [{"person_id": "p"}, {"person_id": "another", **QUIET}]
    told = causes(pa.Table.from_pylist(people, schema=SCHEMA)).to_pylist()
    found = {row["cause"]: row["posterior"] for row in told if row["person_id"] == "p"}
    shown = {clue.cause for clue in CLUES if clue.evidence in QUIET}
    priors = {cause.code: cause.prior for cause in CAUSES if cause.code in shown}
    assert found == pytest.approx({**priors, "unknown": 1 - sum(priors.values())})
    assert max(found, key=found.get) == "unknown"


def test_a_cause_of_which_nothing_is_known_is_no_suspect():
    found = posteriors(price_rise=None, gone_share=None, returned_near_end=None)
    assert not {"price", "assortment", "returned_goods"} & set(found)
    assert sum(found.values()) == pytest.approx(1)
    assert found["unknown"] > posteriors()["unknown"]


def test_priors_add_up_and_everything_has_words_a_question_and_a_source():
    assert sum(cause.prior for cause in CAUSES) == pytest.approx(1)
    assert set(QUESTIONS) == set(WORDS) == {cause.code for cause in CAUSES}
    assert all(cause.source for cause in CAUSES) and all(clue.source for clue in CLUES)
    traceless = {cause.code for cause in CAUSES if cause.prior == 0}
    assert {clue.cause for clue in CLUES} == set(QUESTIONS) - {"unknown"} - traceless
    assert traceless == {"moved", "ill", "no_longer_needed"}
    assert set(QUESTIONS) == set(WHYS) - (NO_CAUSE - {"unknown"})
    assert {clue.evidence for clue in CLUES} == set(EVIDENCE_COLUMNS.names) - {"person_id"}


def test_nobody_to_ask_about_is_an_empty_table():
    assert causes(SCHEMA.empty_table()).num_rows == 0
