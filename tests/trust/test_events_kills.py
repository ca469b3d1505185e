"""`kill -9` of the web process while a site tells it things: what was acknowledged is stored, once.

Two kills with all tests, twenty by `make kills`.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from tools.bench_sources._house import figures, free_port, listening, load, shop_with_key

import huitou

SIZE = 10


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.kills)])
def test_what_was_acknowledged_is_stored_however_often_the_process_is_killed(
    home: Path, kills: int
) -> None:
    key, port, drawn = shop_with_key(home), free_port(), random.Random(kills)
    acked: set[int] = set()
    for turn in range(kills):
        with listening(home, port) as server:
            telling = load(port, key, size=SIZE, seconds=30, lines=8, first=turn * 1_000_000)
            time.sleep(drawn.uniform(0.8, 2.0))
            server.kill()
            told = figures(telling)
        assert told["lost"] > 0, "it was killed after the load, not under it"
        acked |= set(told["acked"])
        if turn % 2:
            huitou.open(home).connections.listen()
    assert len(acked) > kills
    stored = _stored(home)
    names = {f"{number:010d}-{place:03d}" for number in acked for place in range(SIZE)}
    assert names <= set(stored)
    assert len(stored) == len(set(stored))


def _stored(home: Path) -> list[str]:
    shop = huitou.open(home)
    shop.connections.listen()
    assert shop.connections.waiting() == 0
    with shop._house.lake.writing("look") as lake:
        found = lake.execute("SELECT message FROM visits").fetchall()
    shop.books.close()
    return [message for (message,) in found]
