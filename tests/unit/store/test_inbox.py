"""What was accepted is on the disk, is handed over, and is handed over again rather than lost."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huitou.ground.errors import HuitouError
from huitou.ground.failpoints import VARIABLE
from huitou.store.inbox import Inbox, Measure, Record, line, read

records = st.lists(
    st.dictionaries(st.text(max_size=8), st.text(max_size=40) | st.integers() | st.none()),
    max_size=8,
)


def into(took: list[Any]) -> Callable[[Sequence[Record]], None]:
    return lambda some: took.extend(each["n"] for each in some)


def drained(folder: Path) -> list[Any]:
    """What a process that comes later is handed."""
    took: list[Any] = []
    Inbox(folder).drain(into(took))
    return took


def keeper(folder: Path, count: int, failpoint: str = "") -> subprocess.CompletedProcess[str]:
    """Another process that keeps `count` records, and says each that was accepted."""
    told = (
        "import sys; from pathlib import Path; from huitou.store.inbox import Inbox\n"
        "box = Inbox(Path(sys.argv[1]))\n"
        "for n in range(int(sys.argv[2])):\n"
        "    box.keep({'n': n}); print(n, flush=True)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", told, str(folder), str(count)],
        capture_output=True,
        text=True,
        env={**os.environ, **({VARIABLE: failpoint} if failpoint else {})},
        check=False,
    )


@given(kept=records)
def test_what_is_written_is_read_again_whatever_is_in_it(kept: list[dict[str, Any]]) -> None:
    raw = b"".join(line(each) for each in kept)
    assert [record for _, _, record in read(raw)] == kept


@given(kept=records, cut=st.integers(min_value=0))
def test_a_torn_tail_takes_nothing_with_it(kept: list[dict[str, Any]], cut: int) -> None:
    raw = b"".join(line(each) for each in kept)
    cut %= len(raw) + 1
    whole = [record for _, end, record in read(raw) if end <= cut]
    assert [record for _, _, record in read(raw[:cut])] == whole


@given(kept=records.filter(bool), at=st.integers(min_value=0), turned=st.integers(1, 255))
def test_a_damaged_byte_is_noticed_and_costs_at_most_its_own_record_and_the_next(
    kept: list[dict[str, Any]], at: int, turned: int
) -> None:
    raw = bytearray(b"".join(line(each) for each in kept))
    at %= len(raw)
    hit = next(n for n, (start, end, _) in enumerate(read(bytes(raw))) if start <= at < end)
    raw[at] ^= turned
    found = [record for _, _, record in read(bytes(raw)) if record is not None]
    # A line end that is lost joins two lines; one that is made parts one.
    assert found in (kept[:hit] + kept[hit + 1 :], kept[:hit] + kept[hit + 2 :])


def test_records_come_out_once_and_in_their_order(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox")
    for n in range(250):
        box.keep({"n": n})
    took: list[Any] = []
    assert box.drain(into(took)) == 250
    assert took == list(range(250))
    assert box.drain(into(took)) == 0
    assert not list((tmp_path / "inbox").glob("*.inbox"))


def test_nothing_is_made_before_somebody_writes(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox")
    assert box.drain(into([])) == 0
    assert (box.about("x"), box.waiting()) == ([], 0)
    assert not box.folder.exists()


def test_many_who_come_at_once_share_a_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), real(handle))[1])
    box = Inbox(tmp_path / "inbox")
    with box._hand:  # the disk is busy: meanwhile all of them come
        crowd = [threading.Thread(target=box.keep, args=({"n": n},)) for n in range(40)]
        for each in crowd:
            each.start()
    for each in crowd:
        each.join()
    assert len(synced) < 20
    assert sorted(drained_live(box)) == list(range(40))


def drained_live(box: Inbox) -> list[Any]:
    took: list[Any] = []
    box.drain(into(took))
    return took


def test_keeping_does_not_wait_for_whoever_drains(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox")
    box.keep({"n": 0})
    entered, leave = threading.Event(), threading.Event()

    def slow(_some: Sequence[Record]) -> None:
        entered.set()
        assert leave.wait(10)

    draining = threading.Thread(target=box.drain, args=(slow,))
    draining.start()
    assert entered.wait(10)
    box.keep({"n": 1})
    assert box.waiting() == 2
    leave.set()
    draining.join()


def test_what_was_not_taken_is_handed_over_again(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox")
    box.keep({"n": 1})

    def busy(_some: Sequence[Record]) -> None:
        raise RuntimeError("the books are being written")

    with pytest.raises(RuntimeError):
        box.drain(busy)
    assert drained_live(box) == [1]


def test_two_processes_have_a_file_each_and_one_drains_both(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    mine = Inbox(folder)
    mine.keep({"n": "mine"})
    assert keeper(folder, 3).returncode == 0
    other = Inbox(folder)
    other.keep({"n": "other"})
    assert sorted(map(str, drained(folder))) == ["0", "1", "2", "mine", "other"]
    # The files of those who live stay: they may be writing in them.
    assert len(list(folder.glob("*.inbox"))) == 2
    mine.keep({"n": "later"})
    assert "later" in drained(folder)


def test_while_one_drains_another_leaves_at_once(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox")
    box.keep({"n": 1})
    found = []

    def take(_some: Sequence[Record]) -> None:
        found.append(Inbox(box.folder).drain(into([])))

    box.drain(take)
    assert found == [0]


def test_what_waits_about_something_is_found_until_it_is_taken(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox")
    box.keep({"n": 1, "tag": "a"})
    box.keep({"n": 2, "tag": "b"})
    elsewhere = Inbox(box.folder)
    elsewhere.keep({"n": 3, "tag": "a"})
    assert [each["n"] for each in box.about("a")] == [1, 3]
    assert [each["n"] for each in elsewhere.about("b")] == [2]
    drained_live(box)
    assert box.about("a") == []


@pytest.mark.parametrize("place", ["inbox.written", "inbox.settled"])
@pytest.mark.parametrize("visit", [1, 2, 3])
def test_a_kill_while_keeping_loses_nothing_that_was_accepted(
    tmp_path: Path, place: str, visit: int
) -> None:
    folder = tmp_path / "inbox"
    ended = keeper(folder, 5, f"{place}:{visit}:kill")
    assert ended.returncode < 0
    accepted = [int(each) for each in ended.stdout.split()]
    stored = drained(folder)
    assert set(accepted) <= set(stored)
    assert len(stored) == len(set(stored))


@pytest.mark.parametrize("place", ["inbox.taken", "inbox.marked"])
def test_a_kill_while_draining_hands_it_over_again_rather_than_never(
    tmp_path: Path, place: str
) -> None:
    folder, log = tmp_path / "inbox", tmp_path / "books"
    assert keeper(folder, 3).returncode == 0
    told = (
        "import sys; from pathlib import Path; from huitou.store.inbox import Inbox\n"
        "def take(some):\n"
        "    with open(sys.argv[2], 'a') as out: out.writelines(f\"{e['n']}\\n\" for e in some)\n"
        "Inbox(Path(sys.argv[1])).drain(take)\n"
    )
    call = [sys.executable, "-c", told, str(folder), str(log)]
    killed = {**os.environ, VARIABLE: f"{place}:1:kill"}
    assert subprocess.run(call, env=killed, check=False).returncode < 0
    assert subprocess.run(call, check=False).returncode == 0
    # A taker that counts each key once, as the books do, has all of them.
    assert set(log.read_text().split()) == {"0", "1", "2"}
    assert not list(folder.glob("*.inbox"))


def test_a_full_disk_is_said_and_the_next_one_is_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Inbox(tmp_path / "inbox")
    box.keep({"n": 0})
    real = os.write

    def full(handle: int, raw: bytes) -> int:
        if len(raw) > 10:
            return real(handle, raw[:10])
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(HuitouError, match="could not be kept"):
        box.keep({"n": "a text that is longer than what is left"})
    monkeypatch.setattr(os, "write", real)
    box.keep({"n": 2})
    assert drained_live(box) == [0, 2]


def test_a_sync_that_fails_ends_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Inbox(tmp_path / "inbox")
    real = os.fsync
    box.keep({"n": 0})

    def failing(_handle: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(HuitouError):
        box.keep({"n": 1})
    monkeypatch.setattr(os, "fsync", real)
    box.keep({"n": 2})
    assert len(list(box.folder.glob("*.inbox"))) == 2


def test_a_damaged_line_in_the_midst_is_kept_to_be_seen(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    assert keeper(folder, 3).returncode == 0
    (file,) = folder.glob("*.inbox")
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    assert drained(folder) == [0, 2]
    assert len(list(folder.glob("*.damaged"))) == 1
    assert Inbox(folder).damaged() == 1


def test_a_file_that_grew_large_is_left_for_another(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox", Measure(file=100))
    for n in range(20):
        box.keep({"n": n})
    assert len(list(box.folder.glob("*.inbox"))) > 2
    assert drained_live(box) == list(range(20))


def test_what_cannot_be_taken_is_set_aside_and_tried_again(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox")
    box.set_aside({"n": 7})
    box.set_aside({"n": 7})
    assert (box.waiting(), box.aside(), box.damaged()) == (1, 1, 0)

    def refuse(_some: Sequence[Record]) -> None:
        raise HuitouError("not yet")

    assert (box.retry(refuse), box.waiting()) == (0, 1)
    took: list[Any] = []
    assert (box.retry(into(took)), box.aside(), took) == (1, 0, [7])


def test_only_the_shop_may_read_what_waits(tmp_path: Path) -> None:
    box = Inbox(tmp_path / "inbox")
    box.keep({"n": 1})
    (file,) = box.folder.glob("*.inbox")
    assert (file.stat().st_mode & 0o777, box.folder.stat().st_mode & 0o777) == (0o600, 0o700)
