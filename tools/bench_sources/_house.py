"""A shop that listens in a process of its own, and a load on it in another."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import huitou

PATIENCE = 300
"""Seconds a server has to begin; on a machine that is busy otherwise it needs a minute."""
ROOT = Path(__file__).resolve().parents[2]


def shop_with_key(home: Path) -> str:
    """Make a shop in a folder; its write key."""
    shop = huitou.open(home)
    shop.change_settings(currency="EUR", timezone="Europe/Berlin")
    made = shop.connections.make("server", "web", "bench")
    assert made.write_key is not None
    return made.write_key


@contextmanager
def listening(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The shop's own server, without a worker beside it; ended when the block is left."""
    call = [sys.executable, "-m", "huitou", "--home", str(home), "serve", "--no-worker",
            "--port", str(port), "--json"]  # fmt: skip
    with subprocess.Popen(call, stdout=subprocess.DEVNULL, env=_environment()) as server:
        try:
            _wait(port, server)
            yield server
        finally:
            server.kill()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("the server does not listen")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as knock:
        knock.bind(("127.0.0.1", 0))
        return int(knock.getsockname()[1])


def load(
    port: int, key: str, *, size: int, seconds: float, lines: int, first: int = 0
) -> subprocess.Popen[bytes]:
    """A load in a process of its own; `figures` waits for it."""
    call = [sys.executable, "-m", "tools.bench_sources._load", str(port), key, str(size),
            str(seconds), str(lines), str(first)]  # fmt: skip
    return subprocess.Popen(call, stdout=subprocess.PIPE, cwd=ROOT, env=_environment())


def figures(loading: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What became of a load."""
    told, _ = loading.communicate(timeout=120)
    found: dict[str, Any] = json.loads(told)
    return found


def processor_seconds(server: subprocess.Popen[bytes]) -> float:
    """What a process has used of a processor so far."""
    parts = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
