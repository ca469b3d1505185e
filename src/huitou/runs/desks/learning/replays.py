"""Had you decided otherwise: the applied plans of the last months, asked again."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from huitou.facts.life import STAGES
from huitou.ground.errors import HuitouError, NotYet
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys import book as journeys
from huitou.journeys.acts import book as own_acts
from huitou.journeys.draws import book as draws
from huitou.proof.lift import whales
from huitou.proof.policies import Policy, candidate, logged, names_of
from huitou.proof.replay import Answer, Log, replay
from huitou.runs.desks.learning.outcomes import Past, past, spent
from huitou.runs.people import money_range
from huitou.runs.views import Range

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row

HALF_A_YEAR = 183
YEARS_OF_PLANS = 60
"""More plans than that are no advice."""


@dataclass(frozen=True)
class ReplayView:
    """What another way would have brought more than what was done, or why that is not said."""

    verdict: str
    """answered or refused."""
    reason: str
    """answered, same, too_few or no_overlap."""
    since: date
    until: date
    """First and last day of the windows that were asked."""
    plans: int
    decisions: int
    differing: int
    comparable: int
    effective: float
    needed: float
    aside: int
    """Decisions about the largest customers of before, who are handled by name and left out."""
    value: Range | None
    """More than what was done, over all plans, after all costs."""
    words: tuple[Sentence, ...]
    otherwise: tuple[Sentence, ...]
    """What would have been decided otherwise."""


@dataclass(frozen=True)
class _Asked:
    """One plan whose window is over."""

    plan: Row
    rows: Sequence[Row]

    @property
    def start(self) -> date:
        return journeys.began(self.plan)

    @property
    def until(self) -> date:
        return self.start + timedelta(days=self.plan["totals"]["window_days"] - 1)


class Replays:
    """The desk that asks the past again."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def ask(self, policy: Policy, days: int = HALF_A_YEAR) -> ReplayView:
        """What this policy would have brought in the plans whose window ended in these days.

        Raises:
            NotYet: where no plan with logged chances was applied and is over.
            HuitouError: for an act that is none, or a limit above what the plans had.
        """
        with self._house.books.reading() as unit:
            # The shop's own acts too: without offers is without its own offers.
            kinds = {name: act.kind for name, act in own_acts.every(unit).items()}
        check(policy, kinds)
        with past(self._house, self._settings) as known:
            asked = self._over(known.moment.day, days)
            names = names_of([row for each in asked for row in each.rows], policy)
            wanted = [
                candidate(each.rows, names, policy, kinds, each.plan["totals"]["limits"])
                for each in asked
            ]
            log, kept = _log(asked, names, known)
        answer = replay(log, np.vstack(wanted)[kept])
        return self._view(answer, asked, policy, len(log), int((~kept).sum()))

    def _over(self, day: date, days: int) -> list[_Asked]:
        with self._house.books.reading() as unit:
            every = [
                _Asked(plan, draws.drawn(unit, plan["id"]))
                for plan in journeys.plans(unit, status="applied")
            ]
        over = [
            each
            for each in every
            if each.rows and each.until <= day and (day - each.until).days <= days
        ]
        if not over:
            raise NotYet(
                said("No plan of these months has been applied, drawn and watched to its end."),
                to_try="huitou plan list",
            )
        return sorted(over, key=lambda each: (each.start, each.plan["id"]))

    def _view(
        self,
        answer: Answer,
        asked: Sequence[_Asked],
        policy: Policy,
        decisions: int,
        aside: int,
    ) -> ReplayView:
        currency = self._settings.money
        value = None
        ends = answer.interval if answer.reason == "answered" else None
        if answer.value is not None and ends is not None:
            value = money_range(answer.value, ends.low, ends.high, currency, ends.level)
        limits = []
        if policy.budget is not None:
            limits.append(
                said("With {budget} for each plan.", budget=Money(policy.budget, currency))
            )
        if policy.share_of_value is not None:
            limits.append(
                said(
                    "With at most {share} % of what is left risked for one customer.",
                    share=round(100 * policy.share_of_value, 1),
                )
            )
        return ReplayView(
            verdict=answer.verdict,
            reason=answer.reason,
            since=min(each.start for each in asked),
            until=max(each.until for each in asked),
            plans=len(asked),
            decisions=decisions,
            differing=answer.differing,
            comparable=answer.comparable,
            effective=round(answer.effective, 1),
            needed=answer.needed,
            aside=aside,
            value=value,
            words=_words(answer, value, len(asked), aside),
            otherwise=(*policy.words, *limits),
        )


def check(policy: Policy, kinds: Mapping[str, str]) -> None:
    """Refuse in words acts that are none; `kinds` of all that there ever were."""
    for name in (*policy.without, *policy.instead):
        if name not in kinds and name not in kinds.values():
            raise HuitouError(f"there is no act {name!r}", to_try=f"one of: {', '.join(kinds)}")
    for name in policy.instead.values():
        if name not in kinds:
            raise HuitouError(f"there is no act {name!r}", to_try=f"one of: {', '.join(kinds)}")


def _log(
    asked: Sequence[_Asked], names: Sequence[str], known: Past
) -> tuple[Log, NDArray[np.bool_]]:
    """The decisions with what came of them, and which are kept: whales are set aside."""
    place = {name: column for column, name in enumerate(names)}
    numbers: dict[str, int] = {}
    parts, kept = [], []
    for each in asked:
        people = [row["person_id"] for row in each.rows]
        length = each.until - each.start
        day_before = each.start - timedelta(days=1)
        before = known.profit(people, day_before - length, day_before)
        after = known.profit(people, each.start, each.until)
        kept.append(~whales(before))
        parts.append(
            Log(
                person=np.array([numbers.setdefault(one, len(numbers)) for one in people]),
                given=np.array([place[row["act_name"]] for row in each.rows]),
                chances=logged(each.rows, names),
                outcome=after - np.array([spent(row) for row in each.rows]),
                facts=np.array(
                    [_facts(row, was) for row, was in zip(each.rows, before, strict=True)]
                ),
            )
        )
    whole = np.concatenate(kept)
    log = Log(
        *(
            np.concatenate([getattr(part, name) for part in parts])[whole]
            for name in Log.__dataclass_fields__
        )
    )
    return log, whole


def _facts(row: Mapping[str, Any], before: float) -> list[float]:
    return [
        before,
        row["p_buy"],
        row["p_buy"] * row["worth"],
        float(row["worth"]),
        math.log1p(max(row["value"], 0)),
        *(float(row["stage"] == stage) for stage in STAGES),
    ]


def _words(answer: Answer, value: Range | None, plans: int, aside: int) -> tuple[Sentence, ...]:
    if answer.reason == "same":
        return (said("Nobody would have been treated otherwise, so nothing would differ."),)
    if answer.reason == "no_overlap":
        return _never_tried(answer)
    if answer.reason == "too_few" or value is None:
        return _too_few(answer, plans)
    whale = said("The {n} largest by what they brought before are left out of this.", n=aside)
    return (_brought(value.value), _beyond_chance(value), *_untried(answer), whale)


def _never_tried(answer: Answer) -> tuple[Sentence, ...]:
    return (
        said(
            "No answer: {differing} decisions would have differed, and only {comparable} of"
            " them had any chance of that. What was never tried, the past cannot tell.",
            differing=answer.differing,
            comparable=answer.comparable,
        ),
        said("Plan a test of it, or let more be drawn to learn (explore_share)."),
    )


def _too_few(answer: Answer, plans: int) -> tuple[Sentence, ...]:
    more = answer.needed / max(answer.effective, 0.1)
    found = said(
        "No answer: those who by lot got what would have been given are worth"
        " {effective} people, and at least {needed} are needed.",
        effective=round(answer.effective, 1),
        needed=round(answer.needed),
    )
    if plans * more > YEARS_OF_PLANS:
        return found, said("Plan a test of it: by itself the past will not tell for years.")
    return found, said(
        "About {plans} plans like the {now} so far would do, or larger control and explore shares.",
        plans=math.ceil(plans * more),
        now=plans,
    )


def _brought(more: Money) -> Sentence:
    if more.minor >= 0:
        return said("It would have brought {value} more than what was done.", value=more)
    less = Money(-more.minor, more.currency)
    return said("It would have brought {value} less than what was done.", value=less)


def _beyond_chance(value: Range) -> Sentence:
    if value.low.minor > 0:
        return said("That is more, beyond what chance alone does.")
    if value.high.minor < 0:
        return said("That is less, beyond what chance alone does.")
    return said("The band reaches over zero: it may have brought more or less.")


def _untried(answer: Answer) -> tuple[Sentence, ...]:
    rest = answer.differing - answer.comparable
    if not rest:
        return ()
    return (
        said(
            "{n} of {differing} decisions that would have differed had no chance of it, and"
            " are taken as they were.",
            n=rest,
            differing=answer.differing,
        ),
    )
