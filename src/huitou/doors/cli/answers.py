"""`huitou facts` and `proof`, and how the five questions are shown: figures and verdicts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, aside, desk, screen
from huitou.doors.cli.drawing import (
    amount,
    between,
    cell,
    grid,
    headed,
    people_table,
    share,
    surely,
)
from huitou.ground.errors import BadInput

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

    from huitou.runs.shop import Shop
    from huitou.runs.verdicts import ProofView
    from huitou.runs.views import Answers, Lost, MetricView, PlanTotals


def show_answers(found: Answers, out: Console) -> None:
    """The five answers on one screen."""
    _say_shop(found, out)
    for sentence in found.remarks:
        out.print(f"  ! {sentence}")
    _say_how_many(found, out)
    out.print(headed("\n2. Which?", " The ten that were worth most:"))
    out.print(people_table(found.worst_lost))
    _say_why(found, out)
    out.print(headed("\n4. Where did they go?"))
    for sentence in found.where_to:
        out.print(f"  {sentence}")
    out.print(headed("\n5. How do I get them back?"))
    show_totals(found.plan, out)
    if found.trust:
        out.print(headed("\nHow far to trust this"))
    for sentence in found.trust:
        out.print(f"  {sentence}")


def _say_shop(found: Answers, out: Console) -> None:
    size = f"{found.customers:,} customers, {found.orders:,} orders"
    out.print(headed(f"As of {found.as_of}", f": {size}, {amount(found.revenue)} of revenue"))
    out.print(
        f"  repeat-purchase rate {share(found.repeat_purchase_rate)} · "
        f"bought once only {share(found.one_time_share)} · "
        f"{found.anonymous_lines:,} lines without a customer ({amount(found.anonymous_revenue)})"
    )


def _say_how_many(found: Answers, out: Console) -> None:
    out.print(headed("\n1. How many customers did I lose?"))
    out.print(f"  {_judged(found.lost)}")
    out.print(f"  {_slipping(found.slipping)}")
    out.print(f"  not lost: {found.active:,}")
    out.print(f"  profit expected from the slipping, at risk: {surely(found.value_at_risk)}")
    out.print(f"  profit that the silence of the lost has taken: {between(found.value_lost)}")


def _judged(lost: Lost) -> str:
    said = (
        f"{lost.count:,}: their chance to buy within {lost.horizon_days} days "
        f"is under {share(lost.line)}."
    )
    if lost.since is None or lost.came_back_share is None:
        return f"{said} History is too short to say how many such customers come back."
    return (
        f"{said} Of the {lost.judged_before:,} judged lost on {lost.since}, "
        f"{share(lost.came_back_share)} have bought since."
    )


def _slipping(slipping: Lost) -> str:
    said = f"slipping: {slipping.count:,}, silent for longer than is usual for them"
    if slipping.since is None or slipping.came_back_share is None:
        return said
    return (
        f"{said}. Of the {slipping.judged_before:,} slipping on {slipping.since}, "
        f"{share(slipping.came_back_share)} have bought since."
    )


def _say_why(found: Answers, out: Console) -> None:
    out.print(headed("\n3. Why?", " What the orders themselves suggest; only asking settles it:"))
    for cause in found.causes:
        out.print(
            f"  {cause.words}: {cause.customers:,.0f} customers, {amount(cause.value)}",
        )
        out.print(f"    ask: {cause.ask}")


def _drawn(plan: PlanTotals) -> str:
    """What lots of the plan's own decided, where any did."""
    told = ((plan.controls, "control"), (plan.explored, "drawn to learn"), (plan.tested, "tested"))
    return "".join(f", {n:,} {words}" for n, words in told if n)


def show_totals(plan: PlanTotals | None, out: Console) -> None:
    """A plan in four lines."""
    if plan is None:
        out.print("  There is no plan yet.\n  try: huitou plan draft")
        return
    acts = ", ".join(f"{act} {n:,}" for act, n in plan.acts.items())
    out.print(f"  {plan.status}: {acts}; {plan.held_out:,} held out{_drawn(plan)}")
    out.print(f"  costs {amount(plan.cost)}, should bring {surely(plan.gain)} beyond that")
    if plan.shadow_price:
        out.print(f"  {_last_of(plan)}")
    if plan.hour_price is not None and plan.hour_price.minor:
        out.print(f"  one more hour of staff would bring {amount(plan.hour_price)} of profit")
    if plan.approved_by and plan.approved_at:
        out.print(f"  approved by {plan.approved_by} on {plan.approved_at.date()}")
    if plan.posted_by and plan.posted_at:
        out.print(f"  letters posted, says {plan.posted_by} on {plan.posted_at.date()}")
    for sentence in plan.words:
        out.print(f"  {sentence}")


def _last_of(plan: PlanTotals) -> str:
    from huitou.ground.money import Money, to_minor

    currency = plan.cost.currency
    hundred = Money(to_minor(Decimal(100), currency), currency)
    brought = Money(round(hundred.minor * plan.shadow_price), currency)
    return f"the last {amount(hundred)} of the budget bring {amount(brought)} of profit"


def facts(
    ctx: typer.Context,
    metric: Annotated[str | None, typer.Argument(help="One metric; all where none.")] = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="DIM",
            help="Apart by store, channel, region, campaign, category, sku, acquisition or tier.",
        ),
    ] = None,
    people: Annotated[
        bool, typer.Option("--people", help="The customers behind the metric.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="As of the evening of an earlier day.")
    ] = None,
    known: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="As it was known that evening, before later files."),
    ] = None,
    digest: Annotated[
        bool, typer.Option("--digest", help="One line that changes when any fact does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Every metric with its definition, and who is behind it."""
    shop = desk(ctx).shop()
    if digest:
        _say_digest(shop, as_json)
    elif metric is None:
        say_all(shop.metrics(), as_json)
    else:
        if people and (by or as_of or known):
            raise BadInput(
                "--people tells everybody behind a metric, as of the last run",
                to_try=f"huitou facts {metric} --people",
            )
        clocks = {"as_of": _day(as_of, "--as-of"), "known": _day(known, "--known")}
        table = shop.metric_people(metric) if people else shop.metric(metric, by, **clocks)
        whole = shop.metric(metric, None, **clocks) if people or by else table
        view = _view(shop, metric, whole)
        _say_table(view, table, "" if people else view.unit, as_json)


def _day(told: str | None, option: str) -> date | None:
    try:
        return None if told is None else date.fromisoformat(told)
    except ValueError as bad:
        raise BadInput(f"{told!r} is no day", to_try=f"{option} 2026-05-31") from bad


def say_all(metrics: tuple[MetricView, ...], as_json: bool) -> None:
    """Every metric with its value and definition."""
    if as_json:
        answer(metrics)
        return
    rows = (
        {"metric": m.name, "value": _value(m), "unit": m.unit, "what it is": str(m.definition)}
        for m in metrics
    )
    screen().print(grid(rows))


def _value(metric: MetricView) -> str:
    if metric.unit == "share" and isinstance(metric.value, float):
        return share(metric.value)
    return cell(metric.value)


def _view(shop: Shop, metric: str, whole: pa.Table) -> MetricView:
    """The metric with its number as the whole table tells it, of whatever moment that is."""
    from huitou.runs.outward import number_of

    view = next(each for each in shop.metrics() if each.name == metric)
    return view if view.unit == "table" else replace(view, value=number_of(whole, view.unit))


def _say_table(view: MetricView, table: pa.Table, unit: str, as_json: bool) -> None:
    from huitou.runs.outward import currency_of

    if as_json:
        answer({"metric": view, "currency": currency_of(table), "rows": table.to_pylist()})
        return
    aside().print(f"{view.title}: {view.definition}")
    screen().print(grid(_for_people(table, unit)))


def _for_people(table: pa.Table, unit: str) -> list[dict[str, Any]]:
    """The rows without ids that only programs use, with the currency in the headings, shares as
    percentages, and yes and no."""
    from huitou.runs.outward import amounts_of, currency_of, shares_of

    amounts, currency, shares = amounts_of(table), currency_of(table), shares_of(table, unit)
    names = [name for name in table.column_names if name not in GENERATED]
    headed = {name: f"{name} ({currency})" if name in amounts else name for name in names}
    return [
        {headed[name]: share(row[name]) if name in shares else row[name] for name in names}
        for row in table.to_pylist()
    ]


def _say_digest(shop: Shop, as_json: bool) -> None:
    line = facts_digest(shop)
    if as_json:
        answer({"digest": line})
    else:
        typer.echo(line)


def facts_digest(shop: Shop) -> str:
    """One line over all facts: no generated ids, no load times, floats to nine digits."""
    from huitou.ground.errors import NotYet
    from huitou.ground.ids import fingerprint
    from huitou.runs.written import written

    def told(name: str) -> list[Any] | None:
        try:
            rows = shop.metric(name).to_pylist()
        except NotYet:  # it needs a forecast, and there are too few customers for one
            return None
        return sorted(map(_steady, rows), key=json.dumps)

    values = {m.name: _steady(written(m.value)) for m in shop.metrics()}
    tables = {name: told(name) for name in values}
    return fingerprint(json.dumps([values, tables, dict(shop.fact_marks())], sort_keys=True))


GENERATED = {"person_id", "batch", "loaded_at", "run_id", "plan_id"}


def _steady(value: Any) -> Any:
    """The same value on every machine that was given the same files."""
    from huitou.runs.written import written

    if isinstance(value, dict):
        return {name: _steady(v) for name, v in sorted(value.items()) if name not in GENERATED}
    if isinstance(value, list | tuple):
        return [_steady(inner) for inner in value]
    return float(f"{value:.9g}") if isinstance(value, float) else written(value)


def proof(
    ctx: typer.Context,
    programme: Annotated[
        str | None,
        typer.Argument(metavar="[PROGRAMME]", help="`programme`, or a plan's id: all of it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Whether it worked: treated against held out.

    Also the same reading where nothing was done: it must find nothing.
    """
    shop = desk(ctx).shop()
    if programme is not None:
        _one_verdict(shop.verdict(programme), as_json=as_json)
        return
    verdicts, nothing_happened = shop.proofs(), shop.aa()
    if as_json:
        answer({"proofs": verdicts, "aa": nothing_happened})
        return
    for verdict in verdicts:
        _say_verdict(verdict)
    if nothing_happened is not None:
        screen().print(
            headed("\nThe same reading where nothing was done", " (it must find nothing):")
        )
        _say_verdict(nothing_happened)


def _say_verdict(verdict: ProofView) -> None:
    out = screen()
    out.print(headed(_read_out(verdict.programme), f": {verdict.verdict.replace('_', ' ')}"))
    if verdict.judged is not None:
        out.print(f"  {verdict.judged.decision.replace('_', ' ')}: {verdict.judged.why}")
    out.print(f"  {verdict.treated:,} not held out, {verdict.held_out:,} held out")
    if verdict.effect is not None:
        out.print(f"  incremental profit {surely(verdict.effect)}")
    for sentence in verdict.words:
        out.print(f"  {sentence}")


def _one_verdict(verdict: ProofView, *, as_json: bool) -> None:
    if as_json:
        answer(verdict)
        return
    _say_verdict(verdict)
    judged, out = verdict.judged, screen()
    if judged is None:
        out.print("  applied before experiments were written down: it is read once, at the end")
        return
    for look in judged.looks:
        ends = f"{look.low} to {look.high}" if look.low is not None else "nothing may be said yet"
        mark = {1: ", proven", -1: ", proven to lose"}.get(look.crosses, "")
        out.print(f"  {look.day}: {look.effect} ({ends}{mark})")
    ratio = f", {judged.ratio} times what is proven" if judged.ratio is not None else ""
    out.print(f"  every sale after a letter: {judged.attributed}{ratio}")
    if judged.whales:
        out.print(headed("  Set aside by name", ", not tested (profit before, after):"))
    for whale in judged.whales:
        arm = "held out" if whale.held_out else "treated"
        out.print(f"    {whale.name or whale.person}, {arm}: {whale.before}, {whale.after}")
    fixed = judged.written_down
    out.print(headed("  Written down", f" on {fixed.at.date()} by {fixed.by}:"))
    for sentence in fixed.words:
        out.print(f"    {sentence}")
    out.print(f"    fingerprint {fixed.digest[:16]}")


def _read_out(programme: str) -> str:
    from huitou.runs.verdicts import WHOLE

    names = {WHOLE: "the whole programme", "rehearsal": "rehearsal"}
    return names.get(programme, f"plan {programme}")
