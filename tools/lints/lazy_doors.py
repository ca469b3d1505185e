"""The command line starts at once: what is heavy is imported by the function that needs it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.lints.rule import Found, Rule, imported, module

LIGHT = {
    "typer", "rich", "huitou.ground.errors", "huitou.doors.cli", "huitou.__version__",
}  # fmt: skip
HEAVY = {
    "alembic", "babel", "duckdb", "fastapi", "fastexcel", "highspy", "huitou", "ibis", "jinja2",
    "numpy", "pandas", "phonenumbers", "pyarrow", "rich", "scipy", "sqlalchemy", "starlette",
    "uvicorn",
}  # fmt: skip


def _applies(path: PurePosixPath) -> bool:
    inside = path.parts[:2] == ("src", "huitou") and path.suffix == ".py"
    return inside and (path.parts[2:4] == ("doors", "cli") or path.parts[2:] == ("__init__.py",))


def _check(path: PurePosixPath, text: str) -> Found:
    for statement in at_the_top(module(text).body):
        for line, name in imported(ast.walk(statement)):
            heavy = name.split(".")[0] in HEAVY
            light = any(name == kept or name.startswith(f"{kept}.") for kept in LIGHT)
            if heavy and not light:
                yield line, f"{name} is imported before it is needed: import it in the function"


def at_the_top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The imports of a module that are carried out when it is loaded."""
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield statement
        elif isinstance(statement, ast.If) and "TYPE_CHECKING" not in ast.dump(statement.test):
            yield from at_the_top(statement.body + statement.orelse)
        elif isinstance(statement, ast.Try):
            yield from at_the_top(statement.body)


RULE = Rule(
    name="lazy_doors",
    reason="`huitou --help` took two seconds while it loaded an engine and a web server that "
    "printing a page of help does not need.",
    blind="A light module that itself imports a heavy one: a test measures what is loaded.",
    applies=_applies,
    check=_check,
    example="src/huitou/doors/cli/report.py",
    good_lines=(
        "import typer",
        "from huitou.ground.errors import HuitouError",
        "from huitou.doors.cli.speech import tell",
        "def run():\n    import duckdb",
        "if TYPE_CHECKING:\n    import pyarrow",
    ),
    bad_lines=(
        "import duckdb",
        "from huitou.runs.shop import Shop",
        "try:\n    import scipy.stats\nexcept ImportError:\n    pass",
    ),
)
