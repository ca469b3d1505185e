"""A sender killed in the middle of its work: nothing is lost, and nothing comes twice.

A thousand mails and three kills with all tests; a hundred thousand and twenty by
`huitou bench sending`.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

from tools.bench_sending import _scene as scene

MAILS = 1_000
KILLS = 3


def test_a_sender_killed_at_any_moment_loses_no_mail_and_sends_none_twice(tmp_path: Path) -> None:
    """Duplicates after a kill: mautic 9880, listmonk 2313; mail that was skipped: listmonk 3022."""
    made = scene.written(tmp_path, f"sqlite:///{tmp_path / 'books.db'}", MAILS)
    drawn = random.Random(7)
    with scene.sink(tmp_path) as port:
        for kill in range(1, KILLS + 1):
            child = scene.sender(made, port, rate=1e5, batch=20, lines=2)
            mark = MAILS * kill * drawn.uniform(0.15, 0.25)
            _until(tmp_path, mark)
            scene.kill(child)
        child = scene.sender(made, port, rate=1e5, batch=50, lines=2)
        assert child.wait(timeout=180) == 0
    sent = scene.taken(tmp_path)
    states = scene.states(made)
    doubts = scene.ids_in(made, "in_doubt")
    arrived = {each for each, _ in sent}
    assert scene.doubled(sent) == 0
    assert sum(states.values()) == MAILS and set(states) <= {"accepted", "in_doubt"}
    assert states.get("in_doubt", 0) <= KILLS * 20
    assert scene.ids_in(made, "accepted") <= arrived
    assert arrived <= scene.ids_in(made, "accepted") | doubts


def _until(folder: Path, count: float) -> None:
    """Wait until the sink has taken so many, or half a minute."""
    until = time.monotonic() + 60
    while len(scene.taken(folder)) < count and time.monotonic() < until:
        time.sleep(0.05)
