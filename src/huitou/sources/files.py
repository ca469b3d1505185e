"""Looking at a file and reading it, from the outside: a limited child does the parsing.

The parent never opens what arrived. Whatever the file does to its parser, here it becomes a plain
sentence.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import pyarrow.parquet as pq

from huitou.ground.child import command, environment, raised
from huitou.ground.clock import naive_utc
from huitou.ground.errors import BadInput, HuitouError, NothingTaken
from huitou.ground.ids import new_id
from huitou.ground.progress import Progress
from huitou.sources import typed, wire
from huitou.sources.contract import Batch, Declared, Mapping, Preview

MEMORY = 6 * 2**30
"""Address space of the child (its resident memory is far below)."""
CPU_SECONDS = 300
WALL_SECONDS = 600


def look(
    path: Path,
    declared: Declared,
    *,
    now: datetime,
    kept: Sequence[Mapping] = (),
    limits: dict[str, int] | None = None,
) -> Preview:
    """What a file would be taken for: columns, questions, ten rows. Changes nothing.

    `kept` are the mappings of earlier files (`mappings.all_kept`); one with the same columns
    answers what this file leaves open. `now` is aware.

    Raises `NothingTaken` for what can be no file of orders.
    """
    _exists(path)
    declared = typed.checked(declared)
    with tempfile.TemporaryDirectory(prefix="huitou-look-") as folder:
        answer = _ask(
            {
                "do": "look",
                "path": str(path.absolute()),
                "declared": wire.declared_to(declared),
                "folder": folder,
                "now": naive_utc(now).isoformat(),
                "kept": [mapping.to_dict() for mapping in kept],
            },
            path.name,
            None,
            limits,
        )
    return wire.preview_from(answer)


def read(
    path: Path,
    mapping: Mapping,
    out_dir: Path,
    *,
    currency: str,
    timezone: str,
    now: datetime,
    progress: Progress | None = None,
    limits: dict[str, int] | None = None,
    strict: bool = True,
) -> Batch:
    """Parse a file into `out_dir`: lines.parquet and quarantine.parquet. The lake is untouched.

    `currency` and `timezone` are the shop's; `now` is aware, and rows dated later are quarantined.
    `strict` refuses a file of which not one row can be taken; else all its rows are quarantined.
    """
    _exists(path)
    if mapping.currency != currency:
        raise BadInput(
            f"the file is in {mapping.currency}, the shop counts in {currency}",
            file=path.name,
            to_try=f"convert the amounts to {currency} at the rate of their day",
        )
    out_dir.mkdir(parents=True, exist_ok=True)
    answer = _ask(
        {
            "do": "read",
            "path": str(path.absolute()),
            "mapping": mapping.to_dict(),
            "folder": str(out_dir.absolute()),
            "zone": timezone,
            "now": naive_utc(now).isoformat(),
            "strict": strict,
        },
        path.name,
        progress,
        limits,
    )
    (out_dir / "utf8.txt").unlink(missing_ok=True)
    return Batch(
        id=new_id(),
        file=path.name,
        path=path,
        sha256=answer["sha256"],
        mapping=mapping,
        rows=answer["rows"],
        lines_path=out_dir / "lines.parquet",
        quarantine_path=out_dir / "quarantine.parquet",
        warnings=tuple(wire.sentence_from(words) for words in answer["warnings"]),
        mends=tuple(answer["mends"]),
    )


def reread(batch: Batch, rows: Sequence[int]) -> dict[int, str]:
    """Rows of a batch as their file has them: row number -> JSON object, column by column.

    The child opens the file once more. Raises `BadInput` where it is no longer the one that was
    read.
    """
    if not rows:
        return {}
    _exists(batch.path)
    with tempfile.TemporaryDirectory(prefix="huitou-reread-") as folder:
        _ask(
            {
                "do": "reread",
                "path": str(batch.path.absolute()),
                "mapping": batch.mapping.to_dict(),
                "folder": folder,
                "sha256": batch.sha256,
                "rows": list(rows),
            },
            batch.file,
            None,
            None,
        )
        found = pq.read_table(Path(folder) / "raw.parquet")
    return dict(zip(found["row"].to_pylist(), found["raw"].to_pylist(), strict=True))


def _exists(path: Path) -> None:
    if not path.is_file():
        raise NothingTaken("there is no such file", file=str(path), to_try="huitou import FILE")


def _ask(
    request: dict[str, Any], name: str, progress: Progress | None, limits: dict[str, int] | None
) -> dict[str, Any]:
    """One request to one child; its answer, or the error it told, or why it died."""
    request["limits"] = _limits() | (limits or {})
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command("huitou.sources.child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment(OMP_NUM_THREADS="2"),
            cwd="/",
        ) as child,
    ):
        try:
            return _conversation(child, request, name, progress, complaints)
        finally:
            child.kill()


def _conversation(
    child: subprocess.Popen[bytes],
    request: dict[str, Any],
    name: str,
    progress: Progress | None,
    complaints: IO[bytes],
) -> dict[str, Any]:
    assert child.stdin is not None and child.stdout is not None
    with suppress(BrokenPipeError):  # it died at once: its last words say why
        child.stdin.write(json.dumps(request).encode())
        child.stdin.close()
    for message in _messages(child, name):
        if "progress" in message:
            if progress is not None:
                progress(*message["progress"])
        elif "done" in message:
            done: dict[str, Any] = message["done"]
            return done
        else:
            raise _error(message["error"], name)
    raise _death(child.wait(), name, complaints)


def _messages(child: subprocess.Popen[bytes], name: str) -> Iterator[dict[str, Any]]:
    """The child's lines as they come; a child that takes too long is ended."""
    assert child.stdout is not None
    until = time.monotonic() + WALL_SECONDS
    pending = b""
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        while True:
            if not ready.select(timeout=max(0.0, until - time.monotonic())):
                raise _too_much("time", name)
            block = os.read(child.stdout.fileno(), 65536)
            if not block:
                return
            *lines, pending = (pending + block).split(b"\n")
            yield from (json.loads(line) for line in lines)


def _error(told: dict[str, Any], name: str) -> HuitouError:
    if told["kind"] == "memory":
        return _too_much("memory", name)
    return raised({**told, "sentence": wire.sentence_from(told["sentence"])})


def _death(code: int, name: str, complaints: IO[bytes]) -> HuitouError:
    """The child ended without an answer: by a limit (a sentence), or by a bug (an exception)."""
    complaints.seek(0)
    last = complaints.read()[-4000:].decode("utf-8", "replace")
    if code == -_SIGXCPU or code == -_SIGKILL:
        return _too_much("time" if code == -_SIGXCPU else "memory", name)
    if code < 0 or any(sign in last for sign in _OUT_OF_MEMORY):
        return _too_much("memory", name)
    raise RuntimeError(f"the reading process ended with {code}: {last}")


_SIGKILL, _SIGXCPU = 9, 24
_OUT_OF_MEMORY = (
    "MemoryError",
    "OutOfMemory",
    "Out of Memory",
    "emory allocation",
    "bad_alloc",
)


def _too_much(what: str, name: str) -> NothingTaken:
    return NothingTaken(
        f"reading this file takes more {what} than it may: it is damaged, made to do harm, or "
        "far larger than it looks",
        file=name,
        to_try="save it as CSV, or in parts",
    )


def _limits() -> dict[str, int]:
    return {"RLIMIT_AS": MEMORY, "RLIMIT_CPU": CPU_SECONDS, "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 256}
