"""Report: the week and the month, told to the owner when the day's work is done."""

from __future__ import annotations

from huitou.runs.report import compose
from huitou.runs.work import Result, Work


def write(work: Work) -> Result:
    """Write the reports of this run; they read the same for ever after."""
    return compose.tell_all(work)
