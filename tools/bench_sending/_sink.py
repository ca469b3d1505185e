"""A mail server on this machine that takes everything and keeps the Message-IDs, in order of time.

python -m tools.bench_sending._sink FOLDER     prints its port; writes FOLDER/taken
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ID = re.compile(rb"(?im)^Message-ID: <([0-9a-f]+)@")


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, out: list[bytes]) -> None:
        self._out, self._in_body, self._seen = out, False, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._wire = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every command; keep every message."""
        self._seen += data
        if answers := b"".join(self._answers()):
            self._wire.write(answers)

    def _answers(self) -> Iterator[bytes]:
        while True:
            if self._in_body:
                body, dot, rest = self._seen.partition(b"\r\n.\r\n")
                if not dot:
                    return
                found = ID.search(body)
                assert found is not None
                self._out.append(b"%s %.4f\n" % (found[1], time.monotonic()))
                self._seen, self._in_body = rest, False
                yield b"250 taken\r\n"
                continue
            line, end, rest = self._seen.partition(b"\r\n")
            if not end:
                return
            self._seen = rest
            yield self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"DATA":
            self._in_body = True
            return b"354 go on\r\n"
        if verb == b"QUIT":
            asyncio.get_running_loop().call_soon(self._wire.close)
            return b"221 bye\r\n"
        # As Postfix and most others do, it takes several commands in one piece.
        return b"250-sink\r\n250 PIPELINING\r\n" if verb == b"EHLO" else b"250 ok\r\n"


async def serve(folder: Path) -> None:
    """Take mail until killed; what was taken is on the disk within a tenth of a second."""
    out: list[bytes] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(out), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    with (folder / "taken").open("ab", buffering=0) as file:
        while True:
            await asyncio.sleep(0.1)
            if out:
                file.write(b"".join(out))
                out.clear()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
