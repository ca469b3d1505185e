"""Runs the Python blocks of a page of the docs, top to bottom, as a notebook would.

A ```text block right after a ```python block is what that block prints.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(
    r"^```python\n(?P<code>.*?)^```\n(?:\s*^```text\n(?P<said>.*?)^```\n)?",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Block:
    """One block of code, and what the page says it prints (None where it says nothing)."""

    line: int
    code: str
    said: str | None


def blocks(page: str) -> Iterator[Block]:
    """The Python blocks of a page, in order."""
    for found in FENCE.finditer(page):
        line = page[: found.start("code")].count("\n") + 1
        yield Block(line, found["code"], found["said"])


def printed(block: Block, names: dict[str, object], name: str) -> str:
    """Run a block among `names`, which it may change; what it printed."""
    out = io.StringIO()
    # Empty lines in front keep the page's own line numbers in a traceback.
    code = compile("\n" * (block.line - 1) + block.code, name, "exec")
    with contextlib.redirect_stdout(out):
        exec(code, names)
    return out.getvalue()
