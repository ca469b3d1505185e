"""Today's calls: drawn from plans and cases, given to clerks, and what came of each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from huitou.care import book as care
from huitou.care.calls import book
from huitou.care.calls.outcomes import OPEN, OUTCOMES, SPOKEN, Outcome
from huitou.care.calls.sharing import Waiting, in_order, share_out
from huitou.care.casefiles import book as files
from huitou.care.casefiles.notes import Note
from huitou.care.cases import Answer, NewCase
from huitou.care.reasons import LEAVE_ALONE, UNKNOWN
from huitou.channels import book as channels
from huitou.decisions.acts import ACTS, CALL_MINUTES, LEAVING
from huitou.decisions.counsel import counsel
from huitou.decisions.limits import Limits
from huitou.ground.errors import BadInput, Refused
from huitou.ground.money import Money
from huitou.ground.roster import Clerk
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.identity import book as identity
from huitou.journeys.guard import book as guard
from huitou.journeys.messages import Recipient
from huitou.loyalty import book as loyalty
from huitou.loyalty import offers
from huitou.runs.desks.calls.views import (
    CallList,
    CallSheet,
    ClerkDay,
    Drawn,
    Offerable,
    Tried,
    Withheld,
    Written,
)
from huitou.runs.desks.cases.complaining import Complaint, open_complaints
from huitou.runs.desks.cases.standing import Standing, standing
from huitou.runs.finding import found
from huitou.runs.people import money_range
from huitou.runs.verdicts import ProofView
from huitou.runs.views import Range, TimelineEntry

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

RUNG_IN_VAIN = 2
"""Minutes that an unanswered call takes."""
FRESH = timedelta(days=30)
"""A call that a plan meant so long ago is not made any more: the customer has moved on."""
OFFER_DAYS = 14
"""How long what was promised on the phone is good for."""


@dataclass(frozen=True)
class Ground:
    """What stands between a call and the telephone, for the people of one list."""

    silent: frozenset[str]
    held_out: frozenset[str]
    reach: Mapping[str, Recipient]
    wrong: frozenset[str]
    complaints: Mapping[str, Complaint]

    def bars(self, person: str) -> str | None:
        """Why nothing may be promised to this person, whoever rings; None where it may."""
        if person in self.silent:
            return "silence"
        return "held_out" if person in self.held_out else None

    def stops(self, person: str) -> str | None:
        """Why nobody may call this person, as a code of `DROPPED`; None where one may."""
        if (barred := self.bars(person)) is not None:
            return barred
        phone = self.reach[person].phone if person in self.reach else None
        if phone is None:
            return "no_phone"
        return "wrong_number" if book.phone_mark(person, phone) in self.wrong else None

    def waits(self, person: str, clerk: str) -> Complaint | None:
        """The complaint that comes first, unless this clerk is the one who answers it."""
        complaint = self.complaints.get(person)
        return complaint if complaint is not None and complaint.owner != clerk else None


class CallDesk:
    """The call list, as clerks work it off."""

    def __init__(self, house: House, settings: Settings) -> None:
        self.house = house
        self.settings = settings

    # -- reading

    def today(self, clerk: str | None = None) -> CallList:
        """Today's calls of one clerk or of all, in order, within their minutes. Changes nothing.

        Nobody is on it who is silent, held out or without a number; whose complaint waits stands
        apart, with the complaint.
        """
        at = standing(self.house, self.settings)
        with self.house.books.reading() as unit:
            rows = _open(unit)
            ground = self._ground(at, unit, [row["person_id"] for row in rows])
            may = [row for row in rows if ground.stops(row["person_id"]) is None]
            waiting = [row for row in may if ground.waits(row["person_id"], row["clerk"])]
            shown = [row for row in may if not ground.waits(row["person_id"], row["clerk"])]
            clerks = self._clerks(row["clerk"] for row in shown)
            wanted = [each for each in clerks if clerk in (None, each.name)]
            days = tuple(self._day(at, unit, one, shown, ground) for one in wanted)
        complaints = tuple(
            Withheld(
                at.row(row["person_id"]), row["person_id"], ground.complaints[row["person_id"]]
            )
            for row in waiting
            if clerk in (None, row["clerk"])
        )
        return CallList(at.today, tuple(each.name for each in clerks), days, complaints)

    def sheet(self, call_id: str) -> CallSheet:
        """One call, whole."""
        at = standing(self.house, self.settings)
        with self.house.books.reading() as unit:
            row = _current(unit, [book.find(unit, call_id)])[0]
            ground = self._ground(at, unit, [row["person_id"]])
            return self._sheets(at, unit, [row], ground)[0]

    def written(self, call_id: str) -> Written:
        """What was written of a call last. Raises `BadInput` where nobody has rung yet."""
        with self.house.books.reading() as unit:
            row = book.find(unit, call_id)
            told = book.outcomes(unit, [call_id]).get(call_id)
            if not told:
                raise BadInput("nobody has written down this call yet")
            offer = loyalty.offered(unit, told[-1]["offer_id"] or "")
            case = files.followed(unit, [row["person_id"]]).get(row["person_id"])
        return _written(row, told[-1]["code"], True, offer, case["id"] if case else None)

    def proofs(self) -> tuple[ProofView, ...]:
        """What calling earned: for each applied plan, those rung against those held out by lot."""
        from huitou.runs.kept import recall

        kept = standing(self.house, self.settings).edition.noted("call_proofs")
        read: tuple[ProofView, ...] = recall(kept) if kept is not None else ()
        return read

    # -- working

    def draw(self) -> Drawn:
        """Bring the list up to date: new calls of plans and cases on it, those that may not be made
        off it, each with a clerk. Drawn again at once, it changes nothing.
        """
        at = standing(self.house, self.settings)
        with self.house.books.unit() as unit:
            dropped = self._drop(at, unit)
            listed = self._list(at, unit)
            moved = self._hand_out(unit)
        return Drawn(listed, dropped, moved)

    def ask(self, who: str, by: str) -> str:
        """Put a call on the list by hand, due today; its id.

        Raises `Refused` for somebody silent, held out by lot, or without a phone number.
        """
        at = standing(self.house, self.settings)
        person = found(self.house, self.settings, at.edition, who)["person_id"]
        with self.house.books.unit() as unit:
            ground = self._ground(at, unit, [person])
            _refuse(ground.stops(person))
            case = files.followed(unit, [person]).get(person)
            clerk = self._clerk_for(unit, case, by)
            new = book.NewCall(
                person_id=person,
                clerk=clerk,
                due_on=at.today,
                minutes=int(CALL_MINUTES),
                case_id=case["id"] if case is not None else None,
                asked_by=by,
            )
            book.add(unit, new, self.house.clock.now())
            standing_call = book.open_of(unit, person)
        if standing_call is None:
            raise Refused("they were called today already", to_try="a day later")
        return str(standing_call["id"])

    def write(
        self, call_id: str, outcome: Outcome, by: str, *, depth: float | None = None
    ) -> Written:
        """Write down what came of a call; `depth` is the offer that was promised, if one was.

        In one unit: the outcome, which tells that the plan's call has left the house, the line in
        the case file with its minutes, the answer, the offer with its code, and silence, which is
        obeyed at once. Raises `Refused` for an offer beyond what this customer may be owed.
        """
        at = standing(self.house, self.settings)
        now = self.house.clock.now()
        with self.house.books.unit() as unit:
            row = _current(unit, [book.find(unit, call_id)])[0]
            ground = self._ground(at, unit, [row["person_id"]])
            sheet = self._sheets(at, unit, [row], ground)[0]
            told = _completed(outcome, row["minutes"])
            offer = (
                self._promise(unit, sheet, depth, now) if depth and told.code in SPOKEN else None
            )
            told = replace(told, offer_id=offer["id"] if offer else None)
            news = book.record(
                unit, call_id, told, by, now, today=at.today, phone=sheet.phone or None
            )
            case = files.followed(unit, [row["person_id"]]).get(row["person_id"])
            case_id = case["id"] if case is not None else None
            if news:
                case_id = self._pass_on(at, unit, row, told, case_id, by)
            after = book.find(unit, call_id)
        return _written(after, told.code, news, offer, case_id)

    # -- inside: the list

    def _drop(self, at: Standing, unit: Unit) -> int:
        now, dropped = self.house.clock.now(), 0
        rows = _open(unit)
        ground = self._ground(at, unit, [row["person_id"] for row in rows])
        followed = files.followed(unit, [row["person_id"] for row in rows])
        for row in rows:
            why = ground.stops(row["person_id"]) or _over(row, followed, now)
            dropped += why is not None and book.drop(unit, row["id"], why, now)
        return dropped

    def _list(self, at: Standing, unit: Unit) -> int:
        now, known = self.house.clock.now(), identity.names(unit)
        standing_ids, halted = book.known_decisions(unit), guard.stopped(unit)
        handed = [
            row
            for row in channels.handed_calls(unit, since=now - FRESH)
            if row["id"] not in standing_ids and row["plan_id"] not in halted
        ]
        cases = [case for case in files.listed(unit, status="open", limit=1_000) if case["owner"]]
        people = [known.now(row["person_id"]) for row in (*handed, *cases)]
        ground, facts = self._ground(at, unit, people), at.people(people)
        new = [_of_plan(row, known.now(row["person_id"]), at, facts) for row in handed]
        new += [_of_case(case, known.now(case["person_id"]), at, facts) for case in cases]
        rung = {row["person_id"] for case in cases for row in _rung(unit, case)}
        added = 0
        for one in new:
            if ground.stops(one.person_id) is None and not (
                one.decision_id is None and one.person_id in rung
            ):
                added += book.add(unit, one, now)
        return added

    def _hand_out(self, unit: Unit) -> int:
        """Give every call that has no clerk of the shop one; who has one keeps it."""
        rows = _open(unit)
        cases = files.followed(unit, [row["person_id"] for row in rows])
        roster, moved = self.settings.roster, 0
        names = {clerk.name for clerk in roster}
        homeless = []
        for row in rows:
            case = cases.get(row["person_id"])
            owner = case["owner"] if case is not None else None
            if owner and (row["clerk"] != owner or row["case_id"] is None):
                book.hand_to(unit, row["id"], owner, case_id=case["id"] if case else None)
                moved += row["clerk"] not in ("", owner)
            elif not owner and row["clerk"] not in names and row["asked_by"] is None:
                homeless.append(row)
        load = {name: minutes for name, minutes in book.load(unit).items() if name in names}
        waits = (Waiting(r["id"], r["gain"], r["minutes"], r["store"]) for r in homeless)
        given = share_out(waits, roster, load)
        for row in homeless:
            book.hand_to(unit, row["id"], given[row["id"]])
            moved += row["clerk"] != NOBODY
        return moved

    def _clerk_for(self, unit: Unit, case: Row | None, by: str) -> str:
        if case is not None and case["owner"]:
            return str(case["owner"])
        roster = self.settings.roster
        if by in {clerk.name for clerk in roster}:
            return by
        return share_out([Waiting("new", None, int(CALL_MINUTES))], roster, book.load(unit))["new"]

    def _ground(self, at: Standing, unit: Unit, people: Iterable[str]) -> Ground:
        ids = sorted(set(people))
        held = {person: at.held_out(known["hold_key"]) for person, known in at.people(ids).items()}
        return Ground(
            silent=frozenset(p for p, channel in care.silent(unit, ids) if channel == "call"),
            held_out=frozenset(person for person, out in held.items() if out),
            reach=at.contacts(ids),
            wrong=frozenset(book.wrong_numbers(unit)),
            complaints=open_complaints(unit, ids),
        )

    def _clerks(self, others: Iterable[str]) -> list[Clerk]:
        """The roster, and whoever else has a case to call for."""
        roster = list(self.settings.roster)
        names = {clerk.name for clerk in roster}
        room = max(clerk.minutes for clerk in roster)
        return roster + [Clerk(name, room) for name in sorted(set(others) - names)]

    def _day(
        self, at: Standing, unit: Unit, clerk: Clerk, rows: Sequence[Row], ground: Ground
    ) -> ClerkDay:
        morning = datetime.combine(at.today, datetime.min.time(), tzinfo=self.settings.zone)
        done = [row for row in book.written_since(unit, morning) if row["clerk"] == clerk.name]
        spent = sum(row["minutes"] for row in done)
        mine = [row for row in rows if row["clerk"] == clerk.name]
        ordered = in_order(mine, at.today, clerk.minutes, spent)
        sheets = tuple(self._sheets(at, unit, ordered.calls, ground))
        return ClerkDay(clerk.name, clerk.minutes, spent, len(done), sheets, len(ordered.later))

    # -- inside: one sheet

    def _sheets(
        self, at: Standing, unit: Unit, rows: Sequence[Row], ground: Ground
    ) -> list[CallSheet]:
        people = [row["person_id"] for row in rows]
        facts, bought = at.people(people), at.bought(people)
        held, before = loyalty.held(unit, people), book.outcomes(unit, [row["id"] for row in rows])
        causes, told = at.first_causes(people), care.answered_causes(unit) if rows else {}
        sheets = []
        for row in rows:
            person = row["person_id"]
            known, cause = facts.get(person), told.get(person) or causes.get(person)
            reached = ground.reach.get(person)
            room = self._room(known, held.get(person, 0))
            sheets.append(
                CallSheet(
                    id=row["id"],
                    person_id=person,
                    person=at.row(person),
                    phone=(reached.phone if reached else None) or "",
                    clerk=row["clerk"],
                    state=row["state"],
                    due_on=row["due_on"],
                    minutes=row["minutes"],
                    gain=self._gain(row),
                    case_id=row["case_id"],
                    by_plan=row["decision_id"] is not None,
                    asked_by=row["asked_by"],
                    store=row["store"],
                    happened=_happened(at, known, bought.get(person, ()), reached),
                    cause=cause,
                    counsel=counsel(cause),
                    language=(reached.language if reached else None) or self.settings.language,
                    room=Money(room, self.settings.money),
                    offers=() if ground.bars(person) else self._offers(at, known, cause, room),
                    before=tuple(map(_tried, before.get(row["id"], []))),
                )
            )
        return sheets

    def _gain(self, row: Row) -> Range | None:
        if row["gain"] is None:
            return None
        return money_range(row["gain"], row["gain_low"], row["gain_high"], self.settings.money)

    def _room(self, known: Mapping[str, Any] | None, held: int) -> int:
        """What may still be owed to somebody: the bound, less what they hold already."""
        return max(0, self._bound(known) - held)

    def _bound(self, known: Mapping[str, Any] | None) -> int:
        if known is None:
            return 0
        return math.floor(self.settings.share_of_value * max(float(known["value_low"]), 0.0))

    def _offers(
        self, at: Standing, known: Mapping[str, Any] | None, cause: str | None, room: int
    ) -> tuple[Offerable, ...]:
        """The offers that fit: only for those who are leaving, where the guide allows any, and of a
        depth that pays even at the lower end of what is believed."""
        if known is None or known["stage"] not in LEAVING or not counsel(cause).may_offer:
            return ()
        depths = [act.depth for act in ACTS.values() if act.depth]
        caps = {depth: _cap(depth, known) for depth in depths}
        fitting = {depth: cap for depth, cap in caps.items() if 0 < cap <= room}
        sure = at.sure_depths(known["person_id"], cause or UNKNOWN) if fitting else frozenset()
        return tuple(
            Offerable(depth, Money(cap, self.settings.money))
            for depth, cap in fitting.items()
            if depth in sure
        )

    # -- inside: what came of it

    def _promise(self, unit: Unit, sheet: CallSheet, depth: float, now: datetime) -> Row:
        if (made := loyalty.offered(unit, f"call:{sheet.id}")) is not None:
            return made
        fitting = {offer.depth: offer for offer in sheet.offers}
        if depth not in fitting:
            allowed = ", ".join(f"{each:.0%}" for each in fitting) or "none for this customer"
            raise Refused(f"an offer of {depth:.0%} may not be promised here", to_try=allowed)
        known = standing(self.house, self.settings).people([sheet.person_id])[sheet.person_id]
        day = now.astimezone(self.settings.zone).date() + timedelta(days=OFFER_DAYS + 1)
        ends = datetime(day.year, day.month, day.day, tzinfo=self.settings.zone)
        returns, stage = offers.RULES.read(self.house.home).returns, str(known["stage"])
        terms = loyalty.Terms(
            depth,
            fitting[depth].most.minor,
            ends,
            kind=returns.kind(stage),
            stage=stage,
            returns=returns,
        )
        return loyalty.make_offer(
            unit, f"call:{sheet.id}", sheet.person_id, terms, self._bound(known), now
        )

    def _pass_on(
        self, at: Standing, unit: Unit, row: Row, told: Outcome, case_id: str | None, by: str
    ) -> str | None:
        """What a call means for the rest of the house; the case it was written into."""
        now, person = self.house.clock.now(), row["person_id"]
        if case_id is None and told.why not in (None, LEAVE_ALONE):
            case_id = self._case_of_lost(at, unit, person, by)
        if case_id is None:
            return None
        words = told.words or OUTCOMES[told.code].text
        files.write(unit, case_id, Note("call", words, minutes=told.minutes), by, now)
        if told.why is not None:
            answer = Answer(told.why, told.where_to, told.words)
            care.record_answer(unit, case_id, answer, by, now)
        return case_id

    def _case_of_lost(self, at: Standing, unit: Unit, person: str, by: str) -> str | None:
        """A lost customer who says why gets a file to keep it in."""
        known = at.people([person]).get(person)
        if known is None or known["stage"] != "lost":
            return None
        new = NewCase(person, at.day, int(known["value_if_kept"]), (), opened_by=by)
        care.open_cases(unit, [new], self.house.clock.now())
        case = files.followed(unit, [person]).get(person)
        return str(case["id"]) if case is not None else None


NOBODY = ""
"""The clerk of a call that was not given to anybody yet."""


def _written(row: Row, code: str, news: bool, offer: Row | None, case: str | None) -> Written:
    return Written(
        call=row["id"],
        code=code,
        outcome=OUTCOMES[code],
        news=news,
        next_day=row["due_on"] if row["state"] in OPEN else None,
        offer=offer["code"] if offer else None,
        case=case,
    )


def _open(unit: Unit) -> list[Row]:
    return _current(unit, channels.without_halted(unit, book.open_calls(unit)))


def _current(unit: Unit, rows: Sequence[Row]) -> list[Row]:
    """Rows under the ids that their people go by now."""
    known = identity.names(unit, [row["person_id"] for row in rows])
    return [{**row, "person_id": known.now(row["person_id"])} for row in rows]


def _of_plan(
    row: Row, person: str, at: Standing, facts: Mapping[str, Mapping[str, Any]]
) -> book.NewCall:
    known = facts.get(person)
    return book.NewCall(
        person_id=person,
        clerk=NOBODY,
        due_on=at.today,
        minutes=math.ceil(row["staff_minutes"]),
        decision_id=row["id"],
        store=known["store"] if known is not None else None,
        gain=(row["gain"], row["gain_low"], row["gain_high"]),
    )


def _of_case(
    case: Row, person: str, at: Standing, facts: Mapping[str, Mapping[str, Any]]
) -> book.NewCall:
    known = facts.get(person)
    return book.NewCall(
        person_id=person,
        clerk=case["owner"],
        due_on=at.today,
        minutes=int(CALL_MINUTES),
        case_id=case["id"],
        store=known["store"] if known is not None else None,
    )


def _rung(unit: Unit, case: Row) -> list[Row]:
    """Calls to the customer of a case since it was opened: its first call was made."""
    since = book.to_person(unit, case["person_id"])
    return [row for row in since if row["at"] >= case["opened_at"]]


def _over(row: Row, followed: Mapping[str, Row], now: datetime) -> str | None:
    """Whether nobody need make this call any more, and why."""
    old = row["state"] == "todo" and row["made_at"] < now - FRESH
    if row["decision_id"] is not None:
        return "too_late" if old else None
    by_case = row["case_id"] is not None and row["asked_by"] is None
    case = followed.get(row["person_id"])
    # Who named a day is called on it, whatever has become of the case.
    if by_case and row["state"] != "reached" and (case is None or case["status"] != "open"):
        return "case_over"
    return None


def _cap(depth: float, known: Mapping[str, Any]) -> int:
    return math.ceil(Limits.baskets_capped * depth * float(known["spend"] or 0.0))


def _completed(outcome: Outcome, planned: int) -> Outcome:
    """An outcome with its minutes; who says *leave me alone* wants silence, whatever was ticked."""
    if outcome.code == "answered" and outcome.why == LEAVE_ALONE:
        outcome = replace(outcome, code="silence")
    if outcome.minutes:
        return outcome
    in_vain = outcome.code in ("not_reached", "wrong_number")
    return replace(outcome, minutes=min(planned, RUNG_IN_VAIN) if in_vain else planned)


def _refuse(why: str | None) -> None:
    if why == "silence":
        raise Refused("they asked to be left alone: nobody calls them")
    if why == "held_out":
        raise Refused("held out by lot: nothing is done for them, so that the rest is proven")
    if why is not None:
        raise BadInput("no phone number of theirs is known", to_try="an import with phone numbers")


def _tried(row: Row) -> Tried:
    return Tried(row["code"], OUTCOMES[row["code"]], row["words"], row["by"], row["at"])


def _happened(
    at: Standing,
    known: Mapping[str, Any] | None,
    bought: Sequence[TimelineEntry],
    reached: Recipient | None,
) -> tuple[Sentence, ...]:
    """Three facts to know before they pick up."""
    last = next((entry for entry in bought if entry.kind == "order"), None)
    back = next((entry for entry in bought if entry.kind == "return"), None)
    facts = []
    if last is not None:
        facts.append(
            said(
                "Last bought {n} days ago, for {amount}: {what}",
                n=(at.day - last.day).days,
                amount=last.amount,
                what=last.words,
            )
        )
    if known is not None and known["typical_gap"]:
        gap = round(known["typical_gap"])
        facts.append(said("{n} orders, usually every {days} days", n=known["orders"], days=gap))
    elif known is not None:
        facts.append(said("{n} orders so far", n=known["orders"]))
    if back is not None:
        facts.append(said("Sent back on {day}: {what}", day=back.day, what=back.words))
    elif reached is not None and reached.usual:
        facts.append(said("They like: {things}", things=", ".join(reached.usual)))
    return tuple(facts)
