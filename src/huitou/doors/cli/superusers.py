"""`huitou superusers`: who surely leaves far more than the usual customer."""

from __future__ import annotations

from typing import Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

app = typer.Typer(no_args_is_help=True, help="Who surely leaves far more than the usual customer.")


@app.command()
def show(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: AsJson = False,
) -> None:
    """Who they are, what sets them apart, and what they are worth."""
    page = desk(ctx).shop().super_users.page(limit)
    if as_json:
        answer(page)
        return
    out = screen()
    out.print(f"{page.count} of {page.people} customers are super users.")
    out.print(
        f"In {page.days} days they left {page.left_by_super.written()} of {page.left.written()}"
        f" ({page.share:.0%})."
    )
    if page.worth is not None:
        out.print(f"They are expected to leave {page.worth.written()} more.")
    for each in (*page.bought, *page.asked):
        out.print(f"  {each.what}: {each.theirs:.0%} of them, {each.others:.0%} of others")
    for user in page.users:
        net = user.net
        out.print(
            f"{user.name}  {net.value.written()} ({net.low.written()} to {net.high.written()}),"
            f" {user.orders} orders"
        )
