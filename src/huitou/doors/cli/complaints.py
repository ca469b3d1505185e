"""`huitou complaint`: take complaints in, answer them, see what waits, take a table in or out."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import amount, grid, headed

if TYPE_CHECKING:
    from rich.console import Console

    from huitou.runs.desks.complaints.desk import Complaints
    from huitou.runs.desks.complaints.views import ComplaintRow, ComplaintView

app = typer.Typer(no_args_is_help=True, help="Complaints: take in, answer, resolve; none is lost.")

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="As the customer reads it out.")]
By = Annotated[str | None, typer.Option(help="Who does it; the name you are signed in by.")]
Said = Annotated[str, typer.Argument(metavar="WORDS", help="What is said, in quotes.")]


@app.command(name="list")
def listing(
    ctx: typer.Context,
    show: Annotated[
        str,
        typer.Argument(
            metavar="[WHICH]",
            help="open, waiting, overdue, new, assigned, answered, resolved, held, dismissed, all.",
        ),
    ] = "open",
    owner: Annotated[str | None, typer.Option(help="Only what this colleague has in hand.")] = None,
    after: Annotated[str | None, typer.Option(help="Where the page before ended.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", help="How many, the oldest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Complaints, the oldest first, with what is left of the time to answer."""
    found = _desk(ctx).listed(show, owner=owner, after=after, limit=limit)
    if as_json:
        answer(found)
        return
    out = screen()
    if not found.rows:
        out.print(f"There is no complaint that is {show}.")
        return
    out.print(grid(_line(row) for row in found.rows))
    if found.after:
        out.print(f"  more: huitou complaint list {show} --after {found.after}")


@app.command()
def show(ctx: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """One complaint, whole: what was said and done, and what may still be given."""
    found = _desk(ctx).one(number)
    if as_json:
        answer(found)
        return
    _say(found, screen())


@app.command()
def new(
    ctx: typer.Context,
    words: Said,
    kind: Annotated[str, typer.Option(help="product, service, delivery, price, other.")] = "other",
    who: Annotated[str | None, typer.Option(help="Member number, phone, e-mail or id.")] = None,
    name: Annotated[str | None, typer.Option(help="The customer's name.")] = None,
    phone: Annotated[str | None, typer.Option(help="Where they may be called.")] = None,
    email: Annotated[str | None, typer.Option(help="Where they may be written to.")] = None,
    product: Annotated[str | None, typer.Option(help="What it is about.")] = None,
    store: Annotated[str | None, typer.Option(help="Where it happened.")] = None,
    order: Annotated[str | None, typer.Option(help="The order's number.")] = None,
    language: Annotated[str | None, typer.Option(help="en, zh-Hans or zh-Hant.")] = None,
    attach: Annotated[list[Path] | None, typer.Option(help="A picture or a PDF.")] = None,
    key: Annotated[str | None, typer.Option(help="Names this one; twice is once.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write down a complaint that a customer made in the shop or on the phone."""
    complaints = _desk(ctx)
    files = [complaints.keep_file(path.name, path.read_bytes()) for path in attach or ()]
    filed = complaints.new(
        words, by=_me(by), kind=kind, who=who, name=name, phone=phone, email=email,
        product=product, store=store, order_id=order, language=language, key=key, files=files,
    )  # fmt: skip
    if as_json:
        answer(filed)
        return
    screen().print(
        f"{filed.number}: written down; an answer is due by {filed.due_at:%Y-%m-%d %H:%M}."
    )


@app.command()
def reply(
    ctx: typer.Context,
    number: Number,
    words: Said,
    gesture: Annotated[
        str | None, typer.Option(metavar="AMOUNT", help="An apology off their next order: 5.00")
    ] = None,
    key: Annotated[str | None, typer.Option(help="Names this answer; twice is once.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Answer the customer, by e-mail where they wrote so; say how they hear it."""
    shop = desk(ctx).shop()
    minor = None
    if gesture is not None:
        from huitou.doors.cli.plans import to_minor

        minor = to_minor(gesture, shop.settings.money, to_try="--gesture 5.00")
    way = shop.complaints.answer(number, words, _me(by), gesture=minor, key=key)
    if as_json:
        answer({"number": number, "by": way})
        return
    screen().print(f"{number}: {WAYS[way]}")


WAYS = {
    "email": "sent by e-mail; `huitou complaint show` says what became of it.",
    "page": "they read it on the page of their complaint.",
    "phone": "call them and tell them.",
    "nobody": "written down; there is no e-mail and no phone to tell them by.",
}


@app.command()
def assign(
    ctx: typer.Context,
    number: Number,
    owner: Annotated[str, typer.Argument(help="Who takes it.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Give a complaint to a colleague."""
    _desk(ctx).assign(number, owner, _me(by))
    _told(ctx, number, as_json)


@app.command()
def resolve(ctx: typer.Context, number: Number, by: By = None, as_json: AsJson = False) -> None:
    """It is settled: what sells may reach the customer again."""
    _desk(ctx).resolve(number, _me(by))
    _told(ctx, number, as_json)


@app.command()
def reopen(ctx: typer.Context, number: Number, by: By = None, as_json: AsJson = False) -> None:
    """It is not settled after all; with a new deadline."""
    _desk(ctx).reopen(number, _me(by))
    _told(ctx, number, as_json)


@app.command()
def hold(
    ctx: typer.Context,
    number: Number,
    lift: Annotated[bool, typer.Option("--lift", help="It is a complaint after all.")] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Likely spam: kept, but it freezes nothing and wakes nobody."""
    complaints = _desk(ctx)
    (complaints.unhold if lift else complaints.hold)(number, _me(by))
    _told(ctx, number, as_json)


@app.command()
def dismiss(ctx: typer.Context, number: Number, by: By = None, as_json: AsJson = False) -> None:
    """It is no complaint."""
    _desk(ctx).dismiss(number, _me(by))
    _told(ctx, number, as_json)


@app.command()
def join(
    ctx: typer.Context,
    number: Number,
    who: Annotated[str, typer.Argument(help="Member number, phone, e-mail or id.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say whose complaint it is."""
    _desk(ctx).join(number, who, _me(by))
    _told(ctx, number, as_json)


@app.command()
def sort(
    ctx: typer.Context,
    number: Number,
    cause: Annotated[str, typer.Argument(help="One of the reasons of `huitou case answer`.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say what it is about; machines learn from it."""
    _desk(ctx).sort(number, cause, _me(by))
    _told(ctx, number, as_json)


@app.command()
def forget(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(help="Member number, phone, e-mail or id.")],
    as_json: AsJson = False,
) -> None:
    """Blank the words, contacts and files of somebody's complaints; kinds and dates stay."""
    files = _desk(ctx).forget(who)
    if as_json:
        answer({"who": who, "files": files})
        return
    screen().print(f"{who}: their complaints say nothing any more; {files} files are gone.")


@app.command()
def effect(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What answers were worth on this shop's own past, or that it is not known yet."""
    found = _desk(ctx).effect()
    if as_json:
        answer(found)
        return
    for each in found:
        screen().print(headed(str(each.words), f": {each.said}"))


@app.command(name="import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV with a header.")],
    settled: Annotated[
        bool, typer.Option("--settled", help="Old ones: none of them is open any more.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take in a table of complaints; rows that cannot be taken are kept with their reasons."""
    told = _desk(ctx).read_table(file, settled=settled)
    if as_json:
        answer(told)
    else:
        out = screen()
        out.print(f"{told.rows} rows: {told.taken} taken, {told.known} known before.")
        if told.unused:
            out.print(headed("  columns that were not used: ", ", ".join(told.unused)))
        for number, why in told.refused[:10]:
            out.print(f"  row {number}: {why}")
        if told.kept_at:
            out.print(f"  {len(told.refused)} rows to mend: {told.kept_at}")
    if told.refused:
        raise typer.Exit(3)


@app.command()
def export(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the CSV goes.")],
    as_json: AsJson = False,
) -> None:
    """Write every complaint as a table that no spreadsheet runs."""
    rows = _desk(ctx).write_table(file)
    if as_json:
        answer({"file": file, "rows": rows})
        return
    screen().print(f"{file}: {rows} complaints.")


@app.command()
def fetch(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Read the mailbox of complaints over IMAP; each letter once, and none is deleted."""
    told = _desk(ctx).fetch()
    if as_json:
        answer(told)
        return
    out = screen()
    parts = f"{told.taken} new complaints, {told.answers} replies, {told.known} known before"
    out.print(f"{told.letters} letters: {parts}.")
    for what, why in told.refused:
        out.print(f"  not kept: {what}: {why}")


def _desk(ctx: typer.Context) -> Complaints:
    return desk(ctx).shop().complaints


def _me(by: str | None) -> str:
    return by or getpass.getuser()


def _told(ctx: typer.Context, number: str, as_json: bool) -> None:
    row = _desk(ctx).one(number).row
    if as_json:
        answer(row)
        return
    screen().print(f"{row.number}: {row.state_words}{f', {row.owner}' if row.owner else ''}.")


def _line(row: ComplaintRow) -> dict[str, object]:
    return {
        "number": row.number,
        "what": row.kind,
        "state": row.state,
        "left": str(row.left) if row.left else None,
        "who": row.person.key if row.person else row.name,
        "worth": amount(row.person.value.value) if row.person else None,
        "with": row.owner,
        "says": row.beginning[:40],
    }


def _say(found: ComplaintView, out: Console) -> None:
    row = found.row
    who = (row.person.name or row.person.key) if row.person else row.name or "nobody knows who"
    left = f", {row.left}" if row.left else ""
    out.print(headed(row.number, f" · {row.kind_words} · {row.state_words}{left} · {who}"))
    for name in ("product", "store", "order_id", "owner"):
        if (told := getattr(row, name)) is not None:
            out.print(f"  {name}: {told}")
    for each in found.entries:
        words = " · ".join(map(str, each.told)) or each.words
        given = f" {each.amount.written()}" if each.amount else ""
        out.print(f"  {each.at:%Y-%m-%d %H:%M} {each.by}, {each.kind}{given}: {words}")
    for file in found.files:
        out.print(f"  attached: {file.name} ({file.size:,} bytes)")
    if found.gesture_left is not None:
        out.print(f"  may still be given as an apology: {found.gesture_left.written()}")
