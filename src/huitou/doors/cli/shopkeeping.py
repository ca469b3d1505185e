"""`huitou init` and `settings`: what the merchant decides about the shop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen
from huitou.ground.errors import HuitouError

app = typer.Typer(no_args_is_help=True, help="What the merchant has decided: show, set.")

HIDDEN = ("salt",)
"""Not shown: who knows it can tell who is held out."""


def init(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Option(help="What the shop is called.")] = None,
    currency: Annotated[str | None, typer.Option(help="Reporting currency: CNY, EUR, …")] = None,
    timezone: Annotated[str | None, typer.Option(help="Days are cut in this zone.")] = None,
    language: Annotated[str | None, typer.Option(help="en, zh-Hans or zh-Hant.")] = None,
    margin: Annotated[
        float | None, typer.Option(help="Profit per unit of revenue where costs are not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make the shop's folder.

    Everything may also be said later, here or with `huitou settings set`.
    """
    choices = {"name": name, "currency": currency, "timezone": timezone,
               "language": language, "margin": margin}  # fmt: skip
    shop = desk(ctx).shop()
    said = {key: value for key, value in choices.items() if value is not None}
    settings = shop.change_settings(**said) if said else shop.settings
    if as_json:
        answer({"home": shop.home, "settings": shown(settings)})
    else:
        screen().print(f"{settings.name}: {shop.home}\n  try: huitou import FILE")


@app.command()
def show(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Every setting and its value."""
    settings = shown(desk(ctx).shop().settings)
    if as_json:
        answer(settings)
        return
    for name, value in settings.items():
        screen().print(f"{name:20} {'—' if value is None else value}")


@app.command(name="set")
def change(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Which setting; `huitou settings show` lists them.")],
    value: Annotated[str, typer.Argument(help="Its new value; amounts in major units.")],
    as_json: AsJson = False,
) -> None:
    """Change one setting; the value is checked first."""
    shop = desk(ctx).shop()
    settings = shop.change_settings(**{name: parsed(shop.settings, name, value)})
    if as_json:
        answer(shown(settings))
    else:
        screen().print(f"{name} is now {shown(settings)[name]}")


AMOUNTS = ("budget", "staff_hourly", "letter_cost", "approval_limit")


def shown(settings: Any) -> dict[str, Any]:
    """The settings as people see them: amounts in major units, no salt."""
    from dataclasses import asdict

    from huitou.ground.money import Money

    values = {name: value for name, value in asdict(settings).items() if name not in HIDDEN}
    for name in AMOUNTS:
        if values[name] is not None and settings.currency:
            values[name] = str(Money(values[name], settings.currency).decimal)
    return values


def parsed(settings: Any, name: str, text: str) -> Any:
    """`text` as the kind of value this setting holds; a plain sentence where it is not."""
    from dataclasses import fields

    from huitou.doors.cli.plans import to_minor

    kinds = {field.name: str(field.type) for field in fields(settings)}
    if name not in kinds or name in HIDDEN:
        known = ", ".join(known for known in kinds if known not in HIDDEN)
        raise HuitouError(f"there is no setting {name!r}", to_try=f"one of: {known}")
    if name in AMOUNTS:
        return to_minor(text, settings.money)
    kind = kinds[name].partition(" |")[0]
    readers: dict[str, Callable[[str], Any]] = {"int": int, "float": float, "bool": yes_or_no}
    try:
        return readers.get(kind, str)(text)
    except ValueError:
        wanted = "yes or no" if kind == "bool" else "a number"
        raise HuitouError(f"{name}: {text!r} is not {wanted}") from None


def yes_or_no(text: str) -> bool:
    """`yes`, `true`, `on`, `1`, and their opposites; ValueError for anything else."""
    said = {"yes": True, "true": True, "on": True, "1": True}
    said |= {"no": False, "false": False, "off": False, "0": False}
    if text.lower() not in said:
        raise ValueError(text)
    return said[text.lower()]
