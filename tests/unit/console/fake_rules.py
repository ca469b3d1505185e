"""Desks of acts and of whom not to chase, with made-up answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from huitou.care.chase.rules import WHYS, mark
from huitou.decisions.acts import ACTS, Act, act_of
from huitou.decisions.playbook import PLAYBOOK
from huitou.ground.errors import Refused
from huitou.ground.words import said
from huitou.runs.views import ActView, ChaseMark

NASTY = '<script>alert("x")</script>'
TODAY = date(2026, 6, 1)


class FakeActs:
    """The acts of huitou, and one of the shop's own that breaks a rule."""

    def __init__(self) -> None:
        self.added: list[tuple[Mapping[str, Any], str]] = []
        self.removed: list[str] = []
        told = {"name": "welcome", "kind": "offer", "claim": NASTY, "depth": 0.1}
        self.own = [act_of({**told, "stages": ["new"]}, own=True)]

    def listed(self) -> tuple[ActView, ...]:
        return tuple(_view(act) for act in (*ACTS.values(), *self.own))

    def add(self, told: Mapping[str, Any], by: str) -> ActView:
        act = act_of(told, own=True)
        self.added.append((told, by))
        self.own.append(act)
        return _view(act)

    def remove(self, name: str, by: str) -> None:
        if name not in {act.name for act in self.own}:
            raise Refused(f"there is no act of your own called {name!r}")
        self.removed.append(name)


def _view(act: Act) -> ActView:
    effect = PLAYBOOK.effect(act, "lost")
    return ActView(
        name=act.name,
        kind=act.kind,
        claim=act.claim,
        own=act.own,
        ready=not act.described,
        costs=said("Nothing but the letter or the call"),
        minutes=act.staff_minutes,
        stages=tuple(sorted(act.stages)),
        causes=(),
        because=effect.source,
        low=effect.mean - effect.sd,
        middle=effect.mean,
        high=effect.mean + effect.sd,
        warning=said("Nobody is marked.") if act.own else None,
        times=3 if act.own else 0,
    )


class FakeChase:
    """One marked for good, one for now."""

    today = TODAY

    def __init__(self) -> None:
        self.done: list[tuple[str, ...]] = []

    def listed(self) -> tuple[ChaseMark, ...]:
        return (_mark("p1", "abusive", NASTY), _mark("p2", "rival", "They moved to a rival."))

    def mark(
        self, who: str, why: str, words: str, by: str, review_on: date | None = None
    ) -> ChaseMark:
        told = mark(why, words, review_on, TODAY)
        self.done.append(("mark", who, why, told.words, by))
        return _mark(who, why, words)

    def review(self, who: str, by: str, until: date | None = None) -> None:
        self.done.append(("review", who, by))

    def lift(self, who: str, words: str, by: str) -> None:
        self.done.append(("lift", who, words, by))


def _mark(person: str, why: str, words: str) -> ChaseMark:
    never = WHYS[why][0] == "never"
    return ChaseMark(person, why, WHYS[why][1], never, words, date(2027, 6, 1), "mei", TODAY)
