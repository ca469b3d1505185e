"""The forecast's card as the doors show it: what is expected, and how it did on the past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huitou.ground.words import Sentence


@dataclass(frozen=True)
class BacktestRow:
    """One earlier moment: what was predicted, what happened."""

    origin: date
    horizon_days: int
    customers: int
    predicted: float
    low: float
    high: float
    actual: int
    log_loss: float
    naive_log_loss: float


@dataclass(frozen=True)
class Decile:
    """A tenth of the customers, by predicted chance to buy."""

    rank: int
    customers: int
    predicted: float
    low: float
    high: float
    actual: int


@dataclass(frozen=True)
class Tenth:
    """A tenth of the customers, by predicted chance to buy, before anybody knows what they do."""

    rank: int
    customers: int
    predicted: float
    low: float
    high: float


@dataclass(frozen=True)
class Ahead:
    """How many customers are expected to buy within the coming horizon, with the 90 % interval."""

    as_of: date
    horizon_days: int
    customers: int
    predicted: float
    low: float
    high: float
    tenths: tuple[Tenth, ...]


@dataclass(frozen=True)
class CardView:
    """The model's card: what it expects, and how it did on this shop's own past."""

    model: str
    parameters: Mapping[str, float]
    backtests: tuple[BacktestRow, ...]
    deciles: tuple[Decile, ...]
    words: tuple[Sentence, ...]
    prior_dominated: bool
    ahead: Ahead | None = None
