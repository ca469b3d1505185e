"""Sending what waits in the outbox: by which ways, how fast, whether it is stopped, and doubts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from huitou.channels.post import book, rules
from huitou.channels.post.links import Links, SignedLinks, by_mail
from huitou.channels.post.rules import Way, Ways
from huitou.channels.post.worker import Tally, Worker
from huitou.channels.reports import book as reports
from huitou.channels.reports.book import Report
from huitou.ground.channels import CHANNELS
from huitou.ground.errors import BadInput, HuitouError, Refused
from huitou.ground.settings import Settings
from huitou.ground.words import said
from huitou.journeys.messages import Recipient
from huitou.runs.desks.sending import carriers, reporting
from huitou.runs.desks.sending.composing import Composer
from huitou.runs.desks.sending.lots import Lots
from huitou.runs.desks.sending.reporting import Call
from huitou.runs.desks.sending.views import ChannelView, SendingRow, SentView, StopView

if TYPE_CHECKING:
    from huitou.runs.wiring import House
    from huitou.store.books import Row
    from huitou.store.lake import Edition

STOP = "STOP"
"""A file of this name in the shop's folder stops all sending, also where no book can be opened."""

AHEAD = 5_000
"""People whose addresses are looked up at once, before their turn."""


class Sending:
    """Delivery of one shop's outbox."""

    def __init__(
        self, house: House, settings: Settings, environment: Mapping[str, str] | None = None
    ) -> None:
        self._house, self._settings = house, settings
        self._environment = os.environ if environment is None else environment

    # -- the ways

    @cached_property
    def ways(self) -> Ways:
        """The rules of all channels, as the shop has them."""
        return rules.RULES.read(self._house.home)

    def channels(self) -> tuple[ChannelView, ...]:
        """Every way out, with what it lacks and what became of its messages."""
        with self._house.books.reading() as unit:
            counts, paces = book.counted(unit), book.paces(unit)
            dead = reports.barred_counted(unit)
        now = self._house.clock.now()
        return tuple(
            self._channel(way, counts.get(name, {}), paces.get(name), dead.get(name, 0), now)
            for name, way in self.ways.ways.items()
        )

    # -- sending

    def send(
        self,
        channels: Sequence[str] = (),
        *,
        patience: float = 0.0,
        seconds: float | None = None,
    ) -> tuple[SentView, ...]:
        """Hand over what is due, all channels at once, until nothing is, or `seconds` are over.

        Safe to kill, and safe in as many processes as there are.
        """
        if unknown := set(channels) - set(CHANNELS):
            raise HuitouError(f"there is no channel {sorted(unknown)[0]!r}")
        chosen = [self.ways.ways[name] for name in channels or CHANNELS]
        # Side by side: a million letters do not make one text message wait.
        with ThreadPoolExecutor(len(chosen), "sending") as pool:
            sent = pool.map(lambda way: self._sent(way, patience, seconds), chosen)
            return tuple(sent)

    def _sent(self, way: Way, patience: float, seconds: float | None) -> SentView:
        lacking = carriers.missing(way, self._settings, self._environment)
        if lacking:
            self._look_after(way)
            return SentView(way.channel, 0, missing=lacking)
        if not self._is_due(way):
            self._look_after(way)
            return SentView(way.channel, 0, stopped=self.stopped().stopped)
        tally = self.worker(way).work(patience=patience, seconds=seconds)
        return SentView(way.channel, tally.handed, tally.ends, tally.stopped)

    def worker(self, way: Way) -> _Shift:
        """One worker for a way that lacks nothing."""
        composer = self.composer(way)
        with self._house.books.reading() as unit:
            people = book.due_people(unit, way.channel, self._house.clock.now(), AHEAD)
        composer.known |= composer.reach(people) if people else {}
        lots = Lots(self._edition(), self._settings)
        lots(people)
        out = carriers.carrier(way, self._house, self._settings, self._environment)
        worker = Worker(
            self._house.books, out, composer, way, self._house.clock,
            halted=self.is_halted, held_out=lots,
        )  # fmt: skip
        return _Shift(worker, composer)

    def composer(self, way: Way) -> Composer:
        """Who writes the messages of a way."""
        return Composer(
            self._house.books, self._settings, way, Reaching(self._edition(), self._settings),
            self.links(),
        )  # fmt: skip

    def links(self) -> Links:
        """The addresses that messages carry; by mail where the shop has no pages."""
        if self._settings.public_url:
            return SignedLinks(self._settings.public_url.rstrip("/"), self._settings.salt)
        return by_mail(self._settings.smtp_from or "")

    def _is_due(self, way: Way) -> bool:
        with self._house.books.reading() as unit:
            return bool(book.due_people(unit, way.channel, self._house.clock.now(), 1))

    def _look_after(self, way: Way) -> None:
        """What is old ends also where nothing can leave."""
        with self._house.books.unit() as unit:
            book.turn(unit, way, (), (), self._house.clock.now(), claims=False)

    def _edition(self) -> Edition | None:
        return self._house.lake.current()

    # -- stopping

    def is_halted(self) -> bool:
        """Whether the file says stop."""
        return (self._house.home / STOP).exists()

    def stopped(self) -> StopView:
        """Whether sending is stopped."""
        with self._house.books.reading() as unit:
            row = book.stopped(unit)
        halted = self.is_halted()
        if row is None:
            return StopView(halted, by_file=halted)
        return StopView(True, row["by"], row["why"], row["at"], halted)

    def stop(self, by: str, why: str = "") -> StopView:
        """Nothing more leaves, from this moment: first the file, then the books."""
        now = self._house.clock.now()
        (self._house.home / STOP).write_text(f"{now.isoformat()} {by}: {why}\n", encoding="utf-8")
        with self._house.books.unit() as unit:
            book.stop(unit, by, why, now)
        return self.stopped()

    def go(self, by: str) -> StopView:
        """Sending goes on. Raises `Refused` where nothing was stopped."""
        halted = self.is_halted()
        with self._house.books.unit() as unit:
            if not halted or book.stopped(unit):
                book.go(unit, by, self._house.clock.now())
        (self._house.home / STOP).unlink(missing_ok=True)
        return self.stopped()

    # -- messages

    def listed(
        self, state: str | None = None, channel: str | None = None,
        after: tuple[datetime, str] | None = None, limit: int = 50,
    ) -> tuple[SendingRow, ...]:  # fmt: skip
        """Messages, the latest change first."""
        with self._house.books.reading() as unit:
            rows = book.listed(unit, state=state, channel=channel, after=after, limit=limit)
        return tuple(map(_row, rows))

    def doubts(self) -> tuple[SendingRow, ...]:
        """Messages whose end nobody knows, the oldest first."""
        with self._house.books.reading() as unit:
            return tuple(map(_row, book.in_doubt(unit)))

    def settle(self, sending_id: str, *, arrived: bool, by: str) -> SendingRow:
        """Somebody found out whether a message arrived; it is never sent again either way."""
        with self._house.books.unit() as unit:
            now = self._house.clock.now()
            return _row(book.settle(unit, sending_id, arrived=arrived, by=by, now=now))

    # -- what others tell

    def report(self, told: Report) -> bool:
        """Take what a provider tells of a message; whether it was news."""
        with self._house.books.unit() as unit:
            return reports.take(unit, told, self._house.clock.now())

    def reported(self, call: Call) -> dict[str, int]:
        """Take a provider's call. Raises `Refused` where nothing shows that they made it."""
        told = reporting.of_call(call, self.ways.reports, self.ways.ways, self._environment)
        news = sum(self.report(each) for each in told)
        return {"reports": len(told), "news": news}

    @property
    def has_mailbox(self) -> bool:
        """Whether it is said where undelivered mail comes back to."""
        return bool(self.ways.reports.imap_host)

    def read_bounces(self, letters: Sequence[bytes] | None = None) -> dict[str, int]:
        """Read these letters, or those of the mailbox: dead addresses are barred, complaints end
        what they complain of.
        """
        some: Iterable[tuple[str, bytes]]
        if letters is not None:
            some = [(reporting.key_of(raw), raw) for raw in letters]
        else:
            some = reporting.fetched(self.ways.reports, self._environment, self._read_before)
        told = {"letters": 0, "failed": 0, "delivered": 0, "complained": 0, "news": 0}
        for key, raw in some:
            told["letters"] += 1
            found = reporting.of_letter(raw, key)
            if found is not None:
                told[found.verdict] += 1
                told["news"] += self.report(found)
        return told

    def _read_before(self, keys: Sequence[str]) -> set[str]:
        with self._house.books.reading() as unit:
            return reports.known(unit, reporting.MAILBOX, keys)

    def grant(self, given_id: str, openid: str, template_id: str, times: int = 1) -> int:
        """A customer allowed messages in WeChat; how many are allowed now."""
        with self._house.books.unit() as unit:
            now = self._house.clock.now()
            book.grant(unit, given_id, openid, template_id, times, now)
            return book.granted(unit, openid, template_id)

    def unbar(self, channel: str, address: str, why: str, by: str) -> None:
        """An address takes messages again, because `why`. Raises `Refused` where it was not barred.

        Who complained of mail has withdrawn, too, and stays so: only they can take that back.
        """
        if not why.strip():
            raise BadInput(said("Say why this address may be written to again."))
        with self._house.books.unit() as unit:
            now = self._house.clock.now()
            if not reports.unbar(unit, channel, address, why.strip(), by, now):
                raise Refused(said("This address is not barred."))

    def _channel(
        self, way: Way, counts: Mapping[str, int], pace: Row | None, dead: int, now: datetime
    ) -> ChannelView:
        rests = pace["rest_until"] if pace and (pace["rest_until"] or now) > now else None
        why = pace["why"] if pace and rests else None
        lacking = carriers.missing(way, self._settings, self._environment)
        told = dict(counts)
        if way.channel in ASSIGNING and "accepted" in told:
            told["assigned"] = told.pop("accepted")
        return ChannelView(way.channel, way.way, way.rate, lacking, told, dead, rests, why)


ASSIGNING = ("wecom", "call", "paper")
"""Channels by which nothing is sent: somebody is asked to."""


class _Shift:
    """A worker with the one who writes for it."""

    def __init__(self, worker: Worker, composer: Composer) -> None:
        self._worker, self._composer = worker, composer

    def work(self, *, patience: float = 0.0, seconds: float | None = None) -> Tally:
        """Until nothing is due."""
        try:
            return self._worker.work(patience=patience, seconds=seconds)
        finally:
            self._composer.close()

    def end(self) -> None:
        """Finish the batch and go."""
        self._worker.end()


class Reaching:
    """Where people can be reached, by the edition of the last run; nobody where there is none."""

    def __init__(self, edition: Edition | None, settings: Settings) -> None:
        self._edition, self._settings = edition, settings

    def __call__(self, people: Sequence[str]) -> Mapping[str, Recipient]:
        """Those who are known."""
        if self._edition is None:
            return {}
        from huitou.runs.planning import Addresses

        return Addresses(self._edition, self._settings.language)(people)


def _row(row: Row) -> SendingRow:
    assigned = row["state"] == "accepted" and row["stage"] in ("assigned", "written")
    return SendingRow(
        id=row["id"],
        person_id=row["person_id"],
        origin=row["origin"],
        channel=row["channel"],
        purpose=row["purpose"],
        template=row["template"],
        state="assigned" if assigned and row["channel"] in ASSIGNING else row["state"],
        at=row["at"],
        written_at=row["written_at"],
        not_before=row["not_before"],
        attempt=row["attempt"],
        reason=row["reason"],
        rule=row["rule"],
        reference=row["reference"],
        settled_by=row["settled_by"],
    )
