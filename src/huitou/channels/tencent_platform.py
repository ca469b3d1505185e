"""What WeCom and WeChat share: a token that is asked for with a secret, and errors by number."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from huitou.channels.answers import accepted, asked, doubt, later, ours, refused
from huitou.channels.contract import End, Handed, Outcome
from huitou.channels.egress import Barred, Egress, NotSent, Unclear

STALE = (40001, 40014, 42001)
"""The token is not good any more: nothing was done, and a fresh one helps."""
BUSY = (-1, 45009, 45011, 45033)
"""Too busy, or asked too often."""
OURS = (40013, 40125, 41002, 41004, 48001, 48002, 60011, 60020)
"""The app, its secret, its rights, or where it calls from."""

EARLY = 300.0
"""A token is renewed so many seconds before its end."""


class NoToken(Exception):
    """No token is to be had; `args[0]` is what became of the message."""


@dataclass
class Token:
    """The access token of one app, kept until shortly before its end."""

    url: str
    """Where it is asked for, without its query."""
    query: Mapping[str, str]
    egress: Egress
    _token: str = field(default="", repr=False)
    _until: float = 0.0

    def value(self) -> str:
        """The token. Raises `NoToken`: nothing was sent."""
        if self._token and time.monotonic() < self._until:
            return self._token
        told = self._asked()
        try:
            self._token = str(told["access_token"])
            self._until = time.monotonic() + float(told["expires_in"]) - EARLY
        except (KeyError, TypeError, ValueError):
            words = f"no token: {told.get('errcode')} {told.get('errmsg')}"
            raise NoToken(ours(words)) from None
        return self._token

    def forget(self) -> None:
        """It is not good any more."""
        self._token = ""

    def _asked(self) -> Mapping[str, Any]:
        try:
            answer = self.egress.call("GET", f"{self.url}?{urlencode(self.query)}", {})
            told = json.loads(answer.body)
        except (NotSent, Barred, Unclear, ValueError) as failed:
            words = f"no token: {type(failed).__name__}"
            raise NoToken(Handed(Outcome(End.RETRY_SAFE, "login", words), ours=True)) from failed
        return told if isinstance(told, dict) else {}


def post(
    egress: Egress,
    token: Token,
    url: str,
    body: Mapping[str, Any],
    taken: Callable[[Mapping[str, Any]], Handed],
    never: tuple[int, ...] = (),
) -> Handed:
    """One call with the token; `taken` reads the answer of a success.

    `never`: numbers by which this message is refused for good.
    """
    try:
        at = f"{url}?{urlencode({'access_token': token.value()})}"
    except NoToken as none:
        handed: Handed = none.args[0]
        return handed

    def reads(told: Mapping[str, Any]) -> Handed:
        return _read(told, token, taken, never)

    raw = json.dumps(body, ensure_ascii=False).encode()
    return asked(egress, at, {"content-type": "application/json"}, raw, reads)


def _read(
    told: Mapping[str, Any],
    token: Token,
    taken: Callable[[Mapping[str, Any]], Handed],
    never: tuple[int, ...],
) -> Handed:
    code, words = int(told["errcode"]), f"{told['errcode']} {told.get('errmsg', '')}".strip()
    if code == 0:
        return taken(told)
    if code in STALE:
        token.forget()
        return later(words, 1.0)
    if code in BUSY:
        return later(words, 60.0)
    if code in OURS:
        return ours(words)
    # Every other number is an answer: the platform says that it did not do it.
    return refused(words) if code in never or code >= 40_000 else doubt(words)


def reference(told: Mapping[str, Any], stage: str) -> Handed:
    """Taken, with the platform's own name of it."""
    return accepted(str(told.get("msgid") or "") or None, stage)
