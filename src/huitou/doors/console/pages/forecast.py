"""The forecast's card: how it did on this shop's own past."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from huitou.doors.console import drawing
from huitou.doors.console.visit import Member
from huitou.runs.views import BacktestRow, CardView, Decile, MetricView

routes = APIRouter()


@dataclass(frozen=True)
class Forecast:
    """The card, with its drawings, and the metrics with their definitions."""

    card: CardView
    deciles: tuple[tuple[Decile, drawing.Span, float], ...]
    backtests: tuple[tuple[BacktestRow, drawing.Span, float], ...]
    metrics: tuple[MetricView, ...]

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


def _deciles(card: CardView) -> tuple[tuple[Decile, drawing.Span, float], ...]:
    top = max((max(row.high, row.actual) for row in card.deciles), default=1.0) * 1.04
    return tuple(
        (
            row,
            drawing.span(row.low, row.predicted, row.high, 0, top),
            drawing.share_width(row.actual, top),
        )
        for row in card.deciles
    )


def _backtests(card: CardView) -> tuple[tuple[BacktestRow, drawing.Span, float], ...]:
    top = max((max(row.high, row.actual) for row in card.backtests), default=1.0) * 1.04
    return tuple(
        (
            row,
            drawing.span(row.low, row.predicted, row.high, 0, top),
            drawing.share_width(row.actual, top),
        )
        for row in card.backtests
    )
