"""A shop with nothing but an outbox, a sink, and a sender that can be killed."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from huitou.channels.contract import Parcel
from huitou.channels.email import Mailbox
from huitou.channels.mailing import Mailing
from huitou.channels.mime import Head
from huitou.channels.post.book import Ready
from huitou.channels.post.links import SignedLinks
from huitou.channels.post.rules import Way
from huitou.channels.post.worker import Words, Worker
from huitou.ground.clock import WallClock
from huitou.ground.settings import Settings
from huitou.journeys.messages import Recipient
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.journeys.sendings.tables import sending
from huitou.runs.desks.sending.composing import Composer
from huitou.store.books import Books, Row

LEASE = timedelta(seconds=4)
"""So soon the work of a killed sender is free again; two minutes in a shop."""

TIMEOUT = 0.4


@dataclass(frozen=True)
class Scene:
    """One run of it."""

    folder: Path
    url: str

    @property
    def books(self) -> Books:
        """The books, opened anew."""
        return Books(self.url)


def written(folder: Path, url: str, count: int, purpose: str = "marketing") -> Scene:
    """Books with so many messages in their outbox."""
    scene, now = Scene(folder, url), datetime.now(UTC)
    books = scene.books
    books.migrate()
    for start in range(0, count, 5_000):
        wishes = [
            Wish(
                "journey", "bench", f"p{n:06d}", "email", purpose, "points_expiring",
                {"points": 100 + n, "ends_on": "2026-12-31", "worth": 500},
                value=n % 97,
            )
            for n in range(start, min(count, start + 5_000))
        ]  # fmt: skip
        with books.unit() as unit:
            unit.add_all_new(sending, [sendings._row(wish, now) for wish in wishes])
    books.close()
    return scene


def everybody(people: Sequence[str]) -> Mapping[str, Recipient]:
    """Every second one reads Chinese."""
    return {
        each: Recipient(
            each, each, f"Person {each}", f"{each}@example.com",
            language="zh-Hans" if each[-1] in "02468" else "en",
        )
        for each in people
    }  # fmt: skip


def ready_made(rows: Sequence[Row], now: datetime) -> list[Words]:
    """The same words for everybody, without templates."""
    return [
        Words(
            Ready(row["id"], row["fence"]),
            Parcel(
                row["id"], row["person_id"], row["channel"], row["purpose"], row["template"],
                f"{row['person_id']}@example.com", "en", "Points", "You have points.\n" * 10,
            ),
        )
        for row in rows
    ]  # fmt: skip


def send(
    url: str, port: int, *, rate: float, batch: int, lines: int, templates: bool = True
) -> None:
    """One worker until nothing is due: what a sender process runs."""
    clock, settings = WallClock(), Settings(name="The Corner", currency="GBP", salt="s" * 43)
    way = Way("email", "smtp", rate, batch, lines, lease=LEASE)
    books = Books(url)
    box = Mailbox("127.0.0.1", "shop@example.com", port, timeout=TIMEOUT)
    links = SignedLinks("https://shop.example", settings.salt)
    composer = Composer(books, settings, way, everybody, links)
    carrier = Mailing(box, Head.of(settings.name, box.sender), clock, lines)
    worker = Worker(books, carrier, composer if templates else ready_made, way, clock)
    worker.work(patience=LEASE.total_seconds() + carrier.longest + 1)
    composer.close()


@contextmanager
def sink(folder: Path) -> Iterator[int]:
    """The port of a sink that writes to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    call = [sys.executable, "-m", "tools.bench_sending._sink", str(folder)]
    child = subprocess.Popen(call, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield int(child.stdout.readline())
        time.sleep(0.3)
    finally:
        child.kill()
        child.wait()


def sender(
    scene: Scene, port: int, *, rate: float, batch: int, lines: int, templates: bool = True
) -> subprocess.Popen[bytes]:
    """A sender as a process and a group of its own: a kill takes its child too."""
    told = {"port": port, "rate": rate, "batch": batch, "lines": lines, "templates": templates}
    call = [sys.executable, "-m", "tools.bench_sending._scene", scene.url, json.dumps(told)]
    return subprocess.Popen(call, start_new_session=True)


def kill(child: subprocess.Popen[bytes]) -> None:
    """As the power would."""
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def taken(folder: Path) -> list[tuple[str, float]]:
    """(sending, moment) of everything the sink took."""
    file = folder / "taken"
    rows = file.read_text().splitlines() if file.exists() else []
    return [(each.split()[0], float(each.split()[1])) for each in rows]


def taken_count(folder: Path) -> int:
    """About how many the sink took, without reading them: lines are of one length."""
    file = folder / "taken"
    if not file.exists():
        return 0
    with file.open("rb") as lines:
        first = len(lines.readline())
    return file.stat().st_size // first if first else 0


def cpu_of_children() -> float:
    """Seconds of a processor that ended children have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def states(scene: Scene) -> dict[str, int]:
    """State -> how many."""
    books = scene.books
    with books.reading() as unit:
        query = select(sending.c.state, func.count().label("n")).group_by(sending.c.state)
        found = {row["state"]: row["n"] for row in unit.rows(query)}
    books.close()
    return found


def ids_in(scene: Scene, state: str) -> set[str]:
    """The messages in one state."""
    books = scene.books
    with books.reading() as unit:
        found = {
            row["id"] for row in unit.rows(select(sending.c.id).where(sending.c.state == state))
        }
    books.close()
    return found


def doubled(rows: Sequence[tuple[str, float]]) -> int:
    """How many copies too many the sink got."""
    return sum(times - 1 for times in Counter(each for each, _ in rows).values())


if __name__ == "__main__":
    send(sys.argv[1], **json.loads(sys.argv[2]))
