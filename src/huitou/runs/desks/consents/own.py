"""The pages a customer opens to say what they want: each by its link alone, without an account."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from huitou.care import book as care
from huitou.care.consents import book
from huitou.care.consents.asking import book as asking
from huitou.care.consents.book import Choice
from huitou.care.consents.kinds import (
    CHANNELS,
    PACES,
    PURPOSES,
    REASONS,
    Proof,
    Wording,
    seen_from,
)
from huitou.channels.post.links import SignedLinks
from huitou.ground.channels import ANY
from huitou.ground.languages import LANGUAGES, speaker
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.identity.book import names
from huitou.journeys.permission import book as permission
from huitou.journeys.sendings import book as sendings
from huitou.runs.desks.consents.views import (
    Confirming,
    PreferenceLine,
    Preferences,
    Unsubscribing,
)

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row, Unit

LONGEST = 200
"""No token has more letters."""
PAUSES = (0, 1, 3, 6)
"""Months somebody may pause for."""
AGREED = said(
    "I would like to hear from {shop} by {channel}: {purpose}. I can change this any time."
)
"""What somebody agrees to who ticks a box on their own page."""


class OwnPages:
    """What customers choose themselves."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def preferences(self, token: str) -> Preferences | None:
        """The page behind a link; None for one that leads nowhere. Changes nothing."""
        with self._house.books.reading() as unit:
            row = self._behind(unit, token, "preferences")
            return self._shown(unit, row["person_id"], token) if row is not None else None

    def choose(
        self,
        token: str,
        *,
        channels: frozenset[str],
        by_traits: bool,
        service: bool,
        pace: str,
        months: int,
        language: str | None,
        seen: tuple[str | None, str | None],
    ) -> Preferences | None:
        """Keep what somebody chose; each box that changed is a word of theirs, with its proof."""
        shown_in = language if language in LANGUAGES else self._settings.language
        with self._house.books.unit() as unit:
            row = self._behind(unit, token, "preferences")
            if row is None:
                return None
            person, before = row["person_id"], self._shown(unit, row["person_id"], token)
            proof = Proof(language=shown_in, told=seen_from(self._settings.salt, *seen))
            for line in before.channels:
                if line.is_on != (line.name in channels):
                    self._say(unit, person, line.name, "marketing", not line.is_on, proof)
            if before.by_traits != by_traits:
                self._say(unit, person, ANY, "personalised", by_traits, proof)
            if before.service != service:
                self._say(unit, person, ANY, "service", service, proof)
            kept = pace if pace in PACES else "usual"
            told = Choice(kept, self._until(months, before.pause_until), language or None)
            book.choose(unit, person, told, "preferences", self._now)
            return replace(self._shown(unit, person, token), saved=True)

    def all_off(self, token: str, seen: tuple[str | None, str | None]) -> Preferences | None:
        """Nothing more of any kind, but what they wait for."""
        with self._house.books.unit() as unit:
            row = self._behind(unit, token, "preferences")
            if row is None:
                return None
            proof = Proof(told=seen_from(self._settings.salt, *seen))
            person = row["person_id"]
            book.refuse_all(unit, person, source="preferences", now=self._now, proof=proof)
            return replace(self._shown(unit, person, token), saved=True)

    def leaving(self, token: str) -> Unsubscribing:
        """The page of a link to unsubscribe: the same for a link that leads nowhere."""
        return Unsubscribing(token, None, done=False)

    def unsubscribe(
        self, token: str, *, reason: str = "", everything: bool = False,
        seen: tuple[str | None, str | None] = (None, None),
    ) -> Unsubscribing:  # fmt: skip
        """Withdraw marketing on the channel of a link, or on all; the same answer for any link.

        Done at once and again without harm. `reason` is kept where they give one.
        """
        told = reason if reason in REASONS else None
        with self._house.books.unit() as unit:
            row = self._behind(unit, token, "unsubscribe")
            if row is not None:
                proof = Proof(reason=told, told=seen_from(self._settings.salt, *seen))
                self._withdraw(unit, row, everything, proof)
        return Unsubscribing(token, None, done=True, thanked=told is not None)

    def confirming(self, token: str) -> Confirming:
        """The page of a link to confirm; opening it changes nothing."""
        with self._house.books.reading() as unit:
            row = self._asked(unit, token)
            if row is None:
                return Confirming(token, done=False)
            waits = row["state"] == "waiting" and row["ends_at"] > self._now
            # Who withdrew since then is not told that they will hear from us.
            holds = (row["person_id"], row["channel"]) in book.given(unit, [row["person_id"]])
        if waits or (holds and row["state"] == "confirmed"):
            return Confirming(token, not waits, CHANNELS[row["channel"]])
        return Confirming(token, done=False)

    def confirm(self, token: str, seen: tuple[str | None, str | None]) -> Confirming:
        """It was they: their first yes holds now. A second time is as well."""
        proof = Proof(told=seen_from(self._settings.salt, *seen))
        with self._house.books.unit() as unit:
            row = self._asked(unit, token)
            if row is not None:
                asking.confirm(unit, row["id"], self._now, proof)
        return self.confirming(token)

    def _asked(self, unit: Unit, token: str) -> Row | None:
        """The first yes that the message behind a link asks about."""
        one = self._signed(unit, token)
        if one is None or one["origin"] != "consent":
            return None
        return asking.find(unit, str(one["origin_id"]).partition(".")[0])

    def _behind(self, unit: Unit, token: str, kind: str) -> Row | None:
        """Where a link leads: kept for its token, or proved by it, under whatever secret it was
        signed with."""
        row = book.by_token(unit, token, kind)
        if row is not None:
            return row
        one = self._signed(unit, token)
        if one is None:
            return None
        known = names(unit, [one["person_id"]])
        return {"person_id": known.now(one["person_id"]), "channel": one["channel"]}

    def _signed(self, unit: Unit, token: str) -> Row | None:
        """The message whose id a link carries, where the shop signed it for that message."""
        sending_id, dot, mark = token.rpartition(".")
        one = sendings.find(unit, sending_id) if dot and len(token) <= LONGEST else None
        if one is None:
            return None
        known = names(unit, [one["person_id"]])
        for secret in book.keys(unit):
            signed = SignedLinks("", secret)
            for person in known.every([one["person_id"]]):
                told = signed.mark(person, one["channel"], sending_id)
                if hmac.compare_digest(told.encode(), mark.encode()):
                    return one
        return None

    def _withdraw(self, unit: Unit, row: Row, everything: bool, proof: Proof) -> None:
        channel = ANY if everything else row["channel"]
        person = row["person_id"]
        ways = set(CHANNELS) if channel == ANY else {channel}
        silent = {way for who, way in care.silent(unit, [person]) if who == person}
        standing = book.withdrawn(unit, [person])
        if proof.reason is None and ways <= silent and {(person, way) for way in ways} <= standing:
            return  # said already, and nothing new is said
        book.withdraw(
            unit, person, channel, "marketing", source="unsubscribe", now=self._now, proof=proof
        )

    def _shown(self, unit: Unit, person: str, token: str) -> Preferences:
        refused = {
            (way, what) for what in PURPOSES for _, way in book.withdrawn(unit, [person], what)
        }
        resting = permission.has_basis(unit, person, CHANNELS, self._now)
        chosen = book.choices(unit, [person]).get(person, Choice())
        pause = chosen.pause_until
        today = self._now.astimezone(self._settings.zone).date()
        return Preferences(
            token=token,
            channels=tuple(
                PreferenceLine(way, words, way in resting and (way, "marketing") not in refused)
                for way, words in CHANNELS.items()
            ),
            by_traits=(ANY, "personalised") not in refused,
            service=not all((way, "service") in refused for way in CHANNELS),
            pace=chosen.pace,
            pause_until=pause if pause is not None and pause > today else None,
            language=chosen.language,
        )

    def _say(
        self, unit: Unit, person: str, channel: str, purpose: str, is_on: bool, proof: Proof
    ) -> None:
        if not is_on:
            book.withdraw(
                unit, person, channel, purpose, source="preferences", now=self._now, proof=proof
            )
            return
        language = proof.language or self._settings.language
        says = speaker(language)
        way = CHANNELS.get(channel, said("Every channel"))
        text = says.say(AGREED, shop=self._settings.name, channel=way, purpose=PURPOSES[purpose])
        shown = Wording("preferences", language, text)
        book.give(
            unit, person, channel, purpose, source="preferences", wording=shown, now=self._now,
            proof=proof,
        )  # fmt: skip

    def _until(self, months: int, before: date | None) -> date | None:
        if months < 0:
            return before
        if months not in PAUSES or months == 0:
            return None
        return self._now.astimezone(self._settings.zone).date() + timedelta(
            days=round(30.44 * months)
        )

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()
