"""What the paper channel leaves in the folder."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from tests.unit.journeys import given
from tests.unit.journeys.given import NOW, ZONE

from huitou.channels.contract import End
from huitou.channels.paper import CallList, Paper
from huitou.channels.sheets import csv_bytes, file_name, write_whole
from huitou.journeys.messages import Message, Offered, compose


def letter(number: int = 1, act: str = "thank", **facts: object) -> Message:
    receipt = {"plan_id": "plan", "act": act, "channel": "paper", "staff_minutes": 0.5}
    offered = Offered("ABCDE23456", NOW.date(), 0.1, 500) if act == "offer" else None
    recipient = given.recipient(f"p{number:04d}", **facts)
    return compose(receipt, recipient, given.desk().sender, offered)


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_a_letter_is_a_page_with_address_words_and_code(tmp_path: Path) -> None:
    message = letter(act="offer", name="李 <b>", address=("1 High Street", "Town"), language="en")
    assert Paper(tmp_path, ZONE).hand_over(message, NOW).end is End.ACCEPTED
    (file,) = (tmp_path / "plan" / "letters").iterdir()
    page = file.read_text(encoding="utf-8")
    assert "李 &lt;b&gt;<br>\n1 High Street<br>\nTown" in page and "<b>" not in page
    assert '<strong class="code">ABCDE23456</strong>' in page
    assert "Mar 2, 2026" in page and "<script" not in page and "http" not in page


def test_handing_over_twice_leaves_one_file(tmp_path: Path) -> None:
    paper = Paper(tmp_path, ZONE)
    first = [paper.hand_over(letter(), NOW) and file.read_bytes() for file in _files(tmp_path)]
    paper.hand_over(letter(), NOW)
    before = [file.read_bytes() for file in _files(tmp_path)]
    paper.hand_over(letter(), NOW)
    assert [file.read_bytes() for file in _files(tmp_path)] == before and len(before) == 1
    assert first == []


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "名字", "", ".", "x" * 500, "a\0b"])
def test_no_customer_number_leaves_the_folder(tmp_path: Path, key: str) -> None:
    Paper(tmp_path, ZONE).hand_over(letter(key=key), NOW)
    (file,) = _files(tmp_path)
    assert file.parent == tmp_path / "plan" / "letters" and len(file.name) < 80
    assert file_name(key, "1") != file_name(key, "2")


def test_a_full_disk_is_safe_to_repeat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    outcome = Paper(tmp_path, ZONE).hand_over(letter(), NOW)
    assert outcome.end is End.RETRY_SAFE and "No space" in (outcome.reason or "")
    assert not [file for file in _files(tmp_path) if not file.name.startswith(".")]


def test_a_letter_has_its_name_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settled = list[int]()
    monkeypatch.setattr(os, "fsync", lambda handle: settled.append(os.fstat(handle).st_ino))
    write_whole(tmp_path / "letter", b"Dear C1")
    assert settled == [(tmp_path / "letter").stat().st_ino, tmp_path.stat().st_ino]


def test_the_mail_merge_has_a_row_for_each_and_runs_no_formula(tmp_path: Path) -> None:
    messages = [letter(1, key="=cmd|' /C calc'!A0"), letter(2, name="+49"), letter(3)]
    Paper(tmp_path, ZONE).gather("plan", messages)
    rows = read(tmp_path / "plan" / "mail-merge.csv")
    assert [row["customer"] for row in rows] == ["'=cmd|' /C calc'!A0", "C2", "C3"]
    assert rows[1]["name"] == "'+49"
    assert rows[2]["text"] == messages[2].body


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\u3000=1", "\ufeff=1"])
def test_cells_that_look_like_formulas_are_neutral(cell: str) -> None:
    assert not csv_bytes(["a"], [[cell]]).decode("utf-8-sig").splitlines()[1].startswith(cell)


def test_the_call_list_names_phone_minutes_and_questions(tmp_path: Path) -> None:
    calls = [letter(number, act="call", language="en", key=f"C<{number}>") for number in (1, 2)]
    channel = CallList(tmp_path, ZONE)
    for call in calls:
        assert channel.hand_over(call, NOW).end is End.ACCEPTED
    channel.gather("plan", calls)
    rows = read(tmp_path / "plan" / "calls.csv")
    assert [row["phone"] for row in rows] == ["'+8613800000001", "'+8613800000002"]
    assert "Promise nothing" in rows[0]["what to say"]
    whole = (tmp_path / "plan" / "calls.html").read_text(encoding="utf-8")
    assert whole.count("Why they stayed away:") == 2 and "C&lt;1&gt;" in whole
