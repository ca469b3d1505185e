"""What plans were drafted from, kept beside the lake, so that each can be drafted again.

    <home>/lake/plans/<fingerprint>/     people.parquet · shifts.parquet · question.json

What a plan names is what it was made from: the folder's name is a fingerprint of all in it.

Kept for ever: the inputs of every plan that was approved. Of drafts, those of the newest
`DRAFTS`; the others go with the next run. Who asks to be forgotten is taken out of all of them, and
such a plan cannot be drafted again to the byte.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

import huitou
from huitou.decisions.question import Kept, Question
from huitou.journeys import book as journeys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition, Lake

DRAFTS = 10
"""Drafts whose inputs stay: a week of daily runs, and some drafted by hand."""
QUESTION, PEOPLE, SHIFTS = "question", "people", "shifts"
FORGOTTEN = "forgotten"


def keep(lake: Lake, question: Question, edition: Edition) -> dict[str, str | None]:
    """Keep what a plan is drafted from, once.

    Returns what the plan's totals name: its address (`inputs`), the version that drafts
    (`huitou`), and the `model` that made the forecast of this edition.
    """
    kept = question.kept(huitou.__version__)
    address = kept.address
    folder = lake.inputs(address)
    if folder.noted(QUESTION) is None:
        folder.write(PEOPLE, kept.people)
        if kept.shifts is not None:
            folder.write(SHIFTS, kept.shifts)
        # Last, for it says that all is there.
        folder.note(QUESTION, kept.told)
    model = (edition.noted("rhythm") or {}).get("model")
    return {"inputs": address, "huitou": huitou.__version__, "model": model}


def find(lake: Lake, address: str | None) -> Kept | None:
    """What is kept under an address; None where it was never kept, or was let go."""
    if address is None:
        return None
    folder = lake.inputs(address)
    told = folder.noted(QUESTION)
    if told is None:
        return None
    shifts = folder.table(SHIFTS) if folder.has(SHIFTS) else None
    return Kept(told, folder.table(PEOPLE), shifts)


def of_person(lake: Lake, address: str | None, ids: Iterable[str]) -> Row | None:
    """One person as a plan knew them, read without the rest."""
    if address is None:
        return None
    folder = lake.inputs(address)
    if folder.noted(QUESTION) is None:
        return None
    rows: list[Row] = folder.table(PEOPLE, only=("person_id", list(ids))).to_pylist()
    return rows[0] if rows else None


def forget(lake: Lake, ids: Sequence[str]) -> int:
    """Take people out of the inputs of every plan; of how many plans. While no run goes on."""
    held = 0
    for address in lake.addresses():
        folder = lake.inputs(address)
        if not folder.has(PEOPLE) or not folder.table(PEOPLE, only=("person_id", ids)).num_rows:
            continue
        # First, so that a plan of which somebody is missing is never taken for a changed one.
        folder.note(FORGOTTEN, (folder.noted(FORGOTTEN) or 0) + 1)
        people = folder.table(PEOPLE)
        others = pc.invert(pc.is_in(people["person_id"], value_set=pa.array(ids, pa.string())))
        if folder.has(SHIFTS):  # row by row those of the people
            folder.write(SHIFTS, folder.table(SHIFTS).filter(others))
        folder.write(PEOPLE, people.filter(others))
        held += 1
    return held


def forgotten(lake: Lake, address: str) -> int:
    """How many forgettings took somebody out of what is kept under this address."""
    return int(lake.inputs(address).noted(FORGOTTEN) or 0)


def sweep(lake: Lake, unit: Unit) -> int:
    """Let go of what no plan needs any more; how many. While no other run goes on."""
    stays = needed(journeys.plans(unit))
    gone = [address for address in lake.addresses() if address not in stays]
    for address in gone:
        shutil.rmtree(lake.inputs(address).folder, ignore_errors=True)
    return len(gone)


def needed(plans: Iterable[Row]) -> set[str]:
    """The addresses that stay; `plans` come the newest first."""
    named = [(row, row["totals"].get("inputs")) for row in plans]
    approved = {address for row, address in named if address and row["approved_at"] is not None}
    drafts = [address for row, address in named if address and row["approved_at"] is None]
    return approved | set(list(dict.fromkeys(drafts))[:DRAFTS])
