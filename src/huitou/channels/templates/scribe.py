"""Has messages written in a child of its own, many persons a call; outlives any template.

with Scribe() as scribe:
    pressed = scribe.press("email", subject, body, frame)
    scribe.write([Job(digest, pressed, values), …])      # one `Written` or words for each
"""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from huitou.channels.templates.press import Frame, Pressed
from huitou.channels.templates.words import Unwritable, Written
from huitou.ground.child import command, environment
from huitou.ground.errors import BadInput

PATIENCE = 20.0
"""Seconds one call may take by the clock on the wall."""

CPU_SECONDS = 6
"""Seconds of a processor one call may take; a hundred messages take a thirtieth of one."""

LARGEST = 256 * 1024 * 1024

TOO_MUCH = "it takes more time or memory than a message may"


@dataclass(frozen=True)
class Job:
    """One message to write: by which sources, with which values."""

    digest: str
    subject: str
    pressed: Pressed
    values: Mapping[str, Any]


class Gone(Exception):
    """The child ended, or was ended, before it answered."""


class Scribe:
    """A child that is started when it is needed, and again when it died."""

    def __init__(self, patience: float = PATIENCE, seconds: int = CPU_SECONDS) -> None:
        self._patience, self._seconds = patience, seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._told: set[str] = set()
        self._one_at_a_time = threading.Lock()

    def __enter__(self) -> Scribe:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def press(self, channel: str, subject: str, body: str, frame: Frame) -> Pressed:
        """Sources for Liquid. Raises `BadInput` in words."""
        told = {"do": "press", "channel": channel, "subject": subject, "body": body}
        return Pressed(**self._asked({**told, "frame": asdict(frame)}))

    def unknown(self, subject: str, pressed: Pressed, allowed: Sequence[str]) -> list[str]:
        """What the sources name that nobody will tell. Raises `BadInput` in words."""
        told = {"do": "check", "subject": subject, **asdict(pressed), "allowed": list(allowed)}
        found = self._asked(told)
        return [str(each) for each in found]

    def write(self, jobs: Sequence[Job]) -> list[Written | str]:
        """A message for each, or why there is none, in words; one bad template harms no other."""
        if not jobs:
            return []
        try:
            return self._written(jobs)
        except (Gone, Unwritable) as failed:
            kinds = list(dict.fromkeys(job.digest for job in jobs))
            if len(kinds) == 1 and len(jobs) > 1:
                return self._halved(jobs)
            if len(jobs) == 1:
                return [str(failed) if isinstance(failed, Unwritable) else TOO_MUCH]
        found: dict[int, Written | str] = {}
        for kind in kinds:
            places = [place for place, job in enumerate(jobs) if job.digest == kind]
            found |= dict(zip(places, self.write([jobs[place] for place in places]), strict=True))
        return [found[place] for place in range(len(jobs))]

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        self._told.clear()
        if child is not None:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()

    def _halved(self, jobs: Sequence[Job]) -> list[Written | str]:
        """One template, many persons: if the first cannot be written, it is the template."""
        first = self.write(jobs[:1])
        if first == [TOO_MUCH]:
            return [TOO_MUCH] * len(jobs)
        rest = len(jobs) // 2 + 1
        return [*first, *self.write(jobs[1:rest]), *self.write(jobs[rest:])]

    def _written(self, jobs: Sequence[Job]) -> list[Written | str]:
        with self._one_at_a_time:
            new = {
                job.digest: {"subject": job.subject, **asdict(job.pressed)}
                for job in jobs
                if job.digest not in self._told or self._child is None
            }
            calls = [{"use": job.digest, "values": job.values} for job in jobs]
            answer = self._call({"do": "write", "new": new, "jobs": calls})
            if "bad" in answer:
                raise Unwritable(answer["bad"])
            self._told |= set(new)
        return [each["bad"] if "bad" in each else Written(**each) for each in answer["ok"]]

    def _asked(self, told: Mapping[str, Any]) -> Any:
        try:
            with self._one_at_a_time:
                answer = self._call(told)
        except Gone:
            raise BadInput(f"the template cannot be used: {TOO_MUCH}") from None
        if "bad" in answer:
            raise BadInput(f"the template cannot be used: {answer['bad']}")
        return answer["ok"]

    def _call(self, told: Mapping[str, Any]) -> Any:
        child = self._running()
        raw = json.dumps({**told, "seconds": self._seconds}, ensure_ascii=False).encode(
            "utf-8", "replace"
        )
        until = time.monotonic() + self._patience
        try:
            self._send(child, struct.pack(">I", len(raw)) + raw, until)
            size = struct.unpack(">I", self._read(child, 4, until))[0]
            if size > LARGEST:
                raise Gone
            return json.loads(self._read(child, size, until))
        except (OSError, ValueError, Gone) as failed:
            self.close()
            raise Gone from failed

    def _send(self, child: subprocess.Popen[bytes], raw: bytes, until: float) -> None:
        pipe = child.stdin
        assert pipe is not None
        left = memoryview(raw)
        while left:
            _, free, _ = select.select([], [pipe], [], max(0.0, until - time.monotonic()))
            if not free:
                raise Gone
            left = left[os.write(pipe.fileno(), left[:65_536]) :]

    def _read(self, child: subprocess.Popen[bytes], size: int, until: float) -> bytes:
        pipe = child.stdout
        assert pipe is not None
        taken = bytearray()
        while len(taken) < size:
            there, _, _ = select.select([pipe], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(pipe.fileno(), min(1 << 20, size - len(taken))) if there else b""
            if not piece:
                raise Gone
            taken += piece
        return bytes(taken)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            self._child = subprocess.Popen(
                command("huitou.channels.templates.cell"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment((), PYTHONHASHSEED="0", LANG="C.UTF-8"),
                cwd="/",
            )
            os.set_blocking(self._child.stdin.fileno(), False)  # type: ignore[union-attr]  # a pipe
        return self._child
