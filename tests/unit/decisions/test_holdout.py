"""The lot: the same for ever, whoever joins, and fair."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from huitou.decisions.holdout import FIRST_OWN_YEAR, UNIVERSAL, Holdout, universal
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


# the year's turn


def test_whoever_was_held_out_when_lots_began_to_turn_stays_so_until_the_year_is_over() -> None:
    last = date(FIRST_OWN_YEAR - 1, 12, 31)
    assert universal(last) == universal(date(2010, 6, 1)) == UNIVERSAL
    assert Holdout.of_the_year("salt", 0.1, last) == Holdout("salt", 0.1)
    assert universal(date(FIRST_OWN_YEAR, 1, 1)) == f"universal-{FIRST_OWN_YEAR}"


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.dates(), st.text(), st.lists(st.text()))
def test_within_a_year_nothing_moves_anybody(
    day: date, other: date, key: str, joined: list[str]
) -> None:
    """Whoever joins and however often it is started again: the lot is a function of the key."""
    same_year = date(day.year, other.month, min(other.day, 28))
    lot, again = (Holdout.of_the_year("salt", 0.3, each) for each in (day, same_year))
    assert lot == again
    assert lot.holds(key) == again.mask([*joined, key])[-1]


def test_each_year_draws_others_so_nobody_is_starved() -> None:
    years = range(FIRST_OWN_YEAR, FIRST_OWN_YEAR + 40)
    lots = [Holdout.of_the_year("salt", 0.1, date(year, 5, 1)) for year in years]
    held = sum(lot.mask(KEYS[:4_000]).astype(int) for lot in lots)
    assert held.mean() == pytest.approx(4.0, abs=0.1)
    assert held.max() <= binom.ppf(0.9999999, 40, 0.1)
    assert (lots[0].mask(KEYS) & lots[1].mask(KEYS)).mean() == pytest.approx(0.01, abs=0.003)
