"""A provider on a local server that behaves as badly as it is told, and keeps what it took."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Fake(ThreadingHTTPServer):
    """Answers `status`, `body` and `headers`; `behaviour` breaks the line in its own way."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body, self.headers = 200, b"{}", dict[str, str]()
        self.behaviour = ""
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.done: list[bytes] = []
        """What it really did, whatever it answered."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def says(self, told: Any, status: int = 200) -> None:
        self.body, self.status = json.dumps(told).encode(), status


class Handler(BaseHTTPRequestHandler):
    server: Fake

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("content-length") or 0)))

    def _answer(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, headers, body))
        if "token" in self.path.split("?")[0]:
            self._write(200, {}, b'{"access_token": "t", "expires_in": 7200, "errcode": 0}')
            return
        if self.server.status < 300 or self.server.behaviour:
            self.server.done.append(body)
        match self.server.behaviour:
            case "hangs":
                time.sleep(1.5)
                return
            case "resets":
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                return
            case "huge":
                self.send_response(200)
                self.end_headers()
                try:
                    for _ in range(10_000):
                        self.wfile.write(b" " * 65_536)
                except OSError:
                    return
                return
            case "html":
                self._write(200, {"content-type": "text/html"}, b"<html>Hello</html>")
                return
        self._write(self.server.status, self.server.headers, self.server.body)

    def _write(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def provider() -> Iterator[Fake]:
    """A fake, listening."""
    fake = Fake()
    threading.Thread(target=fake.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield fake
    finally:
        fake.shutdown()
        fake.server_close()
