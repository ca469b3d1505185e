"""From claimed messages to parcels: where each goes, in which language, in which words.

Addresses are read from the edition of the last run; what somebody has just told (a double opt-in,
a card joined at the till) comes along in `told["to"]` and goes before it:

    {"email": …, "phone": …, "openid": …, "wecom": …, "name": …, "language": …, "address": […]}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from huitou.care.consents.asking import book as asking
from huitou.channels.contract import Parcel
from huitou.channels.post.book import Ready
from huitou.channels.post.links import Links
from huitou.channels.post.rules import Way
from huitou.channels.post.worker import Words
from huitou.channels.reports import book as reports
from huitou.channels.templates import book as templates
from huitou.channels.templates import shipped, values
from huitou.channels.templates.press import Pressed
from huitou.channels.templates.scribe import Job, Scribe
from huitou.channels.templates.shipped import Text
from huitou.channels.templates.words import Written
from huitou.ground.errors import BadInput
from huitou.ground.languages import LANGUAGES
from huitou.ground.settings import Settings
from huitou.journeys.messages import Recipient, plain
from huitou.journeys.permission import book as permission
from huitou.journeys.permission.laws import Duty, is_individual
from huitou.runs.desks.sending.duties import House, carrying

if TYPE_CHECKING:
    from huitou.store.books import Books, Row, Unit

PLACES: Mapping[str, str] = {
    "email": "email",
    "sms": "phone",
    "call": "phone",
    "wecom": "wecom",
    "wechat": "openid",
}
"""Channel -> what of a person it goes to. Paper needs a name or an address, webhooks nothing."""

LONGEST_TO = 320


class Reach(Protocol):
    """Where people can be reached."""

    def __call__(self, people: Sequence[str]) -> Mapping[str, Recipient]:
        """Those who are known, by the ids they go by now."""
        ...


@dataclass
class Composer:
    """Writes the messages of one channel. `close` ends the child that does it."""

    books: Books
    settings: Settings
    way: Way
    reach: Reach
    links: Links
    scribe: Scribe = field(default_factory=Scribe)
    known: dict[str, Recipient] = field(default_factory=dict)
    """People looked up before their turn."""
    _pressed: dict[str, Pressed] = field(default_factory=dict)

    def __call__(self, rows: Sequence[Row], now: datetime) -> list[Words]:
        """One for each row, in their order."""
        people = self._people(rows)
        drafts = [self._draft(row, people.get(row["person_id"])) for row in rows]
        texts = self._texts(rows, drafts)
        duties = self._duties(rows, drafts)
        jobs: list[Job] = []
        places: list[int] = []
        found: list[Words | None] = [None] * len(rows)
        for place, (row, draft, text) in enumerate(zip(rows, drafts, texts, strict=True)):
            if isinstance(draft, str):
                found[place] = _kept(row, rule=draft)
            elif row["channel"] == "webhook":
                found[place] = Words(_ready(row), _parcel(row, draft, Written("", "", ""), {}))
            elif isinstance(text, str):
                found[place] = _kept(row, later=text)
            else:
                jobs.append(self._job(row, draft, text))
                places.append(place)
        for place, job, written in zip(places, jobs, self.scribe.write(jobs), strict=True):
            words = self._words(rows[place], drafts[place], job, written)
            found[place] = self._lawful(rows[place], words, duties.get(place, ()))
        return [each for each in found if each is not None]

    def close(self) -> None:
        """Nothing more to write."""
        self.scribe.close()

    def one(self, row: Row, draft: Draft, text: Text) -> Parcel:
        """One message from a text, for a preview or a test. Raises `BadInput` in words."""
        self._press(text)
        job = self._job(row, draft, text)
        written = self.scribe.write([job])[0]
        if isinstance(written, str):
            raise BadInput(written)
        return _parcel(row, draft, written, job.values)

    def draft(self, row: Row) -> Draft | str:
        """Where one message goes; or the rule that keeps it."""
        return self._draft(row, self._people([row]).get(row["person_id"]))

    def _people(self, rows: Sequence[Row]) -> Mapping[str, Recipient]:
        missing = [row["person_id"] for row in rows if row["person_id"] not in self.known]
        if missing:
            self.known |= self.reach(missing)
        return self.known

    def _draft(self, row: Row, person: Recipient | None) -> Draft | str:
        told = row["told"].get("to")
        draft = Draft.of(row["channel"], person, told if isinstance(told, dict) else {})
        if row["channel"] in PLACES and not draft.to:
            return "no_address"
        if row["channel"] == "paper" and not (draft.name or draft.address):
            return "no_address"
        if draft.language not in LANGUAGES:
            draft = draft.speaking(self.settings.language)
        return draft

    def _texts(self, rows: Sequence[Row], drafts: list[Draft | str]) -> list[Text | str]:
        """The text of each; or why there is none. Drafts to barred addresses become their rule."""
        found: dict[tuple[str, str], Text | str] = {}
        with self.books.reading() as unit:
            to = [each.to for each in drafts if isinstance(each, Draft)]
            dead = reports.barred_among(unit, self.way.channel, to)
            for place, (row, draft) in enumerate(zip(rows, drafts, strict=True)):
                if isinstance(draft, str):
                    continue
                if draft.to in dead:
                    drafts[place] = dead[draft.to]
                elif row.get("origin") == "consent" and not _still_asked(unit, row):
                    drafts[place] = "silent"
                key = (row["template"], draft.language)
                if key not in found and row["channel"] != "webhook":
                    speaks = (draft.language, self.settings.language, "en")
                    text = templates.text_for(unit, row["template"], row["channel"], speaks)
                    found[key] = text or f"there is no template {row['template']!r}"
        for key, each in found.items():
            if isinstance(each, Text):
                found[key] = self._usable(each)
        return [
            "" if isinstance(draft, str) else found.get((row["template"], draft.language), "")
            for row, draft in zip(rows, drafts, strict=True)
        ]

    def _duties(
        self, rows: Sequence[Row], drafts: Sequence[Draft | str]
    ) -> dict[int, tuple[Duty, ...]]:
        """What each that sells must carry, by its place among the rows."""
        asked = {
            place: (row["person_id"], draft.language, is_individual(row["told"]))
            for place, (row, draft) in enumerate(zip(rows, drafts, strict=True))
            if row["purpose"] == "marketing" and isinstance(draft, Draft)
        }
        if not asked:
            return {}
        with self.books.reading() as unit:
            told = permission.to_carry(unit, list(asked.values()), self.way.channel)
        return dict(zip(asked, told, strict=True))

    def _lawful(self, row: Row, words: Words, duties: Sequence[Duty]) -> Words:
        if words.parcel is None or not duties:
            return words
        house = House(plain(self.settings.name), plain(self.settings.address))
        made = carrying(words.parcel, duties, house, self.way)
        return _kept(row, rule=made) if isinstance(made, str) else replace(words, parcel=made)

    def _usable(self, text: Text) -> Text | str:
        try:
            self._press(text)
        except BadInput as bad:
            return bad.sentence
        return text

    def _press(self, text: Text) -> None:
        if text.digest not in self._pressed:
            made = self.scribe.press(
                text.channel, text.subject, text.body, shipped.frame(text.language)
            )
            self._pressed[text.digest] = made

    def _job(self, row: Row, draft: Draft, text: Text) -> Job:
        told = values.shown(row["told"], text.language, self.settings.currency, text.money)
        links = {}
        if row["purpose"] != "transactional" or row.get("origin") == "consent":
            links = dict(self.links(row["person_id"], row["channel"], row["id"]))
        confirm = links.pop("confirm", None)
        if row.get("origin") == "consent":
            told, links = {**told, **({"link": confirm} if confirm else {})}, {}
        # What is not known is left out: an empty text would count as something said.
        shop = {"name": plain(self.settings.name)}
        if self.settings.smtp_from:
            shop["email"] = self.settings.smtp_from
        if self.settings.address.strip():
            shop["address"] = plain(self.settings.address)
        person = {"name": plain(draft.name)} if draft.name else {}
        whole = {**told, "shop": shop, "person": person, "links": links}
        return Job(text.digest, text.subject, self._pressed[text.digest], whole)

    def _words(self, row: Row, draft: Draft | str, job: Job, written: Written | str) -> Words:
        if isinstance(written, str) or isinstance(draft, str):
            return _kept(row, later=f"template {row['template']}: {written}")
        if not written.text.strip():
            return _kept(row, later=f"template {row['template']}: it is empty for this person")
        parcel = _parcel(row, draft, written, job.values)
        grant = None
        if row["channel"] == "wechat" and self.way.way == "wechat":
            registered = self.way.registered.get(row["template"])
            if registered is None:
                return _kept(row, later=f"wechat.registered.{row['template']} is not set")
            grant = (draft.to, registered.code)
        return Words(_ready(row, grant), parcel)


@dataclass(frozen=True)
class Draft:
    """Where a message goes, before its words."""

    to: str
    language: str
    name: str
    address: tuple[str, ...] = ()
    by: str = ""

    @classmethod
    def of(cls, channel: str, person: Recipient | None, told: Mapping[str, Any]) -> Draft:
        """From what is known of a person and what was just told of them."""
        place = PLACES.get(channel, "")
        known = getattr(person, place, None) if person and place in ("email", "phone") else None
        lines = told.get("address") or (person.address if person else ())
        return cls(
            to=_text(told.get(place) or known).strip()[:LONGEST_TO],
            language=_text(told.get("language") or (person.language if person else None)),
            name=_text(told.get("name") or (person.name if person else None)),
            address=tuple(_text(each) for each in lines) if isinstance(lines, list | tuple) else (),
            by=_text(told.get("by")),
        )

    def speaking(self, language: str) -> Draft:
        """The same in another language."""
        return Draft(self.to, language, self.name, self.address, self.by)


def _still_asked(unit: Unit, row: Row) -> bool:
    """Whether the first yes that a message asks about still waits for the second."""
    first = asking.find(unit, str(row["origin_id"]).partition(".")[0])
    return first is not None and first["state"] == "waiting"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _ready(row: Row, grant: tuple[str, str] | None = None) -> Ready:
    return Ready(row["id"], row["fence"], grant=grant)


def _kept(row: Row, rule: str | None = None, later: str | None = None) -> Words:
    return Words(Ready(row["id"], row["fence"], rule, later))


def _parcel(row: Row, draft: Draft, written: Written, told: Mapping[str, Any]) -> Parcel:
    # A subject is one line, whatever a value held: it can begin no header of its own.
    links = told.get("links", {})
    named = {name: each for name, each in told.items() if name not in ("shop", "person", "links")}
    return Parcel(
        id=row["id"],
        person_id=row["person_id"],
        channel=row["channel"],
        purpose=row["purpose"],
        template=row["template"],
        to=draft.to,
        language=draft.language,
        subject=plain(written.subject),
        text=written.text.strip() + "\n",
        html=written.html,
        name=draft.name,
        address=draft.address,
        told={**named, "shop": told.get("shop", {}).get("name", "")} if told else row["told"],
        unsubscribe=links.get("unsubscribe", ""),
        by=draft.by,
    )
