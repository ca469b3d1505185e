"""The texts of messages: listed, edited, read through, shown as one person gets them, tried."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from huitou.channels.contract import Parcel
from huitou.channels.sms.segments import segments
from huitou.channels.templates import book, shipped
from huitou.channels.templates.press import Frame
from huitou.channels.templates.scribe import Scribe
from huitou.channels.templates.shipped import Text
from huitou.ground.channels import SHORT
from huitou.ground.errors import BadInput, HuitouError, Refused
from huitou.ground.ids import new_id
from huitou.ground.settings import Settings
from huitou.runs.desks.sending import carriers
from huitou.runs.desks.sending.desk import Sending
from huitou.runs.desks.sending.views import CheckView, PreviewView, TemplateView, Tested

if TYPE_CHECKING:
    from huitou.runs.wiring import House

EXAMPLES: Mapping[str, Any] = {
    "points": 1250,
    "ends_on": "2026-12-31",
    "falls_on": "2026-12-31",
    "due_on": "2026-12-31",
    "days": 14,
    "worth": 1250,
    "fee": 6000,
    "saved": 4200,
    "amount": 4200,
    "quote": 4200,
    "kind": "points",
    "code": "K7QM2X",
    "day": "2026-12-31",
    "until": "2026-12-31",
    "number": "1024",
    "serial": "A-1024",
    "sku": "A-1024",
    "missing": {"en": "one more order", "zh-Hans": "再买一次", "zh-Hant": "再買一次"},
    "tier": {"en": "Regular", "zh-Hans": "常客", "zh-Hant": "常客"},
    "machine": {"en": "coffee grinder", "zh-Hans": "咖啡研磨机", "zh-Hant": "咖啡研磨機"},
    "step": {"en": "Regular", "zh-Hans": "常客", "zh-Hant": "常客"},
    "claim": {"en": "a cup of coffee", "zh-Hans": "一杯咖啡", "zh-Hant": "一杯咖啡"},
    "gift": {"en": "a cup of coffee", "zh-Hans": "一杯咖啡", "zh-Hant": "一杯咖啡"},
    "reward": {"en": "a cup of coffee", "zh-Hans": "一杯咖啡", "zh-Hant": "一杯咖啡"},
    "product": {"en": "coffee grinder", "zh-Hans": "咖啡研磨机", "zh-Hant": "咖啡研磨機"},
    "friend": "Mei",
    "link": "https://shop.example/p/example",
    "subject": {"en": "A word from us", "zh-Hans": "想对您说", "zh-Hant": "想對您說"},
    "text": {"en": "Thank you.", "zh-Hans": "谢谢您。", "zh-Hant": "謝謝您。"},
    "card": "plain",
    "standing_order": False,
}
"""What stands in a preview where nothing else is told."""


class Texts:
    """The templates of one shop."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house, self._settings = house, settings

    def listed(self) -> tuple[TemplateView, ...]:
        """Every text in use: the merchant's own, and the house's where there is none."""
        with self._house.books.reading() as unit:
            own = {(row["name"], row["channel"], row["language"]): row for row in book.latest(unit)}
        found = []
        for name in shipped.names():
            for channel in ("email", "sms"):
                for language in shipped.LANGUAGES:
                    text = shipped.text(name, channel, language)
                    if text is not None and (name, channel, language) not in own:
                        found.append(_view(text))
        for row in own.values():
            found.append(_of_row(row))
        return tuple(sorted(found, key=lambda each: (each.name, each.channel, each.language)))

    def show(
        self, name: str, channel: str, language: str, version: int | None = None
    ) -> TemplateView:
        """One text, in the version in use or another; 0 is the house's own."""
        with self._house.books.reading() as unit:
            rows = book.versions(unit, name, channel, language)
        if version is None and rows:
            return _of_row(rows[0])
        for row in rows:
            if row["version"] == version:
                return _of_row(row)
        text = shipped.text(name, channel, language) if not version else None
        if text is None:
            raise HuitouError(
                f"there is no text {name!r} for {channel} in {language}",
                to_try="huitou template list",
            )
        return _view(text)

    def versions(self, name: str, channel: str, language: str) -> tuple[TemplateView, ...]:
        """Every version that was saved, the newest first."""
        with self._house.books.reading() as unit:
            return tuple(map(_of_row, book.versions(unit, name, channel, language)))

    def check(self, told: Text) -> CheckView:
        """Read a text through, in a child with limits: whether it can be used, and what it names
        that nobody will fill.
        """
        book.check(told)
        with Scribe() as scribe:
            try:
                pressed = scribe.press(told.channel, told.subject, told.body, _frame(told))
                unknown = scribe.unknown(told.subject, pressed, told.allowed)
            except BadInput as bad:
                return CheckView(False, words=bad.sentence)
        count = segments(told.body.strip()) if told.channel == "sms" else 0
        return CheckView(not unknown, tuple(unknown), segments=count)

    def save(
        self,
        name: str,
        channel: str,
        language: str,
        subject: str,
        body: str,
        by: str,
        names: Sequence[str] = (),
    ) -> TemplateView:
        """Keep a new version, which is used from now on.

        Raises `Refused` with what it names that nobody will fill, `BadInput` where it cannot be
        read.
        """
        known = shipped.text(name, channel, language) or shipped.text(name, "email", "en")
        told = tuple(names) or (known.names if known else ())
        text = Text(name, channel, language, 0, subject.strip(), body, told)
        found = self.check(text)
        if found.words:
            raise BadInput(found.words)
        if found.unknown:
            raise Refused(
                f"nobody will fill {', '.join(found.unknown)}",
                to_try=f"one of {', '.join(text.allowed)}",
            )
        with self._house.books.unit() as unit:
            book.save(unit, text, by, self._house.clock.now())
        return self.show(name, channel, language)

    def preview(
        self,
        name: str,
        channel: str,
        language: str,
        person: str = "",
        told: Mapping[str, Any] | None = None,
        draft: Text | None = None,
    ) -> PreviewView:
        """The text as one person would get it; `draft` is a text that is not saved yet."""
        parcel = self._written(name, channel, language, person, told, draft)
        return PreviewView(
            name,
            channel,
            language,
            parcel.name,
            parcel.to,
            parcel.subject,
            parcel.text,
            parcel.html,
            segments(parcel.text.strip()) if channel in SHORT else 0,
        )

    def test(self, name: str, channel: str, language: str, to: str, by: str) -> Tested:
        """Send a text to somebody of the house, with a mark that it is a test."""
        desk = Sending(self._house, self._settings)
        if desk.stopped().stopped:
            raise Refused("sending is stopped", to_try="huitou go")
        way = desk.ways.ways[channel]
        lacking = carriers.missing(way, self._settings, os.environ)
        if lacking:
            raise Refused(f"{channel} is not set up: {', '.join(lacking)}")
        parcel = self._written(name, channel, language, "", {"to": _place(channel, to)}, None)
        marked = replace(parcel, subject=f"[Test] {parcel.subject}", to=to)
        out = carriers.carrier(way, self._house, self._settings, os.environ)
        try:
            handed = out.carry([marked], lambda: True)[0]
        finally:
            out.close()
        now, end = self._house.clock.now(), handed.outcome.end.value
        with self._house.books.unit() as unit:
            book.tried(unit, parcel.id, (name, channel, language), end, by, now)
        return Tested(channel, to, end, handed.outcome.stage, handed.outcome.reason)

    def _written(
        self,
        name: str,
        channel: str,
        language: str,
        person: str,
        told: Mapping[str, Any] | None,
        draft: Text | None,
    ) -> Parcel:
        desk = Sending(self._house, self._settings)
        composer = desk.composer(desk.ways.ways[channel])
        view = None if draft is not None else self.show(name, channel, language)
        text = draft or _text(view)
        to = {"language": language, "name": "", **_place(channel, "example@example.com")}
        values = {each: EXAMPLES.get(each, each) for each in text.names}
        row = {
            "id": new_id() * 2,
            "fence": 0,
            "person_id": person or "example",
            "channel": channel,
            "purpose": "service",
            "template": name,
            "told": {**values, "to": {"language": language} if person else to, **(told or {})},
        }
        try:
            made = composer.draft(row)
            if isinstance(made, str):
                raise Refused(f"{person} has no address for {channel}")
            written = composer.one(row, made, text)
        finally:
            composer.close()
        return written


def _place(channel: str, to: str) -> dict[str, str]:
    places = {"email": "email", "sms": "phone", "call": "phone", "wecom": "wecom"}
    return {places.get(channel, "openid"): to}


def _frame(text: Text) -> Frame:
    return shipped.frame(text.language)


def _text(view: TemplateView | None) -> Text:
    assert view is not None
    known = shipped.text(view.name, view.channel, view.language)
    money = known.money if known else ()
    return Text(
        view.name, view.channel, view.language, view.version, view.subject, view.body, view.names,
        money,
    )  # fmt: skip


def _view(text: Text) -> TemplateView:
    return TemplateView(
        text.name, text.channel, text.language, 0, text.subject, text.body, text.names, text.digest
    )


def _of_row(row: Mapping[str, Any]) -> TemplateView:
    names = ("name", "channel", "language", "version", "subject", "body", "digest", "by", "at")
    return TemplateView(**{name: row[name] for name in names}, names=tuple(row["names"]))
