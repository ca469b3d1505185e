"""Pictures and PDFs are kept; what could run in somebody's hands never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from huitou.care.complaints import attachments
from huitou.care.complaints.attachments import drop, keep, media, path_of
from huitou.ground.errors import BadInput

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20

TAKEN = {
    "image/png": PNG,
    "image/jpeg": b"\xff\xd8\xff\xe0" + b"0" * 20,
    "image/gif": b"GIF89a" + b"0" * 20,
    "image/webp": b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    "application/pdf": b"%PDF-1.7\n",
    "image/heic": b"\x00\x00\x00\x18ftypheic\x00\x00",
}

REFUSED = [
    b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    b"<?xml version='1.0'?><svg/>",
    b"<!doctype html><script>alert(1)</script>",
    b"PK\x03\x04",
    b"MZ\x90",
    b"RIFF\x10\x00\x00\x00AVI LIST",
    b"\x00\x00\x00\x18ftypisom",
    b"#!/bin/sh\n",
    b"\xff\xd8",
]


@pytest.mark.parametrize("kind", TAKEN)
def test_a_file_is_what_its_bytes_say(tmp_path: Path, kind: str) -> None:
    kept = keep(tmp_path, "evil.html", TAKEN[kind])
    assert kept.media == kind and kept.name == f"evil{attachments.SUFFIXES[kind]}"
    assert path_of(tmp_path, kept.id).read_bytes() == TAKEN[kind]


@pytest.mark.parametrize("raw", REFUSED)
def test_what_runs_is_never_taken(tmp_path: Path, raw: bytes) -> None:
    assert media(raw) is None
    with pytest.raises(BadInput, match="only pictures"):
        keep(tmp_path, "photo.png", raw)
    assert not (tmp_path / attachments.FOLDER).exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\me\\照片.jpg", "照片.png"),
        ("a.php.png", "a.png"),
        ("\u202egnp.exe", "_gnp.png"),
        ("<b>\r\nSet-Cookie: x", "_b___Set-Cookie_ x.png"),
        ("", "file.png"),
        ("..", "file.png"),
        ("x" * 400, "x" * 100 + ".png"),
        ("a\ud800b.png", "a_b.png"),
    ],
)
def test_a_name_is_a_label_and_no_path(tmp_path: Path, given: str, kept: str) -> None:
    assert keep(tmp_path, given, PNG).name == kept
    assert len(list((tmp_path / attachments.FOLDER).iterdir())) == 1


def test_too_large_and_empty_are_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="larger than 10 MB"):
        keep(tmp_path, "a.png", PNG + b"0" * attachments.LARGEST)
    with pytest.raises(BadInput, match="empty"):
        keep(tmp_path, "a.png", b"")


def test_no_path_is_walked(tmp_path: Path) -> None:
    for asked in ("../books.db", "..", "", "A" * 26, "a" * 27):
        with pytest.raises(BadInput):
            path_of(tmp_path, asked)


def test_taken_away_for_good(tmp_path: Path) -> None:
    kept = keep(tmp_path, "a.png", PNG)
    assert drop(tmp_path, [kept.id]) == 1 and drop(tmp_path, [kept.id]) == 0
    assert not path_of(tmp_path, kept.id).exists()
