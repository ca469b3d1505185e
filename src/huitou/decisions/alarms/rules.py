"""The rules that ring: each with its words, its parameters, what it needs and who hears it.

A rule is data. Console, command line, API, replay and docs read the same list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from huitou.decisions.alarms import facts, signs
from huitou.decisions.alarms.facts import Three
from huitou.decisions.alarms.past import Evening
from huitou.decisions.alarms.signs import Sign, Told
from huitou.ground.errors import HuitouError
from huitou.ground.registry import Registry
from huitou.ground.words import Sentence, said

Need = Literal["purchases", "forecast", "complaints", "happenings"]


@dataclass(frozen=True)
class Parameter:
    """One number a merchant may turn."""

    name: str
    words: Sentence
    usual: float
    least: float
    most: float
    is_whole: bool = False


@dataclass(frozen=True)
class Rule:
    """One alarm: when it rings, what it says, and how soon somebody must answer."""

    name: str
    title: Sentence
    meaning: Sentence
    needs: tuple[Need, ...]
    parameters: tuple[Parameter, ...]
    sign: Callable[[Evening, Told], Sign]
    facts: Callable[[Evening, int, int, Told], Three]
    severity: Literal[1, 2, 3]
    """3 is the most pressing."""
    hours: int
    """Within so many hours somebody answers, or it is escalated."""
    route: Literal["care", "service"]
    """Care: to be won back, so that the held out and those who asked for silence are left alone.
    Service: the shop owes them something, whoever they are."""
    ends: Literal["purchase", "settled"]
    """What ends the alarm by itself: a purchase, or that its cause is gone."""
    is_on: bool = False
    """Whether a new shop begins with it."""

    @property
    def usual(self) -> dict[str, float]:
        """Every parameter at its default."""
        return {each.name: each.usual for each in self.parameters}

    def told(self, chosen: Mapping[str, float] | None = None) -> dict[str, float]:
        """All parameters, with those chosen; a plain sentence for one that cannot stand."""
        known = {each.name: each for each in self.parameters}
        for name, value in (chosen or {}).items():
            if name not in known:
                raise HuitouError(
                    f"{self.name} has no parameter {name!r}", to_try=f"one of: {', '.join(known)}"
                )
            _check(self.name, known[name], value)
        return {**self.usual, **(chosen or {})}


def _check(rule: str, parameter: Parameter, value: float) -> None:
    if not parameter.least <= value <= parameter.most:
        raise HuitouError(
            f"{parameter.name} of {rule} is {value:g},"
            f" and must lie between {parameter.least:g} and {parameter.most:g}"
        )
    if parameter.is_whole and value != int(value):
        raise HuitouError(f"{parameter.name} of {rule} is {value:g}, and must be a whole number")


def _days(usual: int, words: Sentence, least: int = 1) -> Parameter:
    return Parameter("days", words, usual, least, 365, is_whole=True)


def _top(usual: float) -> Parameter:
    words = said("Only for this share of customers, the largest by a year’s purchases")
    return Parameter("top_share", words, usual, 0.001, 1.0)


FRESH = Parameter(
    "fresh", said("Rings up to so many days after the line was crossed"), 28, 1, 365, is_whole=True
)
MOST = Parameter(
    "most", said("At most so many new alarms in one run, the largest first"), 20, 1, 100_000,
    is_whole=True,
)  # fmt: skip
WAITED = said("Days without a purchase")

PEER = Rule(
    name="silent",
    title=said("No purchase in a number of days"),
    meaning=said("One number of days for everybody. The other rules are measured against it."),
    needs=("purchases",),
    parameters=(_days(90, WAITED), _top(1.0), FRESH, MOST),
    sign=signs.silent_for,
    facts=facts.about_silence,
    severity=1,
    hours=72,
    route="care",
    ends="purchase",
)
"""What shops use today, in the list so that it can be replayed beside the others."""

RULES: Registry[Rule] = Registry("alarm rule")
"""Every rule, the most pressing first."""

for _rule in (
    Rule(
        name="complaint_overdue",
        title=said("A complaint waits past its deadline"),
        meaning=said("An unanswered complaint is the cheapest loss to prevent."),
        needs=("complaints",),
        parameters=(_days(2, said("Days to answer, where the complaint has no deadline")), MOST),
        sign=signs.complaint_overdue,
        facts=facts.about_complaint,
        severity=3,
        hours=4,
        route="service",
        ends="settled",
        is_on=True,
    ),
    Rule(
        name="payment_failed",
        title=said("A payment did not go through"),
        meaning=said("Somebody wanted to stay, and the payment did not go through."),
        needs=("happenings",),
        parameters=(_days(1, said("Days to wait before ringing"), least=0), FRESH, MOST),
        sign=signs.payment_failed,
        facts=facts.about_payment,
        severity=3,
        hours=24,
        route="service",
        ends="settled",
    ),
    Rule(
        name="big_silent",
        title=said("A large customer is silent"),
        meaning=said("One of the largest customers is overdue by their own usual gap."),
        needs=("purchases",),
        parameters=(
            _top(0.05),
            Parameter("gaps", said("Silent for so many of their usual gaps"), 2.5, 1, 20),
            _days(14, said("And for at least so many days")),
            FRESH,
            MOST,
        ),
        sign=signs.big_silent,
        facts=facts.about_big,
        severity=3,
        hours=24,
        route="care",
        ends="purchase",
        is_on=True,
    ),
    Rule(
        name="rhythm_overdue",
        title=said("Overdue by their own rhythm"),
        meaning=said("With this rhythm they would have come by now, had they stayed."),
        needs=("purchases",),
        parameters=(
            Parameter(
                "chance",
                said("Share of ended silences that were shorter, from which it rings"),
                0.95,
                0.5,
                0.9999,
            ),
            Parameter("visits", said("Least purchase days known"), 3, 1, 100, is_whole=True),
            _top(0.2),
            FRESH,
            MOST,
        ),
        sign=signs.rhythm_overdue,
        facts=facts.about_rhythm,
        severity=2,
        hours=48,
        route="care",
        ends="purchase",
    ),
    Rule(
        name="forecast_low",
        title=said("The forecast gives little hope"),
        meaning=said("The chance to buy within the horizon fell low, though not yet to lost."),
        needs=("purchases", "forecast"),
        parameters=(
            Parameter("chance", said("Chance to buy under which it rings"), 0.4, 0.05, 0.95),
            _top(0.2),
            MOST,
        ),
        sign=signs.forecast_low,
        facts=facts.about_chance,
        severity=2,
        hours=48,
        route="care",
        ends="purchase",
        is_on=True,
    ),
    Rule(
        name="model_drop",
        title=said("The forecast lost faith in them"),
        meaning=said("The chance that they stay fell faster than time alone explains."),
        needs=("purchases", "forecast"),
        parameters=(
            Parameter("drop", said("Fall of the chance beyond what time explains"), 0.15, 0.01, 1),
            _top(0.2),
            MOST,
        ),
        sign=signs.model_drop,
        facts=facts.about_model,
        severity=2,
        hours=48,
        route="care",
        ends="purchase",
    ),
    Rule(
        name="usage_falling",
        title=said("Comes less often than before"),
        meaning=said("Still comes, but on fewer days than their own pace and luck explain."),
        needs=("purchases",),
        parameters=(
            _days(56, said("The recent days that are compared with all before"), least=14),
            Parameter(
                "chance",
                said("Chance of so few visits by luck below which it rings"),
                0.01,
                0.0001,
                0.2,
            ),
            _top(0.2),
            MOST,
        ),
        sign=signs.usage_falling,
        facts=facts.about_pace,
        severity=1,
        hours=72,
        route="care",
        ends="settled",
    ),
    Rule(
        name="no_visit",
        title=said("Not seen again after the first time"),
        meaning=said("Signed up or bought once, and has not come since."),
        needs=("purchases", "happenings"),
        parameters=(_days(30, WAITED), FRESH, MOST),
        sign=signs.no_visit,
        facts=facts.about_first,
        severity=1,
        hours=72,
        route="care",
        ends="purchase",
    ),
    Rule(
        name="pack_unfinished",
        title=said("A pack is unfinished, and nothing is booked"),
        meaning=said("Who does not use what they paid for will not buy it again."),
        needs=("happenings",),
        parameters=(
            Parameter("uses", said("Uses in a pack"), 10, 1, 1000, is_whole=True),
            _days(21, said("Days since it was last used")),
            FRESH,
            MOST,
        ),
        sign=signs.pack_unfinished,
        facts=facts.about_pack,
        severity=2,
        hours=48,
        route="service",
        ends="settled",
    ),
    Rule(
        name="no_show",
        title=said("Did not come as booked"),
        meaning=said("Somebody had a reason to come, and one not to."),
        needs=("happenings",),
        parameters=(_days(1, said("Days to wait before ringing"), least=0), FRESH, MOST),
        sign=signs.no_show,
        facts=facts.about_booking,
        severity=2,
        hours=24,
        route="service",
        ends="settled",
    ),
):
    RULES.add(_rule)


def rule(name: str) -> Rule:
    """A rule by its name; the peer is one too."""
    return PEER if name == PEER.name else RULES[name]
