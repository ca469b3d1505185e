"""A mail server in the test's own process that may keep a sender waiting for its last word.

with served() as sink:
    sink.keep_waiting(ids)         # to these, on lines opened from now on, no answer yet
    sink.answer(first_three_lines) # now they get it
    sink.taken                     # (line, id), in the order in which they were taken
"""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field

ID = re.compile(rb"(?im)^Message-ID: <([0-9a-f]+)@")


@dataclass
class Patience:
    """To whom no answer is given, until it is."""

    ids: Set[str] = frozenset()
    over: threading.Event = field(default_factory=threading.Event)


@dataclass
class Sink:
    """What was taken, and who waits."""

    port: int = 0
    taken: list[tuple[int, str]] = field(default_factory=list)
    waiting: set[str] = field(default_factory=set)
    lines: int = 0
    patience: Patience = field(default_factory=Patience)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep_waiting(self, ids: Set[str]) -> Patience:
        """Lines opened from now on get no answer to these before `over` is set."""
        self.patience = Patience(ids)
        return self.patience

    def opened(self) -> tuple[int, Patience]:
        """The number of a new line, and how it is served."""
        with self.lock:
            self.lines += 1
            return self.lines, self.patience

    def take(self, line: int, patience: Patience, mail: bytes) -> None:
        """Keep a mail, before its sender is told so."""
        found = ID.search(mail)
        assert found is not None
        name = found[1].decode()
        with self.lock:
            self.taken.append((line, name))
            if name in patience.ids:
                self.waiting.add(name)
        if name in patience.ids:
            patience.over.wait(120)


@contextmanager
def served() -> Iterator[Sink]:
    """A sink on a port of this machine."""
    sink = Sink()

    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            number, patience = sink.opened()
            self.wfile.write(b"220 sink\r\n")
            while verb := self.rfile.readline()[:4].upper():
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    sink.take(number, patience, self._mail())
                self.wfile.write(b"250 taken\r\n")

        def _mail(self) -> bytes:
            lines = list(iter(self.rfile.readline, b".\r\n"))
            return b"".join(lines)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Line) as server:
        sink.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield sink
        finally:
            server.shutdown()
