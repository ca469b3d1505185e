"""Scores of a simulated shop: true on average, the same whatever comes later, honest when small."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from tests.unit.models.worlds import Shop

from huitou.ground.errors import NotYet
from huitou.models.backtest import origin_days
from huitou.models.curve import Rhythm, Row
from huitou.models.forecast import Past
from huitou.models.histories import Origin, histories
from huitou.models.mbgnbd import MbgNbd
from huitou.models.score import SCORES, Choice, score
from huitou.models.season import NO_SEASON, Tempo
from huitou.models.shape import Candidate, shape

TODAY, HORIZON = 700, 120


@pytest.fixture(scope="module")
def shop():
    return Shop(seed=1)


def origins(shop, today=TODAY, horizon=HORIZON):
    days = [(day - shop.day(0)).days for day in origin_days(shop.day(0), shop.day(today), horizon)]
    return [
        Origin(shop.day(day), shop.customers(day), horizon, shop.bought(day, horizon))
        for day in days
    ]


@pytest.fixture(scope="module")
def scored(shop):
    return score(shop.customers(TODAY), origins(shop), Choice(shop.day(TODAY), HORIZON))


def column(table, name):
    return np.array(table.column(name).to_numpy(zero_copy_only=False), float)


def test_there_is_one_row_a_customer_in_their_order(shop, scored):
    table, _ = scored
    assert table.schema == SCORES
    assert table.column("person_id").equals(shop.customers(TODAY).column("person_id"))


def test_buyers_and_purchases_come_as_forecast_in_total_and_by_tenth(shop, scored):
    table, card = scored
    came = shop.bought(TODAY, HORIZON)
    assert card.ahead.low <= (came > 0).sum() <= card.ahead.high
    assert card.ahead.high - card.ahead.low < 0.7 * card.ahead.predicted, "narrow enough to use"
    assert card.ahead.predicted == pytest.approx(column(table, "p_buy").sum())
    order = np.argsort(-column(table, "p_buy"), kind="stable")
    inside = [
        part.low <= (came[rows] > 0).sum() <= part.high
        for part, rows in zip(card.ahead.tenths, np.array_split(order, 10), strict=True)
    ]
    assert sum(inside) >= 8
    assert column(table, "expected").sum() == pytest.approx(came.sum(), rel=0.25)


def test_next_purchase_days_are_in_order_and_agree_with_the_chance_to_buy(scored):
    table, _ = scored
    low, mid, high = (column(table, f"next_{name}") for name in ("low", "mid", "high"))
    assert (low <= mid)[~np.isnan(mid)].all() and (mid <= high)[~np.isnan(high)].all()
    p_buy = column(table, "p_buy")
    assert ((mid <= HORIZON) == (p_buy >= 0.5)).all()
    assert np.isnan(high).any(), "some will never reach nine in ten"


def test_values_lie_in_their_intervals_and_keeping_is_worth_more(scored):
    table, _ = scored
    value, low, high, kept = (
        column(table, name) for name in ("value", "value_low", "value_high", "value_if_kept")
    )
    assert (low <= value).all() and (value <= high).all() and (low >= 0).all()
    assert (kept >= value).all()
    assert (value <= kept * column(table, "p_alive") * 1.001 + 2).all()
    assert (column(table, "p_buy") <= column(table, "p_alive")).all()


def test_profit_comes_as_valued(shop, scored):
    table, card = scored
    table, _ = score(
        shop.customers(TODAY), origins(shop), Choice(shop.day(TODAY), HORIZON, value_days=HORIZON)
    )
    earned = sum(
        0.4 * shop.spends[i][(shop.days[i] >= TODAY) & (shop.days[i] < TODAY + HORIZON)].sum()
        for i in shop.known(TODAY)
    )
    assert column(table, "value_low").sum() < earned < column(table, "value_high").sum()
    assert card.volume.sd < 0.5


def test_later_rows_change_nothing(shop, scored):
    """An origin whose window reaches past today knows the future: it is not looked at."""
    table, card = scored
    late = Origin(shop.day(650), shop.customers(650), HORIZON, shop.bought(650, HORIZON))
    other = Origin(shop.day(TODAY), shop.customers(TODAY), HORIZON, shop.bought(TODAY, HORIZON))
    again, same = score(
        shop.customers(TODAY), [late, *origins(shop), other], Choice(shop.day(TODAY), HORIZON)
    )
    assert again.equals(table) and same == card


def test_the_order_of_customers_does_not_matter(shop, scored):
    table, _ = scored
    shuffled = np.random.default_rng(0).permutation(table.num_rows)
    again, _ = score(
        shop.customers(TODAY).take(shuffled), origins(shop), Choice(shop.day(TODAY), HORIZON)
    )
    for name in ("p_alive", "p_buy", "expected", "spend"):
        np.testing.assert_allclose(column(again, name), column(table, name)[shuffled], rtol=1e-6)


def test_the_card_says_how_far_to_trust_it(scored):
    _, card = scored
    assert len(card.backtests) >= 3 and len(card.deciles) == 10
    assert all(row.log_loss < row.naive_log_loss for row in card.backtests)
    assert card.coverage is not None and card.coverage >= 0.6
    assert card.ece is not None and card.ece < 0.1
    assert not card.prior_dominated
    assert sum(part.customers for part in card.deciles) == card.backtests[0].customers
    assert "earlier days" in str(card.words[1])
    assert all(str(sentence) for sentence in card.words)


def test_too_few_customers_are_told_in_a_sentence(shop):
    with pytest.raises(NotYet, match="30 customers, and 29 are known"):
        score(shop.customers(TODAY).slice(0, 29), [], Choice(shop.day(TODAY), HORIZON))


def test_thirty_customers_are_enough_and_the_card_knows_they_are_few(shop):
    table, card = score(shop.customers(TODAY).slice(0, 30), [], Choice(shop.day(TODAY), HORIZON))
    assert table.num_rows == 30 and card.backtests == () and card.ece is None
    assert "too short" in str(card.words[1])
    wide = card.ahead.high - card.ahead.low
    assert wide > 0.4 * card.ahead.predicted


def test_where_nobody_came_back_the_prior_speaks_and_says_so():
    once = Shop(seed=2, n=60, leave="mbg", a=50.0, b=0.5)
    table, card = score(once.customers(420), [], Choice(once.day(420), 90))
    assert card.prior_dominated and table.column("prior_dominated").to_pylist() == [True] * 60
    assert any("general experience" in str(sentence) for sentence in card.words)


def test_customers_younger_than_the_shops_own_rhythm_lean_on_the_shop(shop):
    customers = shop.customers(390)
    table, _ = score(customers, [], Choice(shop.day(390), 90))
    watched = column(customers, "T")
    leaning = column(table, "prior_dominated") > 0
    assert watched[leaning].max() <= watched[~leaning].min()


def with_column(table, name, values):
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(name), pa.array(values))


def test_a_single_huge_order_is_not_promised_again(shop, scored):
    customers = shop.customers(TODAY)
    once = int(np.flatnonzero(column(customers, "purchase_days") == 1)[0])
    spend, gross = column(customers, "spend_mean"), column(customers, "gross").astype(int)
    spend[once], gross[once] = spend.max() * 1000, int(spend.max() * 1000)
    huge = with_column(with_column(customers, "spend_mean", spend), "gross", gross)
    huge = with_column(huge, "revenue", gross)
    table, _ = score(huge, [], Choice(shop.day(TODAY), HORIZON))
    assert column(table, "spend")[once] < spend[once] / 100


def test_what_comes_back_as_returns_is_not_worth(shop):
    customers = shop.customers(TODAY)
    revenue = column(customers, "revenue").astype(int)
    revenue[7] = 0
    plain, _ = score(customers, [], Choice(shop.day(TODAY), HORIZON))
    returned, _ = score(
        with_column(customers, "revenue", revenue), [], Choice(shop.day(TODAY), HORIZON)
    )
    assert returned.column("value")[7].as_py() < 0.7 * plain.column("value")[7].as_py()


def test_a_shop_without_amounts_has_chances_but_no_value(shop):
    customers = shop.customers(TODAY)
    nothing = np.zeros(customers.num_rows)
    for name in ("gross", "revenue"):
        customers = with_column(customers, name, nothing.astype(int))
    table, _ = score(
        with_column(customers, "spend_mean", nothing), [], Choice(shop.day(TODAY), HORIZON)
    )
    assert column(table, "value").sum() == 0 and column(table, "p_buy").sum() > 0


def test_trials_are_remembered_between_moments_and_change_nothing(shop, scored):
    past = Past(origins(shop), HORIZON)
    earlier = Choice(shop.day(TODAY - 60), HORIZON)
    score(shop.customers(TODAY - 60), past, earlier)
    assert set(past.made) < {origin.as_of_day for origin in origins(shop)}
    again, same = score(shop.customers(TODAY), past, Choice(shop.day(TODAY), HORIZON))
    assert again.equals(scored[0]) and same == scored[1]


def test_a_curve_drawn_from_the_card_passes_through_the_chance_to_buy(shop, scored):
    table, card = scored
    drawn = Rhythm(card.model, card.params, shop.day(TODAY), HORIZON)
    for row in (0, 300, 700):
        one = shop.customers(TODAY).slice(row, 1).to_pylist()[0]
        x, t_x, T, first = (one[name] for name in ("x", "t_x", "T", "left_censored"))
        told = Row(x, t_x, T, table.column("p_buy")[row].as_py(), first)
        curve = drawn.chance_by(told, [1, HORIZON, 400])
        assert curve[1] == pytest.approx(told.p_buy, rel=1e-9)
        mid = table.column("next_mid")[row].as_py()
        if mid is not None:
            day_before, then = drawn.chance_by(told, [mid - 1, mid])
            assert day_before < 0.5 <= then + 1e-9
        assert (np.diff(curve) >= 0).all()


def test_cohorts_fitted_apart_keep_everybody_in_place():
    old = Shop(seed=6, n=900, arrivals=60)
    known, tempo = histories(old.customers(400)), Tempo(NO_SEASON, old.day(400))
    apart, together = (shape(Candidate(MbgNbd(), split), known, tempo) for split in (True, False))
    assert len(apart.parts) == 2 and len(together.parts) == 1
    assert "alpha_first" in apart.params and "alpha_first" not in together.params
    correlation = np.corrcoef(apart.expected(90), together.expected(90))[0, 1]
    assert correlation > 0.98
