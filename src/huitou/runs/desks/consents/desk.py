"""The desk of consent: what people agreed to, what they refuse, and what may be said to them.

shop.consents.of("138…")                            how it stands, with every word and its proof
shop.consents.give("138…", "sms", "marketing", …)   and withdraw(…)
shop.consents.heard("sms", "+86138…", "TD")         what somebody wrote back
shop.consents.check("138…")                         what would be said to a message now, and why
shop.consents.links(person, "email", sending)       for the foot of a message
"""

from __future__ import annotations

import base64
import csv
import hmac
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from huitou.care.consents import book, keywords
from huitou.care.consents.asking import book as asking
from huitou.care.consents.book import Choice
from huitou.care.consents.keywords import Meaning
from huitou.care.consents.kinds import (
    CHANNELS,
    PURPOSES,
    REASONS,
    SOURCES,
    Proof,
    Standing,
    Wording,
)
from huitou.ground.channels import ANY
from huitou.ground.countries import is_country
from huitou.ground.errors import BadInput, HuitouError
from huitou.ground.ids import fingerprint
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence, said
from huitou.journeys.caps.limits import Cap
from huitou.journeys.permission import book as permission
from huitou.journeys.permission.laws import CODES, Pack, pack
from huitou.journeys.permission.words import PLACES, words
from huitou.runs import finding, owners, second_yes, sending
from huitou.runs.desks.consents.views import (
    Answered,
    ChannelCount,
    ConsentView,
    HeardView,
    ImportedConsents,
    Overview,
    PackView,
    PlaceView,
    RuleView,
    SayingView,
    SendingCheck,
    SendingRules,
    StandingView,
    WordView,
)

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

COLUMNS = (
    "customer", "channel", "purpose", "state", "at", "source", "wording", "language", "confirmed",
)  # fmt: skip
"""Of a file of consents; `customer` is a member number, phone, e-mail or id. `purpose` left out is
marketing, `state` given; `confirmed` yes: they gave their second yes already."""
MOST_ROWS = 1_000_000
SHOWN_WRONG = 50
NO = {"withdrawn", "no", "false", "0", "off", "否", "n"}
YES = {"given", "yes", "true", "1", "on", "是", "y", ""}


@dataclass(frozen=True)
class Links:
    """Where the foot of a message leads."""

    preferences: str
    unsubscribe: str
    """Also for `List-Unsubscribe`, with `List-Unsubscribe-Post: List-Unsubscribe=One-Click`."""


class Consents:
    """Consent in one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    # -- one person

    def of(self, who: str) -> ConsentView:
        """How it stands with one person, and every word of theirs."""
        person = self.person(who)
        with self._house.books.reading() as unit:
            found = book.standing(unit, [person])
            history = book.history(unit, person)
            chosen = book.choices(unit, [person]).get(person, Choice())
            first = asking.waiting(unit, [person], self._now)
        return ConsentView(
            person=person,
            name=self._name(person),
            standings=tuple(
                _waits(_standing(person, *place, found), first.get((person, place[0])))
                for place in _places()
            ),
            pace=chosen.pace,
            pause_until=chosen.pause_until,
            language=chosen.language,
            history=tuple(_word(row) for row in history),
        )

    def give(
        self,
        who: str,
        channel: str,
        purpose: str = "marketing",
        *,
        source: str = "staff",
        by: str,
        wording: str = "",
        language: str | None = None,
        at: datetime | None = None,
        confirmed: bool = False,
    ) -> ConsentView:
        """Somebody agreed; `wording` is the text they agreed to, where there was one.

        Where the law asks for a second yes it waits until they follow the link they are sent;
        `confirmed` says that they did so already, elsewhere.
        """
        person, text = self.person(who), wording.strip()
        told = language or self._settings.language
        shown = Wording(source, told, text) if text else None
        with self._house.books.unit() as unit:
            second_yes.agree(
                unit, person, channel, purpose, source=source, wording=shown, now=self._now,
                at=at, proof=Proof(by=by, language=told), confirmed=confirmed,
            )  # fmt: skip
        return self.of(person)

    def withdraw(
        self,
        who: str,
        channel: str = ANY,
        purpose: str = "marketing",
        *,
        source: str = "staff",
        by: str,
        reason: str | None = None,
    ) -> ConsentView:
        """Somebody does not want it; it holds at once."""
        person = self.person(who)
        if reason is not None and reason not in REASONS:
            raise BadInput(f"{reason!r} is no reason to leave", to_try=", ".join(REASONS))
        with self._house.books.unit() as unit:
            proof = Proof(by=by, reason=reason)
            book.withdraw(unit, person, channel, purpose, source=source, now=self._now, proof=proof)
        return self.of(person)

    def ask_again(self, who: str, channel: str) -> ConsentView:
        """Send the message once more that asks whether it was they. Raises `Refused` after that."""
        person = self.person(who)
        with self._house.books.unit() as unit:
            second_yes.ask_again(unit, person, channel, self._now)
        return self.of(person)

    def check(self, who: str) -> SendingCheck:
        """What would be said to each kind of message now, and why; nothing is sent or reserved."""
        person, now = self.person(who), self._now
        wanted = [
            permission.Wanted(f"{channel} {purpose}", person, channel, purpose)
            for channel in CHANNELS
            for purpose in ("marketing", "service", "transactional")
        ]
        with self._house.books.rehearsing() as unit:
            verdicts = [_alone(unit, one, now) for one in wanted]
            where = permission.places(unit, [person]).get(person, permission.NOWHERE)
            packs = permission.in_force(unit).holding(where.law)
        return SendingCheck(
            person=person,
            name=self._name(person),
            place=_place(where, packs),
            sayings=tuple(_saying(one, told) for one, told in zip(wanted, verdicts, strict=True)),
        )

    def declare(self, who: str, country: str) -> SendingCheck:
        """Somebody told in which country they are: its law is kept for them from now on."""
        code = country.strip().upper()
        if not is_country(code):
            raise BadInput(f"{country!r} is no country", to_try="CN, TW, DE, US …")
        person = self.person(who)
        with self._house.books.unit() as unit:
            was = permission.places(unit, [person]).get(person, permission.NOWHERE)
            where = permission.Place(**{**vars(was), "country": code})
            permission.place(unit, person, where, self._now)
        return self.check(person)

    # -- everybody

    def overview(self) -> Overview:
        """Consent by channel, where it came from, why people left, and what waits to be read."""
        with self._house.books.reading() as unit:
            counted, came = book.counted(unit), book.came_from(unit)
            why, heard = book.reasons(unit), book.waiting(unit)
            packs = tuple(each.code for each in permission.in_force(unit).packs)
        return Overview(
            channels=tuple(_count(channel, purpose, counted) for channel, purpose in _places()),
            sources=tuple(
                (code, told, came.get((code, "given"), 0), came.get((code, "withdrawn"), 0))
                for code, told in SOURCES.items()
                if (code, "given") in came or (code, "withdrawn") in came
            ),
            reasons=tuple((code, told, why[code]) for code, told in REASONS.items() if code in why),
            waiting=tuple(self._heard(row) for row in heard),
            packs=packs,
        )

    def take_table(self, text: str, name: str, by: str) -> ImportedConsents:
        """Consents from a file (CSV, `COLUMNS`); the same file again changes nothing.

        What the customer has refused since, no file gives back.
        """
        rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        if "customer" not in (rows.fieldnames or ()) or "channel" not in (rows.fieldnames or ()):
            raise BadInput("a file of consents has the columns customer and channel",
                           to_try=",".join(COLUMNS))  # fmt: skip
        taken, known, wrong, count = 0, 0, list[tuple[int, str]](), 0
        with self._house.books.unit() as unit:
            for line, row in enumerate(rows, start=2):
                count += 1
                if count > MOST_ROWS:
                    raise BadInput(f"{name} has more than {MOST_ROWS} rows", to_try="two files")
                try:
                    news = self._take_row(unit, row, name, line, by)
                except HuitouError as bad:
                    wrong.append((line, str(bad.sentence)))
                    continue
                taken, known = taken + bool(news), known + (not news)
        return ImportedConsents(count, taken, known, tuple(wrong[:SHOWN_WRONG]), len(wrong))

    def every_word(self) -> Iterator[Mapping[str, Any]]:
        """Every word of everybody, in the order they were written down."""
        after: tuple[datetime, str] | None = None
        while True:
            with self._house.books.reading() as unit:
                rows = book.every(unit, after)
            if not rows:
                return
            yield from rows
            after = (rows[-1]["written_at"], rows[-1]["id"])

    # -- what is written back

    def heard(self, channel: str, address: str, text: str, now: datetime | None = None) -> Answered:
        """Somebody wrote back by a text message or in a chat; a refusal holds at once.

        It is obeyed for everybody who is reached at that address, on every channel, as the law of
        the strictest place asks. What only sounds like a refusal waits for a person to read.
        """
        moment, meaning = now or self._now, keywords.read(text)
        people, mark = self._at(address), fingerprint(self._settings.salt, channel, address)
        proof = Proof(told={"words": text[:200], "address": mark[:32]})
        held = meaning is Meaning.DOUBTFUL or (meaning is not Meaning.NOTHING and not people)
        held = held or (meaning is Meaning.START and len(people) > 1)
        with self._house.books.unit() as unit:
            if held:
                for person in people or (None,):
                    book.hear(unit, person, channel, _mark(mark, person), text, moment)
            elif meaning is Meaning.STOP:
                for person in people:
                    book.withdraw(unit, person, ANY, "marketing", source="reply", now=moment,
                                  proof=proof)  # fmt: skip
            elif meaning is Meaning.START:
                book.give(unit, people[0], channel, "marketing", source="reply", now=moment,
                          proof=proof)  # fmt: skip
        return Answered(meaning.value, len(people), held)

    def settle(self, heard_id: str, *, refused: bool, by: str) -> None:
        """Somebody of the staff read it: a refusal, or not."""
        with self._house.books.unit() as unit:
            book.settle(unit, heard_id, refused=refused, by=by, now=self._now)

    # -- links

    def links(self, person_id: str, channel: str, sending_id: str) -> Links:
        """The links for the foot of one message: the same for the same message, whoever asks."""
        with self._house.books.unit() as unit:
            return self.links_in(unit, person_id, channel, sending_id)

    def links_in(self, unit: Unit, person_id: str, channel: str, sending_id: str) -> Links:
        """The same within a unit of the caller's."""
        salt, root = self._settings.salt, (self._settings.public_url or "").rstrip("/")
        own = token_of(salt, "preferences", person_id)
        out = token_of(salt, "unsubscribe", person_id, channel, sending_id)
        book.keep_link(unit, own, "preferences", person_id, ANY, None, self._now)
        book.keep_link(unit, out, "unsubscribe", person_id, channel, sending_id, self._now)
        return Links(f"{root}/p/preferences/{own}", f"{root}/p/u/{out}")

    # -- rules

    def rules(self) -> SendingRules:
        """The rules in force, and the packs there are."""
        with self._house.books.reading() as unit:
            held, harms = permission.in_force(unit), permission.harms(unit)
        enabled = {each.code for each in held.packs}
        return SendingRules(
            packs=tuple(_pack(pack(code), code in enabled) for code in CODES),
            country=held.country,
            zone=held.zone,
            email_to_customers=held.email_to_customers,
            rest_on_holidays=held.rest_on_holidays,
            caps=tuple(_cap(each) for each in held.caps),
            hours=said("From {opens} to {closes}", opens=f"{held.hours.opens:%H:%M}",
                       closes=f"{held.hours.closes:%H:%M}") if held.hours else None,
            harms=tuple(
                (row["channel"], row["sent"], row["silenced"],
                 row["sent"] >= held.harm_after and row["low"] >= held.harm_share)
                for row in harms
            ),
        )  # fmt: skip

    def hold_rules(self) -> bool:
        """Put in force what the file says by now; whether that is new."""
        return sending.hold(self._house, self._settings)

    # -- inside

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    def person(self, who: str) -> str:
        """The id of the one customer meant, or one the books have heard of under that very id."""
        try:
            return owners.person(self._house, self._settings, who)
        except HuitouError:
            with self._house.books.reading() as unit:
                if book.history(unit, who) or permission.places(unit, [who]):
                    return who
            raise

    def _name(self, person: str | None) -> str | None:
        known = (
            self._house.shelf.find(person) if person and self._house.shelf.file.exists() else None
        )
        return (known["name"] or known["key"]) if known else None

    def _heard(self, row: Row) -> HeardView:
        return HeardView(
            row["id"], row["person_id"], self._name(row["person_id"]), row["channel"],
            row["words"], row["at"],
        )  # fmt: skip

    def _at(self, address: str) -> list[str]:
        """Everybody who is reached at an address: a household's phone has several."""
        edition = self._house.lake.current()
        if edition is None:
            return []
        spelt = finding.spellings(address, self._settings)
        keys = edition.table(
            "keys", only=("key", [each for each in spelt if "member:" not in each])
        )
        return sorted(set(keys["person_id"].to_pylist()))

    def _take_row(self, unit: Unit, row: Mapping[str, Any], name: str, line: int, by: str) -> int:
        told = {key: (value or "").strip() for key, value in row.items() if isinstance(value, str)}
        person = self.person(told.get("customer", ""))
        channel, purpose = told.get("channel", ""), told.get("purpose", "") or "marketing"
        state = told.get("state", "").casefold()
        where = {"file": name[-120:], "line": line, "told": told.get("source", "")[:80]}
        proof = Proof(by=by, language=told.get("language") or None, told=where)
        if state in NO:
            return book.withdraw(unit, person, channel, purpose, source="import", now=self._now,
                                 proof=proof)  # fmt: skip
        if state not in YES:
            raise BadInput(f"{state!r} is neither given nor withdrawn")
        text = told.get("wording", "")
        shown = Wording("import", proof.language or self._settings.language, text) if text else None
        confirmed = told.get("confirmed", "no").casefold() in YES - {""}
        return second_yes.agree(
            unit, person, channel, purpose, source="import", now=self._now,
            at=self._moment(told.get("at", "")), wording=shown, proof=proof, confirmed=confirmed,
        )  # fmt: skip

    def _moment(self, text: str) -> datetime:
        if not text:
            raise BadInput("it is not said when they agreed", to_try="a column at: 2026-03-02")
        try:
            read = datetime.fromisoformat(text)
        except ValueError as bad:
            raise BadInput(f"{text!r} is no time", to_try="2026-03-02 or 2026-03-02T09:30") from bad
        return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(str(self._settings.zone)))


def _alone(unit: Unit, one: permission.Wanted, now: datetime) -> permission.Verdict:
    """The verdict on one message as if no other waited."""
    told = permission.judge(unit, [one], now)[0]
    permission.release(unit, one.id)
    return told


def token_of(salt: str, *parts: str) -> str:
    """A token that only this shop can make: 192 bits, the same for the same parts."""
    raw = "\x00".join(("consent link", *parts)).encode()
    drawn = hmac.new(salt.encode(), raw, "sha256").digest()[:24]
    return base64.urlsafe_b64encode(drawn).decode()


def _mark(mark: str, person: str | None) -> str:
    return fingerprint(mark, person) if person is not None else mark


def _places() -> list[tuple[str, str]]:
    """(channel, purpose) pairs that consent is shown for, in their order."""
    return [
        *((channel, "marketing") for channel in CHANNELS),
        (ANY, "personalised"),
        *((channel, "service") for channel in CHANNELS),
    ]


def _channel(code: str) -> Sentence:
    return CHANNELS.get(code, said("Every channel"))


def _standing(
    person: str, channel: str, purpose: str, found: Mapping[tuple[str, str, str], Standing]
) -> StandingView:
    now = found.get((person, channel, purpose))
    return StandingView(
        channel=channel,
        channel_words=_channel(channel),
        purpose=purpose,
        purpose_words=PURPOSES[purpose],
        state=now.state if now else "none",
        at=now.at if now else None,
        source=now.source if now else None,
        partial=bool(now and now.partial),
    )


def _waits(shown: StandingView, first: Row | None) -> StandingView:
    """How it stands where a first yes waits for the second."""
    if first is None or shown.purpose != "marketing" or shown.state == "given":
        return shown
    return replace(
        shown, state="waiting", at=first["said_at"], source=first["source"],
        again=first["times"] < asking.MOST_TIMES,
    )  # fmt: skip


def _word(row: Row) -> WordView:
    names = ("channel", "purpose", "state", "at", "source", "by", "language", "reason")
    told = {name: row[name] for name in names}
    return WordView(
        **told, source_words=SOURCES[row["source"]], wording=row["wording"], words=row["words"]
    )


def _saying(one: permission.Wanted, told: permission.Verdict) -> SayingView:
    kinds = {**PURPOSES, "transactional": said("What they wait for: a receipt, a code")}
    return SayingView(
        channel=one.channel,
        channel_words=_channel(one.channel),
        purpose=one.purpose,
        purpose_words=kinds[one.purpose],
        goes=told.goes,
        rule=told.rule,
        words=words(told.rule) if told.rule else None,
        until=told.until,
    )


def _place(where: permission.Place, packs: tuple[Pack, ...]) -> PlaceView:
    codes = tuple(each.code for each in packs)
    return PlaceView(where.country, where.phone_country, where.zones, where.bought_on, codes)


def _count(channel: str, purpose: str, counted: Mapping[tuple[str, str, str], int]) -> ChannelCount:
    given, withdrawn = (
        counted.get((channel, purpose, state), 0) for state in ("given", "withdrawn")
    )
    return ChannelCount(channel, _channel(channel), purpose, given, withdrawn)


def _pack(told: Pack, enabled: bool) -> PackView:
    shown = tuple(RuleView(r.id, r.kind, r.channels, r.source, r.since) for r in told.rules)
    return PackView(told.code, PLACES[told.code], told.dated, enabled, shown, len(told.holidays))


def _cap(told: Cap) -> Sentence:
    if told.by_day:
        return said("{n} a day on {channel}", n=told.most, channel=told.channel)
    return said(
        "{n} in {days} days on {channel}", n=told.most, days=told.days, channel=told.channel
    )
