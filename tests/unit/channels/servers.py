"""A mail server that follows a script: it answers, hangs up, or stays silent where it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HANG_UP = ""
SILENCE = "…"
AND_GONE = "☎"
"""At the end of an answer: it is said, and the server hangs up."""

GOOD = {
    "greeting": "220 hello",
    "EHLO": "250 hello",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


@dataclass
class Server:
    """What it was told, and what it took."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    lines: int = 0


@contextmanager
def scripted(script: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server on a free port; `script` changes its answer to a command or to a whole line."""
    answers = {**GOOD, **(script or {})}
    server, over = Server(), threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    server.port = listener.getsockname()[1]
    serving = threading.Thread(target=_serve, args=(listener, server, answers, over))
    serving.start()
    try:
        yield server
    finally:
        over.set()
        serving.join()
        listener.close()


def _serve(
    listener: socket.socket, server: Server, answers: Mapping[str, str], over: threading.Event
) -> None:
    while not over.is_set():
        try:
            line, _ = listener.accept()
        except TimeoutError:
            continue
        server.lines += 1
        line.settimeout(5)
        with line, suppress(ConnectionError):  # the other side may hang up, as it should
            _talk(line, server, answers, over)


def _talk(
    line: socket.socket, server: Server, answers: Mapping[str, str], over: threading.Event
) -> None:
    heard = line.makefile("rb")
    if not _say(line, answers["greeting"], over):
        return
    while said := heard.readline():
        verb = said.decode().split()[0].upper()
        server.said.append(said.decode().strip())
        answer = answers.get(said.decode().strip(), answers.get(verb, "500 what?"))
        if not _say(line, answer, over):
            return
        if verb == "DATA" and answers["DATA"].startswith("354"):
            body = b"".join(iter(heard.readline, b".\r\n"))
            if answers["."].startswith("250") or answers["."] in (HANG_UP, SILENCE):
                server.taken.append(body)
            if not _say(line, answers["."], over):
                return
        if verb == "QUIT":
            return


def _say(line: socket.socket, answer: str, over: threading.Event) -> bool:
    if answer == SILENCE:
        over.wait(3)
        return False
    if answer == HANG_UP:
        return False
    line.sendall(answer.removesuffix(AND_GONE).encode() + b"\r\n")
    return not answer.startswith("421") and not answer.endswith(AND_GONE)
