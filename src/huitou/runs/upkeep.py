"""What lies about in the rooms of care and waits for somebody: what `huitou doctor` looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from huitou.care.alarms import book as alarms
from huitou.care.complaints import book as complaints
from huitou.care.interviews import book as interviews
from huitou.runs.report import book as reports
from huitou.runs.sorting import is_up_to_date, taught

if TYPE_CHECKING:
    from huitou.runs.wiring import House


@dataclass(frozen=True)
class Upkeep:
    """How many of each there are now."""

    aside: int
    """Sendings of customers that the books would not take."""
    damaged: int
    """Files of the inbox with a line in them that cannot be read."""
    held: int
    """Complaints held as likely spam."""
    late: int
    """Alarms that nobody answered in time."""
    interviews_in_doubt: int
    reports_in_doubt: int
    """E-mails of which nobody knows whether they arrived."""
    lessons: int
    """Texts that staff taught the sorter."""
    sorter_knows: bool
    """Whether the sorter that is kept knows all of them."""


def upkeep(house: House) -> Upkeep:
    """Look into the books, the inbox and the folder; changes nothing."""
    with house.books.reading() as unit:
        told = taught(unit)
        return Upkeep(
            aside=house.inbox.aside() + house.events.aside(),
            damaged=house.inbox.damaged() + house.events.damaged(),
            held=complaints.counted(unit).get("held", 0),
            late=alarms.counted(unit)["late"],
            interviews_in_doubt=len(interviews.in_doubt(unit)),
            reports_in_doubt=sum(row["state"] == "in_doubt" for row in reports.listed(unit)),
            lessons=len(told),
            sorter_knows=is_up_to_date(house.lake, told),
        )
