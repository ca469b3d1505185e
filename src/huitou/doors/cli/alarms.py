"""`huitou alarm`: what rings, who takes it, which rules ring, and where staff are told."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import amount, grid, headed, share
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.runs.bells import AlarmRuleView, BellView, ReplayView

app = typer.Typer(no_args_is_help=True, help="Who is about to leave: take it, put it off, end it.")

Which = Annotated[list[str], typer.Argument(metavar="ALARM…", help="Ids, of `huitou alarm list`.")]
RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Its name, of `huitou alarm rules`.")]
By = Annotated[str | None, typer.Option(help="Who does it; the name you are signed in by.")]
Told = Annotated[
    list[str] | None, typer.Option("--with", metavar="NAME=VALUE", help="A parameter; repeatable.")
]


@app.command(name="list")
def listing(
    ctx: typer.Context,
    state: Annotated[
        str, typer.Option(help="ringing, acknowledged, snoozed or closed.")
    ] = "ringing",
    as_json: AsJson = False,
) -> None:
    """Customers with an alarm, the largest value first, with the facts that moved it."""
    found = desk(ctx).shop().alarms.bells(state)
    if as_json:
        answer(found)
        return
    out = screen()
    if not found:
        out.print(f"No alarm is {state}.")
    for bell in found:
        _say(bell, out)


@app.command()
def ack(ctx: typer.Context, alarms: Which, by: By = None, as_json: AsJson = False) -> None:
    """Take alarms: they ring no more, and are not escalated."""
    desk(ctx).shop().alarms.acknowledge(alarms, by or getpass.getuser())
    _done(alarms, "taken", as_json)


@app.command()
def snooze(
    ctx: typer.Context,
    alarms: Which,
    days: Annotated[int, typer.Option(metavar="N", help="For so many days.")] = 7,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Put alarms off; they ring again when their time has come."""
    desk(ctx).shop().alarms.snooze(alarms, days, by or getpass.getuser())
    _done(alarms, f"put off by {days} days", as_json)


@app.command()
def close(
    ctx: typer.Context,
    alarms: Which,
    outcome: Annotated[str, typer.Option(help="reached, not_reached or false_alarm.")] = "reached",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write down how alarms ended."""
    desk(ctx).shop().alarms.close(alarms, outcome, by or getpass.getuser())
    _done(alarms, outcome, as_json)


@app.command()
def rules(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Every rule: whether it is on, and what it would have rung on the shop's own past."""
    found = desk(ctx).shop().alarms.rules()
    if as_json:
        answer(found)
        return
    for rule in found:
        _say_rule(rule, screen())


@app.command()
def replay(
    ctx: typer.Context, rule: RuleName, parameters: Told = None, as_json: AsJson = False
) -> None:
    """What a rule would have rung on the past, with these parameters; nothing is changed."""
    found = desk(ctx).shop().alarms.replay(rule, _numbers(parameters))
    if as_json:
        answer(found)
        return
    _say_replay(found, screen())


@app.command(name="set")
def change(
    ctx: typer.Context,
    rule: RuleName,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Switch it.")] = None,
    parameters: Told = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Switch a rule on or off, or turn its parameters."""
    shop, who = desk(ctx).shop(), by or getpass.getuser()
    kept = shop.alarms.set_rule(rule, who, is_on=on, parameters=_numbers(parameters))
    if as_json:
        answer(kept)
        return
    _say_rule(kept, screen())


@app.command()
def routes(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Where alarms are told, and by what."""
    found = desk(ctx).shop().alarms.routes()
    if as_json:
        answer(found)
        return
    screen().print(
        grid(
            {
                "route": each.name,
                "hears": each.role,
                "variable": each.urls_env,
                "told by": each.fault or ", ".join(each.services) or "nobody yet",
                "store": each.store,
                "from": each.least_value,
                "owner": each.owner,
            }
            for each in found
        )
    )


@app.command()
def route(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What the route is called.")],
    env: Annotated[str, typer.Option(help="Variable that holds its addresses.")] = "",
    role: Annotated[str, typer.Option(help="staff, or manager for what is late.")] = "staff",
    kind: Annotated[str | None, typer.Option(help="care or service; both where not said.")] = None,
    store: Annotated[str | None, typer.Option(help="Only of customers of this store.")] = None,
    least: Annotated[str | None, typer.Option(help="Only from this value at stake.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who is in charge of them.")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Take the route away.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Lay a route for some alarms, or take it away."""
    from huitou.care.alarms.bells import Route
    from huitou.doors.cli.plans import to_minor

    shop = desk(ctx).shop()
    if drop:
        shop.alarms.drop_route(name)
    else:
        if not env:
            raise HuitouError("a route needs a variable", to_try="--env HUITOU_ALERT_URLS_NORTH")
        value = to_minor(least, shop.settings.money) if least is not None else None
        laid = Route(name, env, role, kind, store, value, owner)
        shop.alarms.set_route(laid, by or getpass.getuser())
    routes(ctx, as_json=as_json)


@app.command()
def test(
    ctx: typer.Context,
    route: Annotated[str, typer.Argument(help="staff, manager, or one that was laid.")] = "staff",
    as_json: AsJson = False,
) -> None:
    """Send a test along a route, to see whether it arrives."""
    taken = desk(ctx).shop().alarms.test(route)
    if as_json:
        answer({"route": route, "taken": taken})
    else:
        screen().print("Sent." if taken else "Not every address took it.")
    if not taken:
        raise typer.Exit(1)


def _numbers(told: list[str] | None) -> dict[str, float]:
    found: dict[str, float] = {}
    for each in told or ():
        name, _, text = each.partition("=")
        try:
            found[name.strip()] = float(text)
        except ValueError:
            raise HuitouError(f"{each!r} is no parameter", to_try="--with days=45") from None
    return found


def _done(alarms: list[str], how: str, as_json: bool) -> None:
    if as_json:
        answer({"alarms": alarms, "state": how})
        return
    screen().print(f"{len(alarms)} {'alarm' if len(alarms) == 1 else 'alarms'}: {how}.")


def _say(bell: BellView, out: Console) -> None:
    who = bell.key or "no longer among the customers"
    out.print(headed(who, f" · {amount(bell.value)} at stake"))
    for alarm in bell.alarms:
        late = " · nobody answered in time" if alarm.is_late else ""
        taken = f" · {alarm.by}" if alarm.by else ""
        out.print(f"  {alarm.title} · {alarm.id}{late}{taken}")
        for fact in alarm.facts:
            out.print(f"    {fact}")


def _say_rule(rule: AlarmRuleView, out: Console) -> None:
    told = ", ".join(f"{each.name}={each.value:g}" for each in rule.parameters)
    out.print(headed(rule.name, f" · {'on' if rule.is_on else 'off'} · {rule.title}"))
    out.print(f"  {told}")
    if rule.replay is not None:
        _say_replay(rule.replay, out)


def _say_replay(found: ReplayView, out: Console) -> None:
    out.print(f"  {found.words}")
    if not found.rings:
        return
    rows: list[dict[str, Any]] = [
        {
            "rule": found.rule,
            "rings": found.rings,
            "had left": share(found.precision),
            "days ahead": found.lead_days,
        }
    ]
    if found.peer_rings:
        rows.append(
            {
                "rule": f"no purchase in {found.peer_days} days",
                "rings": found.peer_rings,
                "had left": share(found.peer_precision),
                "days ahead": found.peer_lead_days,
            }
        )
    out.print(grid(rows))
