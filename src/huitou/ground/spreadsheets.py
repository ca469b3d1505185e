"""Cells that no spreadsheet runs: one rule for every table that leaves the house (CWE-1236)."""

from __future__ import annotations

import re
from typing import TypeVar

Cell = TypeVar("Cell")

_BLANK = " \u00a0\u3000\ufeff"
"""What a spreadsheet may skip before it looks for a formula."""
_SIGNS = "=+\\-@\t\r\n＝＋－＠"
"""What a formula starts with, as wide as Chinese keyboards write it, too."""
_RUNS = f"'*[{_BLANK}]*[{_SIGNS}]"
"""A formula, neutral already or not: one that was keeps its own mark on the way."""

NEUTRALISED = f"^'({_RUNS})"
"""Pattern of a neutral cell, for `re` and for Arrow; the group is the cell as it was."""

_FORMULA = re.compile(_RUNS)
_NEUTRALISED = re.compile(NEUTRALISED)


def neutral(cell: Cell) -> Cell | str:
    """The cell as a spreadsheet will show it and not run it; what is no text stays as it is."""
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell


def restored(cell: str) -> str:
    """The cell as it was before `neutral`."""
    return _NEUTRALISED.sub(r"\1", cell)
