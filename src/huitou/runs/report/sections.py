"""The parts of a report that every shop has, in the order an owner reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from huitou.channels import book as channels
from huitou.decisions.acts import ACTS
from huitou.ground.money import Money
from huitou.ground.words import Sentence, said
from huitou.journeys import book as journeys
from huitou.runs.caring import places
from huitou.runs.kept import recall
from huitou.runs.people import money_range
from huitou.runs.report import figures
from huitou.runs.report.page import Page
from huitou.runs.report.rooms import ROOMS
from huitou.runs.told import Bar, Figure, Section
from huitou.runs.verdicts import WHOLE, ProofView

if TYPE_CHECKING:
    from huitou.store.books import Unit

MOST_BARS = 5


def parts(unit: Unit, page: Page) -> tuple[Section, ...]:
    """Everything there is to tell."""
    rooms = [*OWN[:-2], *ROOMS, *OWN[-2:]]
    return tuple(part for room in rooms if (part := room(unit, page)) is not None)


def sold(unit: Unit, page: Page) -> Section | None:
    """What was sold in the period."""
    found = figures.taken(page.work, page.span)
    names = {"week": said("Sold this week"), "month": said("Sold this month")}
    return Section("sold", names[page.span.period], found) if found else None


def how_many(unit: Unit, page: Page) -> Section | None:
    """How many were lost, and how many slip away."""
    told, seen = page.answers, page.seen
    if told is None:
        return None
    lost = figures.standing("lost", said("Lost"), told.stages.get("lost", 0), seen)
    slipping = figures.standing(
        "slipping", said("Slipping away"), told.stages.get("slipping", 0), seen
    )
    at_risk = figures.estimated(
        "at_risk", said("Profit at risk"), told.value_at_risk, seen.before.at_risk if seen else None
    )
    return Section(
        code="how_many",
        title=said("How many customers did I lose?"),
        figures=(lost, slipping, at_risk),
        words=tuple(_crossed(page)),
    )


def _crossed(page: Page) -> list[Sentence]:
    if page.seen is None or page.answers is None:
        return []
    words = [
        said(
            "Newly judged lost since {day}: {came}. Lost no more: {went}, and {bought} of the lost "
            "bought.",
            day=page.span.before,
            came=page.seen.came["lost"],
            went=page.seen.went["lost"],
            bought=page.seen.bought,
        )
    ]
    if not page.seen.before.published:
        words.append(
            said(
                "Nobody ran the books on {day}: how the shop stood then was worked out again, "
                "from what was known that evening.",
                day=page.span.before,
            )
        )
    return words


def which(unit: Unit, page: Page) -> Section | None:
    """The lost that were worth most; of them those who left in this period first."""
    if page.answers is None:
        return None
    people = page.work.edition.table("people", ["person_id", "stage", "missed"])
    lost = people.filter(pc.equal(people["stage"], "lost"))
    ranked = lost.sort_by([("missed", "descending"), ("person_id", "ascending")]).slice(0, 5)
    if not ranked.num_rows:
        return None
    currency = page.work.settings.money
    taken = figures.estimated(
        "taken",
        said("Profit their silence has taken"),
        page.answers.value_lost,
        page.seen.before.taken if page.seen else None,
    )
    bars = tuple(
        Bar(row["person_id"], float(row["missed"]), Money(round(row["missed"]), currency), True)
        for row in ranked.to_pylist()
    )
    return Section("which", said("Which ones?"), (taken,), bars)


def why(unit: Unit, page: Page) -> Section | None:
    """The suspected causes, the costliest first."""
    causes = page.answers.causes if page.answers else ()
    found = [cause for cause in causes if cause.customers >= 0.5]
    if not found:
        return None
    bars = tuple(
        Bar(cause.words, float(cause.value.minor), cause.value) for cause in found[:MOST_BARS]
    )
    note = said("Suspicions from the orders themselves; only asking settles them.")
    return Section("why", said("Why did they leave?"), (), bars, (note,))


def where(unit: Unit, page: Page) -> Section | None:
    """Where those who answered have gone."""
    named = places(unit)
    words = named or (page.answers.where_to[:1] if page.answers else ())
    return Section("where", said("Where did they go?"), words=tuple(words)) if words else None


def back(unit: Unit, page: Page) -> Section | None:
    """The plan: what it costs, what it should bring, what became of it."""
    row = journeys.latest(unit, "applied", "applying", "approved", "draft")
    if row is None or page.answers is None:
        return None
    told, currency = row["totals"], page.work.settings.money
    gain = money_range(told["gain"], told["gain_low"], told["gain_high"], currency)
    doing = sorted(
        ((act, n) for act, n in told["acts"].items() if act != "nothing" and n),
        key=lambda pair: -pair[1],
    )
    return Section(
        code="back",
        title=said("How do I get them back?"),
        figures=(
            Figure("gain", said("The plan should bring"), gain.value, good=1,
                   low=gain.low, high=gain.high, level=gain.level),
            Figure("plan_cost", said("It costs"), Money(told["cost"], currency)),
            Figure("held_out", said("Left alone, to compare"), told["held_out"]),
        ),
        bars=tuple(Bar(_act(act), n, n) for act, n in doing[:MOST_BARS]),
        words=tuple(_state(unit, row["id"], row["status"])),
    )  # fmt: skip


def _act(kind: str) -> Sentence:
    names = {
        "thank": said("Thank-you notes"),
        "remind": said("Reminders"),
        "offer": said("Return offers"),
        "red_packet": said("Red packets"),
        "voucher": said("Vouchers"),
        "call": said("Calls by staff"),
    }
    known = next((act.claim for act in ACTS.values() if act.kind == kind), said("Something else"))
    return names.get(kind, known)


def _state(unit: Unit, plan_id: str, status: str) -> list[Sentence]:
    if status == "draft":
        return [said("Nobody has approved it yet: nothing leaves the house before that.")]
    states = channels.states(unit, plan_id).values()
    reached = sum(counted.get("accepted", 0) for counted in states)
    doubtful = sum(counted.get("in_doubt", 0) for counted in states)
    words = [said("{n} messages of it have left the house.", n=reached)] if reached else []
    if doubtful:
        words.append(
            said("{n} letters may or may not have arrived: somebody must find out", n=doubtful)
        )
    return words


def proven(unit: Unit, page: Page) -> Section | None:
    """What is proven so far, against the people left alone."""
    found: Sequence[ProofView] = recall(page.work.edition.noted("proofs")) or ()
    whole = next((each for each in found if each.programme == WHOLE), None)
    if whole is None:
        return None
    seen: tuple[Figure, ...] = ()
    if whole.effect is not None:
        seen = (
            Figure("effect", said("Profit beyond what would have come anyway"), whole.effect.value,
                   good=1, low=whole.effect.low, high=whole.effect.high, level=whole.effect.level),
        )  # fmt: skip
    return Section("proof", said("What is proven"), seen, words=whole.words[:3])


def harm(unit: Unit, page: Page) -> Section | None:
    """What our own letters did harm; left out where nothing was sent."""
    from huitou.runs.report.ours import harm_told

    return harm_told(page.work)


def trust(unit: Unit, page: Page) -> Section | None:
    """How far to trust these figures."""
    words = page.answers.trust[:2] if page.answers else ()
    return Section("trust", said("How far to trust these figures"), words=words) if words else None


OWN = (sold, how_many, which, why, where, back, proven, harm, trust)
"""In the order in which they stand; the rooms' parts come before the last two."""
