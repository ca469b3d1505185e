"""Nothing is left for later, and nothing silenced without a word why."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import PurePosixPath

from tools.lints.rule import Found, Rule

LATER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SILENCES = re.compile(r"#\s*(noqa|type:\s*ignore)")
SILENCED = re.compile(SILENCES.pattern + r"(?P<codes>[:\[][^#]*?\]?)?\s*(?P<why>#.*|—.*)?$")


def _applies(path: PurePosixPath) -> bool:
    return path.suffix == ".py" and path.parts[0] in ("src", "tests", "tools")


def _check(path: PurePosixPath, text: str) -> Found:
    if not (LATER.search(text) or SILENCES.search(text)):
        return  # to take a file apart into its words costs more than to look through it
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        if LATER.search(token.string):
            yield token.start[0], "write an issue, or do it now"
        silenced = SILENCED.search(token.string)
        if silenced and not (silenced["codes"] and silenced["why"]):
            yield token.start[0], "say which rule is silenced, and why: `# noqa: E501  # reason`"


RULE = Rule(
    name="promises",
    reason="A mark that says 'later' is read for years; a check that is silenced without a reason "
    "stays silent when the reason is gone.",
    blind="Promises in prose.",
    applies=_applies,
    check=_check,
    example="src/huitou/facts/orders.py",
    good_lines=(
        "x = 1  # the first day counts",
        "import x  # noqa: F401  # registers the metrics",
        "y = f()  # type: ignore[no-any-return]  # the engine's own type is too wide",
    ),
    bad_lines=(
        "x = 1  # TO" + "DO: think",
        "import x  # noqa",
        "import x  # noqa: F401",
        "y = f()  # type: ignore",
        "y = f()  # type: ignore[no-any-return]",
    ),
)
