"""Ringing on one evening: whom each rule that is switched on rings for, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from huitou.decisions.alarms.facts import Three, as_date
from huitou.decisions.alarms.past import Evening, Index
from huitou.decisions.alarms.rules import Rule

LEAST_VALUE = 0


@dataclass(frozen=True)
class Rung:
    """One alarm on one evening."""

    person_id: str
    rule: str
    since: date
    """Since when what it rings about has been going on."""
    value: int
    """Profit at stake, minor units."""
    facts: Three
    """The three facts that moved it."""


def ring(evening: Evening, rules: Iterable[tuple[Rule, Mapping[str, float]]]) -> list[Rung]:
    """Everybody the rules ring for, with the parameters chosen, the largest values first.

    All that fire are told, also those that rang before: the book knows which, and how many new ones
    a rule may bring (`most`).
    """
    found: list[Rung] = []
    for each, chosen in rules:
        told = each.told(chosen)
        sign = each.sign(evening, told)
        for at in in_order(evening, np.flatnonzero(sign.fires)):
            found.append(_rung(evening, each, int(at), int(sign.since[at]), told))
    return found


def in_order(evening: Evening, places: Index) -> Index:
    """The largest by a year's purchases first; equals by the day they first came."""
    seen = evening.seen
    order = np.lexsort((places, seen.first[places], -seen.worth[places]))
    return places[order]


def _rung(evening: Evening, rule: Rule, at: int, since: int, told: Mapping[str, float]) -> Rung:
    value = max(LEAST_VALUE, round(float(evening.value[at])))
    return Rung(
        person_id=evening.seen.past.people[at],
        rule=rule.name,
        since=as_date(since),
        value=value,
        facts=rule.facts(evening, at, since, told),
    )
