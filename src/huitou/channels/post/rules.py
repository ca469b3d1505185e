"""What the merchant decided about the ways out: `rules/channels.toml`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from huitou.ground.channels import CHANNELS
from huitou.ground.rules import RuleFile, Told
from huitou.ground.words import said

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
"""What was claimed and not begun within this time, and what one message of its carrier may take, is
free again; what was begun is in doubt."""


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


def read(values: Mapping[str, Any]) -> Ways:
    """The ways as the file tells them. Raises `BadRule` that names the rule."""
    told = Told(values)
    told.only(*CHANNELS, "reports")
    ways = {name: _way(name, told.table(name)) for name in CHANNELS}
    return Ways(ways, _reports(told.table("reports")))


def _way(channel: str, told: Told) -> Way:
    told.only("way", "rate", "batch", "lines", "registered", *TEXTS)
    texts: dict[str, Any] = {name: _text(told, name) for name in TEXTS}
    return Way(
        channel,
        told.one_of("way", WAYS[channel], "none"),
        rate=told.number("rate", Way.rate, 0.01, 100_000),
        batch=told.whole("batch", Way.batch, 1, 1_000),
        lines=told.whole("lines", Way.lines, 1, 64),
        registered=_registered(told.table("registered")),
        **texts,
    )


def _text(told: Told, name: str) -> str:
    if not name.endswith("_env"):
        return told.text(name, "", 300)
    value = told.values.get(name, "")
    if not isinstance(value, str) or (value and not VARIABLE.fullmatch(value)):
        # Not shown: whoever mistook the rule has written the secret itself here.
        words = said("{rule} must be the name of a variable, never the secret", rule=name)
        raise told.wrong(name, words, f'{name} = "HUITOU_{told.at.upper()}_SECRET"', secret=True)
    return value


def _registered(told: Told) -> dict[str, Registered]:
    found = {}
    for name in told.values:
        each = told.table(name)
        each.only("code", "names")
        names = each.texts("names", to_try='names = ["points"]')
        code = each.text("code", None, 300, 'code = "SMS_1234567"')
        found[name] = Registered(code, names)
    return found


def _reports(told: Told) -> Reports:
    names = ("key_env", "imap_host", "imap_user", "imap_password_env", "imap_folder")
    told.only(*names, "imap_port")
    texts = {name: _text(told, name) for name in names if name in told.values}
    return Reports(**texts, imap_port=told.whole("imap_port", Reports.imap_port, 1, 65_535))


RULES = RuleFile("channels", Path(__file__).parents[1] / "channels.toml", read)
"""By what each channel of the shop leaves."""
