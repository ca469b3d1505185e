"""Our own harm: found when it is planted, hidden where people are few, and said in plain words."""

from __future__ import annotations

import numpy as np
import pytest

from huitou.decisions.acts import measured_attention
from huitou.proof.harm import (
    Arm,
    crossings,
    guard,
    hidden,
    look,
    look_at_profit,
    newcombe,
    words_of,
)
from huitou.proof.pressure import curve
from huitou.stats.sums import Moments


def test_a_campaign_that_many_ask_to_be_spared_is_stopped() -> None:
    looks = [[look("silence", Arm(500, hits), Arm(25, 0))] for hits in (3, 9, 21)]
    assert guard(looks[:1], [0.1]) is None
    assert guard(looks, [0.1, 0.2, 0.3]) == "silence"


def test_what_is_tolerated_is_not_stopped() -> None:
    looks = [[look("silence", Arm(1000, hits), Arm(50, 0))] for hits in (2, 5, 9)]
    assert crossings(looks, [0.3, 0.6, 1.0])["silence"] == ()


def test_customers_who_stay_away_stop_it() -> None:
    row = [[look("churn", Arm(900, gone), Arm(100, 50))] for gone in (700, 650)]
    assert guard(row, [0.5, 1.0]) == "churn"


def test_a_loss_of_profit_is_harm_and_a_gain_is_none() -> None:
    dice = np.random.default_rng(1)
    rich, poor = (Moments.of(dice.normal(mean, 10, 500)) for mean in (100, 90))
    assert look_at_profit(poor, rich).z > 5
    assert look_at_profit(rich, poor).z < -5


def test_an_empty_arm_says_nothing() -> None:
    assert look("churn", Arm(0, 0), Arm(0, 0)).z == 0.0
    assert look_at_profit(Moments(), Moments()).evidence == 0.0


@pytest.mark.parametrize(
    ("arms", "ends"),
    # Newcombe (1998), table II, method 10: 56/70 - 48/80 and 9/10 - 3/10 at 95 %.
    [((Arm(70, 56), Arm(80, 48)), (0.0524, 0.3339)), ((Arm(10, 9), Arm(10, 3)), (0.1705, 0.8090))],
)
def test_the_interval_is_newcombes(arms: tuple[Arm, Arm], ends: tuple[float, float]) -> None:
    found = newcombe(*arms, level=0.95)
    assert (found.low, found.high) == pytest.approx(ends, abs=0.0001)


def test_it_says_what_it_cost_and_what_could_hide() -> None:
    costly = look("churn", Arm(900, 650), Arm(100, 50))
    assert "cost 200 customers more than it kept" in str(words_of(costly, 900, 100, "GBP"))
    quiet = look("churn", Arm(90, 45), Arm(10, 5))
    assert "could hide" in str(words_of(quiet, 90, 10, "GBP"))
    assert "Too few" in str(words_of(look_at_profit(Moments(), Moments()), 1, 1, "GBP"))


def test_fewer_people_hide_more_harm() -> None:
    assert hidden(100, 10, 0.4) > hidden(1000, 100, 0.4) > hidden(10_000, 1000, 0.4)


def test_pressure_compares_equals() -> None:
    # Those who are meant three letters slip away more whatever is sent: no harm may be seen.
    dice = np.random.default_rng(2)
    n = 20_000
    meant = dice.integers(1, 4, n)
    held = dice.random(n) < 0.2
    stage = np.where(meant == 3, "slipping", "active")
    hit = dice.random(n) < 0.02 * meant
    null = curve(meant, held, list(stage), hit)
    assert [each.letters for each in null] == [1, 2, 3]
    assert all(0 in each.interval for each in null)
    planted = curve(meant, held, list(stage), hit | (~held & (dice.random(n) < 0.01 * meant)))
    assert planted[2].interval.low > 0
    assert planted[2].share - planted[2].share_control == pytest.approx(0.03, abs=0.015)


def test_a_dose_without_a_control_is_left_out() -> None:
    held = np.array([False, False, True])
    found = curve(np.array([1, 2, 1]), held, ["new"] * 3, np.array([True, True, False]))
    assert [each.letters for each in found] == [1]


def test_attention_moves_from_the_guess_to_the_measured() -> None:
    assert measured_attention(0, 0) == pytest.approx(1.0)
    assert measured_attention(500, 1) == pytest.approx(1.0)
    assert measured_attention(500, 0) == pytest.approx(0.5)
    assert measured_attention(100_000, 1000) == pytest.approx(5.0, rel=0.01)
