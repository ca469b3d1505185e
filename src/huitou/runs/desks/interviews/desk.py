"""Asking the lost, seen from the counter: whom, by which way, what they said, and what fits."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huitou.care import book as care
from huitou.care.cases import Answer
from huitou.care.complaints import book as complaints
from huitou.care.interviews import book as interviews
from huitou.care.interviews.rules import (
    ONCE_IN,
    PLACE_LETTERS,
    TRIGGERS,
    WORDS_LETTERS,
    Asking,
    band,
    tidy,
    token_of,
)
from huitou.care.reasons import WHYS
from huitou.channels.asking import sheets
from huitou.channels.contract import End
from huitou.channels.email import Email, Mailbox, mailbox
from huitou.decisions.remedies import WHY_NONE, step
from huitou.ground.errors import HuitouError, NotYet, Refused
from huitou.ground.failpoints import failpoint
from huitou.ground.money import Money
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.identity import book as identity
from huitou.journeys import asking as texts
from huitou.journeys.messages import Message, Recipient, Sender
from huitou.loyalty import book as loyalty
from huitou.runs import finding
from huitou.runs.desks.interviews.answer_files import Answers, read_answers
from huitou.runs.desks.interviews.hearing import hear, known_of, offer_id
from huitou.runs.desks.public.carrying import carry
from huitou.runs.people import person_row
from huitou.runs.planning import Addresses
from huitou.runs.steps.asking import worth_line
from huitou.runs.till import offer_view
from huitou.runs.views import OfferView, PersonRow

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit
    from huitou.store.lake import Edition

STATES = {End.ACCEPTED: "accepted", End.REFUSED: "refused", End.IN_DOUBT: "in_doubt"}


@dataclass(frozen=True)
class RemedyView:
    """What fits an answer, and whether money goes with it."""

    staff: Sentence
    """What the shop does."""
    money: Sentence
    """Whether an offer was promised, or why none was."""
    source: Sentence
    """Where the first guess of its effect comes from."""
    gain: Money
    offer: OfferView | None


@dataclass(frozen=True)
class InterviewView:
    """One departure, asked about once."""

    id: str
    person: PersonRow | None
    """None when the person is no longer among the customers."""
    trigger: Sentence
    departed_on: date
    channel: str
    state: str
    """asked, answered, or over."""
    asked_at: datetime
    ends_at: datetime
    propensity: float
    """The chance this person had to be asked."""
    mail: str | None
    """What became of the e-mail: unsent, accepted, refused, in_doubt, suppressed; None for none."""
    why: str | None
    said: Sentence | None
    where_to: str | None
    words: str | None
    by: str | None
    left_alone: bool
    remedy: RemedyView | None


@dataclass(frozen=True)
class Tally:
    """How many were asked, and how many answered: those who answer are not all who leave."""

    asked: int
    answered: int
    waiting: int
    over: int
    unsent: int
    """E-mails that wait to be sent."""
    doubts: int


@dataclass(frozen=True)
class Link:
    """The page on which one person is asked, to be shown where they cancel."""

    interview: str
    link: str
    ends_at: datetime


class InterviewDesk:
    """What staff do about exit interviews."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def listed(self, state: str | None = "asked", limit: int = 50) -> tuple[InterviewView, ...]:
        """Interviews in one state, the latest first; None for all.

        Who asked for silence since is not among those to be asked, whatever the hour of the run.
        """
        with self._house.books.reading() as unit:
            rows = interviews.listed(unit, state=state, limit=limit)
            silent = {person for person, _ in care.silent(unit, [row["person_id"] for row in rows])}
            return tuple(self._view(unit, row) for row in rows if not _in_peace(row, silent))

    def one(self, interview_id: str) -> InterviewView:
        """One interview; an error in words for an unknown id."""
        with self._house.books.reading() as unit:
            row = interviews.find(unit, interview_id)
            state = interviews.mail_state(unit, interview_id)
            return self._view(unit, {**row, "mail_state": state})

    def tally(self) -> Tally:
        """How many were asked and answered so far."""
        with self._house.books.reading() as unit:
            counts = interviews.counted(unit)
            unsent, doubts = len(interviews.unsent(unit)), len(interviews.in_doubt(unit))
        waiting, answered, over = (counts.get(each, 0) for each in ("asked", "answered", "over"))
        return Tally(waiting + answered + over, answered, waiting, over, unsent, doubts)

    def record(
        self, interview_id: str, why: str, *, where_to: str | None, words: str | None, by: str
    ) -> InterviewView:
        """Write down what was said on the phone or on paper; the interview, with what fits.

        Raises `Refused` where an answer is kept already: it is not overwritten.
        """
        if why not in WHYS:
            raise HuitouError(f"{why!r} is no answer", to_try=f"one of: {', '.join(WHYS)}")
        given = Answer(why, tidy(where_to, PLACE_LETTERS), tidy(words, WORDS_LETTERS))
        if not hear(self._house, self._settings, interview_id, given, by, None):
            raise Refused(f"interview {interview_id} was answered already; the first answer stays")
        return self.one(interview_id)

    def ask(self, id_or_key: str, trigger: str, by: str) -> Link:
        """Somebody cancels or unsubscribes on the merchant's own page: the link to show them there.

        The same call again gives the same link. Raises `Refused` for who may not be asked.
        """
        if trigger not in ("cancelled", "unsubscribed"):
            raise HuitouError(f"{trigger!r} is no reason to ask", to_try="cancelled, unsubscribed")
        edition = self._edition()
        person = finding.found(self._house, self._settings, edition, id_or_key)["person_id"]
        known = known_of(self._house, self._settings, person)
        if known.held_out:
            raise Refused("held out by lot: nobody asks them anything")
        now = self._house.clock.now()
        with self._house.books.unit() as unit:
            row = self._open_link(unit, person) or self._begin(unit, person, trigger, now)
        return Link(row["id"], self._link(row["id"]), row["ends_at"])

    def send(self, progress: Callable[[float], None] | None = None) -> dict[str, int]:
        """Send the e-mails that ask, each at most once; how many ended in each state.

        The marker is in the books before anything leaves. May be killed anywhere and called again.
        """
        channel = Email(self._box())
        # Who complained until now is not asked, also where that is still in the inbox.
        carry(self._house, wait=True, again=True)
        now = self._house.clock.now()
        with self._house.books.unit() as unit:
            interviews.settle_old(unit, now)
            rows = interviews.unsent(unit)
            known = identity.names(unit, [row["person_id"] for row in rows])
        ended: dict[str, int] = {}
        try:
            for place, row in enumerate(rows):
                state = self._send_one(channel, row, known.now(row["person_id"]))
                ended[state] = ended.get(state, 0) + 1
                if progress is not None:
                    progress((place + 1) / len(rows))
        finally:
            channel.close()
        return ended

    def sheets(self, interview_id: str | None = None) -> bytes:
        """The sheets to print for who is asked on paper, or the one for one interview."""
        now = self._house.clock.now()
        with self._house.books.reading() as unit:
            if interview_id is not None:
                rows = [interviews.find(unit, interview_id)]
            else:
                rows = interviews.listed(unit, state="asked", channel="paper", limit=500)
            going = [row for row in rows if interviews.stopped_by(unit, row, now) is None]
            known = identity.names(unit, [row["person_id"] for row in going])
        printed = [self._sheet(row, known.now(row["person_id"])) for row in going]
        if not printed:
            raise NotYet("there is no sheet to print", to_try="huitou interview list")
        return sheets(printed, self._settings.language)

    def script(self, language: str) -> texts.Script:
        """What to say on the phone, in one of the three languages."""
        return texts.script(self._sender, language)

    def take(self, path: Path, by: str) -> Answers:
        """Take a CSV of answers in: `id, why, where_to, words`; each row is kept once or said why.

        The number stands at the foot of each sheet of paper.
        """
        kept, known, refused = 0, 0, []
        for row in read_answers(path):
            try:
                if row.problem is not None:
                    raise HuitouError(row.problem)
                given = Answer(row.why, row.where_to, row.words)
                fresh = hear(self._house, self._settings, row.id, given, by, None)
                kept, known = kept + fresh, known + (not fresh)
            except HuitouError as said:
                refused.append((row.line, said.sentence))
        return Answers(kept, known, tuple(refused))

    def settle_doubt(self, interview_id: str, *, arrived: bool, by: str) -> None:
        """Somebody found out whether an e-mail arrived; it is never sent again either way."""
        now = self._house.clock.now()
        with self._house.books.unit() as unit:
            interviews.settle_doubt(unit, interview_id, accepted=arrived, by=by, now=now)

    # -- inside

    def _view(self, unit: Unit, row: Row) -> InterviewView:
        person = identity.names(unit, [row["person_id"]]).now(row["person_id"])
        standing = self._house.shelf.find(person)
        waits = "unsent" if row["channel"] == "email" and row["state"] == "asked" else None
        kept = ("id", "departed_on", "channel", "state", "asked_at", "ends_at", "propensity", "why")
        told = ("where_to", "words", "by", "left_alone")
        return InterviewView(
            **{name: row[name] for name in (*kept, *told)},
            person=person_row(standing, self._settings.money) if standing else None,
            trigger=TRIGGERS[row["trigger"]],
            mail=row["mail_state"] or waits,
            said=WHYS[row["why"]] if row["why"] else None,
            remedy=self._remedy(unit, row),
        )

    def _remedy(self, unit: Unit, row: Row) -> RemedyView | None:
        told = row["remedy"]
        if told is None:
            return None
        offered = loyalty.offered(unit, offer_id(row["id"]))
        now = self._house.clock.now()
        does = step(told["cause"])
        return RemedyView(
            staff=does.staff,
            money=WHY_NONE[told["reason"]],
            source=does.source,
            gain=Money(told["gain"], self._settings.money),
            offer=offer_view(offered, self._settings, now) if offered else None,
        )

    def _open_link(self, unit: Unit, person: str) -> Row | None:
        """The link that waits for this person already."""
        ids = identity.names(unit, [person]).every([person])
        waiting = interviews.listed(unit, state="asked", channel="link", limit=10_000)
        return next((row for row in waiting if row["person_id"] in ids), None)

    def _begin(self, unit: Unit, person: str, trigger: str, now: datetime) -> Row:
        line, shelved = worth_line(self._settings), self._standing(person)
        worth = int(shelved.get("value_if_kept") or 0)
        one = Asking(
            person_id=person,
            departed_on=now.astimezone(self._settings.zone).date(),
            channel="link",
            trigger=trigger,
            stage=shelved.get("stage") or "",
            band=band(worth, line),
            worth=worth,
        )
        self._may_be_asked(unit, person, trigger, now)
        if not interviews.ask(unit, [one], self._settings.salt, now, on_their_page=True):
            raise Refused("they were asked today already; nobody is asked twice")
        return interviews.find(unit, one.id)

    def _may_be_asked(self, unit: Unit, person: str, trigger: str, now: datetime) -> None:
        if person in interviews.asked_since(unit, now - ONCE_IN, [person]):
            raise Refused("they were asked within a year; nobody is asked twice")
        complaining = complaints.people_waiting(unit, [person])
        if person in care.people_with_open_cases(unit, [person]) | complaining:
            raise Refused("they wait for an answer of ours, and are not asked meanwhile")
        # Who unsubscribes is silent from this moment on: their own page is the one place to ask.
        if trigger != "unsubscribed" and care.silent(unit, [person]):
            raise Refused("they asked to be left alone")

    def _standing(self, person: str) -> dict[str, Any]:
        row = self._edition().table("people", only=("person_id", [person]))
        found: list[dict[str, Any]] = row.select(["stage", "value_if_kept"]).to_pylist()
        return found[0] if found else {}

    def _send_one(self, channel: Email, row: Row, person: str) -> str:
        now = self._house.clock.now()
        held_out = known_of(self._house, self._settings, person).held_out
        message = self._message(row, person, "email")
        with self._house.books.unit() as unit:
            if not interviews.claim(unit, row["id"], now, held_out=held_out):
                return "suppressed"
        failpoint("interview.marked")
        outcome = channel.hand_over(message, now)
        failpoint("interview.handed")
        state = STATES.get(outcome.end, "planned")
        with self._house.books.unit() as unit:
            now = self._house.clock.now()
            interviews.record(unit, row["id"], state, outcome.stage, outcome.reason, now)
        return state

    def _sheet(self, row: Row, person: str) -> tuple[Message, str]:
        link = self._link(row["id"]) if self._settings.public_url else ""
        return self._message(row, person, "paper"), link

    def _message(self, row: Row, person: str, channel: str) -> Message:
        to = self._recipients([person]).get(person) or Recipient(person, person)
        last = (row["ends_at"] - timedelta(microseconds=1)).astimezone(self._settings.zone).date()
        link = self._link(row["id"])
        return texts.ask(row["id"], channel, to, self._sender, link=link, until=last)

    def _link(self, interview_id: str) -> str:
        base = (self._settings.public_url or "").rstrip("/")
        return f"{base}/p/leaving/{token_of(self._settings.salt, interview_id)}"

    @property
    def _sender(self) -> Sender:
        settings = self._settings
        return Sender(settings.name, settings.currency or "", settings.language)

    @cached_property
    def _addresses(self) -> Addresses:
        return Addresses(self._edition(), self._settings.language)

    def _recipients(self, people: Sequence[str]) -> dict[str, Recipient]:
        return dict(self._addresses(people))

    def _edition(self) -> Edition:
        edition = self._house.lake.current()
        if edition is None or not edition.has("people"):
            raise NotYet(said("No run has finished yet."), to_try="huitou run")
        return edition

    def _box(self) -> Mailbox:
        settings = self._settings
        if not settings.email_to_customers:
            raise Refused(
                "customers may not be written to by e-mail here",
                to_try="huitou settings set email_to_customers true, where the law allows it",
            )
        if not settings.public_url:
            raise NotYet(
                "an e-mail that asks needs the address of the page it leads to",
                to_try="huitou settings set public_url https://shop.example",
            )
        box = mailbox(settings, os.environ)
        if box is None:
            raise NotYet("there is no mail server", to_try="huitou settings set smtp_host …")
        return box


def _in_peace(row: Row, silent: set[str]) -> bool:
    sought = row["state"] == "asked" and row["channel"] != "link"
    return sought and row["person_id"] in silent
