"""The forecast's card: how it did on this shop's own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.runs.forecast import BacktestRow, CardView, Decile
from huitou.runs.views import MetricView

routes = APIRouter()


@dataclass(frozen=True)
class Forecast:
    """The card, with its drawings, and the metrics with their definitions."""

    card: CardView
    deciles: tuple[tuple[Decile, drawing.Span, float | None], ...]
    backtests: tuple[tuple[BacktestRow, drawing.Span, float | None], ...]
    metrics: tuple[MetricView, ...]

    @property
    def ahead(self) -> drawing.Span | None:
        """Where the coming horizon's forecast stands among all customers."""
        coming = self.card.ahead
        if coming is None:
            return None
        return drawing.span(coming.low, coming.predicted, coming.high, 0, coming.customers)

    @property
    def hits(self) -> int:
        """Earlier moments whose outcome lay within the interval."""
        return sum(row.low <= row.actual <= row.high for row, _, _ in self.backtests)


@routes.get("/forecast")
def forecast(visit: Member) -> Response:
    """The page of the forecast's card."""
    card = visit.shop.card()
    page = Forecast(card, _deciles(card), _backtests(card), tuple(visit.shop.metrics()))
    return visit.page("forecast.html", page)


def _deciles(card: CardView) -> tuple[tuple[Decile, drawing.Span, float | None], ...]:
    top = _top(card.deciles)
    return tuple((row, _span(row, top), _outcome(row.actual, top)) for row in card.deciles)


def _backtests(card: CardView) -> tuple[tuple[BacktestRow, drawing.Span, float | None], ...]:
    top = _top(card.backtests)
    return tuple((row, _span(row, top), _outcome(row.actual, top)) for row in card.backtests)


def _top(rows: Sequence[Decile | BacktestRow]) -> float:
    return 1.04 * max((max(row.high, row.actual or 0) for row in rows), default=1.0)


def _span(row: Decile | BacktestRow, top: float) -> drawing.Span:
    return drawing.span(row.low, row.predicted, row.high, 0, top)


def _outcome(actual: int | None, top: float) -> float | None:
    return None if actual is None else drawing.share_width(actual, top)
