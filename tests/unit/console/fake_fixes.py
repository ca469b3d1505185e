"""Desks of what to fix and of texts, with made-up answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from huitou.care.fixes.rules import Fix
from huitou.care.reasons import WHYS
from huitou.ground.errors import BadInput, HuitouError, NotYet
from huitou.proof.fixes import Reading
from huitou.runs.desks.fixes import CauseView, FixView, Part
from huitou.runs.desks.lessons import SortedText
from huitou.runs.mended import verdict_words
from huitou.runs.people import money_range

READINGS = (
    Reading("works", 13, -0.35, -0.5, -0.1, None),
    Reading("too_early", 8, -0.1, -0.4, 0.2, 5),
    Reading("too_early", 0, None, None, None, 3),
    Reading("no_effect", 26, 0.02, -0.1, 0.1, None),
    Reading("worse", 8, 0.5, 0.2, 0.9, None),
    Reading("too_few", 0, None, None, None, None),
)
"""Every verdict there is."""

NASTY = '<script>alert("x")</script>'


class FakeFixes:
    """Two causes, and a fix for each verdict."""

    def __init__(self, *, empty: bool = False) -> None:
        self.entered: list[tuple[Fix, str]] = []
        self._empty = empty

    def ranked(self, by: str = "lost") -> tuple[CauseView, ...]:
        if self._empty:
            raise NotYet("nothing is known of causes yet", to_try="huitou run")
        if by not in ("lost", "certainty"):
            raise HuitouError(f"causes are not ranked by {by!r}")
        part = Part("product", NASTY, 12, 40, 30, 900, 9.0, 3.1, 25.5)
        return (
            _cause("delivery", 900_00, 14, (0.0, 1.0, 4.0), (part,), mendable=True),
            _cause("moved", 100_00, 3, (), (), mendable=False),
        )

    def fixes(self) -> tuple[FixView, ...]:
        if self._empty:
            return ()
        return tuple(_fix(f"f{place}", each) for place, each in enumerate(READINGS))

    def fix(self, fix_id: str) -> FixView:
        for each in self.fixes():
            if each.id == fix_id:
                return each
        raise HuitouError(f"there is no fix {fix_id!r}")

    def enter(self, made: Fix, by: str) -> str:
        made.check(date(2011, 12, 10))
        self.entered.append((made, by))
        return "f0"


class FakeLessons:
    """Everything is about the price."""

    def __init__(self) -> None:
        self.taught: list[tuple[str, str, str]] = []

    def sort(self, texts: Sequence[str], names: Any = ()) -> tuple[SortedText, ...]:
        return tuple(SortedText(t, "price", WHYS["price"], 0.9, None, "own") for t in texts)

    def teach(self, text: str, cause: str, by: str) -> bool:
        if cause not in WHYS:
            raise BadInput(f"{cause!r} is no cause")
        self.taught.append((text, cause, by))
        return True

    def lessons(self) -> tuple[Any, ...]:
        return ()

    def forget(self, lesson_id: str) -> bool:
        return lesson_id == "l1"


def _cause(
    code: str, lost: int, people: float, trend: Any, parts: Any, *, mendable: bool
) -> CauseView:
    money = money_range(lost, lost // 3, 2 * lost, "GBP")
    told = {"people": people, "certainty": 0.4, "answers": 3, "complaints": 8}
    return CauseView(code, WHYS[code], money, **told, trend=trend, parts=parts, mendable=mendable)


def _fix(name: str, found: Reading) -> FixView:
    told = asdict(found)
    return FixView(
        id=name,
        cause="delivery",
        words=WHYS["delivery"],
        what=NASTY,
        product=None,
        store="Xuhui",
        step="delivering",
        owner="Ann",
        made_on=date(2011, 9, 1),
        expected=0.3,
        told=4,
        verdict_words=verdict_words(found),
        weeks_read=told.pop("weeks"),
        source="said",
        **told,
    )
