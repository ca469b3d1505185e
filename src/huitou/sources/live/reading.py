"""From a record of the inbox to what it tells: each message alone, and none stops another.

A record is `{"by": <connection>, "at": <when it came>, "path" or "topic", "body": <as it came>}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from huitou.ground.errors import HuitouError
from huitou.ground.ids import fingerprint
from huitou.ground.words import Sentence, said
from huitou.sources.live import segment
from huitou.sources.live.contract import BROWSER, PROVIDERS, Connection
from huitou.sources.live.told import Part, Unfit, name_of, text


@dataclass(frozen=True)
class Rejected:
    """A message that could not be taken, or not all of it; kept with its bytes."""

    message: str
    """Its own name, or what stands for it."""
    name: str
    reason: Sentence
    received: datetime
    raw: str


@dataclass
class Heard:
    """What one connection told."""

    connection: Connection
    parts: list[tuple[datetime, Part]] = field(default_factory=list)
    """Each with when it came."""
    rejected: list[Rejected] = field(default_factory=list)
    messages: int = 0
    last: datetime | None = None


def hear(
    records: Iterable[Mapping[str, Any]], connections: Mapping[str, Connection], money: str
) -> list[Heard]:
    """What these records tell, connection by connection; `money` is the shop's currency."""
    heard: dict[str, Heard] = {}
    for record in records:
        by = connections.get(record["by"])
        if by is None:
            raise HuitouError("a message of a connection that is not in the books")
        mine = heard.setdefault(by.id, Heard(by))
        received = datetime.fromisoformat(record["at"]).astimezone(UTC)
        mine.last = max(mine.last or received, received)
        for name, message, told, parts in _messages(record, by, received, money):
            mine.messages += 1
            _one(mine, name, message, told, parts, received)
    return list(heard.values())


def _one(
    mine: Heard, name: str, message: str | None, told: Any, parts: Iterator[Part],
    received: datetime,
) -> None:  # fmt: skip
    try:
        for part in parts:
            mine.parts.append((received, part))
    except Unfit as no:
        reason = no.reason
    except HuitouError as no:
        reason = no.told
    except (ArithmeticError, ValueError, RecursionError):
        reason = said("it cannot be read")
    else:
        return
    raw = json.dumps(told, ensure_ascii=True)
    named = message or f"made:{fingerprint(raw)}"
    mine.rejected.append(Rejected(named, name, reason, received, raw[: segment.LARGEST_BATCH]))


Message = tuple[str, str | None, Any, Iterator[Part]]


def _messages(
    record: Mapping[str, Any], by: Connection, received: datetime, money: str
) -> Iterator[Message]:
    """(name, its id, as it came, its parts) of each message of a record."""
    body = record["body"]
    if not by.is_key:
        provider, topic = PROVIDERS[by.kind], record["topic"]
        yield topic, record.get("id"), body, _shop(provider.parts, topic, body, received)
        return
    around = body if isinstance(body, dict) else {}
    if record["path"] != "batch":
        event = {"type": record["path"], **around}
        yield _event(event, received, money, by)
        return
    batch = around.get("batch")
    if not isinstance(batch, list):
        yield "batch", None, body, _refuse(said("it holds no list {name}", name="batch"))
        return
    shared = {name: around[name] for name in ("sentAt", "context") if name in around}
    for each in batch:
        if isinstance(each, dict):
            yield _event({**shared, **each}, received, money, by)
        else:
            yield "event", None, each, _refuse(said("it is no object"))


def _event(event: dict[str, Any], received: datetime, money: str, by: Connection) -> Message:
    name = text(event.get("event") or event.get("type"), 120) or ""
    try:
        message = name_of(event.get("messageId"), "messageId")
    except Unfit:
        message = None
    return name, message, event, _sized(event, received, money, by)


def _sized(event: dict[str, Any], received: datetime, money: str, by: Connection) -> Iterator[Part]:
    # A letter has four bytes at most, and to write each event anew would cost as much as all else.
    if 4 * len(str(event)) > segment.LARGEST_EVENT < len(_bytes(event)):
        raise Unfit(said("it is larger than {n} KB", n=segment.LARGEST_EVENT // 1024))
    yield from segment.parts(event, received, money, trusted=by.kind != BROWSER)


def _bytes(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")


def _shop(parts: Any, topic: str, body: Any, received: datetime) -> Iterator[Part]:
    if not isinstance(body, Mapping):
        raise Unfit(said("it is no object"))
    yield from parts(topic, body, received)


def _refuse(reason: Sentence) -> Iterator[Part]:
    """No part: going through them raises."""
    yield from map(_raise, (Unfit(reason),))


def _raise(no: Unfit) -> NoReturn:
    raise no
