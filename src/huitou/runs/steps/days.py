"""Days: birthdays, ends of terms and due needs, for the journeys that begin at them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from huitou.care.machines import rules as machine_rules
from huitou.ground.languages import LANGUAGES, speaker
from huitou.journeys.paths import book as paths
from huitou.journeys.paths.hearing import book as hearing
from huitou.journeys.reminders import rules as reminding
from huitou.loyalty.cards import book as cards
from huitou.loyalty.ladder import book as ladders
from huitou.loyalty.ladder import rules as climbing
from huitou.loyalty.ladder import steps
from huitou.loyalty.ladder.rules import Held
from huitou.loyalty.ladder.steps import Ladder
from huitou.loyalty.membership import book as membership
from huitou.runs.steps import climb
from huitou.runs.steps.needs import DAY_OF, NEEDS, machine_needs, quoted
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit

Told = tuple[str, date, Mapping[str, Any]]
"""A person, a day of theirs, and what a message may say of it."""
NEAR = 7
"""Only days that lie so many days around one at which somebody comes in are told at all."""


def tell(work: Work, unit: Unit) -> Result:
    """Tell journeys whose days are near, of each kind that one which runs begins at."""
    told = 0
    for kind, offsets in paths.days_asked(unit).items():
        if (known := WHO_KNOWS.get(kind)) is None:
            continue
        near = _around(work.day, offsets)
        theirs: dict[str, tuple[date, Mapping[str, Any]]] = {}
        for person, day, words in sorted(known(work, unit, near), key=lambda each: each[1]):
            theirs.setdefault(person, (day, words))
        hearing.tell_days(unit, kind, theirs, work.now)
        told += len(theirs)
    return {"rows": told}


def _around(day: date, offsets: Iterable[int]) -> set[date]:
    """The days near one that a journey begins at, if today is the day after `day`."""
    meant = [day + timedelta(days=1 - offset) for offset in offsets]
    return {each + timedelta(days=by) for each in meant for by in range(-NEAR, NEAR + 1)}


def _birthdays(_work: Work, unit: Unit, near: Collection[date]) -> Iterator[Told]:
    dates = {(day.month, day.day) for day in near}
    if (3, 1) in dates:
        dates.add((2, 29))
    for person, born in cards.birthdays(unit).items():
        if (born.month, born.day) in dates:
            yield person, born, {}


def _renewals(_work: Work, unit: Unit, near: Collection[date]) -> Iterator[Told]:
    for row in membership.ending(unit):
        if row["ends_on"] in near:
            yield row["person_id"], row["ends_on"], {"card": row["card"]}


def _closing(work: Work, unit: Unit, near: Collection[date]) -> Iterator[Told]:
    """Steps that are lost on a day near, unless they are earned again."""
    falling = {
        person: held for person, held in ladders.standing(unit).items() if held.falls_on in near
    }
    if not falling:
        return
    ladder, has_card = steps.RULES.read(work.home), cards.members(unit)
    table = work.edition.table(climb.TABLE, only=("person_id", sorted(falling)))
    rows = {row["person_id"]: row for row in table.to_pylist()}
    for person, held in falling.items():
        if held.falls_on is not None:
            words = _missing(work, ladder, held, rows.get(person), joined=person in has_card)
            yield person, held.falls_on, words


def _missing(
    work: Work, ladder: Ladder, held: Held, row: Mapping[str, int] | None, *, joined: bool
) -> Mapping[str, Any]:
    """The step in words, and what is missing to keep it: what is missing from the one below."""
    rank = ladder.rank(held.step, held.rank)
    told: dict[str, Any] = {"tier": ladder.steps[rank].claim.by_language}
    standing = climb.figures_of(row, joined=joined)
    further = climbing.next_step(ladder, standing.now, rank - 1) if rank else None
    if further is None:
        return told
    every, some = climbing.in_words(further, work.settings.money)
    if words := (*every, *some[:1]):
        told["missing"] = {
            language: ", ".join(speaker(language).say(each) for each in words)
            for language in LANGUAGES
        }
    return told


def _refills(work: Work, _unit: Unit, near: Collection[date]) -> Iterator[Told]:
    rules = reminding.RULES.read(work.home)
    for row in work.edition.table(NEEDS).to_pylist():
        sure = row["gaps"] >= rules.gaps and row["within_28"] >= rules.chance
        if sure and row["due"] in near:
            yield row["person_id"], row["due"], {"product": row["name"], "sku": row["sku"]}


def _maintenance(work: Work, unit: Unit, near: Collection[date]) -> Iterator[Told]:
    known, today = _machine_rules(work)
    for need in machine_needs(unit, known, today):
        if DAY_OF[need.kind] == "maintenance_due" and need.due_on in near:
            yield need.person, need.due_on, {"machine": need.name, "serial": need.about}


def _trade_ins(work: Work, unit: Unit, near: Collection[date]) -> Iterator[Told]:
    """With what is given for the old one: the quote that holds, or a new one."""
    known, today = _machine_rules(work)
    for need in machine_needs(unit, known, today):
        if need.kind != machine_rules.END or need.due_on not in near:
            continue
        told: dict[str, Any] = {"machine": need.name, "serial": need.about}
        if (quote := quoted(work, unit, need.about)) is not None:
            worth = {"minor": quote["amount"], "currency": work.settings.money}
            until = quote["ends_on"].isoformat()
            told |= {"quote": worth, "until": until, "code": quote["code"]}
        yield need.person, need.due_on, told


def _machine_rules(work: Work) -> tuple[machine_rules.Rules, date]:
    known = machine_rules.RULES.read(work.home, work.settings.money)
    return known, work.now.astimezone(work.settings.zone).date()


WHO_KNOWS: Mapping[str, Callable[[Work, Unit, Collection[date]], Iterator[Told]]] = {
    "birthday": _birthdays,
    "tier_close": _closing,
    "renewal": _renewals,
    "refill_due": _refills,
    "maintenance_due": _maintenance,
    "trade_in_due": _trade_ins,
}
"""Kind of day -> those of everybody that lie near, asked of the room that knows them."""
