"""BG/NBD: a customer may leave after each *repeat* purchase (Fader, Hardie, Lee 2005)."""

from __future__ import annotations

from huitou.models.betageo import BetaGeometric


class BgNbd(BetaGeometric):
    """Anybody who bought once only is alive for certain: prefer `MbgNbd` for one-time buyers."""

    name = "BG/NBD"
    first = 0
