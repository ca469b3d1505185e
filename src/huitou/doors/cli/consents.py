"""`huitou consent`, `huitou sending check`: what was agreed to, and what may be said."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huitou.doors.cli.desk import AsJson, answer, desk, screen

if TYPE_CHECKING:
    from huitou.runs.desks.consents.views import ConsentView, SendingCheck

app = typer.Typer(no_args_is_help=True, help="What people agreed to, with its proof.")

Who = Annotated[str, typer.Argument(help="Member number, phone, e-mail or id.")]
By = Annotated[str | None, typer.Option(help="Who says so; you, where nothing is said.")]
Channel = Annotated[str, typer.Argument(help="email, sms, wecom, wechat, paper, call or any.")]
Purpose = Annotated[str, typer.Option(help="marketing, personalised or service.")]
Source = Annotated[str, typer.Option(help="staff, till, checkout, join_page, reply, preferences.")]


@app.command("list")
def list_(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Consent by channel, where it came from, and what waits to be read."""
    found = desk(ctx).shop().consents.overview()
    if as_json:
        answer(found)
        return
    out = screen()
    for each in found.channels:
        if each.given or each.withdrawn:
            out.print(f"{each.channel_words}, {each.purpose}: {each.given} agreed, "
                      f"{each.withdrawn} refused")  # fmt: skip
    for waits in found.waiting:
        out.print(f"{waits.id}  {waits.name or waits.person or 'unknown'}: {waits.words}")
    out.print(f"Packs in force: {', '.join(found.packs) or 'none'}")


@app.command()
def show(ctx: typer.Context, who: Who, as_json: AsJson = False) -> None:
    """How it stands with one customer, and every word of theirs."""
    found = desk(ctx).shop().consents.of(who)
    if as_json:
        answer(found)
        return
    _say(found)
    for word in found.history:
        screen().print(f"  {word.at:%Y-%m-%d %H:%M} {word.state} {word.channel} {word.purpose}: "
                       f"{word.source_words}{' · ' + word.by if word.by else ''}")  # fmt: skip


@app.command()
def give(
    ctx: typer.Context,
    who: Who,
    channel: Channel,
    purpose: Purpose = "marketing",
    source: Source = "staff",
    wording: Annotated[str, typer.Option(help="The words they agreed to.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Somebody agreed."""
    found = (
        desk(ctx)
        .shop()
        .consents.give(
            who, channel, purpose, source=source, by=by or getpass.getuser(), wording=wording
        )
    )
    if as_json:
        answer(found)
        return
    _say(found)


@app.command()
def again(ctx: typer.Context, who: Who, channel: Channel, as_json: AsJson = False) -> None:
    """Send the message once more that asks for a second yes, where one waits."""
    found = desk(ctx).shop().consents.ask_again(who, channel)
    if as_json:
        answer(found)
        return
    _say(found)


@app.command()
def withdraw(
    ctx: typer.Context,
    who: Who,
    channel: Annotated[str, typer.Argument(help="A channel, or any.")] = "any",
    purpose: Purpose = "marketing",
    source: Source = "staff",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Somebody does not want it any more; it holds at once."""
    found = (
        desk(ctx)
        .shop()
        .consents.withdraw(who, channel, purpose, source=source, by=by or getpass.getuser())
    )
    if as_json:
        answer(found)
        return
    _say(found)


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV: customer,channel,purpose,state,at,wording.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take consents from a file; what customers have refused since, no file gives back."""
    text = file.read_text(encoding="utf-8-sig")
    found = desk(ctx).shop().consents.take_table(text, file.name, by or getpass.getuser())
    if as_json:
        answer(found)
        return
    out = screen()
    out.print(f"{found.rows} rows: {found.taken} taken, {found.known} known, "
              f"{found.wrong_rows} wrong")  # fmt: skip
    for line, why in found.wrong:
        out.print(f"  line {line}: {why}", markup=False)


@app.command()
def export(ctx: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Write every word of everybody as CSV."""
    from huitou.channels.sheets import csv_bytes

    rows = list(desk(ctx).shop().consents.every_word())
    file.write_bytes(csv_bytes(NAMES, ([str(row[name] or "") for name in NAMES] for row in rows)))
    if as_json:
        answer({"file": str(file), "rows": len(rows)})
        return
    screen().print(f"{file}: {len(rows)} words")


NAMES = (
    "id", "person_id", "said_under", "channel", "purpose", "state", "source", "reason", "wording",
    "language", "by", "at", "written_at",
)  # fmt: skip


@app.command()
def heard(
    ctx: typer.Context,
    channel: Annotated[str, typer.Argument(help="sms, wecom, wechat or email.")],
    address: Annotated[str, typer.Argument(help="The phone or e-mail it came from.")],
    text: str,
    as_json: AsJson = False,
) -> None:
    """Hand in what somebody wrote back; STOP and 退订 are obeyed at once."""
    found = desk(ctx).shop().consents.heard(channel, address, text)
    if as_json:
        answer(found)
        return
    waits = ", and waits for somebody to read it" if found.held else ""
    screen().print(f"{found.meaning}: {found.people} customers{waits}")


@app.command()
def settle(
    ctx: typer.Context,
    heard_id: str,
    refused: Annotated[bool, typer.Option("--refused/--no-refusal")] = True,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Somebody has read what was written: a refusal, or not."""
    desk(ctx).shop().consents.settle(heard_id, refused=refused, by=by or getpass.getuser())
    if as_json:
        answer({"id": heard_id, "refused": refused})
        return
    screen().print("Settled.")


def check(ctx: typer.Context, who: Who, as_json: AsJson = False) -> None:
    """What would be said to each kind of message to a customer now, and why; nothing is sent."""
    _say_check(desk(ctx).shop().consents.check(who), as_json=as_json)


@app.command()
def country(
    ctx: typer.Context,
    who: Who,
    code: Annotated[str, typer.Argument(help="Two letters: CN, TW, DE, US.")],
    as_json: AsJson = False,
) -> None:
    """Somebody told in which country they are: its law is kept for them, not their phone's."""
    _say_check(desk(ctx).shop().consents.declare(who, code), as_json=as_json)


def _say_check(found: SendingCheck, *, as_json: bool) -> None:
    if as_json:
        answer(found)
        return
    out = screen()
    place = found.place
    out.print(f"{found.name or found.person}: {place.country or place.phone_country or 'unknown'}, "
              f"law {', '.join(place.packs) or 'none enabled'}")  # fmt: skip
    for each in found.sayings:
        told = "goes" if each.goes else f"{each.words} ({each.rule})"
        until = f" Until {each.until:%Y-%m-%d %H:%M} UTC." if each.until else ""
        out.print(f"  {each.channel_words} · {each.purpose}: {told}{until}")


def _say(found: ConsentView) -> None:
    out = screen()
    out.print(found.name or found.person)
    for each in found.standings:
        if each.at is not None:
            asks = " (ask again: of several who are one only some agreed)" if each.partial else ""
            out.print(f"  {each.channel_words} · {each.purpose_words}: {each.state}"
                      f" since {each.at:%Y-%m-%d}{asks}")  # fmt: skip
