"""What a purchase model promises: a likelihood made of terms, from which the rest follows.

A model writes down the ways in which a history (x, t_x, T) may have come about. Fitting, the
chance to be alive, the chance of silence and the date of the next purchase are derived from
those terms in one place, `fitted.py`, for all models alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from numpy.typing import ArrayLike

from huitou.models.numbers import Array
from huitou.models.summary import Summary

Sums = tuple[float, Array, Array]
"""Of a log-likelihood over customers: value, gradient (p,) and Hessian (p, p) by log-parameters."""
Bend = Callable[[Array], Array]
"""Weights (ways, n) -> the Hessians of the ways, weighted and summed: (p, p)."""


@dataclass(frozen=True)
class Terms:
    """The ways a history may have come about: log-likelihoods, and derivatives on demand."""

    value: Array
    """Shape (ways, n)."""
    derive: Callable[[], tuple[Array, Bend]]
    """First derivatives by the *logarithms* of the p parameters, (p, ways, n), and second ones."""


class Model(Protocol):
    """A purchase model with p positive parameters."""

    @property
    def name(self) -> str:
        """What the literature calls it, such as `MBG/NBD`."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters, in order."""
        ...

    @property
    def scales(self) -> tuple[bool, ...]:
        """Which parameters are measured in time: they grow with its unit."""
        ...

    @property
    def living(self) -> int:
        """How many of the terms, from the first, are of customers who are alive at T."""
        ...

    @property
    def moves(self) -> Mapping[str, tuple[float, ...]]:
        """What a trait of customers may move, *rate* or *leaving*: as log-parameters, (p,).

        A trait that raises either raises how often they buy, or how readily they leave.
        """
        ...

    @property
    def part(self) -> int:
        """How many rows are best evaluated at a time, to stay in the processor's cache."""
        ...

    def start(self, s: Summary) -> Array:
        """Parameters to begin a fit with, from what is plain to see."""
        ...

    def shared(self, params: Array, x: Array, count: Array) -> Sums:
        """The factor of the likelihood that depends on x alone and multiplies every term.

        Its logarithm over the different `x`, each as often as `count` says, already summed.
        """
        ...

    def terms(self, params: Array, s: Summary) -> Terms:
        """The ways the history may have come about, those who are alive at T first."""
        ...

    def expected_alive(self, params: Array, s: Summary, h: ArrayLike) -> Array:
        """Expected purchase days in (T, T + h] of a customer who is alive at T."""
        ...
