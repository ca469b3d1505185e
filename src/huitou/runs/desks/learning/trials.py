"""Planned tests: what one would need and see, writing it down, and what it showed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.decisions.acts import Act
from huitou.decisions.fair import is_open, step
from huitou.decisions.trials import Trial
from huitou.facts.life import STAGES
from huitou.ground.errors import HuitouError
from huitou.ground.ids import new_id
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys.acts import book as own_acts
from huitou.journeys.trials import book
from huitou.loyalty import offers
from huitou.proof.lift import ADJUSTED, ESTIMATORS, Estimator
from huitou.proof.readout import UNFAIR
from huitou.proof.trials import (
    Contrast,
    Members,
    Outcome,
    Sized,
    Spread,
    base_of,
    contrasts,
    fair,
    sized,
    spread_of,
)
from huitou.runs.desks.learning.outcomes import Past, past, spent
from huitou.runs.kept import recall
from huitou.runs.steps.decide import question
from huitou.runs.steps.learn import effects_of

if TYPE_CHECKING:
    from huitou.runs.verdicts import ProofView
    from huitou.runs.wiring import House
    from huitou.store.books import Row

USUAL_ARMS = ("nothing", "thank", "offer_10")
"""The first test worth making: a thank-you against a discount against nothing."""
USUAL_STAGES = ("slipping", "lost")
USUAL_HOPE = 0.10
OUTCOMES: tuple[Outcome, ...] = ("visits", "profit")
YEAR = 365
MOST_ARMS = 5


@dataclass(frozen=True)
class Idea:
    """What somebody would like to try."""

    arms: Mapping[str, float]
    """Act -> share of the people; shares add up to one."""
    stages: tuple[str, ...] = USUAL_STAGES
    outcome: Outcome = "visits"
    """What it is read by first."""
    hoped: float = USUAL_HOPE
    """The effect worth proving, as a share of what is usual."""
    days: int | None = None
    """Over how many days each person is watched; None: the shop's horizon."""

    @classmethod
    def of(cls, acts: Sequence[str], **told: Any) -> Idea:
        """Equal shares for these acts."""
        return cls({act: 1 / len(acts) for act in acts}, **told)


@dataclass(frozen=True)
class SizedView:
    """What a test of one outcome would need and see."""

    outcome: str
    usual: float
    """Share who come anyway, or profit a person in minor units."""
    sd: float
    explained: float
    people: int | None
    plans: int | None
    weeks: int | None
    detectable: float | None
    detectable_year: float | None
    words: tuple[Sentence, ...]


@dataclass(frozen=True)
class TestPlan:
    """An idea with what it takes, before anything is done."""

    __test__ = False

    idea: Idea
    days: int
    a_plan: int
    """People whom one plan can bring into it, by all rules, money and hours."""
    sizes: tuple[SizedView, ...]
    words: tuple[Sentence, ...]

    @property
    def first(self) -> SizedView:
        """The outcome it is read by."""
        return next(each for each in self.sizes if each.outcome == self.idea.outcome)


@dataclass(frozen=True)
class ContrastView:
    """One act against the base."""

    act: str
    outcome: str
    people: int
    base_people: int
    difference: float | None
    """Per person: share who came, or minor units of profit."""
    low: float | None
    high: float | None
    verdict: str
    words: Sentence


@dataclass(frozen=True)
class TestView:
    """A test that was written down, and what is known of it."""

    __test__ = False

    id: str
    name: str
    status: str
    """enrolling, running or over."""
    arms: Mapping[str, float]
    base: str
    stages: tuple[str, ...]
    outcome: str
    most: int
    days: int
    enrol_until: date
    by: str
    at: datetime
    stopped_by: str | None
    people: Mapping[str, int]
    """Act -> how many got it by lot, in plans that were applied."""
    read_on: date | None
    """When it is read, as far as that is known."""
    verdict: str
    """too_early, unfair, better, worse, not_proven or too_few: of the outcome it is read by."""
    contrasts: tuple[ContrastView, ...]
    words: tuple[Sentence, ...]


class Trials:
    """The desk of planned tests."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def plan(self, idea: Idea) -> TestPlan:
        """What a test of this idea needs and can see, from the shop's own past."""
        with self._house.books.reading() as unit:
            acts = own_acts.in_use(unit)
        check(idea, acts)
        with past(self._house, self._settings) as known:
            days = idea.days or known.moment.horizon_days
            a_plan = self._room(idea, known)
            spreads = [each for each in _spreads(idea, known) if each is not None]
        found = [sized(each, idea.arms, idea.hoped, a_plan, days / 7) for each in spreads]
        sizes = tuple(_sized_view(each, days, self._settings.money) for each in found)
        if len(sizes) < len(OUTCOMES):
            raise HuitouError(
                said(
                    "Too few customers of these stages were seen before to say what a test needs."
                ),
                to_try="more stages, or a longer history",
            )
        return TestPlan(idea, days, a_plan, sizes, _plan_words(idea, a_plan, sizes, days, acts))

    def start(self, idea: Idea, name: str, by: str, most: int | None = None) -> str:
        """Write a test down; the next plans obey it. Its id."""
        planned = self.plan(idea)
        if planned.a_plan == 0:
            raise HuitouError(
                said("No plan could bring anybody into this test now."),
                to_try="other stages or acts, or more money and hours",
            )
        wanted = most or planned.first.people or planned.a_plan
        weeks = planned.first.weeks
        lasts = timedelta(days=7 * weeks if weeks else YEAR)
        with self._house.books.unit() as unit:
            return book.start(
                unit,
                {
                    "name": name.strip() or "+".join(idea.arms),
                    "arms": dict(idea.arms),
                    "stages": list(idea.stages),
                    "most": wanted,
                    "days": planned.days,
                    "outcome": idea.outcome,
                    "enrol_until": self._today() + lasts,
                    "expected": {
                        "hoped": idea.hoped,
                        "a_plan": planned.a_plan,
                        "sizes": [_told(each) for each in planned.sizes],
                    },
                },
                by,
                self._house.clock.now(),
            )

    def stop(self, test_id: str, by: str) -> None:
        """Nobody more comes into it; who is in it is still read."""
        with self._house.books.unit() as unit:
            book.stop(unit, test_id, by, self._house.clock.now())

    def tests(self) -> tuple[TestView, ...]:
        """All tests, the newest first, each with what is known of it."""
        with self._house.books.reading() as unit:
            rows = book.trials(unit)
            members = {row["id"]: book.members(unit, row["id"]) for row in rows}
        if not rows:
            return ()
        with past(self._house, self._settings) as known:
            return tuple(self._view(row, members[row["id"]], known) for row in rows)

    def test(self, test_id: str) -> TestView:
        """One test; an error in words for none."""
        with self._house.books.reading() as unit:
            row = book.the_trial(unit, test_id)
            members = book.members(unit, test_id)
        with past(self._house, self._settings) as known:
            return self._view(row, members, known)

    def _today(self) -> date:
        """The shop's own today: the last day known, so that a replayed year keeps its dates."""
        with past(self._house, self._settings) as known:
            return known.moment.day

    def _room(self, idea: Idea, known: Past) -> int:
        """How many one plan could bring into it: the plan is drafted, and thrown away."""
        probe = Trial(new_id(), idea.arms, frozenset(idea.stages), 10**9)
        people = known.edition.table("people")
        returns = offers.RULES.read(self._house.home).returns
        with self._house.books.reading() as unit:
            effects = effects_of(known.edition)
            asked = question(
                people, self._settings, known.moment, unit, effects, returns, tests=[probe]
            )
        return asked.drafted().tested

    def _view(self, row: Row, members: Sequence[Row], known: Past) -> TestView:
        inside = [each for each in members if each["held_by"] is None]
        counted = Counter(each["act_name"] for each in inside)
        day, window = known.moment.day, timedelta(days=row["days"])
        closed = (
            row["stopped_at"] is not None or day > row["enrol_until"] or len(inside) >= row["most"]
        )
        last = max((each["day"] for each in inside), default=None)
        read_on = last + window if last is not None else None
        over = closed and (read_on is None or day >= read_on)
        found = contrasts_of(row, inside, known) if over and inside else ()
        currency = self._settings.money
        shown = tuple(_contrast_view(each, currency) for each in found)
        verdict = _verdict(row, found, inside)
        return TestView(
            id=row["id"],
            name=row["name"],
            status="over" if over else "running" if closed else "enrolling",
            arms=row["arms"],
            base=base_of(row["arms"]),
            stages=tuple(row["stages"]),
            outcome=row["outcome"],
            most=row["most"],
            days=row["days"],
            enrol_until=row["enrol_until"],
            by=row["by"],
            at=row["at"],
            stopped_by=row["stopped_by"],
            people={act: counted[act] for act in row["arms"]},
            read_on=read_on if closed else None,
            verdict=verdict,
            contrasts=() if verdict == "unfair" else shown,
            words=_test_words(row, len(inside), read_on if closed else None, verdict, over=over),
        )


def contrasts_of(row: Row, inside: Sequence[Row], known: Past) -> tuple[Contrast, ...]:
    """Every act of a test against its base, from everybody the lot drew."""
    kept: ProofView | None = recall(known.edition.noted("rehearsal"))
    return contrasts(_members(row, inside, known), row["arms"], _estimator(kept))


def _estimator(rehearsal: ProofView | None) -> Estimator:
    chosen = rehearsal.estimator if rehearsal is not None else None
    return ESTIMATORS.get(chosen or "", ADJUSTED)


def _members(row: Row, inside: Sequence[Row], known: Past) -> Members:
    """What everybody of a test brought, each in the window after their own plan."""
    length = timedelta(days=row["days"])
    parts = []
    for day in sorted({each["day"] for each in inside}):
        theirs = [each for each in inside if each["day"] == day]
        people = [each["person_id"] for each in theirs]
        before = (day - length + timedelta(days=1), day)
        after = (day + timedelta(days=1), day + length)
        parts.append(
            Members(
                act=np.array([each["act_name"] for each in theirs]),
                before=known.profit(people, *before),
                after=known.profit(people, *after) - np.array([spent(each) for each in theirs]),
                came_before=known.came(people, *before),
                came=known.came(people, *after),
            )
        )
    return Members(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in Members.__dataclass_fields__
        )
    )


def _verdict(row: Row, found: Sequence[Contrast], inside: Sequence[Row]) -> str:
    """One word for the outcome it is read by; the best act speaks for the test."""
    if not found:
        return "too_early"
    counts = Counter(each["act_name"] for each in inside)
    acts = np.repeat(np.array(list(counts)), list(counts.values()))
    nothing = np.zeros(len(acts))
    if fair(Members(acts, nothing, nothing, nothing, nothing), row["arms"]) < UNFAIR:
        return "unfair"
    told = [each.verdict for each in found if each.outcome == row["outcome"]]
    return next(word for word in ("better", "worse", "not_proven", "too_few") if word in told)


def _spreads(idea: Idea, known: Past) -> list[Spread | None]:
    """How visits and profit varied over past windows among people of these stages."""
    stages, wanted = known.edition.table("stages"), pa.array(idea.stages, pa.string())
    length = timedelta(days=idea.days or known.moment.horizon_days)
    windows: dict[Outcome, list[tuple[Any, Any]]] = {"visits": [], "profit": []}
    for origin in known.moment.earlier:
        if origin + length > known.moment.day:
            continue
        there = pc.and_(pc.equal(stages["at"], origin), pc.is_in(stages["stage"], wanted))
        people = stages.filter(there)["person_id"].to_pylist()
        before = (origin - length + timedelta(days=1), origin)
        after = (origin + timedelta(days=1), origin + length)
        if people:
            windows["visits"].append((known.came(people, *before), known.came(people, *after)))
            windows["profit"].append((known.profit(people, *before), known.profit(people, *after)))
    return [spread_of(outcome, windows[outcome]) for outcome in OUTCOMES]


def check(idea: Idea, acts: Mapping[str, Act]) -> None:
    """Refuse in words what cannot be tested; `acts` are those in use, the shop's own among them."""
    for act in idea.arms:
        if act not in acts:
            raise HuitouError(f"there is no act {act!r}", to_try=f"one of: {', '.join(acts)}")
    for stage in idea.stages:
        if stage not in STAGES:
            raise HuitouError(f"there is no stage {stage!r}", to_try=f"of: {', '.join(STAGES)}")
    for act in idea.arms:
        if act != "nothing" and not set(idea.stages) <= set(acts[act].stages):
            raise HuitouError(
                said("“{act}” is not for everybody of these stages.", act=acts[act].claim),
                to_try=f"{act}: {', '.join(sorted(acts[act].stages))}",
            )
        _check_fair(idea, acts[act])
    if idea.outcome not in OUTCOMES:
        raise HuitouError(f"a test is read by {' or '.join(OUTCOMES)}, not {idea.outcome!r}")
    if not 0 < idea.hoped <= 10:
        raise HuitouError(said("The effect hoped for is above 0 %."), to_try="--lift 10")
    if not 2 <= len(idea.arms) <= MOST_ARMS:
        raise HuitouError(
            said("A test compares 2 to {n} acts.", n=MOST_ARMS), to_try="nothing thank"
        )
    if idea.days is not None and not 7 <= idea.days <= YEAR:
        raise HuitouError("a window has 7 to 365 days", to_try="--days 56")
    Trial("check", idea.arms, frozenset(idea.stages), 1)


def _check_fair(idea: Idea, act: Act) -> None:
    """Of what takes something off old customers draw too: no test is a way around them."""
    above = [each for each in STAGES if step(each) > min(map(step, idea.stages), default=0)]
    missing = [each for each in above if each not in idea.stages]
    if is_open(act) and missing:
        raise HuitouError(
            f"old customers come first: a test of {act.name} also takes in {', '.join(missing)}",
            to_try=" ".join(f"--stage {each}" for each in (*idea.stages, *missing)),
        )


def _sized_view(found: Sized, days: int, currency: str) -> SizedView:
    spread = found.spread
    return SizedView(
        outcome=spread.outcome,
        usual=spread.usual,
        sd=spread.sd,
        explained=spread.explained,
        people=found.people,
        plans=found.plans,
        weeks=found.weeks,
        detectable=found.detectable,
        detectable_year=found.detectable_year,
        words=_sized_words(found, days, currency),
    )


def _told(view: SizedView) -> dict[str, Any]:
    return {each.name: getattr(view, each.name) for each in fields(view) if each.name != "words"}


def _sized_words(found: Sized, days: int, currency: str) -> tuple[Sentence, ...]:
    spread, lift = found.spread, round(100 * found.hoped, 1)
    if spread.outcome == "visits":
        usual = said(
            "Of 100 like them {share} come within {days} days, whatever is done.",
            share=round(100 * spread.usual, 1),
            days=days,
        )
    else:
        usual = said(
            "They bring {profit} each within {days} days, whatever is done; what they brought"
            " before explains {explained} % of how that varies.",
            profit=Money(round(spread.usual), currency),
            days=days,
            explained=round(100 * spread.explained),
        )
    return (usual, _need_words(found, lift), *_sight_words(found))


def _need_words(found: Sized, lift: float) -> Sentence:
    if found.people is None:
        return said("Nothing is usual here, so no share of it can be proven.")
    if found.plans is None or found.weeks is None:
        return said(
            "To prove {lift} % more takes {people} people: this shop cannot, within ten years.",
            lift=lift,
            people=found.people,
        )
    return said(
        "To prove {lift} % more takes {people} people: {plans} plans, {weeks} weeks.",
        lift=lift,
        people=found.people,
        plans=found.plans,
        weeks=found.weeks,
    )


def _sight_words(found: Sized) -> tuple[Sentence, ...]:
    if found.detectable is None or found.detectable_year is None:
        return ()
    return (
        said(
            "The people of one plan can prove {one} % or more; a year of plans, pooled, {year} %.",
            one=round(100 * found.detectable),
            year=round(100 * found.detectable_year),
        ),
    )


def _plan_words(
    idea: Idea, a_plan: int, sizes: Sequence[SizedView], days: int, acts: Mapping[str, Act]
) -> tuple[Sentence, ...]:
    words = [
        said(
            "One plan can bring {people} people into it, by all rules, money and hours; each is"
            " watched for {days} days, and nothing else is done with them meanwhile.",
            people=a_plan,
            days=days,
        )
    ]
    visits, profit = sizes
    if profit.weeks is None and visits.weeks is not None:
        words.append(
            said("Read it by visits: they vary less than profit, and this shop can prove them.")
        )
    elif profit.weeks is None and visits.weeks is None:
        words.append(
            said(
                "So small an effect cannot be proven here. Try what moves people more, or pool"
                " campaigns over years; until then cheap acts and the first guesses decide."
            )
        )
    if len(idea.arms) > 2:
        words.append(
            said(
                "{n} acts are compared with “{base}”, and share one error of 5 %.",
                n=len(idea.arms) - 1,
                base=acts[base_of(idea.arms)].claim,
            )
        )
    return tuple(words)


def _contrast_view(each: Contrast, currency: str) -> ContrastView:
    return ContrastView(
        act=each.act,
        outcome=each.outcome,
        people=each.people,
        base_people=each.base,
        difference=each.difference,
        low=each.low,
        high=each.high,
        verdict=each.verdict,
        words=_contrast_words(each, currency),
    )


def _contrast_words(each: Contrast, currency: str) -> Sentence:
    if each.difference is None or each.low is None or each.high is None:
        return said(
            "{people} against {base} people are too few to compare.",
            people=each.people,
            base=each.base,
        )
    if each.outcome == "visits":
        return said(
            "Of 100 people {more} more came, between {low} and {high}.",
            more=round(100 * each.difference, 1),
            low=round(100 * each.low, 1),
            high=round(100 * each.high, 1),
        )
    return said(
        "Each brought {more} more after all costs, between {low} and {high}.",
        more=Money(round(each.difference), currency),
        low=Money(round(each.low), currency),
        high=Money(round(each.high), currency),
    )


def _test_words(
    row: Row, people: int, read_on: date | None, verdict: str, *, over: bool
) -> tuple[Sentence, ...]:
    if verdict == "unfair":
        return (
            said(
                "The arms are not as large as the lot gives: something is broken, nothing is said."
            ),
        )
    if verdict != "too_early":
        return (said("It is over, and was read once."),)
    if over and not people:
        return (said("It is over, and nobody came into it: there is nothing to read."),)
    words = [said("{n} of {most} people are in it.", n=people, most=row["most"])]
    if read_on is not None:
        words.append(said("It is read once, after {day}.", day=read_on))
    else:
        words.append(
            said(
                "The next plans bring people into it until {day}; it is read once, when the last"
                " was watched to the end.",
                day=row["enrol_until"],
            )
        )
    return tuple(words)
