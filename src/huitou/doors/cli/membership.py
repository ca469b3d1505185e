"""`huitou membership`: cards that are paid for, who holds one, and whom the dearer one pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.doors.cli.drawing import share

if TYPE_CHECKING:
    from huitou.runs.desks.membership import AdviceSheet, AdviceView, TermView

app = typer.Typer(no_args_is_help=True, help="Cards that are paid for, and whom they pay.")

BY = "command line"
Who = Annotated[str, typer.Argument(metavar="PERSON", help="Id, member number, phone or e-mail.")]
Card = Annotated[str, typer.Argument(help="A card of the rules, such as premium.")]
By = Annotated[str, typer.Option(help="Who says so.")]


@app.command()
def show(
    ctx: typer.Context,
    person: Annotated[str | None, typer.Argument(help="One person; everybody without.")] = None,
    as_json: AsJson = False,
) -> None:
    """The cards, who holds one, and the money of it; or all about one person's card."""
    memberships = desk(ctx).shop().membership
    found = memberships.of(person) if person else memberships.seen()
    if as_json:
        answer(found)
        return
    out = screen()
    if person:
        one = memberships.of(person)
        for term in one.terms:
            _say_term(term)
        for each in one.movements:
            out.print(f"  {each.day} {each.kind}: {each.paid}; back {each.back}; {each.by}")
        if one.advice:
            _say_advice(one.advice)
        return
    seen = memberships.seen()
    out.print("Cards are sold." if seen.on else "No cards are sold: huitou membership rules --on")
    for card in seen.cards:
        out.print(f"{card.name}: {card.fee}, {share(card.back)} back; {card.holders} hold it")
    out.print(f"paid {seen.paid}, of it earned {seen.earned}, owed in service {seen.unearned}")
    for term in seen.members:
        _say_term(term)


@app.command()
def buy(
    ctx: typer.Context,
    person: Who,
    card: Card,
    key: Annotated[str, typer.Option(help="Names this sale: the same again is the same.")] = "",
    standing: Annotated[
        bool, typer.Option("--standing", help="They ask that it be renewed each year, with notice.")
    ] = False,
    by: By = BY,
    as_json: AsJson = False,
) -> None:
    """Somebody paid for a card: it runs for a year from today."""
    _told(desk(ctx).shop().membership.buy(person, card, by, key, standing=standing), as_json)


@app.command()
def renew(
    ctx: typer.Context,
    person: Who,
    card: Annotated[str | None, typer.Option(help="Another card from then on.")] = None,
    by: By = BY,
    as_json: AsJson = False,
) -> None:
    """They paid for another year; it joins the one that ends."""
    _told(desk(ctx).shop().membership.renew(person, by, card), as_json)


@app.command()
def upgrade(
    ctx: typer.Context,
    person: Who,
    card: Card,
    price: Annotated[bool, typer.Option("--price", help="Only say what it would cost.")] = False,
    by: By = BY,
    as_json: AsJson = False,
) -> None:
    """They paid the difference for the rest of the year."""
    memberships = desk(ctx).shop().membership
    if not price:
        _told(memberships.upgrade(person, card, by), as_json)
        return
    found = memberships.upgrade_price(person, card)
    if as_json:
        answer({"price": found})
        return
    screen().print(f"{card} for the rest of their year: {found}")


@app.command()
def cancel(ctx: typer.Context, person: Who, by: By = BY, as_json: AsJson = False) -> None:
    """They give the card back; says what is to be paid back to them."""
    done = desk(ctx).shop().membership.cancel(person, by)
    if as_json:
        answer(done)
        return
    screen().print(f"Ended. Pay back: {-done.paid}")


@app.command()
def advice(
    ctx: typer.Context,
    card: Annotated[str | None, typer.Option(help="Those who hold this card.")] = None,
    everybody: Annotated[
        bool, typer.Option("--everybody", help="As if all customers held it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Whom the dearer card pays, with its chance; who should not be offered it, too."""
    found = desk(ctx).shop().membership.advice(card, everybody=everybody)
    if as_json:
        answer(found)
        return
    _say_sheet(found)


def _told(term: TermView, as_json: bool) -> None:
    if as_json:
        answer(term)
        return
    _say_term(term)


def _say_term(term: TermView) -> None:
    tell = "; tell them: no way to reach them is known" if term.to_tell else ""
    days = f"{term.starts_on} to {term.ends_on}"
    screen().print(f"{term.name}: {term.card}, {days}, {term.state_words}, {term.paid}{tell}")


def _say_sheet(found: AdviceSheet) -> None:
    out = screen()
    line = found.line.written() if found.line else "no spend"
    shop = found.shop_below.written() if found.shop_below else "any spend"
    out.print(f"{found.new} pays for a member from {line} a year; the shop gains up to {shop}")
    out.print(f"of {found.people}: offer it to {found.offered}, too near to say {found.near}")
    for each in found.rows:
        _say_advice(each)


def _say_advice(each: AdviceView) -> None:
    out = screen()
    low, high = each.spend.low.written(), each.spend.high.written()
    out.print(f"{each.name}: {each.words}")
    lift = "no lift" if each.needed_lift is None else f"{share(each.needed_lift)} more"
    out.print(f"  next year {each.spend.value} ({low} to {high}); pays with {share(each.chance)}")
    out.print(f"  for them {each.member_gain}, for the shop {each.shop_gain}; even at {lift}")
