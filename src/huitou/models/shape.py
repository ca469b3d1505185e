"""The shape of the forecast: who is likelier than whom, from one fit or from one fit a cohort.

Customers seen right at the start of the log were not won then: they are the regulars of the
time before it. Fitting them together with newcomers bends both, so a shape may fit the two
cohorts apart. What the shop as a whole will do is the `level`, learnt elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huitou.models.contract import Model
from huitou.models.fitted import Fitted, fit
from huitou.models.histories import Histories
from huitou.models.mbgnbd import MbgNbd
from huitou.models.numbers import Array, Index
from huitou.models.pareto import ParetoNbd
from huitou.models.summary import Summary, summarise

SMALLEST_COHORT = 200
"""A cohort below this size is not fitted by itself."""

Ask = Callable[[Fitted, Summary], Array]
"""A question to a fitted model: one answer a row of the summary."""


@dataclass(frozen=True)
class Candidate:
    """A way to make a shape: a model, for all customers together or for two cohorts apart."""

    model: Model
    by_cohort: bool

    @property
    def name(self) -> str:
        """What the card calls it."""
        return f"{self.model.name} by cohort" if self.by_cohort else self.model.name


CANDIDATES = (
    Candidate(MbgNbd(), False),
    Candidate(ParetoNbd(), False),
    Candidate(MbgNbd(), True),
    Candidate(ParetoNbd(), True),
)
"""The first is the default: used where no backtest is possible, and at a draw."""


@dataclass(frozen=True)
class Part:
    """One fitted cohort: its rows among all customers, and their places in its summary."""

    rows: NDArray[np.int64]
    place: Index
    summary: Summary
    fitted: Fitted


@dataclass(frozen=True)
class Shape:
    """Fitted models covering every customer once."""

    candidate: Candidate
    parts: tuple[Part, ...]
    customers: int

    def ask(self, question: Ask) -> Array:
        """The answer for every customer, shape (n,)."""
        answers = np.zeros(self.customers)
        for part in self.parts:
            answers[part.rows] = question(part.fitted, part.summary)[part.place]
        return answers

    def p_alive(self) -> Array:
        """Chance that each customer has not left for good."""
        return self.ask(lambda fitted, s: fitted.p_alive(s))

    def p_none(self, days: float) -> Array:
        """Chance that each customer does not buy in the coming days."""
        return self.ask(lambda fitted, s: fitted.p_none(s, days))

    def expected(self, days: float) -> Array:
        """Expected purchase days of each customer in the coming days."""
        return self.ask(lambda fitted, s: fitted.expected(s, days))

    def expected_alive(self, days: float) -> Array:
        """The same, of one who is alive."""
        return self.ask(lambda fitted, s: fitted.expected_alive(s, days))

    def expected_when_seen(self, days: float) -> Array:
        """The same of each customer on the evening of their last purchase, before any silence."""
        return self.ask(lambda fitted, s: fitted.expected(s.when_seen(), days))

    def days_until(self, chance: float, longest: int) -> Index:
        """Days until the chance to have bought reaches `chance`; -1 for not within `longest`."""
        days = self.ask(
            lambda fitted, s: fitted.days_until(s, chance, longest=longest).astype(np.float64)
        )
        return days.astype(np.int64)

    def own_weight(self) -> Array:
        """Weight of a customer's own history against the shop's in their rate, T / (alpha + T)."""

        def weight(fitted: Fitted, s: Summary) -> Array:
            share: Array = s.T / (fitted.params["alpha"] + s.T)
            return share

        return self.ask(weight)

    def spread(self, question: Ask, groups: Array) -> Array:
        """Sd, from the uncertainty of parameters alone, of sums of answers.

        `groups` holds the weight of each customer in each sum, shape (k, n); the result is (k,).
        Delta method with forward differences; cohorts are independent.
        """
        variance = np.zeros(len(groups))
        for part in self.parts:
            slopes = _slopes(part, question)
            summed = groups[:, part.rows] @ slopes[part.place]
            variance += np.einsum("ki,ij,kj->k", summed, part.fitted.covariance, summed)
        sd: Array = np.sqrt(np.maximum(variance, 0.0))
        return sd

    def spread_each(self, question: Ask) -> Array:
        """The same for each customer's own answer, shape (n,)."""
        sd = np.zeros(self.customers)
        for part in self.parts:
            slopes = _slopes(part, question)
            variance = np.einsum("ni,ij,nj->n", slopes, part.fitted.covariance, slopes)
            sd[part.rows] = np.sqrt(np.maximum(variance, 0.0))[part.place]
        return sd

    @property
    def params(self) -> Mapping[str, float]:
        """Parameters by name; those of the log's first customers carry `_first`."""
        if len(self.parts) == 1:
            return self.parts[0].fitted.params
        first, others = self.parts
        renamed = {f"{name}_first": value for name, value in first.fitted.params.items()}
        return {**others.fitted.params, **renamed}


def shape(candidate: Candidate, known: Histories) -> Shape:
    """Fit a candidate to what is known of the customers."""
    split = candidate.by_cohort and can_split(known)
    everyone = np.ones(len(known), dtype=bool)
    cohorts = [known.left_censored, ~known.left_censored] if split else [everyone]
    return Shape(
        candidate, tuple(_part(candidate.model, known, who) for who in cohorts), len(known)
    )


def can_split(known: Histories) -> bool:
    """Whether both cohorts are large enough to be fitted by themselves."""
    first = int(known.left_censored.sum())
    return min(first, len(known) - first) >= SMALLEST_COHORT


def _part(model: Model, known: Histories, who: NDArray[np.bool_]) -> Part:
    rows = np.flatnonzero(who)
    summary, place = summarise(known.x[rows], known.t_x[rows], known.T[rows])
    return Part(rows, place, summary, fit(model, summary))


def _slopes(part: Part, question: Ask) -> Array:
    """Derivatives of the answers by log-parameters, shape (rows of the summary, p)."""
    step = 1e-5
    here, theta = question(part.fitted, part.summary), part.fitted.theta
    moved = [part.fitted.moved(theta + step * axis) for axis in np.eye(len(theta))]
    return np.stack([(question(at, part.summary) - here) / step for at in moved], axis=1)
