"""Asking a machine outside the house, where the merchant named one.

Off until an address is set. What leaves is masked before it comes here, and leaves by `egress`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from huitou.channels.egress import (
    LARGEST_ANSWER,
    TIMEOUT_SECONDS,
    Barred,
    Egress,
    NotSent,
    Resolve,
    Unclear,
)
from huitou.ground.errors import HuitouError, Refused

__all__ = ["LARGEST_ANSWER", "NoAnswer", "Outside"]


class NoAnswer(HuitouError):
    """The other side did not answer in a way that can be used. Nothing depends on it."""


@dataclass(frozen=True)
class Outside:
    """A machine that speaks the way OpenAI's does, at an address the merchant named."""

    url: str
    """Of its API, as its makers name it: https://…/v1"""
    model: str
    key: str | None = None
    private_host: str | None = None
    """A host inside the merchant's own network that may be called; no other may."""
    timeout: float = TIMEOUT_SECONDS
    resolve: Resolve | None = None
    """Stands in for the system's own resolver in tests."""

    def ask(self, system: str, words: str) -> str:
        """The machine's answer to `words`, as text. Raises `NoAnswer`, or `Refused` by a rule."""
        body = {
            "model": self.model,
            "temperature": 0,
            "max_tokens": 60,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": words},
            ],
        }
        told = self._post("/chat/completions", body)
        try:
            answer = told["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError) as unread:
            raise NoAnswer("the model outside answered in another form") from unread
        if not isinstance(answer, str):
            raise NoAnswer("the model outside answered in another form")
        return answer

    def _post(self, path: str, body: Any) -> Any:
        headers = {"content-type": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        way = Egress(self.timeout, self.private_host, self.resolve)
        try:
            raw = json.dumps(body, ensure_ascii=False).encode()
            answer = way.call("POST", self._at(path), headers, raw)
        except Barred as barred:
            raise self._refused(barred) from barred
        except (NotSent, Unclear) as failed:
            raise NoAnswer(f"the model outside: {failed.sentence}") from failed
        finally:
            way.close()
        if answer.status != 200:
            raise NoAnswer(f"the model outside answered {answer.status}")
        if not answer.whole:
            raise NoAnswer("the model outside answered too much")
        try:
            return json.loads(answer.body)
        except ValueError as unread:
            raise NoAnswer("the model outside answered in another form") from unread

    def pinned(self, path: str) -> tuple[str, str]:
        """The address with the number it resolves to in place of its name, and the name.

        Raises `Refused` for addresses that are not called; see `egress`.
        """
        way = Egress(self.timeout, self.private_host, self.resolve)
        try:
            return way.pinned(self._at(path))
        except Barred as barred:
            raise self._refused(barred) from barred
        except NotSent as failed:
            raise NoAnswer(failed.sentence) from failed

    def _at(self, path: str) -> str:
        return self.url.rstrip("/") + path

    def _refused(self, barred: Barred) -> Refused:
        """The same rule, with the setting that may lift it."""
        lifted = f"huitou settings set text_model_private_host {barred.host}"
        return Refused(barred.sentence, to_try=barred.to_try or lifted)
