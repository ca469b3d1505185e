"""Two workers, two schedulers, one shop in PostgreSQL: one is stopped in the middle and woken.

It sleeps past its lease with mails on the wire, mails begun and mails claimed, and with the firing
of a chore begun. Meanwhile the other goes on. What it says when it wakes has no effect that was not
there (TRUST I-22): two jobs that overlap sent everything twice in mautic 2215, 3669, 9880, 11763.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.contract.postgres import fresh_database
from tests.trust.patient_sink import Sink, served
from tests.trust.watched_worker import AHEAD, BELL

from huitou.journeys.permission import rules
from huitou.journeys.permission.tables import sending_rules
from huitou.journeys.sendings import book as sendings
from huitou.journeys.sendings.book import Wish
from huitou.journeys.sendings.tables import sending
from huitou.runs.schedule.tables import firing
from huitou.runs.shop import Shop
from huitou.runs.wiring import BOOKS_VARIABLE, open_shop
from huitou.store.books import Row

BATCH, LINES = 10, 2
RECEIPTS, LETTERS = 7, 60
WAYS = f'[email]\nway = "smtp"\nrate = 1000\nbatch = {BATCH}\nlines = {LINES}\n'
PAST_THE_LEASE = 3600
"""Seconds the town's clock jumps while one is stopped."""


@dataclass
class Scene:
    """The shop, where its mail goes, and what it has to say, in the order in which it is said."""

    shop: Shop
    url: str
    sink: Sink
    receipts: list[str]
    letters: list[str]

    def row(self, name: str) -> Row:
        with self.shop.books.reading() as unit:
            found = unit.first(select(sending).where(sending.c.id == name))
        assert found is not None
        return found

    def held(self, state: str) -> dict[str, int]:
        """Those in a state, and the fence they were taken with."""
        with self.shop.books.reading() as unit:
            rows = unit.rows(select(sending.c.id, sending.c.fence).where(sending.c.state == state))
        return {row["id"]: row["fence"] for row in rows}

    def states(self) -> dict[str, int]:
        with self.shop.books.reading() as unit:
            rows = unit.rows(
                select(sending.c.state, func.count().label("n")).group_by(sending.c.state)
            )
        return {row["state"]: row["n"] for row in rows}

    def firings(self, chore: str) -> list[Row]:
        with self.shop.books.reading() as unit:
            return unit.rows(select(firing).where(firing.c.chore == chore).order_by(firing.c.id))

    @contextmanager
    def worker(self, name: str) -> Iterator[Worker]:
        """A worker as a process, killed if it is still there at the end."""
        said = self.shop.home / f"{name}.txt"
        line = [sys.executable, "-m", "tests.trust.watched_worker", str(self.shop.home)]
        with said.open("w") as out:
            process = subprocess.Popen(
                line, stdout=out, stderr=out, env={**os.environ, BOOKS_VARIABLE: self.url}
            )
        try:
            yield Worker(process, said)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()


@dataclass
class Worker:
    """One worker process, and the file of what it says."""

    process: subprocess.Popen[bytes]
    said: Path

    def says(self, words: str) -> bool:
        return words in self.said.read_text(encoding="utf-8")

    def rang(self, shop: Shop) -> int:
        """How many bells it rang."""
        bells = shop.home / BELL
        pid = str(self.process.pid)
        return bells.read_text().split().count(pid) if bells.exists() else 0

    def stop_in_its_tracks(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Ask it to put down its tools, and see it do so."""
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0, self.said.read_text(encoding="utf-8")


@pytest.fixture
def scene(tmp_path: Path, postgres_url: str) -> Iterator[Scene]:
    url = fresh_database(postgres_url)
    with served() as sink:
        home = tmp_path / "shop"
        shop = open_shop(home, books_url=url)
        (home / AHEAD).write_text("0", encoding="utf-8")
        shop.change_settings(
            name="The Corner", currency="GBP", timezone="Europe/London",
            smtp_host="127.0.0.1", smtp_port=sink.port, smtp_from="shop@example.com",
        )  # fmt: skip
        shop.rules("channels").write(WAYS)
        shop.consents.hold_rules()
        receipts = [_wish("transactional", place) for place in range(RECEIPTS)]
        letters = [_wish("marketing", place) for place in range(LETTERS)]
        with shop.books.unit() as unit:
            sendings.ask(unit, [*receipts, *letters], shop.clock.now())
        yield Scene(shop, url, sink, [each.id for each in receipts], [each.id for each in letters])
        shop.books.close()


def _wish(purpose: str, place: int) -> Wish:
    told = {"points": 100, "ends_on": "2026-12-31", "to": {"email": f"p{place}@example.com"}}
    person = f"{purpose} {place:03d}"
    return Wish(
        "journey", "j", person, "email", purpose, "points_expiring", told, value=1000 - place
    )


def until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait for it; say what did not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"in vain waited for: {what}"
        time.sleep(0.05)


def test_one_that_was_stopped_past_its_lease_and_woken_has_no_effect_of_its_own(
    scene: Scene,
) -> None:
    sink, shop = scene.sink, scene.shop
    its_patience = sink.keep_waiting({scene.receipts[0], *scene.letters})
    with scene.worker("sleeper") as sleeper, ExitStack() as later:
        # The first of a batch of ten waits on one line; on the other, three are through and the
        # fourth waits. Behind it the next ten are claimed. Neither line gets any further.
        until(lambda: len(sink.waiting) == LINES, "mails on both lines")
        until(lambda: len(scene.held("claimed")) == BATCH, "the next ten claimed")
        assert sink.waiting == {scene.receipts[0], scene.letters[0]}
        other = later.enter_context(scene.worker("other"))
        until(lambda: other.says("at work"), "the other one at work beside it")
        sleeper.stop_in_its_tracks()
        (post,) = (row for row in scene.firings("post") if row["state"] == "running")
        begun, claimed = scene.held("handing_over"), scene.held("claimed")
        assert set(begun) == {*scene.receipts, *scene.letters[:3]}
        assert set(claimed) == set(scene.letters[3:13])

        others_patience = sink.keep_waiting(set(scene.letters))
        (shop.home / AHEAD).write_text(str(PAST_THE_LEASE), encoding="utf-8")
        text = rules.RULES.text(shop.home) + "\n# looked through\n"
        (shop.home / "rules").mkdir(exist_ok=True)
        (shop.home / "rules" / "sending.toml").write_text(text, encoding="utf-8")
        # The other has it now: what is on its lines and behind them was the sleeper's.
        until(lambda: len(sink.waiting) == 2 * LINES, "the other's mails on both lines")
        until(lambda: len(scene.held("claimed")) == BATCH, "the other's next ten")
        taken_over = {**scene.held("handing_over"), **scene.held("claimed")}
        assert set(claimed) < set(taken_over)

        its_patience.over.set()
        sleeper.wake()
        until(lambda: sleeper.says("it was taken by another"), "the sleeper told so")
        others_patience.over.set()
        going = {"planned", "claimed", "handing_over"}
        until(lambda: not going & set(scene.states()), "an end of all mails")
        until(lambda: bool(_held_anew(scene)), "the rules held anew")
        assert sleeper.rang(shop) and other.rang(shop)
        sleeper.end()
        other.end()

    _each_mail_once(scene, begun, claimed)
    (lost,) = (row for row in scene.firings("post") if row["id"] == post["id"])
    assert (lost["state"], lost["did"]) == ("lost", None), "its late word is not taken"
    _each_chore_once(scene)


def _each_mail_once(scene: Scene, begun: dict[str, int], claimed: dict[str, int]) -> None:
    times = Counter(name for _, name in scene.sink.taken)
    on_the_wire, never_left = scene.letters[0], set(scene.letters[1:3])
    in_doubt = set(scene.held("in_doubt"))
    assert in_doubt == never_left, "marked and not begun: nobody else can know that"
    assert all(times[name] == 1 for name in scene.letters if name not in never_left)
    assert not never_left & set(times)
    # Its answer came after all: the late word of whoever had it on the wire is evidence.
    assert scene.row(on_the_wire)["settled_by"] == "email itself"
    # A receipt may come twice rather than not at all, but only if it had begun to leave.
    left = {scene.receipts[0], *scene.receipts[1::2]}
    assert {name for name in scene.receipts if times[name] == 2} == left
    assert {times[name] for name in scene.receipts if name not in left} == {1}
    assert scene.states() == {
        "in_doubt": len(in_doubt), "accepted": RECEIPTS + LETTERS - len(in_doubt)
    }  # fmt: skip
    for name, fence in claimed.items():
        assert scene.row(name)["fence"] > fence, "taken over, by a number of the other's"


def _each_chore_once(scene: Scene) -> None:
    bells = [line.split()[0] for line in (scene.shop.home / BELL).read_text().splitlines()]
    assert bells and max(Counter(bells).values()) == 1
    assert _held_anew(scene) == [{"rules": 1}]
    with scene.shop.books.reading() as unit:
        assert unit.value(select(func.count()).select_from(sending_rules)) == 2


def _held_anew(scene: Scene) -> list[dict[str, int]]:
    return [row["did"] for row in scene.firings("rules") if row["did"]]
