"""From an HTTP answer to what became of a message: one table for every provider (TRUST C.1).

no line, no name, no encryption         RETRY_SAFE, ours
429, 503 with Retry-After               RETRY_SAFE, the channel waits
401, 403                                RETRY_SAFE, ours: a wrong key must not use up a list
other 4xx, redirects                    REFUSED
time over, line cut, other 5xx          IN_DOUBT
2xx                                     as the body says; a body nobody can read is IN_DOUBT
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from huitou.channels.contract import End, Handed, Outcome
from huitou.channels.egress import Answer, Barred, Egress, NotSent, Unclear

Reader = Callable[[Mapping[str, Any]], Handed]
"""What a provider's own words mean, in an answer that is JSON."""


def asked(
    egress: Egress, url: str, headers: Mapping[str, str], body: bytes, reads: Reader
) -> Handed:
    """One call and what became of it."""
    try:
        answer = egress.call("POST", url, headers, body)
    except (NotSent, Barred) as failed:
        return Handed(Outcome(End.RETRY_SAFE, "connect", failed.sentence), ours=True)
    except Unclear as failed:
        return Handed(Outcome(End.IN_DOUBT, "asked", failed.sentence))
    return of_status(answer) or _of_body(answer, reads)


def of_status(answer: Answer) -> Handed | None:
    """What the status alone says; None where the body decides."""
    words = f"{answer.status} {answer.body[:200].decode('utf-8', 'replace')}".strip()
    match answer.status:
        case 429:
            return later(words, answer.retry_after or 30.0)
        case 503 if answer.retry_after is not None:
            return later(words, answer.retry_after)
        case 401 | 403:
            return Handed(Outcome(End.RETRY_SAFE, "key", words), ours=True)
        case status if 300 <= status < 500:
            return refused(words)
        case status if status >= 500 or status < 200:
            return doubt(words)
    return None


def json_of(answer: Answer) -> Mapping[str, Any] | None:
    """The body as a JSON object; None where it is none."""
    if not answer.whole:
        return None
    try:
        told = json.loads(answer.body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _of_body(answer: Answer, reads: Reader) -> Handed:
    told = json_of(answer)
    if told is None:
        return doubt("it answered in a form nobody can read")
    try:
        return reads(told)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return doubt("it answered in another form")


def accepted(reference: str | None, stage: str = "replied", words: str | None = None) -> Handed:
    """Taken; the provider calls it so."""
    return Handed(Outcome(End.ACCEPTED, stage, words), (reference or "")[:120] or None)


def refused(words: str) -> Handed:
    """Not taken, and never will be."""
    return Handed(Outcome(End.REFUSED, "replied", words[:500]))


def doubt(words: str) -> Handed:
    """It may have been taken."""
    return Handed(Outcome(End.IN_DOUBT, "asked", words[:500]))


def later(words: str, seconds: float | None = None) -> Handed:
    """Surely not taken; the channel waits so long."""
    return Handed(Outcome(End.RETRY_SAFE, "replied", words[:500]), wait=seconds)


def ours(words: str) -> Handed:
    """Surely not taken, because of us: keys, money, a signature that is not registered."""
    return Handed(Outcome(End.RETRY_SAFE, "replied", words[:500]), ours=True)
