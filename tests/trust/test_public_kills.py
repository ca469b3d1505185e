"""`kill -9` of the web process under load: what was accepted is in the books, and once.

Two moments are tried with all tests, twenty by `make kills`.
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select
from tools.bench_care import crowd
from tools.bench_care.crowd import Sent

import huitou
from huitou.care.complaints import book as complaints
from huitou.care.complaints.tables import complaint, entry

MOMENTS = 20
ALWAYS = 2
SENT = 120
PACE = 60.0


@pytest.mark.parametrize(
    "moment",
    [pytest.param(n, marks=pytest.mark.kills if n >= ALWAYS else ()) for n in range(MOMENTS)],
)
def test_what_was_accepted_is_in_the_books_once_whenever_the_process_is_killed(
    home: Path, moment: int
) -> None:
    huitou.open(home).books.close()
    port = crowd.free_port()
    words = crowd.texts(SENT, seed=moment)
    sent = crowd.to_the_end(_sent_until_killed(home, port, words, moment))
    accepted = [each.token for each in sent if each.token]
    assert accepted and len(accepted) < SENT, Counter(each.status for each in sent)
    stored = _stored(home)
    with huitou.open(home).books.reading() as unit:
        found = [complaints.by_token(unit, token) for token in accepted]
    assert all(found)
    # Whoever got no answer may be kept or not; nobody is kept twice, and no word is.
    assert set(stored.values()) == {1}
    assert set(stored) <= set(words)


async def _sent_until_killed(home: Path, port: int, words: list[str], moment: int) -> list[Sent]:
    serving = await asyncio.to_thread(crowd.start, home, port)
    try:
        forms = await crowd.marks(port, 5)
        sending = asyncio.create_task(crowd.at_a_pace(port, words, forms, PACE))
        await asyncio.sleep(random.Random(moment).uniform(0.3, 0.9) * SENT / PACE)
    finally:
        crowd.end(serving, signal.SIGKILL)
    return await sending


def _stored(home: Path) -> Counter[str]:
    """The complaints' texts and how often each is there, after the shop was opened again."""
    shop = huitou.open(home)
    shop.letterbox.carry()
    assert shop.letterbox.waiting() == 0
    shop.letterbox.carry()
    with shop.books.reading() as unit:
        texts = Counter(row["words"] for row in unit.rows(select(complaint.c.words)))
        said = Counter(
            row["words"] for row in unit.rows(select(entry.c.words).where(entry.c.kind == "in"))
        )
    shop.books.close()
    assert said == texts
    return texts
