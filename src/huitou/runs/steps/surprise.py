"""Surprise: whose turn it is, who is drawn within the budget, and what the gifts moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from huitou.care.chase import book as chase
from huitou.care.complaints import book as complaints
from huitou.decisions.holdout import Holdout
from huitou.facts.earned import earned_by_day
from huitou.facts.milestones import numbered
from huitou.journeys.trials import book as trials
from huitou.loyalty.surprises import book
from huitou.loyalty.surprises.lots import Drawn, Turn, among_visitors, at_milestones
from huitou.loyalty.surprises.rules import RULES, Gift, SurpriseRules
from huitou.proof.gifts import moved
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit

FRESH_DAYS = 7
"""A milestone counts when it was reached within so many days: when surprises are switched on,
nobody is given what they reached long ago."""
YEAR = 365.25


@dataclass(frozen=True)
class Known:
    """Somebody who may be surprised."""

    person_id: str
    hold_key: str
    first_day: date
    lately: tuple[tuple[int, date], ...]
    """Their purchases of the last days: which it was, counted from the first, and when."""


def draw(work: Work, unit: Unit) -> Result:
    """Draw today's surprises; who is held out, waits for an answer or is tested is left alone."""
    rules = RULES.read(work.home)
    ended = book.expire(unit, work.now)
    if not rules.on:
        return {"rows": 0, "ended": ended}
    known = _known(work, unit, rules)
    born = book.born_in(unit, work.day.month)
    said: Counter[str] = Counter()
    busy: set[str] = set()
    for gift in rules.gifts:
        turns = [
            turn
            for each in known
            if each.person_id not in busy and (turn := _turn(gift, each, work.day, born))
        ]
        for drawn in _drawn(gift, turns, rules, work):
            told = book.keep(unit, drawn, rules, work.day, work.now, _receipt(drawn, turns, work))
            said[told] += 1
            if told in ("given", "control", "budget"):
                busy.add(drawn.turn.person_id)
    return {"rows": said["given"], "ended": ended, **said}


def _known(work: Work, unit: Unit, rules: SurpriseRules) -> list[Known]:
    """Everybody who may be drawn today."""
    people = work.edition.table(f"customers_{work.day}", ["person_id", "T"])
    keys = work.edition.table("holders", ["person_id", "hold_key"])
    hold_key = dict(zip(*(column.to_pylist() for column in keys.columns), strict=True))
    lately = _lately(work)
    ids = people["person_id"].to_pylist()
    rest = book.drawn_since(unit, work.day - timedelta(days=rules.window_days))
    alone = rest | complaints.people_waiting(unit) | set(chase.marked(unit))
    alone |= trials.inside(unit, work.day)
    held = Holdout.of_the_year(work.settings.salt, work.settings.holdout_share, work.day)
    return [
        Known(
            person, hold_key[person], work.day - timedelta(days=int(tenure)),
            tuple(lately.get(person, ())),
        )
        for person, tenure in zip(ids, people["T"].to_pylist(), strict=True)
        if person not in alone and not held.holds(hold_key[person])
    ]  # fmt: skip


def _lately(work: Work) -> dict[str, list[tuple[int, date]]]:
    since = work.day - timedelta(days=FRESH_DAYS)
    with work.facts() as tables:
        rows = numbered(tables, work.moment.as_of, since).to_pyarrow().to_pylist()
    found: dict[str, list[tuple[int, date]]] = {}
    for row in rows:
        found.setdefault(row["person_id"], []).append((row["nth"], row["day"]))
    return found


def _turn(gift: Gift, each: Known, day: date, born: set[str]) -> Turn | None:
    """Whether it is somebody's turn for a gift today, and on which occasion."""
    occasion, why = _occasion(gift, each, day, born)
    return Turn(each.person_id, each.hold_key, occasion, why) if occasion else None


def _occasion(gift: Gift, each: Known, day: date, born: set[str]) -> tuple[str, str]:
    if gift.when == "orders":
        reached = [nth for nth, _ in each.lately if nth % gift.every == 0]
        return (f"orders:{max(reached)}", f"order {max(reached)}") if reached else ("", "")
    if gift.when == "years":
        years = _years(each.first_day, day)
        fresh = years and years != _years(each.first_day, day - timedelta(days=FRESH_DAYS))
        turn = fresh and years % gift.every == 0
        return (f"years:{years}", f"{years} years a customer") if turn else ("", "")
    if gift.when == "birthday":
        mine = each.person_id in born
        return (f"birthday:{day.year}", f"birthday in month {day.month}") if mine else ("", "")
    if gift.when == "journey":
        return "", ""
    came = any(when == day for _, when in each.lately)
    return (f"drawn:{day.isoformat()}", f"came on {day.isoformat()}") if came else ("", "")


def _years(first: date, day: date) -> int:
    return int((day - first).days / YEAR)


def _drawn(gift: Gift, turns: Sequence[Turn], rules: SurpriseRules, work: Work) -> Iterable[Drawn]:
    salt = work.settings.salt
    if gift.when == "drawn":
        return among_visitors(gift, turns, rules.control_share, salt, work.day.isoformat())
    return at_milestones(gift, turns, rules.control_share, salt)


def _receipt(drawn: Drawn, turns: Sequence[Turn], work: Work) -> dict[str, Any]:
    return {
        "because": drawn.turn.why,
        "arm": drawn.arm,
        "lot": drawn.lot,
        "chance": drawn.chance,
        "turns": len(turns),
        "cost": drawn.gift.cost,
        "what": dict(drawn.gift.by_language),
        "run": work.run_id,
        "day": work.day.isoformat(),
    }


def read_out(work: Work) -> Result:
    """What the gifts moved, for all whose window is over."""
    rules = RULES.read(work.home)
    with work.books.reading() as unit:
        rows = book.all_drawn(unit)
    window = timedelta(days=rules.window_days)
    over = [row for row in rows if row["day"] + window <= work.day]
    before, after = np.zeros(len(over)), np.zeros(len(over))
    if over:
        people = sorted({row["person_id"] for row in over})
        with work.facts() as tables:
            brought = earned_by_day(tables, work.moment.as_of, people).to_pyarrow().to_pylist()
        daily: dict[str, list[tuple[date, int]]] = {}
        for each in brought:
            daily.setdefault(each["person_id"], []).append((each["day"], each["profit"]))
        for place, row in enumerate(over):
            mine = daily.get(row["person_id"], [])
            # The day of the turn itself is over when the lot is drawn: it is in neither window.
            before[place] = sum(p for day, p in mine if row["day"] - window <= day < row["day"])
            after[place] = sum(p for day, p in mine if row["day"] < day <= row["day"] + window)
    control = np.array([row["arm"] == "control" for row in over], dtype=np.bool_)
    costs = [row["cost"] for row in over if row["state"] == "delivered"]
    given = sum(row["arm"] == "given" for row in over)
    seen = moved(before, after, control, sum(costs) / given if given else 0.0)
    work.edition.note("surprises", {**seen.written(), "window_days": rules.window_days})
    return {"rows": len(over)}
