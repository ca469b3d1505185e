"""What strangers bring, kept before anybody has time for it: a durable, append-only folder.

    inbox = Inbox(home / "inbox")
    inbox.keep({"tag": "…", …})          # returns when it is on the disk, not before
    inbox.hand_in(body, told)            # returns at once; `told` is called when it is
    inbox.drain(take)                    # `take` puts some records into the books

`keep` never waits for the books: a run may hold their write lock for as long as it likes. One
thread writes for all callers of a process, and syncs once for all that came meanwhile (group
commit). Each process has a file of its own, locked while it lives; a file whose lock is free is
nobody's any more.

A record is one line, `<crc32> <length> <json>`. A line that does not fit its checksum was being
written when the power went, and nobody was told that it was kept. A record may be handed to `take`
more than once (the file goes away after the books have it), so taking must be idempotent.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import crc32

from huitou.ground.durable import put_in_place, settle
from huitou.ground.errors import HuitouError
from huitou.ground.failpoints import failpoint
from huitou.ground.ids import fingerprint, new_id

LARGEST = 8 * 2**20
"""Bytes after which a process begins another file, so that the first can be let go."""
BATCH = 25
"""Records taken in one unit: the books are held for as short as that takes."""
GULP = 2**17
"""Bytes of a file read at a time."""
SUFFIX = ".inbox"
MARKS = "taken.json"
"""How far each file was taken."""

Record = Mapping[str, Any]
Take = Callable[[Sequence[Record]], None]


def line(record: Record) -> bytes:
    """A record as it is written."""
    told = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return framed(told.encode("utf-8", "replace"))


def framed(body: bytes) -> bytes:
    """A record that is JSON already, as it is written; it may hold no end of line."""
    return b"%08x %d %s\n" % (crc32(body), len(body), body)


def read(raw: bytes) -> Iterator[tuple[int, int, Record | None]]:
    """(start, end, record) of each whole line in `raw`; None for a line that is damaged.

    What follows the last end of line is not told: it is being written, or never was.
    """
    start = 0
    while (end := raw.find(b"\n", start) + 1) > 0:
        yield start, end, _parsed(raw[start : end - 1])
        start = end


def _parsed(written: bytes) -> Record | None:
    mark, _, rest = written.partition(b" ")
    length, _, body = rest.partition(b" ")
    if mark != b"%08x" % crc32(body) or length != b"%d" % len(body):
        return None
    found = json.loads(body)
    return found if isinstance(found, dict) else None


Told = Callable[[BaseException | None], None]
"""Is told that a line is on the disk, or why it is not; called from the thread that writes."""


@dataclass(frozen=True)
class Measure:
    """How large the portions of an inbox are."""

    file: int = LARGEST
    batch: int = BATCH
    gulp: int = GULP


@dataclass
class _Wait:
    """A caller who stands and waits."""

    over: threading.Event = field(default_factory=threading.Event)
    failed: BaseException | None = None

    def told(self, failed: BaseException | None) -> None:
        self.failed = failed
        self.over.set()


@dataclass
class _Known:
    """What of one file is known: how far it was looked through, and which tags lie where."""

    read: int = 0
    places: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


class Inbox:
    """The inbox of one shop, as one process has it open. Nothing is made before the first use."""

    def __init__(self, folder: Path, measure: Measure | None = None) -> None:
        self.folder = folder
        self.measure = measure or Measure()
        self.arrived = threading.Event()
        """Set whenever this process has kept something; whoever drains may clear it."""
        self._slips: list[tuple[bytes, Told]] = []
        self._more = threading.Condition()
        self._writer: threading.Thread | None = None
        self._file: tuple[Path, int] | None = None
        self._hand = threading.Lock()
        """Held by whoever touches the open file."""
        self._taken: dict[str, int] = {}
        self._known: dict[str, _Known] = {}
        self._looking = threading.Lock()

    # -- keeping

    def keep(self, record: Record) -> None:
        """Wait until the record is on the disk.

        Raises `HuitouError`, in words, where the disk would not take it; it may come to light all
        the same, so a caller who tries again uses the same key.
        """
        wait = _Wait()
        self._hand_in(line(record), wait.told)
        wait.over.wait()
        if wait.failed is not None:
            raise HuitouError(
                "this could not be kept just now", to_try="the same again in a minute"
            ) from wait.failed

    def hand_in(self, body: bytes, told: Told) -> None:
        """Keep a record that is JSON already, on one line; whoever hands it in does not wait.

        `told` is called with None when it is on the disk, or with what went wrong.
        """
        self._hand_in(framed(body), told)

    def _hand_in(self, written: bytes, told: Told) -> None:
        with self._more:
            self._slips.append((written, told))
            self._wake()
            self._more.notify()

    def _wake(self) -> None:
        if self._writer is None or not self._writer.is_alive():
            self._writer = threading.Thread(target=self._write_on, name="inbox", daemon=True)
            self._writer.start()

    def _write_on(self) -> None:
        while True:
            with self._more:
                while not self._slips:
                    self._more.wait()
                group, self._slips = self._slips, []
            failed = self._settled(b"".join(written for written, _ in group))
            if failed is None:
                self.arrived.set()
            for _, told in group:
                told(failed)

    def _settled(self, group: bytes) -> BaseException | None:
        """Write and sync a group; what went wrong, if anything did."""
        with self._hand:
            try:
                self._write(group)
            except BaseException as failed:
                # After a failed sync nobody knows what the disk holds: never write there again.
                self._part()
                return failed
        return None

    def _write(self, raw: bytes) -> None:
        if self._file is not None and os.fstat(self._file[1]).st_size > self.measure.file:
            self._part()
        if self._file is None:
            self._file = self._begun()
        handle = self._file[1]
        written = 0
        while written < len(raw):
            written += os.write(handle, raw[written:])
            failpoint("inbox.written")
        os.fsync(handle)
        failpoint("inbox.settled")

    def _begun(self) -> tuple[Path, int]:
        """A file of our own, locked before it can be seen: nobody takes it for a dead one."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = 1 + max((int(each.name[:12]) for each in self._files()), default=0)
        path = self.folder / f"{number:012d}-{new_id()}{SUFFIX}"
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fresh.rename(path)
            settle(self.folder)
        except BaseException:
            os.close(handle)
            raise
        return path, handle

    def _part(self) -> None:
        if self._file is not None:
            os.close(self._file[1])
            self._file = None

    # -- looking

    def about(self, tag: str) -> list[Record]:
        """The records with this `tag` that nobody is known to have taken yet, in their order.

        Only what is new in the folder is read, however often one asks.
        """
        with self._looking:
            self._look()
            places = [
                (name, start, end)
                for name, known in self._known.items()
                for start, end in known.places.get(tag, ())
                if start >= self._taken.get(name, 0)
            ]
        return [found for place in places if (found := self._at(*place)) is not None]

    def _look(self) -> None:
        files = self._files()
        there = {each.name for each in files}
        self._known = {name: known for name, known in self._known.items() if name in there}
        for path in files:
            known = self._known.setdefault(path.name, _Known())
            begun = known.read
            for start, end, record in read(_from(path, begun)):
                known.read = begun + end
                if record is not None and "tag" in record:
                    known.places.setdefault(record["tag"], []).append((begun + start, known.read))

    def _at(self, name: str, start: int, end: int) -> Record | None:
        found = [record for _, _, record in read(_from(self.folder / name, start, end - start))]
        return found[0] if found else None

    def waiting(self) -> int:
        """How many records nobody is known to have taken yet, those set aside among them."""
        self._recall()
        lines = (
            record
            for path in self._files()
            for _, _, record in read(_from(path, self._taken.get(path.name, 0)))
        )
        return sum(record is not None for record in lines) + len(self._aside())

    # -- draining

    def drain(self, take: Take, *, wait: bool = False, most: int | None = None) -> int:
        """Hand all that waits to `take`, some at a time, oldest files first; how many there were.

        One process drains at a time: another one leaves at once with 0, or with `wait` stands in
        line. What `take` raises ends it; what was not taken is handed over the next time. Not many
        more than `most` records are taken, so that whoever is in no hurry can rest in between.
        """
        if not self.folder.exists():
            return 0
        taken = 0
        with self._alone(wait) as alone:
            if not alone:
                return 0
            self._recall()
            try:
                for path in self._files():
                    if most is not None and taken >= most:
                        break
                    taken += self._drain(path, take, most)
            finally:
                self._remember()
        return taken

    def _recall(self) -> None:
        """How far others came in files whose writers still live."""
        with suppress(FileNotFoundError, ValueError):
            for name, end in json.loads((self.folder / MARKS).read_text()).items():
                self._taken[name] = max(end, self._taken.get(name, 0))

    def _remember(self) -> None:
        """Tell others; one who does not hear of it takes records again, which does no harm."""
        there = {path.name for path in self._files()}
        self._taken = {name: end for name, end in self._taken.items() if name in there}
        fresh = self.folder / f"{MARKS}.new"
        fresh.write_text(json.dumps(self._taken))
        fresh.replace(self.folder / MARKS)

    def _drain(self, path: Path, take: Take, most: int | None) -> int:
        taken = 0
        with _claimed(path) as is_dead:
            while some := self._next(path):
                taken += self._hand_over(path, some, take)
                if most is not None and taken >= most:
                    return taken
            if is_dead:
                self._let_go(path)
            else:
                self._part_if_taken(path)
        return taken

    def _next(self, path: Path) -> list[tuple[int, Record | None]]:
        """The next lines of a file that were not taken, each with where it ends."""
        begun = self._taken.get(path.name, 0)
        gulp = self.measure.gulp
        raw = _from(path, begun, gulp)
        if len(raw) == gulp and b"\n" not in raw:
            raw = _from(path, begun)
        return [(begun + end, record) for _, end, record in islice(read(raw), self.measure.batch)]

    def _hand_over(self, path: Path, some: list[tuple[int, Record | None]], take: Take) -> int:
        whole = [record for _, record in some if record is not None]
        if whole:
            take(whole)
            failpoint("inbox.taken")
        self._taken[path.name] = some[-1][0]
        return len(whole)

    def _let_go(self, path: Path) -> None:
        """A dead file that was taken goes; one with a damaged line in it stays to be seen."""
        raw = _from(path, 0)
        damaged = any(record is None for _, _, record in read(raw))
        failpoint("inbox.marked")
        if damaged:
            path.replace(path.with_suffix(".damaged"))
        else:
            path.unlink()
        self._taken.pop(path.name, None)

    def _part_if_taken(self, path: Path) -> None:
        """Our own file goes once all of it is taken, so that no restart takes it again."""
        with self._hand:
            if self._file is None or self._file[0] != path:
                return
            if os.fstat(self._file[1]).st_size == self._taken.get(path.name, 0):
                failpoint("inbox.marked")
                path.unlink()
                self._part()
                self._taken.pop(path.name, None)

    @contextmanager
    def _alone(self, wait: bool) -> Iterator[bool]:
        with (self.folder / "drain.lock").open("a") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True

    # -- what cannot be taken

    def set_aside(self, record: Record) -> None:
        """Keep a record that the books would not take, so that it is not in the way of others."""
        place = self.folder / "aside"
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = line(record)
        path = place / f"{fingerprint(written)}.json"
        fresh = path.with_suffix(".new")
        fresh.write_bytes(written)
        fresh.chmod(0o600)
        put_in_place(fresh, path)

    def retry(self, take: Take) -> int:
        """Hand each record that was set aside to `take` once more; how many were taken now.

        One that `take` raises for stays where it is.
        """
        return sum(self._retried(path, take) for path in self._aside())

    def _retried(self, path: Path, take: Take) -> bool:
        whole = [record for _, _, record in read(path.read_bytes()) if record is not None]
        try:
            take(whole)
        except HuitouError:
            return False
        path.unlink(missing_ok=True)
        return True

    def aside(self) -> int:
        """How many records the books would not take."""
        return len(self._aside())

    def damaged(self) -> int:
        """How many files were put away with a line in them that cannot be read."""
        return len(list(self.folder.glob("*.damaged")))

    def blot(self, is_theirs: Callable[[Record], bool], names: Sequence[str]) -> int:
        """Take away what lies aside of somebody who is to be forgotten; how many lines.

        Of a damaged file only damaged lines stay that hold none of `names`: the whole ones are in
        the books.
        """
        blotted = 0
        for path in self._aside():
            whole = [record for _, _, record in read(path.read_bytes()) if record is not None]
            if any(map(is_theirs, whole)):
                path.unlink()
                blotted += 1
        for path in self.folder.glob("*.damaged"):
            blotted += _blotted(path, [name.encode() for name in names if name])
        return blotted

    def _aside(self) -> list[Path]:
        return sorted((self.folder / "aside").glob("*.json"))

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob(f"*{SUFFIX}"))


def _blotted(path: Path, marks: Sequence[bytes]) -> int:
    """Leave of a damaged file the damaged lines without any of these marks; how many others."""
    raw = path.read_bytes()
    lines = [raw[start:end] for start, end, record in read(raw) if record is None]
    kept = [each for each in lines if not any(mark in each for mark in marks)]
    if not kept:
        path.unlink()
    elif b"".join(kept) != raw:
        fresh = path.with_suffix(".new")
        fresh.write_bytes(b"".join(kept))
        fresh.chmod(0o600)
        put_in_place(fresh, path)
    return len(lines) - len(kept)


def _from(path: Path, start: int, length: int = -1) -> bytes:
    """The bytes of a file from `start`; none where it has gone, which means it was taken."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)
    except FileNotFoundError:
        return b""


@contextmanager
def _claimed(path: Path) -> Iterator[bool]:
    """Whether the file is dead: its writer's lock is free. Held meanwhile, so that it stays so."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_dead = True
    except BlockingIOError:
        is_dead = False
    try:
        yield is_dead
    finally:
        os.close(handle)
