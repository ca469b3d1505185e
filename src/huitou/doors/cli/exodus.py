"""`huitou exodus`: groups that stay away beyond what was expected of their customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import between, grid, headed, people_table, share

if TYPE_CHECKING:
    from huitou.runs.desks.exodus import GroupView


def exodus(
    ctx: typer.Context,
    kind: Annotated[
        str | None,
        typer.Argument(metavar="[KIND]", help="With PART: who of that group stayed away."),
    ] = None,
    part: Annotated[str | None, typer.Argument(metavar="[PART]", help="A store, a region.")] = None,
    limit: Annotated[int, typer.Option(help="How many people.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Groups that leave beyond what was expected: stores, channels, regions, products, campaigns.

    What is expected is what customers of the same chance outside the group did.
    """
    shop = desk(ctx).shop()
    if kind is not None and part is not None:
        people = shop.exodus_people(kind, part, limit)
        if as_json:
            answer(people)
            return
        screen().print(headed(f"{part}", f": {people.people:,} stayed away"))
        screen().print(people_table(people.rows))
        return
    found = shop.exodus()
    if as_json:
        answer(found)
        return
    out = screen()
    for sentence in found.words:
        out.print(str(sentence))
    for group in found.named:
        out.print(f"  {group.words}")
        out.print(f"    try: huitou exodus {group.kind} '{group.part}'")
    if found.others:
        out.print(headed("\nThe next surest", ": nothing is wrong with them as far as is known"))
        out.print(grid([_row(group) for group in found.others]))


def _row(group: GroupView) -> dict[str, Any]:
    return {
        "group": f"{group.name} {group.part}",
        "people": group.people,
        "expected": round(group.expected),
        "came": group.came,
        "stayed away": share(group.share),
        "between": f"{share(group.low)} and {share(group.high)}",
        "revenue": between(group.revenue),
    }
