"""MBG/NBD: a customer may leave after each purchase, also the first (Batislam et al. 2007)."""

from __future__ import annotations

from huitou.models.betageo import BetaGeometric


class MbgNbd(BetaGeometric):
    """The default: exact, fast, and honest about customers who came once."""

    name = "MBG/NBD"
    first = 1
