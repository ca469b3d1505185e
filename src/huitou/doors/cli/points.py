"""`huitou points`: what customers earned, earning and spending at the till, and the rules of it."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.runs.desks.points import BalanceView, DoneView, LiabilityView, PostingView

app = typer.Typer(no_args_is_help=True, help="What customers earned: points, stamps, cashback.")

Who = Annotated[str, typer.Argument(help="Member number, phone, e-mail or id.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]
KindOf = Annotated[
    str, typer.Option("--kind", metavar="KIND", help="points, stamps, cashback or stored.")
]
Amount = Annotated[str | None, typer.Option(help="How many; cashback and stored: 4.50")]
OrderId = Annotated[str | None, typer.Option("--order", metavar="ID", help="The order's number.")]
Total = Annotated[
    str | None, typer.Option(metavar="AMOUNT", help="The order's total, in major units: 49.50")
]
Key = Annotated[
    str | None,
    typer.Option(help="Names this once: told again it changes nothing. Made of the order without."),
]


@app.command()
def balance(ctx: typer.Context, who: Who, as_json: AsJson = False) -> None:
    """What a customer has, what waits, what ends next, and the last movements."""
    found = desk(ctx).shop().points.purse(who)
    if as_json:
        answer(found)
        return
    for each in found.balances:
        _say_balance(each)
    for one in found.postings:
        _say_posting(one)
    if not found.postings:
        screen().print("Nothing was earned yet.")


@app.command()
def earn(
    ctx: typer.Context,
    who: Who,
    amount: Amount = None,
    kind: KindOf = "points",
    order: OrderId = None,
    total: Total = None,
    channel: Annotated[str | None, typer.Option(help="Where it was bought.")] = None,
    key: Key = None,
    why: Annotated[str, typer.Option(help="Why, where no order says it.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """A customer earns: by --order and --total as the rules say, or an --amount."""
    shop = desk(ctx).shop()
    done = shop.points.earn(
        who, key or _key("earn", kind, order), kind=kind, order=order, channel=channel, why=why,
        amount=_counted(shop, kind, amount) if amount else None,
        total=_minor(shop, total) if total else 0, by=by or getpass.getuser(),
    )  # fmt: skip
    _told(done, as_json=as_json)


@app.command()
def burn(
    ctx: typer.Context,
    who: Who,
    amount: Annotated[str, typer.Option(help="How many; cashback and stored: 4.50")],
    kind: KindOf = "points",
    order: OrderId = None,
    total: Total = None,
    key: Key = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """A customer spends: what ends soonest goes first, and never more than there is."""
    shop = desk(ctx).shop()
    done = shop.points.burn(
        who, _counted(shop, kind, amount), key or _key("burn", kind, order), kind=kind,
        order=order, total=_minor(shop, total) if total else 0, by=by or getpass.getuser(),
    )  # fmt: skip
    _told(done, as_json=as_json)


@app.command()
def refund(
    ctx: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ORDER", help="The order's number.")],
    back: Annotated[str, typer.Option(help="What came back, in major units: 20.00")],
    key: Annotated[str, typer.Option(help="Names this return: told again it changes nothing.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Goods came back: what the order earned goes, what it burnt returns, in proportion."""
    shop = desk(ctx).shop()
    done = shop.points.refund(order, _minor(shop, back), key, by or getpass.getuser())
    if as_json:
        answer(done)
        return
    out = screen()
    if not done.new:
        out.print("This return was told before; nothing changed.")
    for kind in {**done.taken, **done.given}:
        taken, given = done.taken.get(kind, 0), done.given.get(kind, 0)
        out.print(f"{kind}: {taken} taken back, {given} given back")


@app.command()
def gift(
    ctx: typer.Context,
    who: Who,
    amount: Annotated[str, typer.Argument(help="How many; cashback and stored: 4.50")],
    why: Annotated[str, typer.Argument(help="The reason, kept for ever.")],
    kind: KindOf = "points",
    key: Key = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Give something by hand."""
    shop = desk(ctx).shop()
    many = _counted(shop, kind, amount)
    done = shop.points.gift(who, many, why, by or getpass.getuser(), kind=kind, key=key)
    _told(done, as_json=as_json)


@app.command(name="payout")
def pay_out(
    ctx: typer.Context,
    who: Who,
    amount: Annotated[str, typer.Option(help="In major units: 20.00")],
    key: Annotated[str, typer.Option(help="Names this payment: told again it changes nothing.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Pay stored value out that was not spent."""
    shop = desk(ctx).shop()
    many = _counted(shop, "stored", amount)
    _told(shop.points.pay_out(who, many, key, by or getpass.getuser()), as_json=as_json)


@app.command()
def expire(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Do what is due, as each run does: what waited becomes theirs, what is over ends."""
    done = desk(ctx).shop().points.expire()
    if as_json:
        answer(done)
        return
    screen().print(f"{done['cleared']} parcels became theirs, {done['expired']} ended unspent.")


@app.command()
def liability(ctx: typer.Context, as_json: AsJson = False) -> None:
    """What is owed in all, how much of it will end unspent, and what came and went by month."""
    found = desk(ctx).shop().points.liability()
    if as_json:
        answer(found)
        return
    for each in found:
        _say_liability(each)
    if not found:
        screen().print("Points are off, and nobody has any.\n  try: huitou points rules --on")


def _key(verb: str, kind: str, order: str | None) -> str:
    if order is None:
        raise HuitouError("say which order, or give it a key", to_try="--key till-1-0042")
    return f"{verb}:{kind}:{order}"


def _minor(shop: Any, text: str) -> int:
    from huitou.doors.cli.plans import to_minor

    return to_minor(text, shop.settings.money)


def _counted(shop: Any, kind: str, text: str) -> int:
    from huitou.runs.desks.points import IN_MONEY, read_amount

    return _minor(shop, text) if kind in IN_MONEY else read_amount(text)


def _told(done: DoneView, *, as_json: bool) -> None:
    if as_json:
        answer(done)
        return
    if not done.new:
        screen().print("This was told before; nothing changed.")
    _say_balance(done.balance)


def _say_balance(each: BalanceView) -> None:
    def many(n: int) -> str:
        return _many(n, each.worth.currency, in_money=each.in_money)

    waits = f", {many(each.pending)} wait" if each.pending else ""
    owed = f", {many(each.debt)} owed" if each.debt else ""
    worth = f", worth {each.worth.written()}" if each.worth.minor and not each.in_money else ""
    screen().print(f"{each.name}: {many(each.spendable)} to spend{worth}{waits}{owed}")
    if each.ending:
        screen().print(f"  {many(each.ending)} of it ends after {each.last_day}")


def _many(n: int, currency: str, *, in_money: bool) -> str:
    from huitou.ground.money import Money

    return Money(n, currency).written() if in_money else f"{n:,}"


def _say_posting(each: PostingView) -> None:
    about = " ".join(part for part in (each.order or "", each.why) if part)
    by = f" ({each.by})" if each.by else ""
    screen().print(f"  {each.day} {each.kind} {each.amount:+,} {each.words} {about}{by}")


def _say_liability(each: LiabilityView) -> None:
    out = screen()
    out.print(f"{each.name}: {each.worth.written()} owed to {each.people:,} customers")

    def many(n: int) -> str:
        return _many(n, each.worth.currency, in_money=each.in_money)

    have, waits, owed = many(each.available), many(each.pending), many(each.debt)
    out.print(f"  {have} to spend, {waits} wait, {owed} owed to us")
    out.print(f"  {each.words}")
    if each.likely is not None:
        out.print(f"  {each.likely.written()} will likely be asked for")
    for month in each.months:
        if month.earned or month.burnt or month.expired or month.taken:
            out.print(
                f"  {month.month}: +{many(month.earned)} earned, {many(month.burnt)} spent,"
                f" {many(month.expired)} ended, {many(month.taken)} taken back"
            )
