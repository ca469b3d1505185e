"""MBG/CNBD-k: MBG/NBD for customers who buy regularly (Platzer, Reutterer 2016; Reutterer 2021).

A household that orders every other week has gaps that lie closer together than chance would have
them: here a purchase is each k-th beat of a Poisson clock. k = 1 is `MbgNbd`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lgamma

from huitou.models.betageo import BetaGeometric
from huitou.models.fitted import Fitted, fit
from huitou.models.summary import Summary

MOST_REGULAR = 4
"""Beyond it published shops do not go, and chances become sharper than they deserve."""


class MbgCnbd(BetaGeometric):
    """Best for expected purchases; its chances to buy are too sharp and want calibration."""

    first = 1

    def __init__(self, k: int) -> None:
        self.k = k
        self.name = f"MBG/CNBD-{k}"


def regularity(
    s: Summary, log_gaps: float, *, most: int = MOST_REGULAR, prior_sd: float | None = 5.0
) -> Sequence[tuple[Fitted, float]]:
    """Fits for k = 1 … `most`, likeliest first, each with the log-likelihood of every gap.

    `log_gaps` is the sum over all customers and all their gaps between purchase days of log gap,
    in the unit of `s`; given k, nothing else of the gaps matters.
    """
    bought = float(s.x @ s.count)
    found = []
    for k in range(1, most + 1):
        fitted = fit(MbgCnbd(k), s, prior_sd=prior_sd)
        found.append((fitted, fitted.loglik + (k - 1) * log_gaps - bought * lgamma(k)))
    return sorted(found, key=lambda each: -each[1])
