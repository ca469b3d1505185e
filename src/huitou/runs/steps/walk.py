"""Walk: whom the new day lets into a journey, who leaves one, and who moves on."""

from __future__ import annotations

from huitou.ground.clock import StoppedClock
from huitou.runs.walking.moving import new_day
from huitou.runs.walking.rooms import Rooms
from huitou.runs.work import Result, Work


def journeys(work: Work) -> Result:
    """Everything a new edition means for journeys; done again, nothing is done twice.

    What was so on the evening before is read from the edition that readers still see.
    """
    rooms = Rooms(work.home, work.lake, work.books, StoppedClock(work.now))
    return new_day(rooms, work.settings, work.edition, work.lake.current())
