"""A hundred thousand mails to a server on this machine, the sender killed twenty times.

Beside it stands what peers publish: listmonk's site shows "a production listmonk instance sending
a campaign of 7+ million e-mails", "CPU usage is a fraction of a single core with peak RAM usage of
57 MB" (https://listmonk.app); it names no mails a second, so the speed measured beside ours is that
of the language's own library: one open line, `EmailMessage` and `smtplib`.
"""

from __future__ import annotations

import os
import random
import smtplib
import tempfile
import time
from collections import Counter
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tools.bench_sending import _scene as scene

MAILS = int(os.environ.get("HUITOU_BENCH_MAILS", "100000"))
KILLS = 20
BATCH, LINES = 50, 4
RATE = 400.0
PACED = 12_000
"""Half a minute: beside it, the quarter of a second that may be saved up is nothing."""
PLAIN = 2_000
LEAST = 1_000.0
"""Mails a second that should leave, whether their words are ready or written meanwhile."""


def rows() -> list[dict[str, Any]]:
    """The figures."""
    return [*_killed(), *_paced(), *_undisturbed()]


def _killed() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        made = scene.written(home, f"sqlite:///{home / 'books.db'}", MAILS)
        drawn = random.Random(11)
        moments = sorted(drawn.uniform(0.01, 0.97) for _ in range(KILLS))
        with scene.sink(home) as port:
            began = time.monotonic()
            for moment in moments:
                child = scene.sender(made, port, rate=1e6, batch=BATCH, lines=LINES)
                _until(home, moment * MAILS, child)
                scene.kill(child)
            scene.sender(made, port, rate=1e6, batch=BATCH, lines=LINES).wait()
            seconds = time.monotonic() - began
        sent, states = scene.taken(home), scene.states(made)
        arrived = {each for each, _ in sent}
        accepted, doubts = scene.ids_in(made, "accepted"), scene.ids_in(made, "in_doubt")
    lost = MAILS - len(accepted | doubts) + len(accepted - arrived)
    named = f"{MAILS:,} mails, {KILLS} kills"
    return [
        _row(f"{named}: lost", lost, "", 0),
        _row(f"{named}: doubled", scene.doubled(sent), "", 0),
        _row(f"{named}: in doubt, listed", len(doubts), "", KILLS * BATCH),
        _row(f"{named}: of these, arrived", len(doubts & arrived), "", None),
        _row(f"{named}: neither accepted nor in doubt", MAILS - sum(_ended(states)), "", 0),
        _row(f"{named}: all of it", seconds, "s", None),
    ]


def _ended(states: dict[str, int]) -> list[int]:
    return [states.get("accepted", 0), states.get("in_doubt", 0)]


def _paced() -> list[dict[str, Any]]:
    """The rate is kept: the most in any one second, two senders at once."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        made = scene.written(home, f"sqlite:///{home / 'books.db'}", PACED)
        with scene.sink(home) as port:
            two = [scene.sender(made, port, rate=RATE, batch=BATCH, lines=LINES) for _ in range(2)]
            for child in two:
                child.wait()
        moments = sorted(at for _, at in scene.taken(home))
    whole = Counter(int(at - moments[0]) for at in moments)
    # What is saved up at the start, a quarter second's worth, is no part of the steady rate.
    steady = moments[len(moments) // 10 : -len(moments) // 10]
    mean = (len(steady) - 1) / (steady[-1] - steady[0])
    named = f"limit {RATE:g}/s, two senders"
    return [
        _row(f"{named}: mean of the middle eight tenths", mean, "/s", RATE * 1.02),
        _row(f"{named}: most in a second", max(whole.values()), "/s", RATE * 1.5),
    ]


def _undisturbed() -> list[dict[str, Any]]:
    """Mails a second with nothing in the way, beside the language's own library."""
    with tempfile.TemporaryDirectory() as folder, scene.sink(Path(folder)) as port:
        plain = _plain(port)
    written, cpu = _speed(templates=True)
    ready, ready_cpu = _speed(templates=False)
    return [
        _fast("mails a second, ready-made words", ready),
        _row("CPU of such a mail", ready_cpu, "ms", None),
        _fast("mails a second, templates and books included", written)
        | {"peer": plain, "ratio": written / plain},
        _row("CPU of such a mail, writer and sender together", cpu, "ms", None),
    ]


def _fast(name: str, speed: float) -> dict[str, Any]:
    return _row(name, speed, "/s", None) | {"bar": LEAST, "holds": speed >= LEAST}


def _speed(*, templates: bool) -> tuple[float, float]:
    """Mails a second from the outbox to the server, and milliseconds of CPU for each."""
    count = min(MAILS, 20_000)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        made = scene.written(home, f"sqlite:///{home / 'books.db'}", count)
        with scene.sink(home) as port:
            usage = scene.cpu_of_children()
            sending = scene.sender(
                made, port, rate=1e6, batch=200, lines=LINES, templates=templates
            )
            sending.wait()
            cpu = scene.cpu_of_children() - usage
        moments = [at for _, at in scene.taken(home)]
    return count / (max(moments) - min(moments)), 1000 * cpu / count


def _plain(port: int) -> float:
    """Mails a second of `smtplib` with an open line and mails written by `EmailMessage`."""
    with smtplib.SMTP("127.0.0.1", port) as line:
        began = time.monotonic()
        for number in range(PLAIN):
            mail = EmailMessage()
            mail["From"], mail["To"] = "shop@example.com", f"p{number}@example.com"
            mail["Subject"], mail["Message-ID"] = "Points", f"<{number:064x}@example.com>"
            mail.set_content("You have points.\n" * 10)
            mail.add_alternative("<p>You have points.</p>\n" * 100, subtype="html")
            line.send_message(mail)
        return PLAIN / (time.monotonic() - began)


def _until(home: Path, count: float, child: Any) -> None:
    """Wait until the sink has taken so many, or the sender is done."""
    while scene.taken_count(home) < count and child.poll() is None:
        time.sleep(0.05)


def _row(name: str, value: float, unit: str, bar: float | None) -> dict[str, Any]:
    holds = None if bar is None else bool(value <= bar)
    row = {"name": name, "value": value, "unit": unit, "peer": None, "ratio": None}
    return {**row, "bar": bar, "holds": holds}
