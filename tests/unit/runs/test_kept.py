"""A view kept in an edition comes back as the same value, to the last penny and place."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.runs.first_page import Alert
from huitou.runs.kept import keep, recall
from huitou.runs.verdicts import ProofView
from huitou.runs.views import Range

text = st.text(st.characters(exclude_categories=["Cs"]))
money = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(["GBP", "JPY"]))
plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text | money
plain |= st.dates() | st.datetimes(timezones=st.just(UTC))
anything = st.recursive(
    plain, lambda inner: st.lists(inner).map(tuple) | st.dictionaries(text, inner), max_leaves=12
)


@given(anything)
def test_what_is_kept_is_recalled(value: object) -> None:
    assert recall(json.loads(json.dumps(keep(value)))) == value


@given(st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), plain))
def test_a_sentence_keeps_its_places(values: dict[str, object]) -> None:
    sentence = said("whatever", **values)
    back = recall(json.loads(json.dumps(keep(sentence))))
    assert isinstance(back, Sentence) and dict(back.values) == values


def test_a_view_keeps_its_name_and_everything_in_it() -> None:
    pound = Money(100, "GBP")
    proof = ProofView(
        programme="june", verdict="not_proven", words=(said("{n} more", n=3),), treated=9,
        held_out=1, effect=Range(pound, -pound, pound, 0.95), cost=pound, start=date(2011, 6, 10),
        until=None, weeks_needed=7, customers_needed=None,
    )  # fmt: skip
    assert recall(json.loads(json.dumps(keep(proof)))) == proof
    assert recall(keep((Alert("a", said("b"), "error"),)))[0].words.text == "b"


def test_what_could_not_be_read_back_is_refused() -> None:
    with pytest.raises(TypeError, match="set cannot be kept"):
        keep({1, 2})
    assert recall(keep(datetime(2024, 1, 1, tzinfo=UTC))) == datetime(2024, 1, 1, tzinfo=UTC)
