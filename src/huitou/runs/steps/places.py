"""Sending: find out where people are, and how each channel is answered by asking for silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitou.runs import sending
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit


def find_out(work: Work, unit: Unit) -> Result:
    """Where people are, where a rule asks for it; how each channel is answered by silence."""
    placed = sending.locate(unit, work.edition, work.now)
    return {"rows": placed, "channels": sending.measure(unit, work.now)}
