"""The part of a report about the harm our own letters did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitou.ground.words import said
from huitou.runs.kept import recall
from huitou.runs.told import OurHarm, Section

if TYPE_CHECKING:
    from huitou.runs.work import Work


def harm_told(work: Work) -> Section | None:
    """What was measured about the latest campaign that has something to say; None without one."""
    found: OurHarm | None = recall(work.edition.noted("harm"))
    if found is None or not found.campaigns:
        return None
    telling = [each for each in found.campaigns if each.verdict != "too_early"]
    first = next((each for each in telling if each.is_stopped), None) or next(iter(telling), None)
    if first is None:
        return None
    words = (*first.words, *(line.words for line in first.lines))[:4]
    return Section("harm", said("Our own harm"), words=words)
