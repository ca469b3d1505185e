"""Views become plain JSON: amounts in major units, sentences in the reader's language."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.money import Money
from huitou.ground.words import said
from huitou.runs.views import Lost, Range
from huitou.runs.written import written

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats()
    | st.text()
    | st.dates()
    | st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(["GBP", "JPY", "KWD"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    max_leaves=10,
)


@given(anything)
def test_whatever_it_is_json_can_hold_it(value: object) -> None:
    text = json.dumps(written(value), allow_nan=False)
    assert json.loads(text) == written(value)


def test_amounts_are_major_units_with_their_currency() -> None:
    assert written(Money(123456, "GBP")) == {"amount": 1234.56, "currency": "GBP"}
    assert written(Money(1234, "JPY")) == {"amount": 1234.0, "currency": "JPY"}


@given(st.integers(-(10**15), 10**15), st.sampled_from(["GBP", "CNY", "JPY", "KWD"]))
def test_no_penny_is_lost_on_the_way(minor: int, currency: str) -> None:
    amount = json.loads(json.dumps(written(Money(minor, currency))))["amount"]
    digits = {"JPY": 0, "KWD": 3}.get(currency, 2)
    assert round(amount * 10**digits) == minor


def test_an_estimate_names_its_currency_once() -> None:
    value = Range(Money(1000, "EUR"), Money(500, "EUR"), Money(2050, "EUR"))
    told = {"value": 10.0, "low": 5.0, "high": 20.5, "currency": "EUR"}
    assert written(value) == {**told, "level": 0.9}
    assert written(replace(value, level=0.95)) == {**told, "level": 0.95}


def test_a_view_brings_its_properties() -> None:
    lost = Lost(10, 90, 0.2, judged_before=8, came_back=2, since=date(2011, 6, 9))
    assert written(lost) == {
        "count": 10,
        "horizon_days": 90,
        "line": 0.2,
        "judged_before": 8,
        "came_back": 2,
        "since": "2011-06-09",
        "came_back_share": 0.25,
    }


def test_sentences_are_said_by_the_given_speaker() -> None:
    sentence = said("{n} customers", n=3)
    assert written(sentence) == "3 customers"
    assert written([sentence], say=lambda each: each.text.upper()) == ["{N} CUSTOMERS"]


def test_what_json_has_no_word_for_is_null() -> None:
    assert written([float("nan"), float("inf"), None]) == [None, None, None]


def test_moments_and_mappings_keep_their_meaning() -> None:
    @dataclass(frozen=True)
    class View:
        at: datetime
        acts: MappingProxyType[str, int]

    view = View(datetime(2011, 12, 9, tzinfo=UTC), MappingProxyType({"thank": 3}))
    assert written(view) == {"at": "2011-12-09T00:00:00+00:00", "acts": {"thank": 3}}
