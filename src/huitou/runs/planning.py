"""The plan after it was drafted: reading it, approving it, carrying it out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from huitou.care.fixes import book as fixes
from huitou.channels import book as channels
from huitou.channels.contract import Channel
from huitou.channels.email import Email, mailbox
from huitou.channels.paper import CallList, Paper
from huitou.ground import marks
from huitou.ground.errors import HuitouError
from huitou.ground.progress import Progress
from huitou.ground.settings import Settings
from huitou.journeys import book as journeys
from huitou.journeys.acts import book as own_acts
from huitou.journeys.lettering import book as lettering
from huitou.journeys.messages import Recipient, Sender
from huitou.loyalty import offers
from huitou.runs.moment import Moment
from huitou.runs.people import latest_key, shelved
from huitou.runs.plan_in_words import totals_view
from huitou.runs.remarks import note_limits
from huitou.runs.steps.decide import drafted
from huitou.runs.views import LetterSample, PlanTotals

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition


LETTERS = "letters"
"""Folder of what is printed, one folder a plan."""


def _everybody(edition: Edition) -> str:
    """The table of people; a shop with too few for a forecast has its customers alone."""
    if edition.has("people"):
        return "people"
    return f"customers_{Moment.read(edition.noted('moment')).day}"


class Addresses:
    """Who the people of a plan are, read from the edition when letters are written."""

    def __init__(self, edition: Edition, language: str) -> None:
        self.people = edition.table(_everybody(edition), ["person_id", "key", "name"])
        self.edition = edition
        self.language = language

    def __call__(self, ids: Sequence[str]) -> Mapping[str, Recipient]:
        """The recipients of these people; those unknown to the edition are absent."""
        wanted = pa.array(ids, pa.string())
        known = self.people.filter(pc.is_in(self.people["person_id"], wanted)).to_pylist()
        lines = self._lines(wanted)
        return {
            row["person_id"]: Recipient(
                person_id=row["person_id"],
                key=row["key"] or row["person_id"],
                name=row["name"],
                **_reach(lines.get(row["person_id"], [])),
            )
            for row in known
        }

    def _lines(self, wanted: pa.Array) -> dict[str, list[dict[str, Any]]]:
        columns = ["person_id", "phone", "email", "address", "ordered_at"]
        columns += ["product", "amount", "is_return", "is_product"]
        lines = self.edition.table("lines", columns, only=("person_id", wanted.to_pylist()))
        found: dict[str, list[dict[str, Any]]] = {}
        for line in lines.to_pylist():
            found.setdefault(line["person_id"], []).append(line)
        return found


def _reach(lines: list[dict[str, Any]]) -> dict[str, Any]:
    spent: dict[str, int] = {}
    for line in lines:
        if line["product"] and line["is_product"] and line["amount"] > 0:
            spent[line["product"].strip()] = spent.get(line["product"].strip(), 0) + line["amount"]
    dearest = sorted(spent, key=lambda product: (-spent[product], product))
    return {
        "phone": latest_key(lines, "phone"),
        "email": latest_key(lines, "email"),
        "address": tuple((latest_key(lines, "address") or "").splitlines()),
        "usual": tuple(dearest[:3]),
    }


def desk(house: House, settings: Settings, edition: Edition) -> lettering.Desk:
    """What writing letters needs from outside the books."""
    sender = Sender(name=settings.name, currency=settings.money, language=settings.language)
    known = Moment.read(edition.noted("moment")).day
    return lettering.Desk(
        sender,
        settings.zone,
        Addresses(edition, settings.language),
        known,
        by_hand=settings.letters_by_hand,
        returns=offers.RULES.read(house.home).returns,
    )


def ways_out(house: House, settings: Settings) -> tuple[Channel, ...]:
    """The channels of this shop: paper and calls always, e-mail where a server is set."""
    folder = house.home / LETTERS
    paper: tuple[Channel, ...] = (
        Paper(folder, settings.zone),
        CallList(folder, settings.zone),
    )
    box = mailbox(settings, os.environ)
    return (*paper, Email(box)) if box is not None else paper


def apply(
    house: House, settings: Settings, plan_id: str, edition: Edition, progress: Progress
) -> dict[str, Any]:
    """Carry out an approved plan: promise, write, hand over. Safe to call again after a kill."""
    now = house.clock.now()
    done = lettering.write_letters(
        house.books,
        plan_id,
        desk(house, settings, edition),
        now,
        progress=partial(progress, "letters"),
    )
    delivered = {}
    for channel in ways_out(house, settings):
        tell = partial(progress, channel.name)
        delivered[channel.name] = channels.deliver(
            house.books, channel, plan_id, house.clock, progress=tell
        )
    with house.books.reading() as unit:
        refused = journeys.refusals(unit, plan_id)
    return {
        "plan": plan_id,
        "decisions": done,
        "refused": refused,
        "delivered": delivered,
        "folder": str(house.home / LETTERS / plan_id),
    }


def letters(
    house: House, settings: Settings, plan_id: str, edition: Edition, limit: int
) -> tuple[LetterSample, ...]:
    """Some letters as they would leave, one of each act first."""
    at = desk(house, settings, edition)
    with house.books.reading() as unit:
        acting = [
            act for act in journeys.the_plan(unit, plan_id)["totals"]["acts"] if act != "nothing"
        ]
        rows = [
            row
            for act in acting
            for row in journeys.receipts(unit, plan_id, act=act, limit=max(1, limit // len(acting)))
        ]
        fixed = fixes.due(unit, [row["person_id"] for row in rows])
        acts = own_acts.every(unit)
    known = at.recipients([row["person_id"] for row in rows])
    samples = []
    for row in rows[:limit]:
        fix = fixed.get(row["person_id"]) if row["act"] == "mended" else None
        if row["person_id"] in known and (row["act"] != "mended" or fix is not None):
            own = acts.get(row["act_name"] or "")
            to = known[row["person_id"]]
            written = lettering.sample(row, to, at, house.clock.now(), fix, own)
            samples.append(
                LetterSample(row["person_id"], row["act"], written.subject, written.body)
            )
    return tuple(samples)


def draft_anew(
    house: House, settings: Settings, edition: Edition, by: str | None = None, **limits: Any
) -> PlanTotals:
    """Draft the plan for the people of this edition; `limits` go before those of the settings.

    `by` is who drafts it: above the approval limit they are not the last to approve it.
    """
    within = settings.changed(**limits)
    with house.books.unit() as unit:
        plan, plan_id = drafted(
            unit, house.home, house.lake, edition, within, house.clock.now(), by
        )
        row = journeys.the_plan(unit, plan_id)
    note_limits(house.lake, settings)
    acts = plan.receipts.select(["person_id", "act"])
    day = Moment.read(edition.noted("moment")).day
    house.shelf.rebuild(shelved(edition.table("people"), acts, day))
    return totals_view(row, settings.money)


def mark_of(row: Row) -> str:
    """The mark of the page after this receipt."""
    return marks.mark(row["gain"], row["person_id"])


def read_mark(mark: str | None) -> tuple[int, str] | None:
    """Back from the mark of a page."""
    if mark is None:
        return None
    gain, person = marks.read(mark)
    if not isinstance(gain, int):
        raise HuitouError("this is not the mark of a page", to_try="the first page again")
    return gain, person
