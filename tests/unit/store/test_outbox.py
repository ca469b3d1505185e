"""Events reach the lake once each, whatever is killed in between."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.unit.journeys.given import NOW

from huitou.ground import failpoints
from huitou.ground.failpoints import VARIABLE, Stopped, failpoint
from huitou.store.books import Books
from huitou.store.outbox import EVENTS, Event, drain, tell, waiting


def said(first: int, last: int) -> list[Event]:
    return [Event("test.said", f"k{n}", NOW, {"person_id": f"p{n}"}) for n in range(first, last)]


def arrived(folder: Path) -> list[str]:
    return [key for file in folder.glob("*.parquet") for key in _keys(file)]


def _keys(file: Path) -> list[str]:
    table = pq.read_table(file)
    assert table.schema.equals(EVENTS)
    return table["key"].to_pylist()


def test_an_event_that_was_undone_was_never_told(books: Books, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), books.unit() as unit:
        tell(unit, said(0, 3))
        raise RuntimeError
    assert drain(books, tmp_path / "lake", NOW) == 0


def test_an_event_is_done_with_when_its_file_has_its_name_on_the_disk(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = list[int]()
    monkeypatch.setattr(os, "fsync", lambda handle: settled.append(os.fstat(handle).st_ino))
    with books.unit() as unit:
        tell(unit, said(0, 1))
    drain(books, tmp_path / "lake", NOW)
    (file,) = (tmp_path / "lake").glob("*.parquet")
    assert settled == [file.stat().st_ino, file.parent.stat().st_ino]


def test_events_arrive_in_order_and_whole(books: Books, tmp_path: Path) -> None:
    with books.unit() as unit:
        tell(unit, said(0, 5))
    assert drain(books, tmp_path / "lake", NOW) == 5
    (file,) = (tmp_path / "lake").glob("*.parquet")
    rows = pq.read_table(file).to_pylist()
    assert [row["key"] for row in rows] == [f"k{n}" for n in range(5)]
    assert rows[3]["person_id"] == "p3" and json.loads(rows[3]["body"]) == {"person_id": "p3"}
    assert rows[0]["at"] == NOW.replace(tzinfo=None)


@pytest.mark.parametrize("place", ["outbox.sealed", "outbox.written"])
def test_a_batch_cut_off_is_the_same_batch_afterwards(
    books: Books, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake = tmp_path / "lake"
    with books.unit() as unit:
        tell(unit, said(0, 5))
    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, f"{place}:1:raise")
    with pytest.raises(Stopped):
        drain(books, lake, NOW)
    with books.unit() as unit:
        tell(unit, said(5, 8))
    assert drain(books, lake, NOW) == 8
    assert sorted(arrived(lake)) == [f"k{n}" for n in range(8)]
    with books.reading() as unit:
        assert waiting(unit) == 0


def test_a_failpoint_stops_at_its_visit_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, "here:2:raise")
    failpoint("elsewhere")
    failpoint("here")
    with pytest.raises(Stopped):
        failpoint("here")
    failpoint("here")
