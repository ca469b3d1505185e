"""`huitou person` and `export`: one customer whole, and everything the shop knows, as files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, progress, screen
from huitou.doors.cli.drawing import amount, grid, headed, share, surely

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.runs.shop import Shop
    from huitou.runs.views import PersonRow, PersonView, Receipt

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
    if view.next_low and view.next_high:
        out.print(f"  next purchase between {view.next_low} and {view.next_high}")


def _say_receipt(receipt: Receipt, out: Console) -> None:
    held = " (held out: nothing is done)" if receipt.held_out else ""
    out.print(f"  act: {receipt.act}{held}; costs {amount(receipt.cost)}, at most "
              f"{amount(receipt.worst_cost)}, bound {amount(receipt.bound)}")  # fmt: skip
    for sentence in receipt.words:
        out.print(f"    {sentence}")


def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the files go; made where there is none.")],
    as_json: AsJson = False,
) -> None:
    """Everything the shop knows, as CSV and JSON files."""
    shop = desk(ctx).shop()
    folder.mkdir(parents=True, exist_ok=True)
    with progress() as show:
        show("customers", None)
        customers = write_csv(folder / "customers.csv", (flat(row) for row in everyone(shop)))
        show("answers and metrics", None)
        _write_json(folder / "answers.json", shop.answers())
        _write_json(folder / "metrics.json", shop.metrics())
        _write_json(folder / "plan.json", shop.plan())
        _write_json(folder / "proofs.json", shop.proofs())
    if as_json:
        answer({"folder": folder, "customers": customers, "files": sorted(folder.iterdir())})
        return
    screen().print(f"{customers:,} customers, the answers, metrics, plan and proofs: {folder}")


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


def write_csv(path: Path, rows: Iterator[dict[str, Any]]) -> int:
    """Write rows with a heading; no cell can be run as a formula. Returns how many."""
    from huitou.ground.spreadsheets import neutral

    count = 0
    # Spreadsheets read UTF-8 rightly only with its mark in front.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
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
    path.write_text(text + "\n", encoding="utf-8")
