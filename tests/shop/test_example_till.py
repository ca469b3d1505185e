"""The till in `examples/till`, as a shop would run it, against a door that listens."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from tests.shop.scenes import NOW

from huitou.doors.book import Staff
from huitou.doors.web import web
from huitou.loyalty import book as loyalty
from huitou.runs.shop import Shop
from huitou.runs.wiring import open_shop

TILL = Path(__file__).parents[2] / "examples" / "till" / "till.py"


@pytest.fixture
def shop(home: Path) -> Shop:
    shop = open_shop(home, clock=NOW)
    shop.change_settings(currency="GBP", timezone="Europe/London")
    return shop


@pytest.fixture
def root(shop: Shop) -> Iterator[str]:
    """Where the shop's door listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(web(shop, Staff(shop.books)), port=port, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def test_the_example_checks_redeems_and_takes_back(shop: Shop, root: str) -> None:
    token = Staff(shop.books).issue_token("till 1", ("till",), NOW.now())
    terms = loyalty.Terms(0.2, 1_000, NOW.now() + timedelta(days=9))
    with shop.books.unit() as unit:
        code = loyalty.make_offer(unit, "one", "p1", terms, 1_000, NOW.now())["code"]

    def till(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, str(TILL), root, *words],
            env={**os.environ, "HUITOU_TILL_TOKEN": token},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout.strip()

    typed = f"{code[:5].lower()} {code[5:].lower()}"
    assert till("check", typed, "49.50") == (0, "open, to pay 39.6 GBP")
    for _ in range(2):
        assert till("redeem", typed, "49.50", "--order", "1") == (0, "settled, to pay 39.6 GBP")
    assert till("redeem", typed, "49.50", "--order", "2")[0] == 1
    assert till("check", typed, "--language", "zh-Hans") == (1, "NO. 这个优惠码已经用过了。")
    assert till("reverse", typed, "--order", "1") == (0, "open")
    assert till("redeem", typed, "9", "--order", "3") == (0, "settled, to pay 7.2 GBP")
    assert till("check", "NOSUCHCODE")[0] == 1


def test_the_example_stays_small() -> None:
    lines = TILL.read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    assert len(told) <= 62
