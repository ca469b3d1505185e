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
from huitou.models.season import Tempo
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
    """Fitted models covering every customer once, and the tempo in which they count time."""

    candidate: Candidate
    parts: tuple[Part, ...]
    customers: int
    tempo: Tempo

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
        ahead = self.tempo.ahead(days)
        return self.ask(lambda fitted, s: fitted.p_none(s, ahead))

    def expected(self, days: float) -> Array:
        """Expected purchase days of each customer in the coming days."""
        ahead = self.tempo.ahead(days)
        return self.ask(lambda fitted, s: fitted.expected(s, ahead))

    def expected_alive(self, days: float) -> Array:
        """The same, of one who is alive."""
        ahead = self.tempo.ahead(days)
        return self.ask(lambda fitted, s: fitted.expected_alive(s, ahead))

    def expected_when_seen(self, days: float) -> Array:
        """The same of each customer on the evening of their last purchase, before any silence."""
        ahead = self.tempo.ahead(days)
        return self.ask(lambda fitted, s: fitted.expected(s.when_seen(), ahead))

    def days_until(self, chance: Array | float, longest: int) -> Index:
        """Days until the chance to have bought reaches `chance`; -1 for not within `longest`.

        `chance` is one for all, or one a customer.
        """
        beats, most = np.zeros(self.customers, dtype=np.int64), int(self.tempo.ahead(longest))
        for part in self.parts:
            if np.ndim(chance):
                each, wanted = part.summary.rows(part.place), np.asarray(chance)[part.rows]
                beats[part.rows] = part.fitted.days_until(each, wanted, longest=most)
            else:
                found = part.fitted.days_until(part.summary, chance, longest=most)
                beats[part.rows] = found[part.place]
        return self.tempo.until(beats)

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
        """Parameters by name, times in usual days; those of the log's first carry `_first`."""
        told = [_in_days(part.fitted, self.tempo.season.beats) for part in self.parts]
        if len(told) == 1:
            return told[0]
        first, others = told
        return {**others, **{f"{name}_first": value for name, value in first.items()}}


def _in_days(fitted: Fitted, beats: int) -> dict[str, float]:
    scaled = zip(fitted.params.items(), fitted.model.scales, strict=True)
    return {name: value / beats if time else value for (name, value), time in scaled}


def shape(candidate: Candidate, known: Histories, tempo: Tempo) -> Shape:
    """Fit a candidate to what is known of the customers, in the shop's tempo."""
    split = candidate.by_cohort and can_split(known)
    everyone = np.ones(len(known), dtype=bool)
    cohorts = [known.left_censored, ~known.left_censored] if split else [everyone]
    t_x, watched = tempo.lived(known)
    parts = [_part(candidate.model, known.x[who], t_x[who], watched[who], who) for who in cohorts]
    return Shape(candidate, tuple(parts), len(known), tempo)


def can_split(known: Histories) -> bool:
    """Whether both cohorts are large enough to be fitted by themselves."""
    first = int(known.left_censored.sum())
    return min(first, len(known) - first) >= SMALLEST_COHORT


def _part(model: Model, x: Array, t_x: Array, T: Array, who: NDArray[np.bool_]) -> Part:
    summary, place = summarise(x, t_x, T)
    return Part(np.flatnonzero(who), place, summary, fit(model, summary))


def _slopes(part: Part, question: Ask) -> Array:
    """Derivatives of the answers by log-parameters, shape (rows of the summary, p)."""
    step = 1e-5
    here, theta = question(part.fitted, part.summary), part.fitted.theta
    moved = [part.fitted.moved(theta + step * axis) for axis in np.eye(len(theta))]
    return np.stack([(question(at, part.summary) - here) / step for at in moved], axis=1)
