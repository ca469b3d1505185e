"""A crowd of made-up customers on this machine, and the shop they complain to.

Loopback only, and bounded: so many sendings, at such a pace, and no more. Each comes from an
address of its own, told by the header of a proxy that the shop trusts (this machine).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

HOST = "127.0.0.1"
CALL = "from huitou.doors.cli.main import main; main()"
PATIENCE = 30.0
"""Seconds a customer waits for an answer."""
BOUNDARY = "----a-form-of-a-phone"
SAID = (
    "the parcel came late and the box was wet nobody answered when I called twice tea smells of "
    "soap lid is broken wrong size two were missing the bill says more than the shelf 包裹压坏了 "
    "客服没有回复 味道不对 少发了一件 等了两个星期 退款还没到"
)
WORDS = SAID.split()


@dataclass(frozen=True)
class Sent:
    """What became of one sending."""

    status: int
    """0 where no answer came."""
    seconds: float
    """From the moment it was due to the end of the answer's head."""
    token: str | None
    """The secret of the complaint's page, once it was accepted."""


def to_the_end(sending: Coroutine[Any, Any, T]) -> T:
    """What a crowd came to: on a thread of its own, as a browser's loop may run in the caller's."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, sending).result()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as knock:
        knock.bind((HOST, 0))
        return int(knock.getsockname()[1])


def start(home: Path, port: int) -> subprocess.Popen[bytes]:
    """`huitou serve` in a process group of its own; returns when it answers."""
    told = ["--home", str(home), "serve", "--port", str(port), "--json"]
    running = subprocess.Popen(
        [sys.executable, "-c", CALL, *told],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if running.poll() is not None:
            raise SystemExit(f"huitou serve ended with {running.returncode}")
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return running
        time.sleep(0.05)
    raise SystemExit("huitou serve did not answer within a minute")


def end(running: subprocess.Popen[bytes], how: int = signal.SIGTERM) -> None:
    """End a process and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(running.pid, how)
    running.wait()


@dataclass
class Nights:
    """Runs that were begun meanwhile, and how the finished ones ended."""

    begun: int = 0
    codes: tuple[int, ...] = ()


@contextmanager
def nights(home: Path) -> Iterator[Nights]:
    """`huitou run` again and again in another process."""
    told = (
        "import subprocess, sys\n"
        "while True:\n"
        "    print('begun', flush=True)\n"
        "    done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "    print(done.returncode, flush=True)\n"
    )
    run = [sys.executable, "-c", CALL, "--home", str(home), "run", "--json"]
    log = home.parent / "nights.log"
    seen = Nights()
    with log.open("wb") as out:
        running = subprocess.Popen(
            [sys.executable, "-c", told, *run],
            stdout=out, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            yield seen
        finally:
            end(running, signal.SIGKILL)
    lines = log.read_text().split()
    seen.begun = lines.count("begun")
    seen.codes = tuple(int(each) for each in lines if each != "begun")


def texts(count: int, seed: int) -> list[str]:
    """Complaints that differ, as those of different people do."""
    drawn = random.Random(seed)
    return [" ".join(drawn.choices(WORDS, k=drawn.randint(8, 60))) for _ in range(count)]


def address(number: int) -> str:
    """The made-up address of customer `number`."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


async def marks(port: int, count: int) -> list[str]:
    """What so many fresh forms carry; the crowd has opened them before it writes."""
    found = []
    for number in range(count):
        _, _, body = await _ask(port, f"GET /p/complaint HTTP/1.1\r\nHost: {HOST}:{port}\r\n"
                                      f"X-Forwarded-For: {address(2**23 + number)}\r\n"
                                      "Connection: close\r\n\r\n".encode())  # fmt: skip
        found += re.findall(r'name="form" value="([^"]+)"', body)
    return found


async def send(
    port: int, words: str, mark: str, sender: str, due: float | None = None, contact: str = ""
) -> Sent:
    """One customer presses the button; `due` is when they did, by the monotonic clock."""
    began = due if due is not None else time.monotonic()
    body = _form({"form": mark, "words": words, "kind": "delivery", "name": "",
                  "contact": contact, "order": "", "website": ""})  # fmt: skip
    head = (
        f"POST /p/complaint?lang=en HTTP/1.1\r\nHost: {HOST}:{port}\r\n"
        f"X-Forwarded-For: {sender}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    try:
        async with asyncio.timeout(PATIENCE):
            status, headers, _ = await _ask(port, head.encode() + body)
    except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
        return Sent(0, time.monotonic() - began, None)
    found = re.search(r"/p/complaint/([\w-]+)", headers.get("location", ""))
    token = found[1] if found and status == 303 else None
    return Sent(status, time.monotonic() - began, token)


async def at_a_pace(
    port: int, words: Sequence[str], forms: Sequence[str], pace: float, first: int = 0
) -> list[Sent]:
    """Send all, `pace` a second, each when it is due: who waits delays nobody else."""
    begun = time.monotonic()
    tasks = []
    for number, text in enumerate(words):
        due = begun + number / pace
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        mark = forms[number % len(forms)]
        one = send(port, text, mark, address(first + number), due, f"138{number:08d}")
        tasks.append(asyncio.create_task(one))
    return list(await asyncio.gather(*tasks))


async def hammer(port: int, mark: str, sender: str, seconds: float, most: int) -> list[Sent]:
    """One address sends as fast as it is answered, eight at a time, for so long."""
    until = time.monotonic() + seconds
    done: list[Sent] = []

    async def one_line(number: int) -> None:
        while time.monotonic() < until and len(done) < most:
            words = f"buy now {number} {len(done)}"
            done.append(await send(port, words, mark, sender))

    await asyncio.gather(*(one_line(number) for number in range(8)))
    return done


def percentile(seconds: Sequence[float], share: float) -> float:
    """The smallest of `seconds` that at least `share` of them do not exceed."""
    ordered = sorted(seconds)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def _form(told: dict[str, str]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in told.items()
    ]
    return ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


async def _ask(port: int, raw: bytes) -> tuple[int, dict[str, str], str]:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(raw)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        body = (await reader.read()).decode("utf-8", "replace")
    finally:
        writer.close()
    pairs = (each.partition(": ") for each in head[1:] if each)
    return int(head[0].split(" ")[1]), {name.lower(): value for name, _, value in pairs}, body


def written(rows: list[dict[str, object]]) -> str:
    """Rows as JSON, one a line."""
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
