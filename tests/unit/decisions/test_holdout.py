"""The lot: the same for ever, whoever joins, and fair."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from huitou.decisions.holdout import Holdout
from huitou.ground.errors import HuitouError

KEYS = [f"member {i}" for i in range(20_000)]
HELD_FOR_EVER = [f"member {i}" for i in (11, 25, 28, 53, 70, 81, 99)]


@pytest.mark.parametrize("share", [0.01, 0.05, 0.5])
def test_the_share_lies_within_binomial_error(share: float) -> None:
    low, high = binom.ppf([0.0005, 0.9995], len(KEYS), share)
    assert low <= Holdout("salt", share).mask(KEYS).sum() <= high


@given(st.lists(st.text(), unique=True), st.lists(st.text()))
def test_a_person_stays_in_their_arm_when_others_join(keys: list[str], joined: list[str]) -> None:
    lot = Holdout("salt", 0.5)
    assert lot.mask(keys + joined)[: len(keys)].tolist() == lot.mask(keys).tolist()


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_smaller_hold_out_holds_nobody_new(key: str, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert Holdout("salt", large).holds(key) or not Holdout("salt", small).holds(key)


def test_none_and_all() -> None:
    assert not Holdout("salt", 0.0).mask(KEYS).any()
    assert Holdout("salt", 1.0).mask(KEYS).all()
    assert Holdout("salt").mask([]).shape == (0,)


def test_another_programme_or_salt_is_another_independent_lot() -> None:
    first = Holdout("salt", 0.5).mask(KEYS)
    for other in (Holdout("salt", 0.5, "spring"), Holdout("pepper", 0.5)):
        assert (first & other.mask(KEYS)).mean() == pytest.approx(0.25, abs=0.02)


def test_the_lot_never_changes() -> None:
    """These were drawn once; a change would move people between arms of running programmes."""
    held = [key for key in KEYS[:100] if Holdout("salt", 0.1).holds(key)]
    assert held == HELD_FOR_EVER


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_lies_between_0_and_1(share: float) -> None:
    with pytest.raises(HuitouError, match="between 0 and 1"):
        Holdout("salt", share)
