"""Promises: taken at their word before any proof, and at what earlier ones kept after."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.decisions.effects.promise import MOST, Proof, trust
from huitou.decisions.plan import shrunk


def test_before_any_proof_a_promise_is_taken_at_its_word():
    found = trust([])
    assert found.share == pytest.approx(1.0)
    assert found.low < 0.3
    assert found.proofs == 0
    assert shrunk(1000, found.share) == pytest.approx(1000)


def test_promises_that_were_not_kept_shrink_the_next():
    found = trust([Proof(100.0, 20.0, 5.0)] * 4)
    assert 0.1 < found.share < 0.4
    assert shrunk(1000, found.share) < 400


def test_more_than_promised_never_raises_a_promise():
    found = trust([Proof(100.0, 170.0, 5.0)] * 4)
    assert found.share > 1.3
    assert shrunk(1000, found.share) == 1000


def test_a_proof_that_says_nothing_is_no_reason_to_distrust():
    assert trust([Proof(100.0, -300.0, 5000.0)]).share == pytest.approx(1.0, abs=0.02)


def test_one_campaign_alone_never_settles_it():
    found = trust([Proof(100.0, 0.0, 0.001)])
    assert found.share > 0.15
    assert found.high - found.low > 0.3


def test_the_truth_lies_inside_nine_times_in_ten():
    dice = np.random.default_rng(1)
    inside = []
    for _ in range(400):
        share = -1.0
        while not 0 < share < MOST:
            share = dice.normal(1.0, 0.5)
        promised = dice.uniform(50, 200, 5)
        sd = dice.uniform(10, 80, 5)
        kept = promised * (share + 0.3 * dice.normal(size=5)) + sd * dice.normal(size=5)
        found = trust([Proof(*row) for row in zip(promised, kept, sd, strict=True)])
        inside.append(found.low <= share <= found.high)
    assert 0.86 <= np.mean(inside) <= 0.94


amounts = st.floats(1, 1e6)


@given(st.lists(st.builds(Proof, amounts, st.floats(-1e6, 1e6), amounts), max_size=8))
def test_a_share_lies_within_its_interval_and_its_bounds(kept):
    found = trust(kept)
    assert 0 <= found.low <= found.share + 0.01
    assert found.share <= found.high + 0.01 <= MOST + 0.01
    assert found.proofs == len(kept)
    assert shrunk(100, found.share) <= 100


@given(amounts, st.floats(-1e5, 1e5))
def test_what_promised_nothing_counts_for_nothing(sd, proven):
    assert trust([Proof(0.0, proven, sd), Proof(-5.0, proven, sd)]) == trust([])
