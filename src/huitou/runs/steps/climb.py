"""Climb: the figures of everybody in one pass, who moves on the ladder, and who is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huitou.care import book as care
from huitou.decisions.holdout import Holdout
from huitou.facts.standing import MEASURES, standing
from huitou.identity import book as identity
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.loyalty.cards import book as cards
from huitou.loyalty.cards.book import Card
from huitou.loyalty.ladder import book, many, rules, steps
from huitou.loyalty.ladder.book import Moved
from huitou.loyalty.ladder.rules import Figures, Held, Standing
from huitou.loyalty.ladder.steps import Ladder, Step
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.facts.contract import Tables
    from huitou.store.books import Unit
    from huitou.store.lake import Edition

TABLE = "standing"
CONGRATULATED_DAYS = 14
"""A word on a climb that could not leave for so long is no news any more."""


def starts(ladder: Ladder, day: date) -> tuple[date, date | None]:
    """The first day that counts, and in calendar years that of the year before."""
    if ladder.window_days is not None:
        return day - timedelta(days=ladder.window_days - 1), None
    return date(day.year, 1, 1), date(day.year - 1, 1, 1)


def counted(tables: Tables, ladder: Ladder, as_of: datetime, day: date) -> pa.Table:
    """The figures of everybody who ever bought, with `tenure` in days."""
    start, before = starts(ladder, day)
    table = standing(tables, as_of, start, before).to_pyarrow()
    since = pc.cast(table["first_day"], pa.int32())
    tenure = pc.subtract((day - date(1970, 1, 1)).days, since)
    return table.append_column("tenure", pc.cast(tenure, pa.int64())).sort_by("person_id")


def figures(work: Work) -> Result:
    """What counts on the ladder, for everybody, whether it is on or not."""
    ladder, moment = steps.RULES.read(work.home), work.moment
    with work.facts() as tables:
        table = counted(tables, ladder, moment.as_of, moment.day)
    work.edition.write(TABLE, table)
    return {"rows": table.num_rows}


def members(work: Work, unit: Unit) -> Result:
    """Who joined before their first order is, from that order on, the customer they became."""
    keys = cards.keys_known(unit)
    pairs = cards.became(unit, _holders(work.edition, keys)) if keys else []
    care.follow(unit, pairs, work.now)
    identity.keep(unit, pairs, [])
    return {"rows": len(pairs)}


def climb(work: Work, unit: Unit) -> Result:
    """Who climbs, who is warned and who falls; each told once who has a card and is not held out.

    A day before one that was judged already changes nothing, nor does the same day again.
    """
    ladder = steps.RULES.read(work.home)
    last = book.last_look(unit)
    if not ladder.on or (last is not None and work.day < last):
        return {"rows": 0}
    book.fold(unit, work.now, work.day)
    has_card = cards.members(unit)
    held = book.standing(unit)
    table = work.edition.table(TABLE)
    moved = verdicts(ladder, table, held, has_card, work.day, begun=last is not None)
    book.settle(unit, ladder, moved, work.day, work.now)
    book.look(unit, work.day, work.now)
    told = _tell(work, unit, ladder, moved, has_card)
    kinds = ("placed", "climbed", "warned", "kept", "fell")
    counts = {kind: sum(each.verdict.what == kind for each in moved) for kind in kinds}
    return {"rows": len(moved), "told": told, **counts}


def verdicts(
    ladder: Ladder,
    table: pa.Table,
    held: Mapping[str, Held],
    has_card: Iterable[str],
    day: date,
    *,
    begun: bool = True,
) -> list[Moved]:
    """Whoever does not stay as they stand; `table` as `counted` makes it."""
    table = _with_everybody(table, {*held, *has_card})
    people = table["person_id"].to_pylist()
    joined = pc.is_in(table["person_id"], pa.array(sorted(has_card), pa.string()))
    now, before = _columns(table, "", joined), _columns(table, "_before", joined)
    reached = many.deserved(ladder, now)
    kept = reached
    if ladder.window_days is None:
        kept = np.maximum(reached, many.deserved(ladder, before))
    here = np.zeros(len(people), dtype=np.int64)
    falling = np.zeros(len(people), dtype=np.bool_)
    for row, person in enumerate(people):
        if (mine := held.get(person)) is not None:
            here[row], falling[row] = ladder.rank(mine.step, mine.rank), mine.falls_on is not None
    found = []
    for row in many.to_look_at(reached, kept, here, falling):
        person = people[row]
        stands = Standing(_figures(now, row), _figures(before, row))
        verdict = rules.judge(ladder, stands, held.get(person), day, begun=begun)
        if verdict.what != "stays":
            found.append(Moved(person, held.get(person), verdict))
    return found


def figures_of(row: Mapping[str, int] | None, *, joined: bool) -> Standing:
    """The figures of one person from their row of the table; None: they never bought."""
    if row is None:
        return Standing(Figures(joined=int(joined)), Figures(joined=int(joined)))
    now = Figures(**{name: row[name] for name in MEASURES}, tenure=row["tenure"])
    before = Figures(**{name: row[f"{name}_before"] for name in MEASURES}, tenure=row["tenure"])
    return Standing(replace(now, joined=int(joined)), replace(before, joined=int(joined)))


def _with_everybody(table: pa.Table, people: set[str]) -> pa.Table:
    """The table with a row of zeros for whoever stands or joined and never bought."""
    missing = sorted(people - set(table["person_id"].to_pylist()))
    names = [name for name in table.column_names if name not in ("person_id", "first_day")]
    kept = table.select(["person_id", *names])
    if not missing:
        return kept
    zeros = pa.array(np.zeros(len(missing), dtype=np.int64))
    columns = {"person_id": pa.array(missing, pa.string()), **dict.fromkeys(names, zeros)}
    return pa.concat_tables([kept, pa.table(columns).select(kept.column_names)])


def _columns(table: pa.Table, suffix: str, joined: pa.ChunkedArray) -> dict[str, many.Whole]:
    told = {name: table[f"{name}{suffix}"].to_numpy() for name in MEASURES}
    both = {"tenure": table["tenure"].to_numpy(), "joined": joined.to_numpy().astype(np.int64)}
    return {**told, **both}


def _figures(columns: Mapping[str, many.Whole], row: int) -> Figures:
    return Figures(**{name: int(values[row]) for name, values in columns.items()})


def _holders(edition: Edition, keys: list[str]) -> dict[str, str]:
    """key -> the one person who holds it; a household's phone has several, and joins nobody."""
    found: dict[str, set[str]] = {}
    for row in edition.table("keys", only=("key", sorted(keys))).to_pylist():
        found.setdefault(row["key"], set()).add(row["person_id"])
    return {key: next(iter(people)) for key, people in found.items() if len(people) == 1}


def _tell(
    work: Work, unit: Unit, ladder: Ladder, moved: list[Moved], has_card: Mapping[str, Card]
) -> int:
    mine = [each for each in moved if each.person_id in has_card]
    for each in mine:
        if each.before is not None and each.before.falls_on is not None:
            sendings.withdraw(unit, "ladder", _falls(each.before), each.person_id, work.now)
    lot = _lot(work, [each.person_id for each in mine], has_card)
    wishes = [
        wish
        for each in mine
        if each.person_id not in lot
        and (wish := _wish(work, ladder, each, has_card[each.person_id])) is not None
    ]
    return sendings.ask(unit, wishes, work.now)


def _lot(work: Work, people: list[str], has_card: Mapping[str, Card]) -> set[str]:
    """Who of them is held out this year: they climb as everybody does, and are not written to."""
    if not people:
        return set()
    holdout = Holdout.of_the_year(work.settings.salt, work.settings.holdout_share, work.day)
    rows = work.edition.table("holders", ["person_id", "hold_key"], only=("person_id", people))
    drawn = dict(zip(rows["person_id"].to_pylist(), rows["hold_key"].to_pylist(), strict=True))
    return {
        person
        for person in people
        if holdout.holds(drawn.get(person) or next(iter(has_card[person].keys), person))
    }


def _wish(work: Work, ladder: Ladder, moved: Moved, card: Card) -> Wish | None:
    verdict = moved.verdict
    if verdict.what not in ("climbed", "warned") or card.channel is None:
        return None
    step = ladder.steps[verdict.rank]
    told: dict[str, Any] = {"step": step.claim.by_language, "number": card.number}
    if step.privileges and verdict.what == "climbed":
        told["claim"] = _given(step)
    if verdict.what == "climbed":
        return Wish(
            "ladder",
            f"climbed:{step.name}:{work.day}",
            moved.person_id,
            card.channel,
            "service",
            "ladder.climbed",
            told,
            not_after=work.now + timedelta(days=CONGRATULATED_DAYS),
        )
    after = book.after_(ladder, moved, work.day)
    left = ((after.falls_on or work.day) - work.day).days
    return Wish(
        "ladder",
        _falls(after),
        moved.person_id,
        card.channel,
        "service",
        "ladder.falls",
        {**told, "days": left, "falls_on": str(after.falls_on)},
        not_after=work.now + timedelta(days=left),
    )


def _given(step: Step) -> dict[str, str]:
    """What a step brings with it, by language."""
    by_language: dict[str, list[str]] = {}
    for privilege in step.privileges:
        for language, words in privilege.claim.by_language.items():
            by_language.setdefault(language, []).append(words)
    return {
        language: (", " if language == "en" else "、").join(words)
        for language, words in by_language.items()
    }


def _falls(held: Held) -> str:
    return f"falls:{held.step}:{held.falls_on}"
