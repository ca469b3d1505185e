"""The carriers of a shop, made from its rules, its settings and the environment's secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from huitou.care.calls import book as calls
from huitou.care.calls.book import NewCall
from huitou.channels import wechat, wecom
from huitou.channels.contract import Carrier, Parcel
from huitou.channels.egress import Egress
from huitou.channels.email import mailbox
from huitou.channels.hooks import Hook
from huitou.channels.leaving import CallSheet, Pages
from huitou.channels.line import Line, Provider
from huitou.channels.mailing import Mailing
from huitou.channels.mime import Head
from huitou.channels.post.rules import Way
from huitou.channels.sms.aliyun import Aliyun
from huitou.channels.sms.tencent import Tencent
from huitou.channels.sms.twilio import Twilio
from huitou.channels.twins import Console, Null
from huitou.ground.errors import HuitouError
from huitou.ground.ids import new_id
from huitou.ground.settings import Settings

if TYPE_CHECKING:
    from huitou.runs.wiring import House

CALL_MINUTES = 5
"""What a call of the outbox is taken to need."""

CONSOLE = "post"
"""Folder of what the console twins write: `<home>/post/<channel>.txt`."""


def missing(way: Way, settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """What has to be said before this way works; empty where it does."""
    found = way.missing(environment)
    if way.way == "smtp":
        try:
            return found if mailbox(settings, environment) else (*found, "smtp_host")
        except HuitouError as half:
            return (*found, half.sentence)
    if way.way in ("paper", "call") and settings.timezone is None:
        return (*found, "timezone")
    return found


def carrier(way: Way, house: House, settings: Settings, environment: Mapping[str, str]) -> Carrier:
    """The carrier of a way that lacks nothing."""
    match way.way:
        case "smtp":
            return _mailing(way, house, settings, environment)
        case "console":
            return Console(way.channel, house.home / CONSOLE / f"{way.channel}.txt")
        case "null":
            return Null(way.channel)
        case "paper":
            return Pages(house.home / "letters", settings.zone, house.clock, settings.name)
        case "call":
            return CallSheet(lambda parcel: _put(parcel, house, settings))
    egress = Egress()
    return Line(way.channel, _provider(way, house, settings, environment, egress), egress)


def _mailing(way: Way, house: House, settings: Settings, environment: Mapping[str, str]) -> Mailing:
    box = mailbox(settings, environment)
    if box is None:
        raise HuitouError("no mail server is set", to_try="huitou settings set smtp_host …")
    return Mailing(box, Head.of(settings.name, box.sender), house.clock, way.lines)


def _provider(
    way: Way, house: House, settings: Settings, environment: Mapping[str, str], egress: Egress
) -> Provider:
    key, secret = environment.get(way.key_env, ""), environment.get(way.secret_env, "")
    match way.way:
        case "aliyun":
            return Aliyun(way, key, secret, egress, house.clock.now, new_id)
        case "tencent":
            return Tencent(way, key, secret, egress, house.clock.now)
        case "twilio":
            root = (settings.public_url or "").rstrip("/")
            return Twilio(way, key, secret, egress, f"{root}/v1/reports/twilio" if root else "")
        case "wecom":
            return wecom.of(way.app, secret, way.sender, egress, way.host)
        case "wechat":
            return wechat.of(way.app, secret, way.registered, egress, way.host)
        case "webhook":
            return Hook(way.url, secret, egress, house.clock.now)
    raise HuitouError(f"{way.channel} has no way out", to_try="huitou sending channels")


def _put(parcel: Parcel, house: House, settings: Settings) -> bool:
    now = house.clock.now()
    clerk = settings.roster[0].name
    due = now.astimezone(settings.zone).date()
    new = NewCall(parcel.person_id, clerk, due, CALL_MINUTES, asked_by=f"message {parcel.template}")
    with house.books.unit() as unit:
        return calls.add(unit, new, now)
