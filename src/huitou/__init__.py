"""huitou (回头): keep customers, notice who is leaving, win back those worth it, and prove it.

The folders are the chapters of one story, and a chapter reads only earlier ones:

    ground     the floor: clock, money, ids, errors, settings, registry, words
    stats      the arithmetic of evidence
    store      where things rest: the lake (analytics), the books (operations)
    sources    1 what arrives
    identity   2 who it is
    facts      3 what happened
    loyalty    4 what we owe
    care       5 what hurt
    models     6 what is likely
    decisions  7 what to do
    journeys   8 what we say, and when
    channels   9 how it leaves
    proof      10 whether it worked
    runs       the day, wired in one place
    doors      how people come in: console, api, cli

    >>> import huitou
    >>> shop = huitou.open("./huitou-data")
    >>> shop.facts["repeat_purchase_rate"].value
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from huitou.runs.shop import Shop

__version__ = "0.1.0"


def open(home: str | Path) -> Shop:
    """Open (and where needed create) the shop that lives in the folder `home`."""
    from huitou.runs.wiring import open_shop

    return open_shop(home)
