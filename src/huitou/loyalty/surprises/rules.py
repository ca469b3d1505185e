"""What the merchant decides about surprises: gifts, occasions, a budget, a control group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huitou.ground.errors import HuitouError
from huitou.ground.languages import LANGUAGES
from huitou.ground.money import LARGEST

NAME = "surprises"
"""Of the file of rules, `rules/surprises.toml`."""
SHIPPED = Path(__file__).with_name("surprises.toml")
WHEN = ("orders", "years", "birthday", "drawn", "journey")


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


def parsed(told: Mapping[str, Any]) -> SurpriseRules:
    """Rules from the file's values. Raises `HuitouError` for what cannot stand."""
    known = {"on", "control_share", "gift", *NUMBERS}
    for name in told:
        if name not in known:
            raise HuitouError(f"there is no rule {name}", to_try=f"one of: {', '.join(known)}")
    usual = SurpriseRules()
    whole = {
        name: _whole(name, told.get(name, getattr(usual, name)), *ends)
        for name, ends in NUMBERS.items()
    }
    gifts = told.get("gift", [])
    if not isinstance(gifts, list):
        raise HuitouError("gifts are written one after another", to_try="[[gift]]")
    read = tuple(_gift(each) for each in gifts)
    names = [gift.name for gift in read]
    if twice := {name for name in names if names.count(name) > 1}:
        raise HuitouError(f"the gift {min(twice)!r} is there twice")
    on = told.get("on", False)
    if not isinstance(on, bool):
        raise HuitouError(f"on is {on!r}, and must be true or false")
    control = _share("control_share", told.get("control_share", usual.control_share))
    if not 0.05 <= control <= 0.5:
        raise HuitouError(
            f"control_share is {control}, and must lie between 0.05 and 0.5",
            to_try="without a control group nobody knows what a surprise brings",
        )
    return SurpriseRules(on=on, control_share=control, gifts=read, **whole)


def _gift(told: Any) -> Gift:
    if not isinstance(told, dict):
        raise HuitouError("a gift has a name, an occasion, a thing and a cost", to_try="[[gift]]")
    name, when, what = (told.get(each) for each in ("name", "when", "what"))
    if not (isinstance(name, str) and name.isidentifier() and len(name) <= 40):
        raise HuitouError(f"{name!r} is no name of a gift", to_try='name = "tenth_order"')
    if when not in WHEN:
        raise HuitouError(f"{name}: when is {when!r}", to_try=f"one of: {', '.join(WHEN)}")
    words = _words(name, what)
    for other in told:
        if other not in ("name", "when", "what", "cost", "every", "share"):
            raise HuitouError(f"{name}: there is no rule {other}")
    share = _share(f"{name}: share", told.get("share", 0.0))
    if (when == "drawn") != (share > 0):
        raise HuitouError(f"{name}: a share is for what is drawn", to_try="share = 0.02")
    cost = _whole(f"{name}: cost", told.get("cost"), 1, 10**9)
    every = _whole(f"{name}: every", told.get("every", 1), 1, 1000)
    usual = words.get("en") or next(iter(words.values()))
    spoken = words if isinstance(what, dict) else {}
    return Gift(name, str(when), usual, cost, every, share, spoken)


def _words(name: str, what: Any) -> dict[str, str]:
    """The thing to hand over, by language: one text is English, as far as anybody knows."""
    told = what if isinstance(what, dict) else {"en": what}
    fit = all(isinstance(text, str) and 0 < len(text.strip()) <= 200 for text in told.values())
    if not told or not fit:
        raise HuitouError(f"{name}: what shall be handed over?", to_try='what = "A coffee"')
    if unknown := set(told) - set(LANGUAGES):
        raise HuitouError(
            f"{name}: nobody reads {min(unknown)!r}", to_try=f"one of: {', '.join(LANGUAGES)}"
        )
    return {language: text.strip() for language, text in told.items()}


def _whole(name: str, told: Any, least: int, most: int) -> int:
    if type(told) is not int or not least <= told <= most:
        raise HuitouError(f"{name} is {told!r}, and must lie between {least} and {most}")
    return told


def _share(name: str, told: Any) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= 1:
        raise HuitouError(f"{name} is {told!r}, and must lie between 0 and 1")
    return float(told)
