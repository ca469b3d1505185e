"""`huitou referral`: regulars' links, the friends who came by them, and what was caught."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.desks.referrals import ReferralView

app = typer.Typer(no_args_is_help=True, help="Regulars who bring friends, and what both get.")

Referral = Annotated[str, typer.Argument(metavar="ID", help="From `list`.")]


@app.command()
def link(
    ctx: typer.Context,
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Member number, phone, e-mail or id.")
    ],
    as_json: AsJson = False,
) -> None:
    """A customer's own link, made once."""
    made = desk(ctx).shop().referrals.link(customer, getpass.getuser())
    if as_json:
        answer(made)
        return
    screen().print(made.address, markup=False, soft_wrap=True)


@app.command("list")
def listed(
    ctx: typer.Context,
    state: Annotated[
        str | None, typer.Option(help="named, bought, rewarded, caught, refused or over.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 100,
    as_json: AsJson = False,
) -> None:
    """Who brings whom, the newest first."""
    found = desk(ctx).shop().referrals.listed(state, limit)
    if as_json:
        answer(found)
        return
    for each in found:
        _say(each)
    if not found:
        screen().print("Nobody was brought yet.")


@app.command()
def approve(ctx: typer.Context, referral: Referral, as_json: AsJson = False) -> None:
    """What was caught is a friend after all: rewarded by the next run."""
    _decide(ctx, referral, is_friend=True, as_json=as_json)


@app.command()
def refuse(ctx: typer.Context, referral: Referral, as_json: AsJson = False) -> None:
    """What was caught is no friend."""
    _decide(ctx, referral, is_friend=False, as_json=as_json)


def _decide(ctx: typer.Context, referral: str, *, is_friend: bool, as_json: bool) -> None:
    desk_ = desk(ctx).shop().referrals
    done = desk_.decide(referral, getpass.getuser(), is_friend=is_friend)
    if as_json:
        answer(done)
        return
    _say(done)


def _say(each: ReferralView) -> None:
    why = f" ({each.why_words})" if each.why_words is not None else ""
    line = f"{each.day} {each.state:9} {each.giver_name or each.giver} brings {each.friend}{why}"
    screen().print(f"{line}  {each.id}", markup=False)
