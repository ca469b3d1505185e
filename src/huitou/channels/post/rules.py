"""What the merchant decided about the ways out: `rules/channels.toml`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from huitou.ground.channels import CHANNELS
from huitou.ground.errors import BadInput

SHIPPED = Path(__file__).parents[1] / "channels.toml"
NAME = "channels"

PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "email": ("smtp",),
    "sms": ("aliyun", "tencent", "twilio"),
}
"""Those who take the messages of a channel, where they are not named as the channel is."""
WAYS: Mapping[str, tuple[str, ...]] = {
    channel: ("none", "console", "null", *PROVIDERS.get(channel, (channel,)))
    for channel in CHANNELS
}
"""Channel -> by what it may leave. `none`: not set up; its messages wait, and end on their day."""

NEEDS: Mapping[str, tuple[str, ...]] = {
    "aliyun": ("key_env", "secret_env", "sign"),
    "tencent": ("key_env", "secret_env", "app", "sign"),
    "twilio": ("key_env", "secret_env", "app"),
    "wecom": ("app", "secret_env", "sender"),
    "wechat": ("app", "secret_env"),
    "webhook": ("url", "secret_env"),
}
"""What a way cannot do without."""

TEXTS = ("sign", "app", "sender", "url", "key_env", "secret_env", "host")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")

LEASE = timedelta(minutes=2)
"""What was claimed and not begun within this time is free again; what was begun is in doubt."""


@dataclass(frozen=True)
class Registered:
    """A text as a provider has registered it."""

    code: str
    names: tuple[str, ...] = ()
    """What stands in its places, in their order; `thing1:shop` names the place too."""


@dataclass(frozen=True)
class Way:
    """How one channel leaves the house."""

    channel: str
    way: str
    rate: float = 50.0
    """Messages a second."""
    batch: int = 40
    lines: int = 4
    sign: str = ""
    app: str = ""
    sender: str = ""
    url: str = ""
    host: str = ""
    """Another address of the provider: its second region, or a stand-in."""
    key_env: str = ""
    secret_env: str = ""
    registered: Mapping[str, Registered] = field(default_factory=dict)
    lease: timedelta = LEASE

    def missing(self, environment: Mapping[str, str]) -> tuple[str, ...]:
        """What still has to be said before it can work: names of rules, or of variables."""
        if self.way == "none":
            return (f"{self.channel}.way",)
        needed = NEEDS.get(self.way, ())
        rules = [f"{self.channel}.{name}" for name in needed if not getattr(self, name)]
        named = [getattr(self, name) for name in needed if name.endswith("_env")]
        return (*rules, *(name for name in named if name and not environment.get(name)))


@dataclass(frozen=True)
class Reports:
    """Where news of what was sent comes from."""

    key_env: str = ""
    imap_host: str = ""
    imap_user: str = ""
    imap_password_env: str = ""
    imap_port: int = 993
    imap_folder: str = "INBOX"


@dataclass(frozen=True)
class Ways:
    """All channels."""

    ways: Mapping[str, Way]
    reports: Reports = Reports()


def read(told: Mapping[str, Any]) -> Ways:
    """The ways as the file tells them. Raises `BadInput` that names the rule."""
    unknown = set(told) - {*CHANNELS, "reports"}
    if unknown:
        raise BadInput(f"there is no channel {sorted(unknown)[0]!r}", to_try=", ".join(CHANNELS))
    ways = {name: _way(name, told.get(name, {})) for name in CHANNELS}
    return Ways(ways, _reports(told.get("reports", {})))


def _way(channel: str, told: Any) -> Way:
    if not isinstance(told, dict):
        raise BadInput(f"[{channel}] must be a table")
    known = {"way", "rate", "batch", "lines", "registered", *TEXTS}
    if unknown := set(told) - known:
        raise BadInput(
            f"{channel}.{sorted(unknown)[0]} is no rule", to_try=", ".join(sorted(known))
        )
    way = told.get("way", "none")
    if way not in WAYS[channel]:
        raise BadInput(f"{channel}.way is {way!r}", to_try=f"one of {', '.join(WAYS[channel])}")
    texts = {name: _text(channel, told, name) for name in TEXTS}
    return Way(
        channel,
        way,
        rate=_number(channel, told, "rate", 50.0, 0.01, 100_000),
        batch=int(_number(channel, told, "batch", 40, 1, 1_000)),
        lines=int(_number(channel, told, "lines", 4, 1, 64)),
        registered=_registered(channel, told.get("registered", {})),
        sign=texts["sign"],
        app=texts["app"],
        sender=texts["sender"],
        url=texts["url"],
        host=texts["host"],
        key_env=texts["key_env"],
        secret_env=texts["secret_env"],
    )


def _number(
    channel: str, told: Mapping[str, Any], name: str, absent: float, low: float, high: float
) -> float:
    value = told.get(name, absent)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    if not fits:
        raise BadInput(f"{channel}.{name} is {value!r}", to_try=f"a number from {low} to {high:g}")
    return float(value)


def _text(room: str, told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str) or len(value) > 300 or not value.isprintable():
        raise BadInput(f"{room}.{name} must be a short text")
    if name.endswith("_env") and value and not VARIABLE.fullmatch(value):
        # Not shown: whoever mistook the rule has written the secret itself here.
        raise BadInput(
            f"{room}.{name} must be the name of a variable, never the secret",
            to_try=f'{name} = "HUITOU_{room.upper()}_SECRET"',
        )
    return value


def _registered(channel: str, told: Any) -> dict[str, Registered]:
    if not isinstance(told, dict):
        raise BadInput(f"{channel}.registered must be tables, one a template")
    found = {}
    for name, each in told.items():
        told_of = each if isinstance(each, dict) else {}
        code, names = told_of.get("code"), told_of.get("names", [])
        words = isinstance(names, list) and all(isinstance(one, str) for one in names)
        if not isinstance(code, str) or not code or not words:
            raise BadInput(
                f"{channel}.registered.{name} needs a code and names",
                to_try='code = "SMS_1234567", names = ["points"]',
            )
        found[name] = Registered(code, tuple(names))
    return found


def _reports(told: Any) -> Reports:
    if not isinstance(told, dict):
        raise BadInput("[reports] must be a table")
    names = ("key_env", "imap_host", "imap_user", "imap_password_env", "imap_folder")
    if unknown := set(told) - {*names, "imap_port"}:
        raise BadInput(f"reports.{sorted(unknown)[0]} is no rule", to_try=", ".join(names))
    texts = {name: _text("reports", told, name) for name in names if name in told}
    port = int(_number("reports", told, "imap_port", 993, 1, 65_535))
    return Reports(**texts, imap_port=port)
