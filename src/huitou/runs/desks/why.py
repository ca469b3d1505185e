"""Why this act, or none, for one person on one day: the receipt with all that led to it.

A receipt is never worked out anew: it is what the plan of that day wrote down, beside what the
plan was drafted from, the lot, the prices, the versions, and what happened since. `replay` drafts
the whole plan again from what was kept, and says whether the same comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import huitou
from huitou.channels import book as channels
from huitou.ground.errors import NotYet
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys import book as journeys
from huitou.journeys.acts import book as own_acts
from huitou.journeys.policy import WHY_NOT
from huitou.loyalty import book as loyalty
from huitou.models.causes import WORDS
from huitou.runs import finding, inputs
from huitou.runs.desks.cases import history
from huitou.runs.people import person_row
from huitou.runs.person import receipt_view, timeline
from huitou.runs.views import PersonRow, Receipt, TimelineEntry

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition


@dataclass(frozen=True)
class WhyPlan:
    """A plan in which the person was."""

    id: str
    as_of: date
    status: str
    act: str
    depth: float
    held_out: bool
    chosen: bool
    """Whether this is the plan whose receipt is shown."""


@dataclass(frozen=True)
class WhyLine:
    """One thing that the decision rested on."""

    code: str
    chapter: str
    """known, lot, price or version."""
    label: Sentence
    value: Money | Sentence | float | str | None
    kind: str
    """money, share, number, days, words, text, stage or yes (then 1 is yes)."""


@dataclass(frozen=True)
class WhyView:
    """The receipt of one person in one plan, whole."""

    person: PersonRow | None
    """None where they are no longer among the customers."""
    person_id: str
    plan: WhyPlan
    receipt: Receipt
    lines: tuple[WhyLine, ...]
    ends: tuple[Sentence, ...]
    """What became of the decision."""
    after: tuple[TimelineEntry, ...]
    """What happened in the plan's window, the first first."""
    plans: tuple[WhyPlan, ...]
    """Every plan in which they were, the newest first."""
    remarks: tuple[Sentence, ...] = ()
    """What cannot be shown any more."""

    def chapter(self, name: str) -> tuple[WhyLine, ...]:
        """The lines of one chapter."""
        return tuple(line for line in self.lines if line.chapter == name)


@dataclass(frozen=True)
class ReplayView:
    """Whether a plan comes out the same when it is drafted again from what was kept."""

    plan: str
    same: bool | None
    """None where it cannot be drafted again."""
    digest: str
    again: str | None
    huitou_then: str | None
    huitou_now: str
    words: tuple[Sentence, ...]


class WhyDesk:
    """Receipts of one shop."""

    def __init__(self, house: House, settings: Settings, edition: Edition) -> None:
        self._house = house
        self._settings = settings
        self._edition = edition

    def why(self, id_or_key: str, on: date | None = None, plan_id: str | None = None) -> WhyView:
        """The receipt of one person: of the newest plan, of the one that held on a day, or of one
        that is named.

        Raises `HuitouError` for somebody unknown, `NotYet` where no plan held then.
        """
        standing = finding.found(self._house, self._settings, self._edition, id_or_key)
        person_id = standing["person_id"]
        with self._house.books.reading() as unit:
            rows = journeys.decisions_of(unit, person_id)
            row = _held_on(rows, on, plan_id)
            if row is None:
                raise NotYet(_none(rows, on), to_try="huitou plan list")
            ends = tuple(_ends(unit, row, self._settings.money))
            acts = own_acts.every(unit)
            since = history.told(
                unit, person_id, self._settings.zone, self._settings.money, self._until(row)
            )
        known = inputs.of_person(
            self._house.lake, row["totals"].get("inputs"), {person_id, row["person_id"]}
        )
        remarks = () if known is not None else (
            said("What the plan was drafted from is not kept any more; the receipt itself is."),
        )  # fmt: skip
        return WhyView(
            person=person_row(standing, self._settings.money),
            person_id=person_id,
            plan=_plan(row, chosen=True),
            receipt=receipt_view(row, self._settings.money, acts),
            lines=tuple(_lines(row, known or {}, self._settings.money)),
            ends=ends,
            after=self._after(row, since),
            plans=tuple(_plan(each, chosen=each["plan_id"] == row["plan_id"]) for each in rows),
            remarks=remarks,
        )

    def _until(self, row: Row) -> date:
        days = int(row["totals"].get("window_days", journeys.WINDOW_DAYS))
        end: date = row["as_of"] + timedelta(days=days)
        return end

    def _after(self, row: Row, told: tuple[TimelineEntry, ...]) -> tuple[TimelineEntry, ...]:
        lines = self._edition.table("lines", only=("person_id", [row["person_id"]]))
        bought = timeline(lines, self._settings.money)
        inside = [e for e in (*bought, *told) if row["as_of"] < e.day <= self._until(row)]
        return tuple(sorted(inside, key=lambda entry: entry.day))


def replay(house: House, settings: Settings, plan_id: str) -> ReplayView:
    """Draft a plan again from what was kept, and compare the fingerprints of all receipts."""
    with house.books.reading() as unit:
        row = journeys.the_plan(unit, plan_id)
    told = row["totals"]

    def view(same: bool | None, again: str | None, *words: Sentence) -> ReplayView:
        then = told.get("huitou")
        return ReplayView(row["id"], same, row["digest"], again, then, huitou.__version__, words)

    address = told.get("inputs")
    if address is None:
        return view(None, None, said("Nothing was kept of what this plan was drafted from."))
    kept = inputs.find(house.lake, address)
    if kept is None:
        return view(None, None, said("What this plan was drafted from is not kept any more."))
    if inputs.forgotten(house.lake, address):
        words = said("Somebody in it asked to be forgotten since, and is not kept here any more.")
        return view(None, None, words)
    if kept.address != address:
        return view(None, None, said("What was kept of this plan was changed since."))
    with house.books.reading() as unit:
        # What was taken away since was an act then, and is one still for this plan.
        acts = own_acts.every(unit)
    changed = kept.changed(settings.salt, acts)
    if changed:
        return view(None, None, *changed)
    again = kept.question(settings.salt, acts).drafted().digest()
    if again == row["digest"]:
        return view(
            True,
            again,
            said("Drafted again from what was kept, every receipt is the same to the byte."),
        )
    if told.get("huitou") != huitou.__version__:
        words = said(
            "It was drafted by huitou {then}; this is {now}, which decides otherwise.",
            then=told.get("huitou") or "?",
            now=huitou.__version__,
        )
    else:
        words = said("Another plan comes out, though nothing that was kept has changed.")
    return view(False, again, words)


def _held_on(rows: list[Row], on: date | None, plan_id: str | None) -> Row | None:
    """The plan that held on a day: the newest until then; a replaced one where no other was."""
    if plan_id is not None:
        return next((row for row in rows if row["plan_id"] == plan_id), None)
    until = [row for row in rows if on is None or row["as_of"] <= on]
    standing = [row for row in until if row["status"] != "replaced"]
    best = standing or until
    return max(best, key=lambda row: (row["as_of"], row["drafted_at"]), default=None)


def _none(rows: list[Row], on: date | None) -> str:
    if not rows or on is None:
        return "no plan has looked at this customer yet"
    first = min(row["as_of"] for row in rows)
    return f"no plan looked at this customer until {on}; the first is of {first}"


def _plan(row: Row, *, chosen: bool) -> WhyPlan:
    return WhyPlan(
        id=row["plan_id"],
        as_of=row["as_of"],
        status=row["status"],
        act=row["act"],
        depth=row["depth"],
        held_out=row["arm"] == "held_out",
        chosen=chosen,
    )


def _ends(unit: Unit, row: Row, currency: str) -> Iterator[Sentence]:
    """What became of a decision: written or refused, on its way, and its offer."""
    if row["outcome"] == "refused":
        yield said("Nothing was sent, because a rule said no when the plan was carried out.")
        yield WHY_NOT.get(row["refused_because"], said("{rule}", rule=row["refused_because"]))
        return
    if row["outcome"] == "waiting":
        yield said("The plan has not been carried out yet.")
        return
    for letter in channels.letters_to(unit, row["person_id"]):
        if letter["decision_id"] == row["id"]:
            yield DELIVERED.get(letter["state"] or "planned", DELIVERED["planned"])
    offer = loyalty.offered(unit, row["id"])
    if offer is not None:
        yield OFFERS[offer["state"]]
        if offer["given"]:
            yield said("It took off {amount}.", amount=Money(offer["given"], currency))


DELIVERED: Mapping[str, Sentence] = {
    "planned": said("It was written, and waits to leave the house."),
    "handing_over": said("It is being handed over."),
    "accepted": said("It left the house."),
    "refused": said("It was not taken, and did not reach them."),
    "in_doubt": said("Nobody knows whether it arrived; it is not sent again."),
    "suppressed": said("It was stopped on its way, because a rule said no."),
    "expired": said("It could not leave before its offer ended."),
}
"""State of a delivery -> its words."""

OFFERS: Mapping[str, Sentence] = {
    "open": said("Its offer is open."),
    "settled": said("Its offer was used."),
    "expired": said("Its offer ended unused."),
    "released": said("Its offer was taken back, for the letter never left."),
}
"""State of an offer -> its words."""


@dataclass(frozen=True)
class _Named:
    code: str
    label: Sentence
    kind: str


KNOWN = (
    _Named("stage", said("Stage"), "stage"),
    _Named("p_alive", said("Chance that they are still a customer"), "share"),
    _Named("p_buy", said("Chance to buy within the horizon"), "share"),
    _Named("spend", said("Usual basket"), "money"),
    _Named("margin_rate", said("Profit on a sale"), "share"),
    _Named("value", said("Still worth"), "money"),
    _Named("value_low", said("Still worth at least"), "money"),
    _Named("value_high", said("Still worth at most"), "money"),
    _Named("value_if_kept", said("Worth if they stay"), "money"),
    _Named("worth", said("Profit of one more buyer like this"), "money"),
    _Named("exposure", said("Already owed or offered to them"), "money"),
    _Named("bound", said("Most that may be owed to them"), "money"),
    _Named("cause", said("Suspected cause"), "words"),
    _Named("posterior", said("How far it is suspected"), "share"),
    _Named("contacted_days_ago", said("Days since they were last addressed"), "days"),
    _Named("may_mail", said("May be written to on paper"), "yes"),
    _Named("may_email", said("May be written to by e-mail"), "yes"),
    _Named("may_call", said("May be called"), "yes"),
    _Named("open_case", said("Case open"), "yes"),
    _Named("open_complaint", said("Complaint open"), "yes"),
    _Named("not_for_now", said("Left in peace for now"), "yes"),
)
"""What was known of the person, in the order it is shown."""

LOT = (
    _Named("hold_key", said("Key that draws the lot"), "text"),
    _Named("held_by", said("Held out by"), "text"),
    _Named("propensity", said("Chance that this act was drawn"), "share"),
    _Named("explored", said("Drawn to learn from it"), "yes"),
    _Named("chances", said("Chances of the draw"), "text"),
)
PRICES = (
    _Named("money_price", said("One more coin of that plan's budget returned"), "number"),
    _Named("hour_price", said("One more hour of staff returned"), "money"),
    _Named("budget", said("Budget of that plan"), "money"),
    _Named("staff_hours", said("Staff hours of that plan"), "number"),
)
VERSIONS = (
    _Named("as_of", said("Known until the evening of"), "text"),
    _Named("huitou", said("Version that drafted it"), "text"),
    _Named("effects", said("Effects it rests on"), "text"),
    _Named("model", said("Forecast model"), "text"),
    _Named("lot", said("Lot by which people are held out"), "text"),
    _Named("inputs", said("What it was drafted from"), "text"),
    _Named("digest", said("Fingerprint of all receipts"), "text"),
)


def _lines(row: Row, known: Mapping[str, Any], currency: str) -> Iterator[WhyLine]:
    told = row["totals"]
    facts = {**known, **{name: row[name] for name in _OWN}}
    facts["cause"] = _cause(row["cause"])
    yield from _chapter("known", KNOWN, facts, currency)
    yield from _chapter("lot", LOT, row, currency)
    within = told["limits"]
    prices = {
        "money_price": told["money_price"],
        "hour_price": round(60 * told["time_price"]),
        "budget": within["budget"],
        "staff_hours": within["staff_hours"],
    }
    yield from _chapter("price", PRICES, prices, currency)
    versions = {**told, "as_of": row["as_of"].isoformat(), "digest": row["digest"]}
    yield from _chapter("version", VERSIONS, versions, currency)


_OWN = ("stage", "p_buy", "worth", "value", "exposure", "bound")


def _cause(code: str) -> Sentence:
    return WORDS.get(code, said("{name}", name=code))


def _chapter(
    name: str, listed: tuple[_Named, ...], facts: Mapping[str, Any], currency: str
) -> Iterator[WhyLine]:
    for each in listed:
        value = facts.get(each.code)
        if value is None:
            continue
        yield WhyLine(each.code, name, each.label, _value(value, each.kind, currency), each.kind)


def _value(value: Any, kind: str, currency: str) -> Money | Sentence | float | str:
    if isinstance(value, Sentence):
        return value
    if kind == "money":
        return Money(round(value), currency)
    if kind in ("text", "stage"):
        return str(value)
    return float(value)
