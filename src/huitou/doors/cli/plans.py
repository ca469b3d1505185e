"""`huitou plan`: read it, draft it anew, approve it, carry it out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.answers import show_totals
from huitou.doors.cli.desk import AsJson, answer, desk, progress, screen
from huitou.doors.cli.drawing import amount, grid, headed
from huitou.ground.errors import HuitouError, NotYet

if TYPE_CHECKING:
    from huitou.runs.desks.rehearsals import GoingItem, GoingView
    from huitou.runs.shop import Shop
    from huitou.runs.views import PersonRow, PlanTotals, Receipt

app = typer.Typer(no_args_is_help=True, help="Read the plan, draft it anew, approve, carry it out.")

PlanId = Annotated[
    str | None,
    typer.Argument(metavar="[PLAN]", help="Its id; where none, the newest that fits."),
]


@app.command()
def show(
    ctx: typer.Context,
    plan: PlanId = None,
    act: Annotated[str | None, typer.Option(help="Only receipts of this act.")] = None,
    receipts: Annotated[int, typer.Option(metavar="N", help="How many receipts.")] = 20,
    letters: Annotated[int, typer.Option(metavar="N", help="How many letters to read.")] = 1,
    as_json: AsJson = False,
) -> None:
    """The plan: acts, cost, gain, receipts, and letters to read before it is approved."""
    shop = desk(ctx).shop()
    totals = _plan(shop, plan)
    rows, after = shop.receipts(totals.id, act=act, limit=receipts)
    samples = shop.letters(totals.id, limit=letters) if letters else ()
    remarks = [str(alert.words) for alert in shop.remarks()]
    if as_json:
        from huitou.runs.written import plan_in_short

        listed = [{"person": person, "receipt": receipt} for person, receipt in rows]
        words = [str(sentence) for sentence in totals.words]
        answer(
            {**(plan_in_short(totals) or {}), "words": words, "receipts": listed, "after": after,
             "letters": samples, "remarks": remarks}
        )  # fmt: skip
        return
    out = screen()
    out.print(f"plan {totals.id}, as of {totals.as_of}")
    show_totals(totals, out)
    for remark in remarks:
        out.print(f"  ! {remark}")
    out.print(grid(_receipt_row(person, receipt) for person, receipt in rows))
    for letter in samples:
        out.print(headed(f"\n{letter.subject}\n", letter.body))


def _receipt_row(person: PersonRow, receipt: Receipt) -> dict[str, str]:
    return {
        "customer": person.key,
        "stage": person.stage,
        "act": act_of(receipt),
        "cost": amount(receipt.cost),
        "at most": amount(receipt.worst_cost),
        "bound": amount(receipt.bound),
        "gain": amount(receipt.gain.value),
        "why": "\n".join(str(sentence) for sentence in receipt.words[:2]),
    }


def act_of(receipt: Receipt) -> str:
    """The act, with the lot that decided it."""
    if receipt.drawn == "control":
        return "control of this plan"
    if receipt.held_out:
        return "held out"
    lots = {"explored": " (drawn to learn)", "test": " (in a test)"}
    return receipt.act + lots.get(receipt.drawn or "", "")


@app.command(name="list")
def every(ctx: typer.Context, as_json: AsJson = False) -> None:
    """All plans, the newest first."""
    plans = desk(ctx).shop().plans()
    if as_json:
        from huitou.runs.written import plan_in_short

        answer([plan_in_short(totals) for totals in plans])
        return
    screen().print(grid(_plan_row(totals) for totals in plans))


def _plan_row(totals: PlanTotals) -> dict[str, Any]:
    return {
        "plan": totals.id,
        "as of": totals.as_of,
        "status": "posted" if totals.posted_at else totals.status,
        "people": sum(n for act, n in totals.acts.items() if act != "nothing"),
        "held out": totals.held_out,
        "control": totals.controls,
        "cost": amount(totals.cost),
        "gain": amount(totals.gain.value),
        "approved by": totals.approved_by,
    }


@app.command()
def draft(
    ctx: typer.Context,
    budget: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="Most it may cost: 500 or 499.50")
    ] = None,
    staff_hours: Annotated[float | None, typer.Option(help="Staff time it may take.")] = None,
    by: Annotated[str, typer.Option(help="Who drafts it; kept with the plan.")] = "owner",
    as_json: AsJson = False,
) -> None:
    """Draft the plan anew; nothing is sent.

    The limits hold for this draft; `huitou settings set budget 500` keeps one for all to come.
    """
    shop = desk(ctx).shop()
    limit = None if budget is None else to_minor(budget, shop.settings.money)
    with progress() as show_step:
        show_step("plan", None)
        drafted = shop.draft_plan(budget=limit, staff_hours=staff_hours, by=by)
    _say(drafted, as_json)


@app.command()
def approve(
    ctx: typer.Context,
    plan: PlanId = None,
    by: Annotated[str, typer.Option(help="Who approves it; kept with the plan.")] = "owner",
    as_json: AsJson = False,
) -> None:
    """Approve a draft; only then can it be applied.

    Above the setting `approval_limit` two people do, and who drafted it is not the last.
    """
    shop = desk(ctx).shop()
    totals = _plan(shop, plan, "draft")
    shop.approve_plan(totals.id, by)
    _say(_plan(shop, totals.id), as_json)


@app.command(name="apply")
def carry_out(
    ctx: typer.Context,
    plan: PlanId = None,
    by: Annotated[str, typer.Option(help="Who carries it out; kept with the plan.")] = "owner",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would leave, item by item; write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the letters and lists of an approved plan, each once; a killed one goes on."""
    shop = desk(ctx).shop()
    if dry_run:
        _say_going(shop.rehearse(_plan(shop, plan, "applying", "approved").id), as_json)
        return
    totals = _plan(shop, plan, "applying", "approved")
    with progress() as show_step:
        done = shop.apply_plan(totals.id, by, progress=show_step)
    if as_json:
        answer(done)
        return
    for name, value in done.items():
        screen().print(f"{str(name).replace('_', ' ')}: {_plainly(value)}", markup=False)


def _plainly(value: Any) -> str:
    """Counts by name in one line, and what else is told of a carried-out plan."""
    if not isinstance(value, Mapping):
        return f"{value:,}" if isinstance(value, int) else str(value)
    told = [
        f"{str(name).replace('_', ' ')} {_plainly(each)}"
        for name, each in value.items()
        if each or each == 0
    ]
    return ", ".join(told) or "none"


def _say_going(going: GoingView, as_json: bool) -> None:
    if as_json:
        answer(going)
        return
    out = screen()
    out.print(headed(f"plan {going.plan}", f", {going.status}: nothing was written"))
    out.print(
        f"  would leave: {going.letters:,} letters, {going.calls:,} calls, {going.offers:,} offers;"
        f" costs {amount(going.cost)}, at most {amount(going.worst_cost)},"
        f" {going.staff_minutes:,.0f} minutes of staff"
    )
    for rule, count in going.refused.items():
        out.print(f"  refused by the rule {rule.replace('_', ' ')}: {count:,}")
    for sentence in going.words:
        out.print(f"  ! {sentence}")
    out.print(grid(_going_row(item) for item in going.items))


def _going_row(item: GoingItem) -> dict[str, Any]:
    return {
        "customer": item.key or item.person,
        "act": item.act,
        "by": item.channel,
        "letter": item.subject,
        "cost": item.cost,
        "at most": item.worst_cost,
        "offer": item.offer,
        "stopped": str(item.why_not) if item.why_not is not None else "",
    }


@app.command()
def replay(ctx: typer.Context, plan: PlanId = None, as_json: AsJson = False) -> None:
    """Draft a plan again from what was kept, and compare the receipts byte by byte.

    Leaves with 1 where another plan comes out, or none can.
    """
    shop = desk(ctx).shop()
    seen = shop.replay_plan(_plan(shop, plan).id)
    if as_json:
        answer(seen)
    else:
        out = screen()
        state = {True: "the same", False: "another", None: "cannot be drafted again"}[seen.same]
        out.print(headed(f"plan {seen.plan}", f": {state}"))
        out.print(f"  then {seen.digest}")
        out.print(f"  now  {seen.again or '—'}")
        for sentence in seen.words:
            out.print(f"  {sentence}")
    if not seen.same:
        raise typer.Exit(1)


@app.command()
def posted(
    ctx: typer.Context,
    plan: PlanId = None,
    by: Annotated[str, typer.Option(help="Who posted them; kept with the plan.")] = "owner",
    as_json: AsJson = False,
) -> None:
    """Say that the printed letters were posted.

    Only then can the plan prove anything: a letter in a drawer changes nobody's mind.
    """
    shop = desk(ctx).shop()
    totals = _plan(shop, plan, "applied")
    shop.confirm_sent(totals.id, by)
    _say(_plan(shop, totals.id), as_json)


def to_minor(text: str, currency: str, *, to_try: str = "--budget 500") -> int:
    """`499.50` in GBP -> 49950; a plain sentence for what is no amount."""
    from huitou.ground.money import to_minor as minor

    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise HuitouError(f"{text!r} is not an amount", to_try=to_try)
    return minor(value, currency)


def _plan(shop: Shop, plan: str | None, *statuses: str) -> PlanTotals:
    """The plan of this id; without one the latest of these statuses, else the latest of all."""
    totals = shop.latest_plan(*statuses) if plan is None and statuses else None
    totals = totals or shop.plan(plan)
    if totals is None:
        raise NotYet("there is no plan yet", to_try="huitou run")
    return totals


def _say(totals: PlanTotals, as_json: bool) -> None:
    if as_json:
        from huitou.runs.written import plan_in_short

        answer(plan_in_short(totals))
    else:
        show_totals(totals, screen())
