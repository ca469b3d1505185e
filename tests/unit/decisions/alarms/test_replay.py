"""What a rule would have rung: one ring for one silence, right or wrong, early or late."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.decisions.alarms.given import FIRST, mark, past

from huitou.decisions.alarms.judged import NEVER, Judged, judge
from huitou.decisions.alarms.past import Past
from huitou.decisions.alarms.replay import Replay, matched, peer, replay
from huitou.decisions.alarms.rules import PEER, RULES

HORIZON = 28


def judged_by_hand(of: Past, last: int, lost: dict[tuple[str, int], int] | None = None) -> Judged:
    """Weekly evenings up to a day, with silences judged lost as told: (who, visit) -> day."""
    days = np.arange(FIRST + 7, FIRST + last + 1, 7, dtype=np.int64)
    lost_on = np.full(len(of.day), NEVER, dtype=np.int64)
    for (name, visit), day in (lost or {}).items():
        lost_on[of.start[of.people.index(name)] + visit] = FIRST + day
    nothing = np.full((len(days), len(of)), np.nan)
    return Judged(days, lost_on, nothing, nothing)


def replayed(of: Past, judged: Judged, **told: float) -> Replay:
    return replay(of, PEER, {"days": 21, "fresh": 365, **told}, judged, HORIZON)


def test_a_silence_rings_once_however_often_the_rule_is_asked() -> None:
    of = past({"gone": [0], "stays": list(range(0, 150, 5))})
    found = replayed(of, judged_by_hand(of, 100))
    assert (found.rings, found.left) == (1, 1)


def test_a_second_silence_rings_again() -> None:
    of = past({"ann": [0, 40, 90], "stays": list(range(0, 150, 5))})
    found = replayed(of, judged_by_hand(of, 120))
    # Rung on days 21, 63 and 112; she came back on 40 and 90, each within the horizon.
    assert (found.rings, found.left) == (3, 1)


def test_lead_is_the_days_from_the_ring_to_the_judgement() -> None:
    of = past({"gone": [0], "stays": list(range(0, 150, 5))})
    found = replayed(of, judged_by_hand(of, 100, {("gone", 0): 56}))
    assert found.lead == (35, 35, 35)
    assert (found.losses, found.caught, found.recall) == (1, 1, 1.0)


def test_a_ring_after_the_judgement_is_no_catch() -> None:
    of = past({"gone": [0], "stays": list(range(0, 150, 5))})
    found = replayed(of, judged_by_hand(of, 100, {("gone", 0): 14}))
    assert found.lead == (-7, -7, -7)
    assert (found.losses, found.caught) == (1, 0)


def test_who_came_back_within_the_horizon_was_rung_in_error() -> None:
    of = past({"back": [0, 45], "stays": list(range(0, 150, 5))})
    found = replayed(of, judged_by_hand(of, 40))
    assert (found.rings, found.left, found.precision) == (1, 0, 0.0)


def test_no_more_ring_in_a_week_than_the_rule_may_bring() -> None:
    of = past({f"p{n}": [0] for n in range(10)})
    assert replayed(of, judged_by_hand(of, 28), most=3).rings == 6, "days 21 and 28"


def test_the_sentence_says_how_often_and_how_many_had_left() -> None:
    of = past({f"p{n}": [0, 7 * (n % 4)] for n in range(60)})
    said = str(replayed(of, judged_by_hand(of, 70), most=100).words)
    assert said.startswith("This would have rung 6 times a week; 6 of 6 had left (between ")
    few = past({"gone": [0], "stays": list(range(0, 150, 5))})
    assert str(replayed(few, judged_by_hand(few, 100)).words).startswith(
        "In 14 weeks this would have rung 1 times; 1 of 1 had left"
    )


def test_a_rule_that_has_nothing_to_look_at_says_so() -> None:
    of = past({"ann": [0, 50]})
    rule = RULES["no_show"]
    blind = replay(of, rule, {}, judged_by_hand(of, 100), HORIZON)
    assert str(blind.words) == "Nothing that this rule looks at has been told here yet."
    told = replay(of, rule, {}, judged_by_hand(of, 100), HORIZON, [mark("no_show", "ann", 60)])
    assert told.rings == 1


def test_a_past_too_short_says_so() -> None:
    of = past({"ann": [0, 50]})
    assert "too short" in str(replay(of, PEER, {}, judged_by_hand(of, 0), HORIZON).words)


def test_the_one_number_rule_is_matched_in_how_often_it_rings() -> None:
    lot = np.random.default_rng(3)
    people = {f"p{n}": sorted(set(lot.integers(0, 300, 6).tolist())) for n in range(80)}
    of = past(people)
    judged = judged_by_hand(of, 270)
    done = replay(of, RULES["no_visit"], {"days": 60, "most": 1000}, judged, HORIZON)
    beside = matched(of, judged, done)
    assert done.rings > 0
    assert abs(beside.rings - done.rings) <= 0.15 * done.rings + 2
    assert peer(of, judged, HORIZON).told["days"] == 90


@pytest.fixture(scope="module")
def shop() -> Past:
    """Customers of whom a half stops half-way."""
    lot = np.random.default_rng(11)
    people = {}
    for n in range(120):
        until = 150 if n % 2 else 400
        gaps = lot.exponential(12, 60).round().astype(int) + 1
        days = np.cumsum(gaps) + int(lot.integers(0, 30))
        people[f"p{n:03d}"] = days[days < until].tolist()
    return past(people)


def test_judgements_do_not_change_when_the_future_does(shop: Past) -> None:
    whole = judge(shop, HORIZON, 0.2, FIRST + 390)
    kept = shop.day <= FIRST + 300
    who = np.repeat(np.arange(len(shop)), np.diff(shop.start))
    then = Past.from_arrays(shop.people, who[kept], shop.day[kept], shop.amount[kept])
    # The same evenings, looked at from an earlier day.
    early = judge(then, HORIZON, 0.2, FIRST + 390 - 70)
    shared = np.isin(whole.evenings, early.evenings)
    assert shared.sum() > 10
    assert early.evenings.tolist() == whole.evenings[: shared.sum()].tolist()
    before = early.evenings <= FIRST + 290
    np.testing.assert_allclose(early.buy[before], whole.buy[: shared.sum()][before])


def test_those_who_stopped_are_judged_lost_and_rung_before(shop: Past) -> None:
    judged = judge(shop, HORIZON, 0.2, FIRST + 395)
    told = {"chance": 0.6, "top_share": 1.0, "most": 1000}
    found = replay(shop, RULES["forecast_low"], told, judged, HORIZON)
    assert found.precision is not None and found.precision > 0.6
    assert found.recall is not None and found.recall > 0.8
    assert found.lead is not None and found.lead[1] > 0


def test_a_large_shop_is_replayed_on_some_of_its_customers(shop: Past) -> None:
    some = shop.some(50)
    assert 40 <= len(some) <= 60
    assert set(some.people) <= set(shop.people)
    first = shop.people.index(some.people[1])
    theirs = slice(some.start[1], some.start[2])
    assert some.day[theirs].tolist() == shop.day[shop.start[first] : shop.start[first + 1]].tolist()
