"""Who calls whom today: spread by store, then by load, and cut where a clerk's minutes end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from huitou.ground.roster import Clerk


@dataclass(frozen=True)
class Waiting:
    """A call that is to be given to somebody."""

    key: str
    gain: int | None
    minutes: int
    store: str | None = None


def share_out(
    waiting: Iterable[Waiting], clerks: Sequence[Clerk], load: Mapping[str, int]
) -> dict[str, str]:
    """key -> clerk: somebody of the same store where there is one, and of those the least busy.

    Busy is minutes already given to somebody over the minutes they have. The most gainful calls are
    given out first. Equal input gives the same answer; what was given before is not looked at.
    """
    given, busy = dict[str, str](), dict(load)
    for one in sorted(waiting, key=lambda each: (-(each.gain or 0), each.key)):
        able = [clerk for clerk in clerks if clerk.minutes and clerk.keeps(one.store)]
        able = able or [clerk for clerk in clerks if clerk.minutes] or list(clerks)
        chosen = min(able, key=lambda clerk: (_load(clerk, busy), clerks.index(clerk)))
        busy[chosen.name] = busy.get(chosen.name, 0) + one.minutes
        given[one.key] = chosen.name
    return given


@dataclass(frozen=True)
class Today:
    """One clerk's day: what fits, in order, and what waits for another."""

    calls: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)
    later: tuple[Mapping[str, Any], ...] = field(default_factory=tuple)


def in_order(calls: Iterable[Mapping[str, Any]], today: date, minutes: int, spent: int) -> Today:
    """The calls due today: who was promised a call first, then cases, then by expected profit.

    Args:
        calls: open calls (state, due_on, gain, minutes, case_id, id).
        today: the shop's day.
        minutes: what the clerk has for calls in a day.
        spent: what they have called already today.
    """
    due = sorted((call for call in calls if call["due_on"] <= today), key=_rank)
    room, fits, later = minutes - spent, [], []
    for call in due:
        # Who was promised a call is called, whatever else there is to do.
        if call["state"] == "reached" or call["minutes"] <= room:
            fits.append(call)
            room -= call["minutes"]
        else:
            later.append(call)
    return Today(tuple(fits), tuple(later))


def _rank(call: Mapping[str, Any]) -> tuple[bool, bool, bool, int, str]:
    asked_for = call["gain"] is None
    promised, case = call["state"] == "reached", call["case_id"] is not None
    return (not promised, not case, not asked_for, -(call["gain"] or 0), call["id"])


def _load(clerk: Clerk, busy: Mapping[str, int]) -> float:
    return busy.get(clerk.name, 0) / max(clerk.minutes, 1)
