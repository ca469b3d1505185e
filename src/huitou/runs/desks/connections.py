"""The desk of connections: shops, sites and apps that tell us by themselves.

Keys are made and ended here; what came is told by when it came last, and by what could not be
taken, with its reason.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from huitou.ground.errors import NotYet
from huitou.ground.settings import Settings
from huitou.ground.words import Sentence
from huitou.sources.live import book
from huitou.sources.live.contract import KINDS, PROVIDERS, Connection, Provider
from huitou.sources.wire import sentence_from

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.inbox import Told


@dataclass(frozen=True)
class ConnectionRow:
    """A connection as it is listed."""

    id: str
    kind: str
    words: Sentence
    name: str
    source: str
    address: str
    """Where it sends to, below the shop's own address."""
    secret_env: str | None
    secret_is_set: bool
    made_at: datetime
    ended_at: datetime | None
    last: datetime | None
    """When it was heard last, as far as it was taken into the lake."""
    rejected: int
    visits: int
    orders: int
    people: int
    """What its source has told, together with others of that source."""
    days: tuple[int, ...]
    """Visits of each of the last days, the latest last."""


@dataclass(frozen=True)
class RejectedRow:
    """A message that could not be taken, or not all of it."""

    connection: str
    name: str
    reason: Sentence
    received: datetime
    message: str
    raw: str


@dataclass(frozen=True)
class NewConnection:
    """What was made; its write key is told this once."""

    connection: ConnectionRow
    write_key: str | None


class Connections:
    """Where connections are made, ended, and looked at."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._settings = settings

    def make(
        self, kind: str, name: str, by: str, *, source: str | None = None,
        secret_env: str | None = None,
    ) -> NewConnection:  # fmt: skip
        """Let a shop, site or app tell us by itself.

        Raises `NotYet` before it is known by which money and clock the shop counts, and `Refused`
        for a kind, name or variable that cannot stand.
        """
        if self._settings.currency is None or self._settings.timezone is None:
            raise NotYet(
                "it is not known yet which currency and time zone the shop counts in",
                to_try="huitou init --currency CNY --timezone Asia/Shanghai",
            )
        with self._house.books.unit() as unit:
            made, key = book.make(
                unit, kind, name, source=source or None, secret_env=secret_env or None, by=by,
                now=self._now,
            )  # fmt: skip
        return NewConnection(self._row(made, {}), key)

    def end(self, name: str) -> ConnectionRow:
        """End a connection at once; what it told stays."""
        with self._house.books.unit() as unit:
            return self._row(book.end(unit, name, self._now), {})

    def listed(self) -> Sequence[ConnectionRow]:
        """All connections, the latest first."""
        told = self._house.lake.standing.noted("heard") or {}
        with self._house.books.reading() as unit:
            return [self._row(each, told) for each in book.every(unit)]

    def rejected(self, limit: int = 50) -> Sequence[RejectedRow]:
        """The messages that could not be taken, the latest first."""
        if not self._house.lake.standing.has("rejected"):
            return []
        with self._house.books.reading() as unit:
            names = {each.id: each.name for each in book.every(unit)}
        rows = self._house.lake.standing.table("rejected").slice(0, limit).to_pylist()
        return [
            RejectedRow(
                names.get(row["connection"], row["connection"]),
                row["name"],
                sentence_from(json.loads(row["reason"])),
                row["received"].replace(tzinfo=UTC),
                row["message"],
                row["raw"],
            )
            for row in rows
        ]

    def waiting(self) -> int:
        """How many requests wait to be taken into the lake."""
        return self._house.events.waiting()

    def listen(self) -> int:
        """Take what waits into the lake; how many requests there were."""
        from huitou.runs.listening import listen

        return listen(self._house)

    # -- for the door that hears them

    def open_ones(self) -> tuple[Mapping[str, Connection], Mapping[str, Connection]]:
        """(by the hash of their key, by their id) of those that may tell us now."""
        with self._house.books.reading() as unit:
            return book.open_ones(unit)

    def hand_in(self, head: Mapping[str, str], body: bytes, told: Told) -> None:
        """Keep a request, as it came; `told` is called once it is on the disk.

        `body` is JSON that was found to be well-formed: an end of line in it is then between two
        words, and a blank does as well. Keys of `head` are those of `sources.live.reading`.
        """
        before = json.dumps(head)[:-1].encode()
        whole = b'%s,"body":%s}' % (before, body.replace(b"\n", b" "))
        self._house.events.hand_in(whole, told)

    def signed(
        self, one: Connection, raw: bytes, headers: Mapping[str, str], now: datetime
    ) -> Provider | None:
        """The provider of a shop, where its signature is right; None where it is not, or where its
        secret is not set."""
        secret = os.environ.get(one.secret_env or "", "")
        provider = PROVIDERS[one.kind]
        return provider if secret and provider.signed(raw, headers, secret, now) else None

    def is_greeting(self, one: Connection, raw: bytes) -> bool:
        """Whether this is how a shop knocks when it is set up: nothing is told by it."""
        greets = PROVIDERS[one.kind].greets
        return greets is not None and raw.startswith(greets) and len(raw) < 100

    # --

    @property
    def _now(self) -> datetime:
        return self._house.clock.now()

    def _row(self, one: Connection, told: Mapping[str, Any]) -> ConnectionRow:
        heard = told.get("connections", {}).get(one.id, {})
        source = told.get("sources", {}).get(one.source, {})
        last = heard.get("last")
        return ConnectionRow(
            id=one.id, kind=one.kind, words=KINDS[one.kind], name=one.name, source=one.source,
            address="/v1" if one.is_key else f"/v1/webhooks/{one.id}", secret_env=one.secret_env,
            secret_is_set=one.is_key or bool(os.environ.get(one.secret_env or "")),
            made_at=one.made_at, ended_at=one.ended_at,
            last=datetime.fromisoformat(last).replace(tzinfo=UTC) if last else None,
            rejected=heard.get("rejected", 0), visits=source.get("visits", 0),
            orders=source.get("orders", 0), people=source.get("people", 0),
            days=tuple(source.get("days", ())),
        )  # fmt: skip
