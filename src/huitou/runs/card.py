"""The forecast's card as the doors draw it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from huitou.models.card import Ahead as Coming
from huitou.models.card import Card, Tested
from huitou.models.card import Tenth as Tried
from huitou.runs.forecast import Ahead, BacktestRow, CardView, Decile, Tenth

EVENING = timedelta(days=1)
"""Models count from the first unknown day; people speak of the last known one."""


def card_view(card: Card) -> CardView:
    """A card with its dates as evenings and its deciles as rows."""
    return CardView(
        model=card.model,
        parameters={name: float(value) for name, value in card.params.items()},
        backtests=tuple(_backtest(row) for row in card.backtests),
        deciles=_deciles(card.deciles),
        words=card.words,
        prior_dominated=bool(card.prior_dominated),
        ahead=_ahead(card.ahead),
    )


def _ahead(coming: Coming) -> Ahead:
    return Ahead(
        as_of=coming.as_of - EVENING,
        horizon_days=coming.horizon_days,
        customers=coming.customers,
        predicted=float(coming.predicted),
        low=float(coming.low),
        high=float(coming.high),
        tenths=tuple(_tenth(tenth) for tenth in coming.tenths),
    )


def rhythm_of(card: Card) -> dict[str, Any]:
    """What curves of single customers are drawn from, as a plain value (see `models.curve`)."""
    return {
        "model": card.model,
        "params": {name: float(value) for name, value in card.params.items()},
        "day": card.ahead.as_of.isoformat(),
        "horizon_days": card.ahead.horizon_days,
        "weekly": list(card.season.weekly),
    }


def _backtest(row: Tested) -> BacktestRow:
    return BacktestRow(
        origin=row.origin - EVENING,
        horizon_days=row.horizon_days,
        customers=row.customers,
        predicted=float(row.predicted),
        low=float(row.low),
        high=float(row.high),
        actual=int(row.actual),
        log_loss=float(row.log_loss),
        naive_log_loss=float(row.naive_log_loss),
    )


def _deciles(tried: Sequence[Tried]) -> tuple[Decile, ...]:
    return tuple(Decile(**vars(_tenth(tenth)), actual=int(tenth.actual or 0)) for tenth in tried)


def _tenth(tried: Tried) -> Tenth:
    return Tenth(
        rank=tried.rank,
        customers=tried.customers,
        predicted=float(tried.predicted),
        low=float(tried.low),
        high=float(tried.high),
    )
