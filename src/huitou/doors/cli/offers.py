"""`huitou offer`: what a code gives at the till, using it once, and taking that back."""

from __future__ import annotations

import getpass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import share
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.runs.shop import Shop
    from huitou.runs.views import OfferView

app = typer.Typer(no_args_is_help=True, help="At the till: check the code of an offer, and use it.")

Code = Annotated[str, typer.Argument(metavar="CODE", help="As it stands in the letter.")]
Customer = Annotated[
    str | None,
    typer.Option(help="Who stands there: member number, phone, e-mail or id."),
]
Order = Annotated[str, typer.Option(metavar="ID", help="The order's number.")]


@app.command()
def check(
    ctx: typer.Context,
    code: Code,
    total: Annotated[str | None, typer.Option(metavar="AMOUNT", help="Of the basket.")] = None,
    customer: Customer = None,
    as_json: AsJson = False,
) -> None:
    """What a code gives, until when, and whether it was used; nothing is changed."""
    shop = desk(ctx).shop()
    minor = None if total is None else _minor(shop, total)
    _tell(shop.check_offer(code, minor, customer), as_json=as_json)


@app.command()
def redeem(
    ctx: typer.Context,
    code: Code,
    order: Order,
    total: Annotated[str, typer.Option(metavar="AMOUNT", help="Before the offer: 49.50")],
    customer: Customer = None,
    as_json: AsJson = False,
) -> None:
    """Use a code for an order, once; the same order again changes nothing."""
    shop, by = desk(ctx).shop(), getpass.getuser()
    _tell(shop.redeem_offer(code, order, _minor(shop, total), customer, by), as_json=as_json)


@app.command()
def reverse(ctx: typer.Context, code: Code, order: Order, as_json: AsJson = False) -> None:
    """The order was cancelled: its code is open again where its time is not over."""
    _tell(desk(ctx).shop().offers.reverse(code, order, getpass.getuser()), as_json=as_json)


@app.command("list")
def listed(
    ctx: typer.Context,
    state: Annotated[
        str | None, typer.Option(help="open, settled, expired, released or dead.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest offers, whose they are and how they stand; dead: they bought first."""
    rows = desk(ctx).shop().offers.listed(state, limit)
    if as_json:
        answer(rows)
        return
    for row in rows:
        kind = "return offer" if row.personal else "offer"
        line = f"{row.code}  {row.state:8} {kind}, at most {row.most.written()}, to {row.last_day}"
        screen().print(f"{line}: {row.name or row.person}", markup=False)
    if not rows:
        screen().print("No such offers.")


def _minor(shop: Shop, total: str) -> int:
    from huitou.ground.money import to_minor

    return to_minor(_decimal(total), shop.settings.money)


def _decimal(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not (found.is_finite() and 0 < found <= 10**12):
        raise HuitouError(f"{text!r} is no amount of an order", to_try="--total 49.50")
    return found


def _what(offer: OfferView) -> str:
    if offer.served:
        return f"better service, which costs {offer.most.written()}; nothing off the price"
    on = f" an order of {offer.least.written()} or more" if offer.least else ""
    if offer.depth > 0.99:  # an amount, whatever the order comes to
        return f"{offer.most.written()} off{on}"
    return f"{share(offer.depth)} off{on}, at most {offer.most.written()}"


def _tell(offer: OfferView, *, as_json: bool) -> None:
    if as_json:
        answer(offer)
        return
    out = screen()
    out.print(f"{offer.code}: {offer.state}. {_what(offer)}, until {offer.last_day}.", markup=False)
    if offer.why_not is not None:
        out.print(f"  {offer.why_not}", markup=False)
    if offer.gives is not None and offer.payable is not None:
        out.print(f"  takes {offer.gives.written()} off", markup=False)
    if offer.given is not None:
        out.print(f"  took {offer.given.written()} off order {offer.order_id}", markup=False)
    if offer.payable is not None:
        out.print(f"  to pay: {offer.payable.written()}", markup=False)
