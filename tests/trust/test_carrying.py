"""A process killed between the inbox and the books: each sending ends up in the books once."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

import huitou
from huitou.care.complaints import book as complaints
from huitou.care.complaints.links import form_mark
from huitou.ground.failpoints import VARIABLE
from huitou.runs.desks.public.letterbox import Sending, Typed
from huitou.runs.shop import Shop

CARRY = "import sys, huitou; huitou.open(sys.argv[1]).letterbox.carry()"
PLACES = ("inbox.taken", "inbox.marked")


def carry(home: Path, failpoint: str = "") -> int:
    told = {**os.environ, **({VARIABLE: failpoint} if failpoint else {})}
    return subprocess.run(
        [sys.executable, "-c", CARRY, str(home)], env=told, check=False
    ).returncode


def sent(shop: Shop) -> str:
    """A complaint, a further word, all in the inbox; the page's secret."""
    box = shop.letterbox
    opened = form_mark(shop.settings.salt, "n", shop.clock.now() - timedelta(minutes=1))
    token = box.complain(Sending(Typed(words="It never came."), "en", opened))
    box.answer(token, "And nobody calls back.", box.mark())
    return token


@pytest.mark.parametrize("place", PLACES)
def test_it_is_in_the_books_once_wherever_the_carrier_dies(home: Path, place: str) -> None:
    shop = huitou.open(home)
    token = sent(shop)
    assert carry(home, f"{place}:1:kill") <= 0
    assert carry(home) == 0
    shop.letterbox.carry()
    with shop.books.reading() as unit:
        row = complaints.by_token(unit, token)
        assert row is not None
        said = [each["words"] for each in complaints.entries(unit, row["id"])]
    assert said.count("It never came.") == 1
    assert said.count("And nobody calls back.") == 1
    assert shop.letterbox.waiting() == 0


def test_a_word_that_is_handed_over_again_does_not_open_what_was_settled_since(home: Path) -> None:
    shop = huitou.open(home)
    token = sent(shop)
    # Another process takes it while ours lives: our file stays, and is gone through again.
    assert carry(home) == 0
    with shop.books.unit() as unit:
        row = complaints.by_token(unit, token)
        assert row is not None
        complaints.add_entry(unit, row["id"], "out", "mei", "It is here.", shop.clock.now())
        complaints.resolve(unit, row["id"], "mei", shop.clock.now())
    shop.letterbox.carry()
    with shop.books.reading() as unit:
        row = complaints.by_token(unit, token)
    assert row is not None
    assert (row["state"], row["reopened"]) == ("resolved", 0)
