"""`huitou effects`: what each act is believed to move, and what promises were worth."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import headed, surely

if TYPE_CHECKING:
    from huitou.runs.desks.effects import EffectView, More, PromiseView


def effects(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What each act is believed to move, first guess beside what was learned; promises kept."""
    found = desk(ctx).shop().effects.seen()
    if as_json:
        answer(found)
        return
    out = screen()
    for sentence in (*found.words, *found.challenger.words, found.trust.words):
        out.print(f"  {sentence}")
    for kind, rows in groupby(found.effects, key=lambda each: each.kind):
        out.print(headed(kind, ": more of 100 customers buy"))
        for each in rows:
            _say(each)
    for promise in found.promises:
        _say_promise(promise)


def _say(each: EffectView) -> None:
    guess = f"guessed {_more(each.guess)}"
    if each.learned is None:
        screen().print(f"  {each.stage}: {guess}")
        return
    of = "person" if each.treated == 1 else "people"
    arms = f"{each.treated:,} {of}, {each.held_out:,} held out"
    screen().print(f"  {each.stage}: {_more(each.learned)}; {guess}; {arms} [{each.claim}]")


def _more(of: More) -> str:
    return f"{of.value:+.1f} ({of.low:+.1f} to {of.high:+.1f})"


def _say_promise(each: PromiseView) -> None:
    out = screen()
    out.print(headed(f"plan {each.plan}", f", applied {each.as_of}"))
    out.print(f"  promised {surely(each.promised)}; {each.expected.written(whole=True)} expected")
    if each.proven is None:
        out.print("  nothing is proven yet")
        return
    out.print(f"  proven on {each.read_on}: {surely(each.proven)} [{each.verdict}]")
