"""Online Retail II as of 2011-06-09: who returned in the 183 days after, as forecast that day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from tests.known.logs import Log

pytestmark = pytest.mark.known
TODAY, HORIZON = date(2011, 6, 9), 183


@pytest.fixture(scope="module")
def log(data_file):
    return Log(data_file("online_retail_ii_dedup.parquet"))


@pytest.fixture(scope="module")
def scored(log):
    return log.scored(TODAY, HORIZON)


def test_returners_agree_with_the_forecast_within_its_interval(log, scored):
    _, card = scored
    returned = int((log.bought(TODAY, HORIZON) > 0).sum())
    assert card.ahead.customers == 4966
    assert card.ahead.low <= returned <= card.ahead.high
    assert card.ahead.predicted == pytest.approx(returned, rel=0.1)
    assert card.ahead.high - card.ahead.low < 0.45 * card.ahead.predicted, "an interval of use"


def test_every_tenth_agrees_within_its_interval(log, scored):
    table, card = scored
    bought = log.bought(TODAY, HORIZON)
    order = np.argsort(-table.column("p_buy").to_numpy(), kind="stable")
    for part, rows in zip(card.ahead.tenths, np.array_split(order, 10), strict=True):
        returned = int((bought[rows] > 0).sum())
        assert part.low <= returned <= part.high, part
        assert part.predicted == pytest.approx(returned, abs=0.08 * part.customers), part


def test_purchases_agree_too(log, scored):
    table, _ = scored
    came = log.bought(TODAY, HORIZON).sum()
    assert table.column("expected").to_numpy().sum() == pytest.approx(came, rel=0.1)


def test_the_forecast_beats_the_usual_rule_and_its_intervals_held_on_the_past(scored):
    _, card = scored
    ours = np.mean([row.log_loss for row in card.backtests])
    assert ours < np.mean([row.naive_log_loss for row in card.backtests])
    assert card.coverage == 1.0


def test_scores_are_the_same_whether_or_not_the_future_has_arrived(scored, data_file):
    ignorant = Log(data_file("online_retail_ii_dedup.parquet"))
    ignorant.forget(TODAY)
    table, card = ignorant.scored(TODAY, HORIZON)
    assert table.equals(scored[0]) and card == scored[1]


@pytest.mark.parametrize(
    ("file", "day", "horizon"),
    [
        ("groceryElog.parquet", date(2007, 7, 1), 182),
        ("groceryElog.parquet", date(2007, 10, 1), 91),
        ("cdnow_sample.parquet", date(1998, 3, 31), 91),
        ("cdnow_sample.parquet", date(1998, 1, 1), 91),
        ("online_retail_ii_dedup.parquet", date(2011, 6, 9), 91),
        ("online_retail_ii_dedup.parquet", date(2011, 9, 9), 91),
    ],
)
def test_totals_of_other_shops_and_windows_lie_in_their_intervals(data_file, file, day, horizon):
    """Ninety in a hundred should; these six all do."""
    other = Log(data_file(file))
    _, card = other.scored(day, horizon)
    returned = int((other.bought(day, horizon) > 0).sum())
    assert card.ahead.low <= returned <= card.ahead.high, card.ahead
