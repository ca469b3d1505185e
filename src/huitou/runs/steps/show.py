"""Show: lay the people out for the console, and let readers see the edition."""

from __future__ import annotations

from huitou.journeys import book as journeys
from huitou.runs.people import shelved
from huitou.runs.work import Result, Work


def shelve(work: Work) -> Result:
    """Rebuild the shelf from the table of people and the acts that are planned for them."""
    people = work.edition.table("people")
    with work.books.reading() as unit:
        planned = journeys.assignments(unit, journeys.the_plan(unit)["id"])
    acts = planned.select(["person_id", "act"])
    work.shelf.rebuild(shelved(people, acts, work.day))
    return {"rows": people.num_rows}


def publish(work: Work) -> Result:
    """Point readers at this edition."""
    work.lake.publish(work.edition)
    return {"rows": 0}
