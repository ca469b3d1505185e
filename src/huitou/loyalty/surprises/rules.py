"""What the merchant decides about surprises: gifts, occasions, a budget, a control group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huitou.ground.languages import LANGUAGES
from huitou.ground.money import LARGEST
from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import said

WHEN = ("orders", "years", "birthday", "drawn", "journey")
WHAT = 'what = "A coffee"'


@dataclass(frozen=True)
class Gift:
    """One kind of surprise."""

    name: str
    when: str
    what: str
    cost: int
    """Minor units."""
    every: int = 1
    """Of orders or years."""
    share: float = 0.0
    """Of a day's visitors, where it is drawn among them."""
    by_language: Mapping[str, str] = field(default_factory=dict, hash=False)
    """`what` by language, where the merchant wrote it in several."""


@dataclass(frozen=True)
class SurpriseRules:
    """Everything in `rules/surprises.toml`."""

    on: bool = False
    budget: int = 0
    control_share: float = 0.2
    most_a_year: int = 3
    good_days: int = 60
    window_days: int = 60
    gifts: tuple[Gift, ...] = ()


NUMBERS = {
    "budget": (0, LARGEST),
    "most_a_year": (1, 366),
    "good_days": (1, 366),
    "window_days": (7, 366),
}
"""Whole numbers -> the least and the most they may be."""


def parsed(values: Mapping[str, Any]) -> SurpriseRules:
    """Rules from the file's values. Raises `BadRule` for what cannot stand."""
    told, usual = Told(values), SurpriseRules()
    told.only("on", "control_share", "gift", *NUMBERS)
    whole = {name: told.whole(name, getattr(usual, name), *e) for name, e in NUMBERS.items()}
    gifts: dict[str, Gift] = {}
    for each in told.tables("gift"):
        gift = _gift(each)
        if gift.name in gifts:
            raise each.wrong("name", said("two are called {name}", name=gift.name))
        gifts[gift.name] = gift
    # Without a control group nobody knows what a surprise brings.
    control = told.number("control_share", usual.control_share, 0.05, 0.5)
    on = told.truth("on", usual.on)
    return SurpriseRules(on=on, control_share=control, gifts=tuple(gifts.values()), **whole)


def _gift(told: Told) -> Gift:
    told.only("name", "when", "what", "cost", "every", "share")
    name, when = told.text("name", None, 40), told.one_of("when", WHEN)
    if not name.isidentifier():
        raise told.must("name", said("letters without a blank, at most 40"), 'name = "tenth_order"')
    share = told.number("share", 0.0, 0, 1)
    if (when == "drawn") != (share > 0):
        refused = said("a share is for what is drawn, and that has one")
        raise told.wrong("share" if share else "when", refused, "share = 0.02")
    spoken = _spoken(told)
    usual = spoken.get("en") or next(iter(spoken.values()), "")
    what = usual or told.text("what", None, 200, WHAT).strip()
    cost, every = told.whole("cost", None, 1, 10**9), told.whole("every", 1, 1, 1000)
    return Gift(name, when, what, cost, every, share, spoken)


def _spoken(told: Told) -> dict[str, str]:
    """The thing to hand over by language, where it is written so."""
    if not isinstance(told.values.get("what"), Mapping):
        return {}
    each = told.table("what")
    each.only(*LANGUAGES)
    if not each.values:
        raise told.must("what", said("a text, or one for each language"), WHAT)
    return {language: each.text(language, None, 200, WHAT).strip() for language in each.values}


RULES = RuleFile("surprises", Path(__file__).with_name("surprises.toml"), parsed)
"""What the shop decided about surprises."""
