"""Keep, fix, stop, too early: each from the first thing that holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.proof.verdicts import STAGE_WORDS, STRUCK, Evidence, advise

PROVEN = Evidence(
    sign=1,
    is_over=True,
    applied=True,
    intact=True,
    sent=300,
    fair=True,
    enough=True,
    struck=None,
    harmed=None,
    gross_low=500,
    cost=200,
    paid_back=False,
    weeks=0,
    left=0,
    detectable=900,
    currency="GBP",
)

CASES: dict[str, tuple[dict[str, Any], str, str]] = {
    "proven": ({}, "keep", "proven"),
    "proven early": ({"is_over": False, "left": 6}, "keep", "proven"),
    "not begun": ({"applied": False}, "too_early", "nothing_applied"),
    "rewritten": ({"intact": False}, "fix", "rewritten"),
    "an unfair lot": ({"fair": False}, "fix", "unfair"),
    "driven away": ({"struck": "churn"}, "stop", "guardrail"),
    "profit lost": ({"struck": "profit"}, "stop", "guardrail"),
    "asked for silence": ({"struck": "silence"}, "fix", "guardrail"),
    "complained": ({"struck": "complaint"}, "fix", "guardrail"),
    "by hand": ({"struck": "by hand"}, "stop", "guardrail"),
    "a loss": ({"sign": -1, "gross_low": -900}, "stop", "harmful"),
    "never sent": ({"sent": 0, "sign": 0}, "fix", "nothing_sent"),
    "never sent yet": ({"sent": 0, "is_over": False, "left": 3}, "too_early", "too_early"),
    "one stage harmed": ({"harmed": "loyal"}, "fix", "segment"),
    "only brought forward": ({"paid_back": True}, "fix", "borrowed"),
    "eaten by costs": ({"sign": 0}, "fix", "costs"),
    "unclear": ({"sign": 0, "gross_low": -1, "weeks": 12}, "too_early", "unclear"),
    "running": (
        {"sign": 0, "is_over": False, "left": 4, "gross_low": None}, "too_early", "too_early",
    ),
    "too few": ({"enough": False, "sign": 0}, "too_early", "too_few"),
    "out of reach": ({"sign": 0, "gross_low": None, "weeks": None}, "too_early", "out_of_reach"),
    "out of reach, and running": (
        {"sign": 0, "is_over": False, "left": 4, "gross_low": None, "weeks": None},
        "too_early", "out_of_reach",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_has_its_word(name: str) -> None:
    changed, decision, code = CASES[name]
    found = advise(replace(PROVEN, **changed))
    assert (found.decision, found.code) == (decision, code)
    assert str(found.words)


def test_the_weeks_to_come_are_said() -> None:
    waiting = replace(PROVEN, sign=0, gross_low=None, is_over=False, left=4, weeks=2)
    assert "about 4 more weeks" in str(advise(waiting).words)
    assert "about 9 more weeks" in str(advise(replace(waiting, weeks=9)).words)


@given(
    st.builds(
        Evidence,
        sign=st.sampled_from([-1, 0, 1]),
        is_over=st.booleans(),
        applied=st.booleans(),
        intact=st.booleans(),
        sent=st.none() | st.integers(0, 5),
        fair=st.booleans(),
        enough=st.booleans(),
        struck=st.none() | st.sampled_from(sorted(STRUCK)),
        harmed=st.none() | st.sampled_from(sorted(STAGE_WORDS)),
        gross_low=st.none() | st.integers(-9, 9),
        cost=st.integers(0, 9),
        paid_back=st.booleans(),
        weeks=st.none() | st.integers(0, 99),
        left=st.integers(0, 52),
        detectable=st.none() | st.integers(1, 99),
        currency=st.just("GBP"),
    )
)
def test_nothing_is_kept_that_is_not_proven_and_no_harm_is_ever_kept(seen: Evidence) -> None:
    found = advise(seen)
    sound = seen.applied and seen.intact and seen.fair and seen.enough and seen.sent != 0
    if found.decision == "keep":
        assert seen.sign == 1 and sound and seen.struck is None and seen.harmed is None
    if seen.sign == -1 and sound and seen.struck is None:
        assert found.decision == "stop"
    assert str(found.words)
