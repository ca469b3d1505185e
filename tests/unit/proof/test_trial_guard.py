"""A planned test whose act drives people away is seen; a harmless one is left in peace."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from scipy.stats import norm

from huitou.proof.harm import FALSE_STOPS, SHARES, Arm, look
from huitou.proof.trial_guard import enough, latest, line, looks_of, struck

DAY = date(2026, 3, 2)


def test_a_test_is_looked_at_once_a_week() -> None:
    assert [latest(DAY, DAY + timedelta(days=days)) for days in (0, 6, 7, 13, 14)] == [
        0, 0, 1, 1, 2,
    ]  # fmt: skip
    assert looks_of(DAY, DAY + timedelta(days=28)) == 4
    assert looks_of(DAY, DAY + timedelta(days=29)) == 5
    assert looks_of(DAY, DAY) == 1


def test_looks_and_acts_share_one_chance_of_a_false_stop() -> None:
    spent = sum(4 * 2 * norm.sf(line(outcome, 4, 2)) for outcome in SHARES)
    assert abs(spent - FALSE_STOPS) < 1e-9


def test_harm_is_found_and_named() -> None:
    fine, bad = (
        look("churn", Arm(300, 150), Arm(300, 150)),
        look("churn", Arm(300, 220), Arm(300, 150)),
    )
    assert struck({"thank": [fine], "call": [bad]}, 4) == ("call", "churn")
    assert struck({"thank": [fine]}, 4) is None
    assert struck({}, 4) is None


def test_harm_that_one_look_would_call_so_is_not_enough_of_many() -> None:
    some = look("churn", Arm(300, 180), Arm(300, 150))
    assert struck({"call": [some]}, 1) == ("call", "churn")
    assert struck({"call": [some]}, 20) is None


def test_a_harmless_test_is_hardly_ever_ended() -> None:
    dice, stops = np.random.default_rng(3), 0
    for _ in range(400):
        for week in (1, 2, 3, 4):
            people = 60 * week
            one, other = (Arm(people, int(dice.binomial(people, 0.4))) for _ in "ab")
            if struck({"thank": [look("churn", one, other)]}, 4):
                stops += 1
                break
    assert stops <= 0.05 * 400


def test_a_handful_says_nothing() -> None:
    assert not enough(Arm(19, 19), Arm(100, 0))
    assert not enough(Arm(100, 100), Arm(4, 0))
    assert enough(Arm(20, 0), Arm(5, 0))
