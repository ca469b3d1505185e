"""Shapes learned from habits: where they help they are listened to, and where not, not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from huitou.models.backtest import log_loss
from huitou.models.blend import Gate, blended_chances, blended_days, gate, with_total
from huitou.models.forecast import LEAST_CUSTOMERS, Past, foresee
from huitou.models.habits import NUMBERS, habits, words_of
from huitou.models.histories import Origin
from huitou.models.score import Choice, score
from huitou.models.value import spending, worth

START, HORIZON = date(2023, 1, 1), 56


def clockwork(people, days, rng):
    """Half buy to the week, every so many weeks; half at random: a closed form sees no weeks."""
    every = rng.choice([14, 21, 28, 42], people)
    first = rng.integers(0, 60, people)
    quits = rng.geometric(1 / 500.0, people) + first
    bought = np.zeros((people, days), dtype=bool)
    for i in range(people):
        due = np.arange(first[i], days, every[i])
        due = due + (rng.integers(-1, 2, len(due)) if i % 2 else 0)
        bought[i, due[(due < min(days, quits[i])) & (due >= first[i])]] = True
        if i % 2 == 0:
            bought[i] = (rng.random(days) < 1 / every[i]) & (np.arange(days) < quits[i])
        bought[i, first[i]] = True
        bought[i, : first[i]] = False
    return bought


def at_random(people, days, rng):
    """Everybody buys as the closed form believes: nothing is to be learned."""
    first, rate = rng.integers(0, 60, people), rng.gamma(1.0, 1 / 30.0, people)
    leaves, quits = rng.beta(1.0, 8.0, people), np.zeros(people, dtype=bool)
    bought = np.zeros((people, days), dtype=bool)
    for day in range(days):
        buys = ~quits & (first <= day) & ((rng.random(people) < rate) | (first == day))
        quits |= buys & (rng.random(people) < leaves)
        bought[:, day] = buys
    return bought


class World:
    """Customers day by day, and the tables made of them."""

    def __init__(self, bought):
        self.bought = bought

    def customers(self, today):
        seen = self.bought[:, :today]
        own = [np.flatnonzero(row) for row in seen if row.any()]
        gaps = [np.diff(days) for days in own]
        ago = [today - 1 - days for days in own]

        def count(low, high):
            return [int(((each >= low) & (each < high)).sum()) for each in ago]

        n = len(own)
        return pa.table({
            "person_id": [f"p{i:05d}" for i in range(n)],
            "x": [len(days) - 1 for days in own],
            "t_x": [int(days[-1] - days[0]) for days in own],
            "T": [int(today - 1 - days[0]) for days in own],
            "purchase_days": [len(days) for days in own],
            "gap_mean": _real([each.mean() if len(each) else None for each in gaps]),
            "gap_sd": _real([each.std(ddof=1) if len(each) > 1 else None for each in gaps]),
            "last_gap": _real([float(each[-1]) if len(each) else None for each in gaps]),
            "typical_gap": [float(each.mean()) if len(each) else 30.0 for each in gaps],
            "bought_month": count(0, 28),
            "bought_month_before": count(28, 56),
            "bought_lately": count(0, 112),
            "bought_before": count(112, 224),
            "bought_long_before": count(224, 448),
            "spend_mean": np.full(n, 1000.0),
            "gross": [1000 * len(days) for days in own],
            "revenue": [1000 * len(days) for days in own],
            "margin_rate": np.full(n, 0.4),
            "left_censored": np.zeros(n, dtype=bool),
            "channel": ["web" if i % 3 else "till" for i in range(n)],
        })  # fmt: skip

    def came(self, today, days):
        known = self.bought[:, :today].any(axis=1)
        return self.bought[known, today : today + days].sum(axis=1)

    def past(self, today):
        days = range(today - HORIZON, 2 * HORIZON - 1, -HORIZON // 2)
        return Past([self.origin(day) for day in days], HORIZON)

    def origin(self, day):
        came = self.came(day, HORIZON)
        return Origin(START + timedelta(days=day), self.customers(day), HORIZON, came)


def _real(values):
    return pa.array(values, pa.float64())


TODAY = 330


@pytest.fixture(scope="module")
def regular():
    return World(clockwork(1300, TODAY + HORIZON, np.random.default_rng(5)))


@pytest.fixture(scope="module")
def foreseen(regular):
    return foresee(regular.customers(TODAY), START + timedelta(days=TODAY), regular.past(TODAY))


def test_where_habits_tell_more_they_are_listened_to_and_right(regular, foreseen):
    came = regular.came(TODAY, HORIZON) > 0
    assert foreseen.gate.is_open and foreseen.gate.moments == 2
    assert log_loss(foreseen.p_buy, came) < 0.96 * log_loss(foreseen.closed, came)


def test_the_level_stays_the_closed_forms(foreseen):
    assert foreseen.p_buy.sum() == pytest.approx(foreseen.closed.sum(), rel=1e-3)
    closed = foreseen.made.expected(HORIZON).sum() * foreseen.volume.factor()
    assert foreseen.expected.sum() == pytest.approx(closed, rel=1e-6)


def test_scores_dates_and_values_follow_what_was_learned(regular, foreseen):
    table, card = score(
        regular.customers(TODAY),
        regular.past(TODAY),
        Choice(START + timedelta(days=TODAY), HORIZON),
    )
    assert np.array_equal(table["p_buy"].to_numpy(), foreseen.p_buy)
    mid = table["next_mid"].to_numpy(zero_copy_only=False)
    assert np.mean((mid <= HORIZON) == (foreseen.p_buy >= 0.5)) > 0.999
    assert card.ahead.predicted == pytest.approx(foreseen.p_buy.sum(), rel=1e-6)
    assert (table["days_low"].to_numpy() <= table["days_high"].to_numpy()).all()
    assert any("learning program" in str(sentence) for sentence in card.words)


def test_what_is_learned_of_a_silence_is_no_rate_at_which_anybody_bought(foreseen):
    assert foreseen.gate.is_open and foreseen.personal_volume.max() > 4
    paid, volume = spending(foreseen.known), foreseen.value_volume(365)
    told = worth(foreseen, paid, volume, 365)
    closed = worth(replace(foreseen, learned=None), paid, volume, 365)
    np.testing.assert_array_equal(told.then, closed.then)
    np.testing.assert_array_equal(told.if_kept, np.maximum(closed.if_kept, told.value))
    assert (told.value != closed.value).any()


def test_the_order_of_customers_does_not_matter_to_what_is_learned(regular, foreseen):
    mixed = np.random.default_rng(1).permutation(foreseen.known.x.size)
    past = regular.past(TODAY)
    shuffled = [
        Origin(each.as_of_day, each.customers.take(order), HORIZON, each.bought[order])
        for each in past.origins
        if (order := np.random.default_rng(2).permutation(each.customers.num_rows)) is not None
    ]
    again = foresee(
        regular.customers(TODAY).take(mixed), START + timedelta(days=TODAY), Past(shuffled, HORIZON)
    )
    np.testing.assert_allclose(again.p_buy, foreseen.p_buy[mixed], rtol=1e-6)


def test_an_earlier_moment_is_forecast_as_if_it_were_the_last(regular, foreseen):
    then = foreseen.then[0].forecast
    day = then.made.tempo.day
    alone = foresee(regular.customers((day - START).days), day, regular.past((day - START).days))
    np.testing.assert_array_equal(then.closed, alone.closed)


def test_small_shops_and_short_ones_go_by_the_closed_form():
    few = World(at_random(LEAST_CUSTOMERS - 1, TODAY, np.random.default_rng(1)))
    assert (
        foresee(few.customers(TODAY), START + timedelta(days=TODAY), few.past(TODAY)).learned
        is None
    )
    many = World(at_random(LEAST_CUSTOMERS + 1, 120, np.random.default_rng(1)))
    short = foresee(many.customers(110), START + timedelta(days=110), many.past(110))
    assert short.learned is None and not short.gate.is_open


def test_without_the_habits_nothing_is_learned(regular):
    bare = regular.customers(TODAY).drop_columns(["last_gap"])
    found = foresee(bare, START + timedelta(days=TODAY), regular.past(TODAY))
    assert found.learned is None
    np.testing.assert_array_equal(found.p_buy, found.closed)


def test_the_gate_asks_for_better_and_for_proof():
    assert not gate([]).is_open and not Gate(1, 0.5, 0.5).is_open
    assert gate([(0.5, 0.4), (0.5, 0.55)]).is_open
    assert not gate([(0.5, 0.4), (0.5, 0.65)]).is_open


def test_a_blend_keeps_the_total_and_lies_between():
    rng = np.random.default_rng(0)
    closed, other = rng.random(200), rng.random(200)
    both = blended_chances(closed, other)
    assert both.sum() == pytest.approx(closed.sum(), rel=1e-6)
    assert np.corrcoef(both, closed)[0, 1] > 0.6 and np.corrcoef(both, other)[0, 1] > 0.6
    np.testing.assert_allclose(blended_chances(closed, closed), closed, atol=1e-5)
    assert blended_days(closed, 3 * closed).sum() == pytest.approx(closed.sum())
    assert with_total(other, 50.0).sum() == pytest.approx(50.0, rel=1e-6)


def test_words_become_codes_the_same_at_every_moment(regular):
    table = regular.customers(TODAY)
    words = words_of(table)
    assert words == {"channel": ["web", "till"]}
    shown = habits(table.slice(0, 2), words)
    assert shown.kinds == ("channel",) and set(NUMBERS) <= set(shown.names)
    assert shown.values[:, shown.names.index("channel")].tolist() == [1.0, 0.0]
    unheard = habits(table.slice(0, 1), {"channel": ["post"]})
    assert unheard.values[0, unheard.names.index("channel")] == 1.0
