"""`huitou offer`: what a code is worth at the till, and using it once."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import share
from huitou.ground.errors import HuitouError

if TYPE_CHECKING:
    from huitou.runs.views import OfferView

app = typer.Typer(no_args_is_help=True, help="At the till: check the code of an offer, and use it.")

Code = Annotated[str, typer.Argument(metavar="CODE", help="As it stands in the letter.")]


@app.command()
def check(ctx: typer.Context, code: Code, as_json: AsJson = False) -> None:
    """What a code takes off, until when, and whether it was used."""
    _tell(desk(ctx).shop().check_offer(code), as_json=as_json)


@app.command()
def redeem(
    ctx: typer.Context,
    code: Code,
    order: Annotated[str, typer.Option(metavar="ID", help="The order's number.")],
    total: Annotated[str, typer.Option(metavar="AMOUNT", help="Before the offer: 49.50")],
    as_json: AsJson = False,
) -> None:
    """Use a code for an order, once; the same order again changes nothing."""
    from huitou.ground.money import to_minor

    shop = desk(ctx).shop()
    minor = to_minor(_decimal(total), shop.settings.money)
    _tell(shop.redeem_offer(code, order, minor), as_json=as_json)


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
    screen().print(
        f"{offer.code}: {offer.state}. {_what(offer)}, until {offer.last_day}.", markup=False
    )
    if offer.given is not None:
        screen().print(f"  took {offer.given.written()} off order {offer.order_id}", markup=False)
