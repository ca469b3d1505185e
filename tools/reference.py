"""The pages of reference that are written by the program itself: `python -m tools.reference`.

With `--check` nothing is written; a page that has gone out of date is named, and the exit is 1.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from huitou.doors.cli.main import app as command_line
from huitou.ground import settings
from tools import metrics, schema

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "reference"
WIDTH = 96
NOTE = "<!-- Written by `python -m tools.reference`; change the program, not this page. -->"


def cli() -> str:
    """Every command with its help, as it prints it."""
    import typer.main

    root = typer.main.get_command(command_line)
    parts = [f"{NOTE}\n\n# Command line\n\n{_EXITS}"]
    for name, command in _commands(root, "huitou"):
        parts.append(f"## {name}\n\n```text\n{_help(command, name)}\n```")
    return "\n\n".join(parts) + "\n"


_EXITS = """Every command has `--json`: stdout is then exactly one JSON value, and progress goes to
stderr. Amounts in JSON are decimal numbers in major units, with their currency.

| exit code | means |
|--:|---|
| 0 | done |
| 1 | a rule said no, or another step must come first |
| 2 | nothing could be taken, or the line was not understood |
| 3 | something was quarantined; `huitou quarantine list` says what and why |
| 130 | stopped by the keyboard |

Every error says in one sentence what is wrong, where (file, row, column, value), and what to
try."""


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    yield name, command
    for inner, found in getattr(command, "commands", {}).items():
        yield from _commands(found, f"{name} {inner}")


def _help(command: Any, name: str) -> str:
    context = command.context_class(command, info_name=name, terminal_width=WIDTH)
    text: str = command.get_help(context)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _scope(needed: Mapping[tuple[str, str], str], path: str, verb: str) -> str:
    """The scope a call needs; calls that a provider signs need no token."""
    scope = needed.get((path, verb))
    return f"`{scope}`" if scope else "signed"


def http() -> str:
    """Every route of the API, with the scope its token needs."""
    from huitou.doors.api.app import app
    from huitou.doors.scopes import SCOPES

    told: Any = app(None, None).openapi()  # type: ignore[arg-type]  # nothing is asked of the shop
    needed = _scopes()
    scopes = "\n".join(f"| `{name}` | {may} |" for name, may in SCOPES.items())
    rows = [
        f"| `{verb.upper()}` | `/v1{path}` | {_scope(needed, path, verb)} | {_sentence(route)} |"
        for path, verbs in told["paths"].items()
        for verb, route in verbs.items()
    ]
    table = "\n".join(["| | path | scope | |", "|---|---|---|---|", *rows])
    return f"{NOTE}\n\n# HTTP\n\n{_TOKENS}\n\n| scope | may |\n|---|---|\n{scopes}\n\n{table}\n"


_TOKENS = """`huitou serve` answers under `/v1`, beside the console. A program shows a token:

```text
huitou token new spreadsheet --scope read
curl -H "Authorization: Bearer ht_…" http://127.0.0.1:8080/v1/answers
```

`/v1/openapi.json` describes every answer. Errors are
`{"error": {"kind", "sentence", "to_try", …}}`.
`language=zh-Hans` has sentences said in that language."""


def _scopes() -> dict[tuple[str, str], str]:
    """(path, verb) -> the scope asked for by the dependency that lets the caller in."""
    from huitou.doors.api.app import CHAPTERS

    return {
        (route.path, verb.lower()): inspect.getclosurevars(need.call).nonlocals["scope"]
        for chapter in CHAPTERS
        for route in chapter.routes.routes
        for verb in route.methods
        for need in route.dependant.dependencies
    }


def _sentence(route: dict[str, Any]) -> str:
    return str(route["description"]).split("\n\n")[0].replace("\n", " ")


def choices() -> str:
    """Every setting with its default and what it means."""
    rows = [f"| `{name}` | {default} | {said} |" for name, default, said in _fields()]
    table = "\n".join(["| setting | default | |", "|---|---|---|", *rows])
    return f"{NOTE}\n\n# Settings\n\n{_FILE}\n\n{table}\n"


_FILE = """Kept in `shop.toml` in the shop's folder; `huitou settings show` prints them,
`huitou settings set NAME VALUE` changes one. In the file amounts are whole minor units (pence,
fen); on the command line they are typed in major units."""


def _fields() -> Iterator[tuple[str, str, str]]:
    body = ast.parse(inspect.getsource(settings.Settings)).body[0]
    if not isinstance(body, ast.ClassDef):
        return
    # A setting's sentence is the string that stands under it.
    following = [*body.body[1:], None]
    for entry, after in zip(body.body, following, strict=True):
        if isinstance(entry, ast.AnnAssign) and isinstance(entry.target, ast.Name):
            default = ast.unparse(entry.value) if entry.value else ""
            shown = "" if default in ("None", "''") else f"`{default}`"
            yield entry.target.id, shown, _string(after)


def _string(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return " ".join(str(node.value.value).split())
    return ""


WRITTEN: dict[str, Callable[[], str]] = {
    "cli.md": cli,
    "http.md": http,
    "metrics.md": lambda: f"{NOTE}\n\n{metrics.page()}",
    "schema.md": lambda: f"{NOTE}\n\n{schema.page()}",
    "settings.md": choices,
}
"""Page -> what writes it."""


def stale() -> list[str]:
    """The pages that say something else than the program."""
    kept = {name: PAGES / name for name in WRITTEN}
    return [
        name
        for name, write in WRITTEN.items()
        if not kept[name].exists() or kept[name].read_text(encoding="utf-8") != write()
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        old = stale()
        print(
            f"out of date: {', '.join(old)}; try: make format" if old else "reference: up to date"
        )
        sys.exit(1 if old else 0)
    PAGES.mkdir(parents=True, exist_ok=True)
    for page, write in WRITTEN.items():
        (PAGES / page).write_text(write(), encoding="utf-8")
