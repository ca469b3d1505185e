"""`huitou balance`: profit against spend on winning new, keeping and winning back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import amount, between, grid, headed, share

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.runs.desks.balance import BalanceView, CurveView, NewView, SpotView

BARS = 30


def balance(ctx: typer.Context, as_json: AsJson = False) -> None:
    """How much to spend on winning new, keeping and winning back, and what is not known."""
    found = desk(ctx).shop().balance()
    if as_json:
        answer(found)
        return
    out = screen()
    out.print(headed(f"The balance of plan {found.plan}", f", {found.window_days} days"))
    for sentence in found.words:
        out.print(f"  {sentence}")
    for curve in (found.together, found.keep, found.back):
        if len(curve.spots) > 1:
            out.print(grid(_rows(curve, found), str(curve.name)))
    if found.new is not None:
        _say_new(found.new, out)
    out.print(headed("\nWhat the data cannot say"))
    for sentence in found.unknown:
        out.print(f"  {sentence}")


def _rows(curve: CurveView, found: BalanceView) -> list[dict[str, Any]]:
    most = max(1, found.together.best.gain.value.minor)
    spots = {spot.spend.minor: spot for spot in curve.spots}
    marks = {curve.best.spend.minor: "best"}
    if curve.code == "together":
        split = found.split
        named = {"today": found.today, f"{share(split.share)} for customers": split.spot}
        for name, spot in named.items():
            spots.setdefault(spot.spend.minor, spot)
            at = spot.spend.minor
            marks[at] = f"{marks[at]}, {name}" if at in marks else name
    return [_row(spots[at], marks.get(at, ""), most) for at in sorted(spots)]


def _row(spot: SpotView, mark: str, most: int) -> dict[str, Any]:
    length = round(BARS * max(0, spot.gain.value.minor) / most)
    return {
        "spend": amount(spot.spend),
        "brings beyond": between(spot.gain),
        "one more coin adds": round(spot.returns, 2),
        "people": spot.people,
        "hours": spot.hours,
        "": "█" * length,
        "mark": mark,
    }


def _say_new(new: NewView, out: Console) -> None:
    out.print(headed("\nWinning new", f": {new.per_month:,.0f} newcomers a month"))
    out.print(f"  each brings {between(new.first_month)} in the month they come,")
    out.print(f"  and {between(new.year)} within {new.months} months")
    if new.spend is not None and new.cost_each is not None:
        out.print(f"  winning one costs {amount(new.cost_each)} ({amount(new.spend)} a month)")
        month = f"month {new.payback} (month 1 is the one they come in)"
        back = "not within what is known" if new.payback is None else month
        out.print(f"  they have brought it back by the end of: {back}")
