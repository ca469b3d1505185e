"""Subscriptions: events become contracts, and what is said of those that run is borne out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.unit.models import boxes

from huitou.ground.errors import NotYet
from huitou.models.contracts import EVENTS, card, contracts, retention, scored

TODAY, HORIZON = date(2024, 6, 30), 3


def told(*rows):
    names = ("person_id", "kind", "product", "day", "until")
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], EVENTS)


def one(*rows, day=TODAY):
    return contracts(told(*rows), day).to_pylist()


JAN = date(2024, 1, 10)


@pytest.mark.parametrize(
    ("ended", "months"),
    [(date(2024, 1, 11), 1), (date(2024, 2, 10), 1), (date(2024, 2, 11), 2), (JAN, 1)],
)
def test_a_contract_ends_in_the_month_of_life_it_was_in(ended, months):
    (found,) = one(("a", "subscribed", "box", JAN, None), ("a", "cancelled", "box", ended, None))
    assert (found["months"], found["cause"], found["ended"]) == (months, 1, ended)


def test_a_payment_that_failed_is_another_end_than_a_wish():
    (found,) = one(("a", "subscribed", "box", JAN, None), ("a", "lapsed", "box", TODAY, None))
    assert found["cause"] == 2


def test_a_trial_is_no_contract_and_pauses_do_not_count():
    trial, paid = ("a", "trial_began", "box", JAN, None), ("a", "subscribed", "box", JAN, None)
    pause = ("a", "paused", "box", date(2024, 2, 1), date(2024, 4, 1))
    assert one(trial) == []
    assert one(trial, paid)[0]["months"] == 5
    assert one(trial, paid, pause)[0]["months"] == 3


def test_who_comes_again_has_a_new_contract():
    again = date(2024, 5, 1)
    found = one(
        ("a", "subscribed", "box", JAN, None), ("a", "cancelled", "box", date(2024, 3, 1), None),
        ("a", "subscribed", "box", again, None), ("a", "subscribed", "box", TODAY, None),
    )  # fmt: skip
    assert [(row["began"], row["cause"]) for row in found] == [(JAN, 1), (again, 0)]


def test_what_is_told_later_was_not_known():
    events = boxes.log(n=200)
    early = date(2023, 9, 30)
    known = events.filter(pa.compute.less_equal(events["day"], pa.scalar(early)))
    assert contracts(known, early).equals(contracts(events, early))


def test_too_few_are_refused_in_words():
    with pytest.raises(NotYet, match="contracts"):
        scored(contracts(told(("a", "subscribed", "box", JAN, None)), TODAY), TODAY, HORIZON)


@pytest.fixture(scope="module")
def shops():
    """Eight shops of a few hundred contracts, each tried on its own past."""
    return [card(boxes.log(seed, n=400), TODAY, HORIZON) for seed in range(8)]


def test_the_intervals_hold_what_came(shops):
    trials = [trial for shop in shops for trial in shop]
    held = np.mean([trial.low <= trial.actual <= trial.high for trial in trials])
    assert len(trials) > 60 and 0.85 <= held <= 0.99


@pytest.mark.parametrize("cause", ["voluntary", "payment"])
def test_the_chances_are_right_on_the_whole_and_better_than_one_for_all(shops, cause):
    trials = [trial for shop in shops for trial in shop if trial.cause == cause]
    predicted, actual = (sum(getattr(t, name) for t in trials) for name in ("predicted", "actual"))
    assert predicted == pytest.approx(actual, rel=0.12)
    loss, naive = (
        sum(getattr(t, name) * t.running for t in trials) for name in ("log_loss", "naive_log_loss")
    )
    assert loss < (naive if cause == "voluntary" else 1.01 * naive)


def test_who_wants_to_leave_is_told_apart_from_whose_card_fails():
    calm, broken = (
        scored(contracts(boxes.log(3, n=600, fails=fails), TODAY), TODAY, HORIZON)
        for fails in (0.002, 0.03)
    )
    for table in (calm, broken):
        for name in ("cancel", "payment"):
            low, p, high = (table[f"{each}"].to_numpy() for each in
                            (f"{name}_low", f"p_{name}", f"{name}_high"))  # fmt: skip
            assert ((low > 0) & (low <= p) & (p <= high) & (high < 1)).all()
    assert broken["p_payment"].to_numpy().mean() > 5 * calm["p_payment"].to_numpy().mean()


def test_the_curve_goes_on_where_the_log_ends():
    events = boxes.log(5, n=3000)
    early, late = date(2023, 6, 30), date(2024, 12, 31)
    found = retention(contracts(events, early), early)
    curve = np.array(found.curve)
    assert (np.diff(curve) < 0).all() and found.model in ("sBG", "BdW")
    assert sum(size for _, size, _ in found.cohorts) == contracts(events, early).num_rows
    # The oldest half a year of contracts, a year and a half later than anybody had seen them.
    then = retention(contracts(events, late), late).cohorts[:6]
    months = min(len(kept) for _, _, kept in then) - 1
    assert months >= 24
    kept = sum(size * share[months] for _, size, share in then) / sum(s for _, s, _ in then)
    assert curve[months] == pytest.approx(kept, abs=0.06)
