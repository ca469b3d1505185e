"""A mailbox over TLS that follows the standard as far as we ask, and remembers what was asked."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Mail:
    """What lies in it, and what was said to it."""

    letters: list[bytes]
    port: int = 0
    trusts: ssl.SSLContext | None = None
    said: list[str] = field(default_factory=list)
    refuses: str = ""
    """A command that is answered with NO."""


@contextmanager
def mailbox(folder: Path, letters: Sequence[bytes]) -> Iterator[Mail]:
    """A server on a free port with its own certificate."""
    key, certificate = _certificate(folder)
    inner = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inner.load_cert_chain(certificate, key)
    mail = Mail(list(letters), trusts=ssl.create_default_context(cafile=str(certificate)))
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    mail.port = listener.getsockname()[1]
    over = threading.Event()
    serving = threading.Thread(target=_serve, args=(listener, mail, inner, over))
    serving.start()
    try:
        yield mail
    finally:
        over.set()
        serving.join()
        listener.close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "cert.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1"
    told = [*words.split(), "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["openssl", *told, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    return key, certificate


def _serve(
    listener: socket.socket, mail: Mail, inner: ssl.SSLContext, over: threading.Event
) -> None:
    while not over.is_set():
        try:
            line, _ = listener.accept()
        except TimeoutError:
            continue
        line.settimeout(5)
        try:
            with inner.wrap_socket(line, server_side=True) as safe:
                _talk(safe, mail)
        except OSError:
            continue


def _talk(line: ssl.SSLSocket, mail: Mail) -> None:
    heard = line.makefile("rb")
    line.sendall(b"* OK ready\r\n")
    for raw in heard:
        tag, _, command = raw.decode().strip().partition(" ")
        mail.said.append(re.sub(r"(?i)^login .*", "LOGIN …", command))
        verb = command.upper()
        if mail.refuses and verb.startswith(mail.refuses):
            line.sendall(f"{tag} NO not today\r\n".encode())
            continue
        for part in _answers(verb, mail):
            line.sendall(part)
        line.sendall(f"{tag} OK done\r\n".encode())
        if verb == "LOGOUT":
            return


def _answers(verb: str, mail: Mail) -> Iterator[bytes]:
    if verb == "CAPABILITY":
        yield b"* CAPABILITY IMAP4rev1\r\n"
    elif verb.startswith(("EXAMINE", "SELECT")):
        yield f"* {len(mail.letters)} EXISTS\r\n".encode()
    elif verb.startswith("UID SEARCH"):
        yield f"* SEARCH {' '.join(str(n) for n in range(1, len(mail.letters) + 1))}\r\n".encode()
    elif verb.startswith("UID FETCH"):
        asked = verb.split()[2]
        for n in map(int, asked.split(",")):
            yield from _fetched(n, mail.letters[n - 1], whole="BODY.PEEK[]" in verb)


def _fetched(n: int, letter: bytes, *, whole: bool) -> Iterator[bytes]:
    head = letter.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    body = letter if whole else head
    size = "" if whole else f" RFC822.SIZE {len(letter)}"
    yield f"* {n} FETCH (UID {n}{size} BODY[] {{{len(body)}}}\r\n".encode() + body + b")\r\n"
