"""Traits: who people are to the learner, on one scale at home and where a plan is made."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from huitou.decisions.audience import TRAITS, TRAITS_FROM, traits_of

FACTS = {
    "x": [3, None],
    "t_x": [90, 0],
    "T": [100, 400],
    "typical_gap": [2.0, 50.0],
    "bought_lately": [3, 0],
    "bought_before": [1, None],
}


def test_traits_by_hand():
    told = pa.table({**FACTS, "spend_mean": [5000.0, 0.2]})
    found = traits_of(told)
    assert found.shape == (2, len(TRAITS))
    # Ten days of silence are more than one gap: a gap counts as a week at least.
    by_hand = [np.log(11), np.log(4), np.log(101), np.log1p(10 / 7), np.log(5000), np.log(2)]
    assert found[0] == pytest.approx(by_hand)
    assert np.isnan(found[1, 1])
    assert found[1, 4] == 0.0
    assert np.isnan(found[1, 5])


def test_people_without_a_history_have_no_traits():
    assert traits_of(pa.table(FACTS)).shape == (2, 0)
    assert traits_of(pa.table({name: [1.0] for name in TRAITS_FROM})).shape == (1, 6)
