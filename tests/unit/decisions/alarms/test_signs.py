"""When a rule rings, and when it keeps quiet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom
from tests.unit.decisions.alarms.given import FIRST, evening, mark, past, who

from huitou.decisions.alarms import signs
from huitou.decisions.alarms.past import Evening, Foreseen, Seen
from huitou.decisions.alarms.rules import RULES, rule
from huitou.ground.errors import HuitouError


def ringing(name: str, seen: Evening, **told: float) -> set[str]:
    found = rule(name)
    return who(seen.seen.past, found.sign(seen, found.told(told)).fires)


def test_one_number_of_days_rings_for_everybody_alike() -> None:
    of = past({"ann": [0, 5], "bob": [0, 40]})
    assert ringing("silent", evening(of, 60), days=50) == {"ann"}
    assert ringing("silent", evening(of, 95), days=50, fresh=30) == {"bob"}, "Ann's is no news"


def test_who_came_once_and_not_since_is_missed_after_the_days_told() -> None:
    of = past({"once": [0], "twice": [0, 3]})
    assert ringing("no_visit", evening(of, 29), days=30) == set()
    assert ringing("no_visit", evening(of, 30), days=30) == {"once"}
    assert ringing("no_visit", evening(of, 30 + 28), days=30) == {"once"}
    assert ringing("no_visit", evening(of, 30 + 29), days=30) == set(), "it crossed long ago"


def test_who_signed_up_and_never_bought_is_missed_too() -> None:
    of = past({"ann": [0, 5]}, 1000, "new")
    seen = evening(of, 40, mark("signed_up", "new", 5), mark("signed_up", "ann", 5))
    assert ringing("no_visit", seen, days=30) == {"new"}


def test_a_punctual_customer_is_missed_before_a_rare_one() -> None:
    weekly = [7 * n for n in range(20)]
    rare = [0, 60, 133]
    of = past({"weekly": weekly, "rare": rare})
    told = {"chance": 0.9, "top_share": 1.0, "visits": 3}
    assert ringing("rhythm_overdue", evening(of, 150), **told) == {"weekly"}


def test_only_the_largest_customers_are_watched_by_the_rule_for_them() -> None:
    visits = {f"p{n:02d}": [0, 10, 20] for n in range(40)}
    of = past({**visits, "big": [0, 10, 20, 21, 22, 23, 24]})
    assert ringing("big_silent", evening(of, 60), top_share=0.02, gaps=1, fresh=60) == {"big"}


def test_fewer_visits_is_the_exact_binomial_test() -> None:
    of = past({"ann": [0, *range(5, 100, 5), 110]})
    seen = evening(of, 140).seen
    chance, expected = signs.fewer_than_usual(seen, 40)
    # 20 visits after the first, of which one fell into the last 40 of 140 days.
    assert chance[0] == pytest.approx(binom.cdf(1, 20, 40 / 140))
    assert expected[0] == pytest.approx(19 / 100 * 40)


def test_falling_usage_rings_for_who_still_comes_but_less() -> None:
    steady = list(range(0, 200, 5))
    falling = [*range(0, 140, 5), 170]
    gone = list(range(0, 140, 5))
    of = past({"steady": steady, "falling": falling, "gone": gone})
    told = {"days": 56, "top_share": 1.0}
    assert ringing("usage_falling", evening(of, 199), **told) == {"falling"}


def test_steady_customers_seldom_ring_by_luck() -> None:
    lot = np.random.default_rng(7)
    people = {
        f"p{n}": sorted(set(lot.integers(0, 365, lot.integers(8, 60)).tolist())) for n in range(400)
    }
    seen = evening(past(people), 364)
    fired = ringing("usage_falling", seen, top_share=1.0, chance=0.01)
    assert len(fired) <= 400 * 0.015


def test_an_unanswered_complaint_rings_once_it_is_due() -> None:
    of = past({"ann": [0], "bob": [0]})
    late = mark("complaint", "ann", 10, due=12)
    answered = mark("complaint", "bob", 10, due=12, until=11)
    assert ringing("complaint_overdue", evening(of, 11, late, answered)) == set()
    assert ringing("complaint_overdue", evening(of, 12, late, answered)) == {"ann"}


def test_a_payment_made_good_is_not_rung_about() -> None:
    of = past({"ann": [0], "bob": [0, 12], "cat": [0]})
    failed = [mark("payment_failed", name, 10) for name in ("ann", "bob")]
    paid = mark("payment_failed", "cat", 10, until=11)
    assert ringing("payment_failed", evening(of, 13, *failed, paid)) == {"ann"}


def test_a_new_booking_makes_up_for_a_missed_one() -> None:
    of = past({"ann": [0], "bob": [0]})
    missed = [mark("no_show", name, 10) for name in ("ann", "bob")]
    seen = evening(of, 12, *missed, mark("booking", "bob", 20, known=11))
    assert ringing("no_show", seen) == {"ann"}


def test_an_unfinished_pack_rings_where_nothing_is_booked() -> None:
    of = past({"ann": [0], "bob": [0], "cat": [0]})
    sold = [mark("pack_sold", name, 0) for name in ("ann", "bob", "cat")]
    used = [mark("pack_used", "ann", 3), *(mark("pack_used", "cat", n) for n in range(1, 3))]
    booked = mark("booking", "bob", 60, known=10)
    told = {"uses": 2, "days": 21}
    seen = evening(of, 30, *sold, *used, booked)
    assert ringing("pack_unfinished", seen, **told) == {"ann"}


def foreseen(of: Any, before: list[float], now: list[float]) -> Foreseen:
    nothing = np.full(len(of), np.nan)
    return Foreseen(np.array(now), np.array(before), FIRST, nothing, nothing, nothing)


def test_what_time_alone_explains_does_not_ring() -> None:
    of = past({f"p{n}": [0, 10] for n in range(4)})
    everybody_falls = foreseen(of, [0.8] * 4, [0.5] * 4)
    seen = Evening(Seen(of, FIRST + 30), (), everybody_falls)
    assert ringing("model_drop", seen, top_share=1.0, drop=0.05) == set()
    one_falls = foreseen(of, [0.8] * 4, [0.8, 0.8, 0.8, 0.2])
    seen = Evening(Seen(of, FIRST + 30), (), one_falls)
    assert ringing("model_drop", seen, top_share=1.0, drop=0.15) == {"p3"}


def test_without_a_forecast_its_rules_keep_quiet() -> None:
    of = past({"ann": [0, 10]})
    for name in ("model_drop", "forecast_low"):
        assert ringing(name, evening(of, 300), top_share=1.0) == set()


@pytest.mark.parametrize("name", RULES)
def test_a_parameter_out_of_its_range_is_refused_in_words(name: str) -> None:
    for each in RULES[name].parameters:
        with pytest.raises(HuitouError, match="must lie between"):
            RULES[name].told({each.name: each.most + 1})
    with pytest.raises(HuitouError, match="has no parameter"):
        RULES[name].told({"colour": 1})


@pytest.mark.parametrize("name", RULES)
def test_nobody_rings_in_a_shop_without_customers(name: str) -> None:
    of = past({})
    assert ringing(name, evening(of, 0)) == set()
