"""`huitou import`: look at a file, show what was recognised, ask what is unclear, take it in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from huitou.doors.cli.desk import (
    AsJson,
    Desk,
    answer,
    aside,
    desk,
    progress,
    screen,
    someone_watches,
)
from huitou.ground.errors import HuitouError, NothingTaken

if TYPE_CHECKING:
    from rich.table import Table

    from huitou.runs.shop import Shop
    from huitou.sources.contract import Declared, Preview, Question, Taken

NOTHING_TAKEN = 2
SOMETHING_QUARANTINED = 3
ORDINALS = ("first", "second", "third")
"""Rows of a preview: so many stand beside each other on a terminal of 80 letters."""


def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV, TSV, Excel, Parquet, JSON lines.")
    ],
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Take what was recognised without asking.")
    ] = False,
    currency: Annotated[
        str | None, typer.Option(help="Currency of the amounts: CNY, TWD, EUR, …")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Zone of the moments: Asia/Shanghai, Europe/London, …")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="How the text is encoded: utf-8, gb18030, cp950, …")
    ] = None,
    date_order: Annotated[
        str | None, typer.Option(metavar="ymd|dmy|mdy", help="Which comes first: day or month.")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(metavar=".|,", help="The decimal mark of the amounts.")
    ] = None,
    delimiter: Annotated[str | None, typer.Option(help="What stands between columns.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of an Excel file.")] = None,
    grain: Annotated[
        str | None,
        typer.Option(metavar="line|order", help="What a row is: a product of an order, or all."),
    ] = None,
    amount_is: Annotated[
        str | None,
        typer.Option(
            metavar="total|unit|order|each",
            help="What the amount is: of the row, of one piece, of the order; each: none is known.",
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=COLUMN", help="What a column means: --column amount=實付"),
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(metavar="M.toml", help="A mapping kept from an earlier file.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Name of the till or shop it comes from.")
    ] = None,
    margin: Annotated[
        float | None, typer.Option(help="Profit per unit of revenue where costs are not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take in files of orders.

    Columns are recognised, shown with the first rows as read, and confirmed. The same bytes twice
    change nothing. Exit code 2 where nothing could be taken, 3 where something was quarantined.
    """
    from huitou.sources.contract import Declared, Mapping

    declared = Declared(
        columns=columns_of(column or []),
        mapping=Mapping.from_toml(text_of(mapping)) if mapping else None,
        encoding=encoding,
        delimiter="\t" if delimiter in ("\\t", "tab") else delimiter,
        sheet=sheet,
        grain=grain,
        date_order=date_order,
        decimal=decimal,
        amount_is=amount_is,
        source=source,
        currency=currency,
        timezone=timezone,
    )
    counter = _Counter(desk(ctx), declared, ask=someone_watches() and not (yes or as_json), yes=yes)
    if margin is not None:
        counter.shop.change_settings(margin=margin)
    ends = [counter.receive(file) for file in files]
    _say(ends, as_json)
    raise typer.Exit(_exit_code(ends))


@dataclass(frozen=True)
class End:
    """What became of one file."""

    file: Path
    taken: Taken | None
    error: HuitouError | None = None


class _Counter:
    """Where files are received, one after the other."""

    def __init__(self, at: Desk, declared: Declared, *, ask: bool, yes: bool) -> None:
        self.shop: Shop = at.shop()
        self.declared, self.ask, self.yes = declared, ask, yes

    def receive(self, file: Path) -> End:
        """Look, show, ask, take; an error ends this file and leaves the others be."""
        try:
            return End(file, self._take(file))
        except HuitouError as error:
            return End(file, None, error)

    def _take(self, file: Path) -> Taken:
        declared = self.declared
        if not file.exists():
            raise NothingTaken("there is no such file", file=str(file))
        if self.ask:
            declared = self._settle(file, declared)
        with progress() as show:
            return self.shop.take(file, declared, confirmed=self.yes or self.ask, progress=show)

    def _settle(self, file: Path, declared: Declared) -> Declared:
        """Ask until nothing is unclear and the first rows were confirmed."""
        while True:
            preview = self.shop.look(file, declared)
            if preview.questions:
                declared = answered(declared, preview.questions[0], ask(preview.questions[0]))
                continue
            show_preview(preview)
            typer.confirm("Take it like this?", abort=True)
            return declared


def answered(declared: Declared, question: Question, choice: str) -> Declared:
    """The declaration with one question answered."""
    said: dict[str, Any] = {question.code: choice}
    return replace(declared, **said)


def show_preview(preview: Preview) -> None:
    """How it is read, the recognised columns, its first rows, and what to be warned of."""
    out = screen()
    out.print(f"{preview.name}{_read_as(preview.encoding)}")
    columns = _never_cut("column", "is", "because", "for example")
    for guess in preview.columns:
        columns.add_row(guess.column, guess.field or "—", str(guess.why), ", ".join(guess.samples))
    out.print(columns)
    if preview.rows:
        out.print(_first_rows(preview))
    for warning in preview.warnings:
        out.print(f"! {warning}")


def _first_rows(preview: Preview) -> Table:
    """The first rows as they would be taken, turned: a column of the file has a line."""
    first = preview.shown[: len(ORDINALS)]
    title = f"the first {len(first)} of {preview.total:,} rows, as they would be taken"
    rows = _never_cut("is", *ORDINALS[: len(first)], title=title)
    for name in first[0]:
        rows.add_row(name, *(row[name] for row in first))
    return rows


def _never_cut(*headings: str, title: str | None = None) -> Table:
    """A table to be confirmed: what is too long for the terminal goes on below, whole."""
    from rich.table import Table

    table = Table(title=title)
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading == "is")
    return table


def _read_as(encoding: str | None) -> str:
    return f", read as {encoding}" if encoding else ""


def ask(question: Question) -> str:
    """Put a question on the terminal; the answer, as it stands in a declaration."""
    typer.echo(str(question.words))
    for number, choice in enumerate(question.choices, 1):
        typer.echo(f"  {number}. {choice.value}   {choice.sample}")
    said: str = typer.prompt("Which one (number, or the answer itself)")
    if said.isdigit() and 1 <= int(said) <= len(question.choices):
        return question.choices[int(said) - 1].value
    return said


def columns_of(pairs: list[str]) -> dict[str, str]:
    """`FIELD=COLUMN` pairs as they were typed; an error in words for one without `=`."""
    split = [pair.partition("=") for pair in pairs]
    for field, equals, _ in split:
        if not equals:
            raise HuitouError(f"--column {field}: no '='", to_try="--column amount=實付金額")
    return {field: column for field, _, column in split}


def text_of(path: Path) -> str:
    """What a file named on the command line says."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as bad:
        raise HuitouError(f"the mapping {path} cannot be read: {bad}") from bad


def _exit_code(ends: list[End]) -> int:
    taken = [end.taken for end in ends if end.taken]
    if not taken:
        return max((end.error.exit_code for end in ends if end.error), default=NOTHING_TAKEN)
    spoiled = any(end.error for end in ends) or any(each.quarantined for each in taken)
    return SOMETHING_QUARANTINED if spoiled else 0


def summed(ends: list[End]) -> dict[str, Any]:
    """All files as one object: the counts together, then file by file."""
    taken = [end.taken for end in ends if end.taken]
    counts = ("rows", "applied", "unchanged", "quarantined")
    return {
        **{name: sum(getattr(each, name) for each in taken) for name in counts},
        "files": taken,
        "errors": [_error(end) for end in ends if end.error],
    }


def _error(end: End) -> dict[str, Any]:
    error = end.error
    named = ("sentence", "row", "column", "value", "to_try")
    found = {name: getattr(error, name, None) for name in named}
    questions = getattr(error, "questions", ())
    asked = [
        {"code": q.code, "words": q.words, "option": q.option, "choices": q.choices}
        for q in questions
    ]
    return {
        "file": str(end.file), "kind": type(error).__name__, **found, "questions": asked,
    }  # fmt: skip


def _say(ends: list[End], as_json: bool) -> None:
    for end in ends:
        if end.error:
            aside().print(f"huitou: {end.file.name}: {end.error}")
            for question in getattr(end.error, "questions", ()):
                aside().print(f"  {question.words}\n    {question.option}")
                for choice in [each for each in question.choices if each.sample]:
                    sample = choice.sample.replace("\n", "\n        ")
                    aside().print(f"    {choice.value}: {sample}")
    if as_json:
        answer(summed(ends))
        return
    for end in ends:
        if end.taken:
            _say_taken(end.taken)


def _say_taken(taken: Taken) -> None:
    out = screen()
    out.print(
        f"{taken.file}: {taken.rows:,} rows: {taken.applied:,} applied, "
        f"{taken.unchanged:,} unchanged, {taken.quarantined:,} quarantined"
    )
    if taken.encoding:
        out.print(f"  read as {taken.encoding}")
    if taken.first_day:
        out.print(f"  orders from {taken.first_day} to {taken.last_day}")
    for warning in taken.warnings:
        out.print(f"  ! {warning}")
    if taken.quarantined:
        out.print("  try: huitou quarantine list")
