"""`huitou person` and `export`: one customer whole, and everything the shop knows, as files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, a_day, answer, desk, progress, screen
from huitou.doors.cli.drawing import amount, cell, grid, headed, share, surely

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.runs.desks.why import WhyLine, WhyPlan
    from huitou.runs.shop import Shop
    from huitou.runs.views import PersonRow, PersonView, Receipt, TimelineEntry

PAGE = 500


def person(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="ID", help="Member number, phone, e-mail or id.")],
    as_json: AsJson = False,
) -> None:
    """One customer: past, future, what to do and why."""
    view = desk(ctx).shop().person(who)
    if as_json:
        answer(view)
        return
    out = screen()
    _say_past(view, out)
    _say_future(view, out)
    for cause in view.causes:
        out.print(f"  suspected: {cause.words} ({share(cause.confidence)}) {cause.ask}")
    if view.receipt is not None:
        _say_receipt(view.receipt, out)


def why(
    ctx: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="PERSON", help="Member number, phone, e-mail or id.")
    ],
    on: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="The plan that held on this day; the newest."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The receipt of one customer: why this act or none, from what, and what came of it."""
    view = desk(ctx).shop().why(who, a_day(on))
    if as_json:
        answer(view)
        return
    out = screen()
    key = view.person.key if view.person is not None else view.person_id
    out.print(headed(key, f" · plan {view.plan.id} of {view.plan.as_of}, {view.plan.status}"))
    _say_receipt(view.receipt, out)
    for chapter, title in CHAPTERS.items():
        lines = {str(line.label): _told(line) for line in view.chapter(chapter)}
        if lines:
            out.print(grid(({"": label, title: told} for label, told in lines.items())))
    for sentence in (*view.ends, *view.remarks):
        out.print(f"  {sentence}")
    for entry in view.after:
        out.print(f"  {entry.day}  {entry.kind}  {entry.words}  {_paid(entry)}")
    out.print(grid(_plan_row(each) for each in view.plans))


CHAPTERS = {
    "known": "what was known",
    "lot": "the lot",
    "price": "prices of the plan",
    "version": "versions",
}


def _told(line: WhyLine) -> str:
    if line.kind == "yes":
        return "yes" if line.value else "no"
    if line.kind == "share" and isinstance(line.value, float):
        return share(line.value)
    return cell(line.value)


def _paid(entry: TimelineEntry) -> str:
    return amount(entry.amount) if entry.amount.minor else ""


def _plan_row(plan: WhyPlan) -> dict[str, Any]:
    act = "held out" if plan.held_out else plan.act
    return {"plan": plan.id, "as of": plan.as_of, "status": plan.status, "act": act}


def _say_past(view: PersonView, out: Console) -> None:
    row = view.row
    out.print(headed(row.key, f" · {row.stage} · {row.orders:,} orders since {view.first_day}"))
    out.print(
        f"  profit so far {amount(view.profit_so_far)} (revenue {amount(view.revenue)}, "
        f"returned {amount(view.returned)})"
    )
    latest = sorted(view.timeline, key=lambda entry: entry.day, reverse=True)[:10]
    entries = [
        {"day": e.day, "what": e.kind, "amount": e.amount.written(), "": str(e.words)}
        for e in latest
    ]
    out.print(grid(entries, "the last ten entries"))


def _say_future(view: PersonView, out: Console) -> None:
    gap = f"every {view.typical_gap_days:.0f} days" if view.typical_gap_days else "no rhythm yet"
    out.print(f"  usual rhythm: {gap}; last bought {view.days_since_last} days ago")
    out.print(f"  chance to buy again {share(view.row.p_buy)}; still worth {surely(view.value)}")
    if view.coming:
        coming = view.coming
        out.print(
            f"  expected on {coming.expected:.1f} days within {coming.days}, "
            f"between {coming.low} and {coming.high}"
        )
    for each in view.row.moved:
        out.print(f"    {each.words} {each.effect}")
    if view.next_low and view.next_high:
        out.print(f"  next purchase between {view.next_low} and {view.next_high}")


def _say_receipt(receipt: Receipt, out: Console) -> None:
    lots = {"control": " (control of this plan: nothing is done)",
            "explored": " (drawn to learn)", "test": " (in a test)"}  # fmt: skip
    held = " (held out: nothing is done)" if receipt.held_out else ""
    held = lots.get(receipt.drawn or "", held)
    out.print(f"  act: {receipt.act}{held}; costs {amount(receipt.cost)}, at most "
              f"{amount(receipt.worst_cost)}, bound {amount(receipt.bound)}")  # fmt: skip
    for sentence in receipt.words:
        out.print(f"    {sentence}")


def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the files go; made where there is none.")],
    as_json: AsJson = False,
) -> None:
    """Everything the shop knows, as CSV and JSON files.

    Customers, order lines, member numbers with phones and e-mails, receipts of the plan, answers.
    """
    shop = desk(ctx).shop()
    answers = shop.answers()
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "customers": (flat(row) for row in everyone(shop)),
        "orders": shop.order_lines(),
        "keys": shop.keys(),
        "receipts": _every_receipt(shop),
    }
    values = {"answers": answers, "metrics": shop.metrics(), "plan": shop.plan(),
              "proofs": shop.proofs()}  # fmt: skip
    counts = {}
    with progress() as show:
        for name, rows in tables.items():
            show(name, None)
            counts[name] = write_csv(folder / f"{name}.csv", rows)
        show("answers and metrics", None)
        for name, value in values.items():
            _write_json(folder / f"{name}.json", value)
    if as_json:
        answer({"folder": folder, **counts, "files": sorted(folder.iterdir())})
        return
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    screen().print(f"{told}; the answers, metrics, plan and proofs: {folder}")


def _every_receipt(shop: Shop) -> Iterator[dict[str, Any]]:
    """The receipts of the newest plan, one a customer, page by page."""
    plan = shop.plan()
    after: str | None = None
    while plan is not None:
        rows, after = shop.receipts(plan.id, after=after, limit=PAGE)
        yield from (_flat_receipt(plan.id, person, receipt) for person, receipt in rows)
        if after is None:
            return


def _flat_receipt(plan_id: str, person: PersonRow, receipt: Receipt) -> dict[str, Any]:
    return {
        "plan": plan_id, "customer": person.key, "stage": person.stage, "act": receipt.act,
        "depth": receipt.depth, "held_out": receipt.held_out, "cost": receipt.cost.decimal,
        "drawn": receipt.drawn, "propensity": receipt.propensity,
        "at_most": receipt.worst_cost.decimal, "bound": receipt.bound.decimal,
        "gain": receipt.gain.value.decimal, "gain_low": receipt.gain.low.decimal,
        "gain_high": receipt.gain.high.decimal, "currency": receipt.cost.currency,
        "why": " ".join(str(sentence) for sentence in receipt.words),
    }  # fmt: skip


def everyone(shop: Shop) -> Iterator[PersonRow]:
    """All customers, page by page."""
    after = None
    while True:
        page = shop.people(after=after, limit=PAGE)
        yield from page.rows
        after = page.after
        if after is None:
            return


def flat(row: PersonRow) -> dict[str, Any]:
    """A customer as one line of a spreadsheet; amounts in major units."""
    amounts = {name: getattr(row.value, name).decimal for name in ("value", "low", "high")}
    return {
        "customer": row.key, "name": row.name, "stage": row.stage, "orders": row.orders,
        "last_day": row.last_day, "chance_to_buy": round(row.p_buy, 4),
        "worth": amounts["value"], "worth_low": amounts["low"], "worth_high": amounts["high"],
        "currency": row.value.value.currency, "act": row.act, "next_day": row.next_day,
    }  # fmt: skip


def write_csv(path: Path, rows: Iterator[Mapping[str, Any]]) -> int:
    """Write rows with a heading; no cell can be run as a formula. Returns how many.

    The file is whole or not there: what fails on the way leaves nothing behind.
    """
    from huitou.ground.spreadsheets import neutral

    count = 0
    # Spreadsheets read UTF-8 rightly only with its mark in front.
    with _whole(path) as fresh, fresh.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            if count == 0:
                writer.writerow(row)
            writer.writerow([neutral(value) for value in row.values()])
            count += 1
    return count


def _write_json(path: Path, value: Any) -> None:
    from huitou.runs.written import written

    text = json.dumps(written(value), ensure_ascii=False, indent=2, allow_nan=False)
    with _whole(path) as fresh:
        fresh.write_text(text + "\n", encoding="utf-8")


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    fresh = path.with_name(f".{path.name}.new")
    try:
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
