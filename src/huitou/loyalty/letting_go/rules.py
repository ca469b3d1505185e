"""What the merchant decides about customers who cost more than they bring: rules as values.

no_offers   nothing is given to them, and nothing that sells is sent
stricter    the same, and terms that are told to them beforehand
closed      the same, and the shop sells to them no more

Whatever the step: what the law gives them, refunds that are due, answers to complaints, and word of
what they already have from us stay theirs. A step has an end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from huitou.ground.languages import LANGUAGES
from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import Sentence, said

STEPS: Mapping[str, Sentence] = {
    "no_offers": said("No more offers"),
    "stricter": said("Stricter terms"),
    "closed": said("No more orders"),
}
"""The steps, the mildest first, as staff read them."""
LONGEST = 600
"""Letters of the stricter terms in one language."""
MOST_WORDS = 50
"""Words by which a fault of ours is known in the reason of a return."""


@dataclass(frozen=True)
class LetGoRules:
    """Everything in `rules/letgo.toml`; amounts in minor units."""

    window_days: int = 365
    least_orders: int = 5
    times: float = 2.0
    level: float = 0.95
    false_share: float = 0.05
    super_times: float = 3.0
    return_minutes: int = 10
    return_cost: int = 0
    lost_share: float = 0.0
    complaint_minutes: int = 20
    late_days: int = 14
    only_share: float = 0.9
    fault_words: tuple[str, ...] = ()
    control_share: float = 0.2
    proof_days: int = 90
    appeal_days: int = 30
    days: Mapping[str, int] = field(
        default_factory=lambda: {"no_offers": 180, "stricter": 365, "closed": 365}
    )
    terms: Mapping[str, str] = field(default_factory=dict)
    """The stricter terms by language."""

    def term(self, language: str) -> str:
        """The stricter terms in a language, or in the first they are written in."""
        return self.terms.get(language) or next(iter(self.terms.values()), "")


WHOLE = {
    "window_days": (90, 1096),
    "least_orders": (3, 1000),
    "return_minutes": (0, 480),
    "complaint_minutes": (0, 480),
    "late_days": (1, 366),
    "proof_days": (28, 366),
    "appeal_days": (14, 366),
}
"""Whole numbers -> the least and the most they may be."""
REAL = {
    "times": (1.2, 100.0),
    "level": (0.8, 0.999),
    "false_share": (0.001, 0.2),
    "super_times": (1.0, 1000.0),
    "lost_share": (0.0, 1.0),
    "only_share": (0.5, 1.0),
    # Without a control group nobody knows whether letting go paid.
    "control_share": (0.05, 0.5),
}


def parsed(values: Mapping[str, Any], currency: str) -> LetGoRules:
    """Rules from the file's values. Raises `BadRule` for what cannot stand."""
    told, usual = Told(values), LetGoRules()
    told.only(*WHOLE, *REAL, "return_cost", "fault_words", "days", "terms")
    whole = {name: told.whole(name, getattr(usual, name), *ends) for name, ends in WHOLE.items()}
    real = {name: told.number(name, getattr(usual, name), *ends) for name, ends in REAL.items()}
    words = tuple(word.strip().lower() for word in told.texts("fault_words"))
    if len(words) > MOST_WORDS or not all(words):
        raise told.must("fault_words", said("words, at most {n}", n=MOST_WORDS))
    rules = LetGoRules(
        return_cost=told.amount("return_cost", currency),
        fault_words=words,
        days=_days(told.table("days"), usual),
        terms=_terms(told.table("terms")),
    )
    named: dict[str, Any] = {**whole, **real}
    return replace(rules, **named)


def _days(told: Told, usual: LetGoRules) -> dict[str, int]:
    told.only(*STEPS)
    # Nobody is let go for ever: somebody looks again within two years.
    return {step: told.whole(step, usual.days[step], 30, 731) for step in STEPS}


def _terms(told: Told) -> dict[str, str]:
    told.only(*LANGUAGES)
    return {language: told.text(language, None, LONGEST).strip() for language in told.values}


RULES = RuleFile("letgo", Path(__file__).with_name("letgo.toml"), parsed)
"""What the shop decided about whom it lets go."""
