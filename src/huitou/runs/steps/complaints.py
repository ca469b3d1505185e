"""Complaints, once a day: whose they are, which wait too long, which are quiet since the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from huitou.care.complaints import book
from huitou.runs import owners
from huitou.runs.work import Result, Work

if TYPE_CHECKING:
    from huitou.store.books import Unit


def look_after(work: Work, unit: Unit) -> Result:
    """Mark what is overdue, once for each deadline, and resolve what has been quiet for long.

    The mark is an event: whoever watches over the alarms tells the staff.
    """
    joined = owners.join(unit, work.edition, work.settings, work.now)
    return {
        "joined": joined,
        "rows": len(book.escalate(unit, work.now)),
        "in_doubt": book.settle_untold(unit, work.now),
        "resolved": book.settle_quiet(unit, work.now),
    }
