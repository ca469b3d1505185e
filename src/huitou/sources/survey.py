"""A first look at the bytes of a file: its hash, what kind it is, and whether it is UTF-8.

The kind is told by the bytes, never by the name: tills save web pages as .xls and tables as .csv.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from huitou.ground.errors import NothingTaken

LONGEST_LINE = 16 * 2**20
"""A line longer than this is no row of an order file; it is refused before it fills the memory."""

_BLOCK = 2**20

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Survey:
    """What the bytes say before anything is understood."""

    name: str
    sha256: str
    size: int
    format: str
    """parquet, excel, jsonl, or csv (any separated text)."""
    bom: str | None
    """The encoding a byte-order mark names."""
    ascii: bool
    utf8: bool
    wide: str | None
    """utf-16-le or utf-16-be where every other byte is zero."""
    two_byte_only: bool
    """Every letter beyond ASCII takes two bytes in UTF-8: GB18030 can look like that."""


def survey(path: Path) -> Survey:
    """Read the file once, in blocks; `NothingTaken` for what can be no file of orders."""
    with path.open("rb") as file:
        head = file.read(_BLOCK)
        kind = _kind(path, head)
        text = kind in ("csv", "jsonl")
        facts = _Text() if text else None
        taken, size, block = hashlib.sha256(), 0, head
        while block:
            taken.update(block)
            size += len(block)
            if facts is not None:
                facts.see(block, path.name)
            block = file.read(_BLOCK)
    facts = facts or _Text()
    facts.end()
    return Survey(
        path.name, taken.hexdigest(), size, kind, _bom(head) if text else None, facts.ascii,
        facts.utf8, _wide(head) if text else None, facts.two_byte_only,
    )  # fmt: skip


class _Text:
    """Facts about text that are gathered block by block."""

    def __init__(self) -> None:
        self.ascii = self.utf8 = self.two_byte_only = True
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._since_newline = 0

    def see(self, block: bytes, name: str) -> None:
        self._measure(block, name)
        if block.isascii():
            return
        self.ascii = False
        if self.utf8:
            self._decode(block)

    def end(self) -> None:
        self._decode(b"", final=True)

    def _decode(self, block: bytes, *, final: bool = False) -> None:
        if not self.utf8:
            return
        try:
            text = self._decoder.decode(block, final)
        except UnicodeDecodeError:
            self.utf8 = False
            return
        if self.two_byte_only and text:
            self.two_byte_only = max(text.removeprefix("\ufeff") or "a") < "\u0800"

    def _measure(self, block: bytes, name: str) -> None:
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._since_newline = (
            self._since_newline + len(block) if last < 0 else len(block) - last - 1
        )
        if self._since_newline > LONGEST_LINE:
            raise NothingTaken(
                "one line of this file is longer than 16 MB, so it is not a table of orders",
                file=name,
                to_try="export it again as CSV with one row a line",
            )


def _kind(path: Path, head: bytes) -> str:
    name = path.name
    if not head:
        raise NothingTaken("the file is empty", file=name, to_try="export it again")
    if head.startswith(b"PAR1"):
        return _whole_parquet(path)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"\xd0\xcf\x11\xe0"):
        return "excel"
    for magic, sentence, to_try in _KNOWN_OTHERS:
        if head.startswith(magic):
            raise NothingTaken(sentence, file=name, to_try=to_try)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:200].lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style")):
        raise NothingTaken(
            "this is a web page with the name of a table",
            file=name,
            to_try="open it in a spreadsheet and save it as xlsx or CSV",
        )
    if start.startswith(b"{"):
        return "jsonl"
    if not _bom(head) and not _wide(head) and head[:65536].count(0) > 0:
        raise NothingTaken("this is a binary file, not a table of orders", file=name, to_try=_OPEN)
    return "csv"


_OPEN = "export the orders as CSV, xlsx, Parquet or JSON lines"
_KNOWN_OTHERS = (
    (b"\x1f\x8b", "this file is packed (gzip)", "unpack it first: gunzip FILE"),
    (b"%PDF", "this is a PDF, not a table", _OPEN),
    (b"Rar!", "this file is packed (rar)", "unpack it first"),
    (b"7z\xbc\xaf", "this file is packed (7z)", "unpack it first"),
    (b"SQLite format 3", "this is a database, not a table", _OPEN),
    (b"\x89PNG", "this is a picture, not a table", _OPEN),
    (b"\xff\xd8\xff", "this is a picture, not a table", _OPEN),
    (b"\x7fELF", "this is a program, not a table", _OPEN),
)


def _whole_parquet(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(0, 2)
        size = file.tell()
        file.seek(max(0, size - 4))
        whole = size >= 12 and file.read(4) == b"PAR1"
    if not whole:
        raise NothingTaken(
            "this Parquet file is cut off: its end is missing",
            file=path.name,
            to_try="copy or export it again",
        )
    return "parquet"


def _bom(head: bytes) -> str | None:
    return next((encoding for mark, encoding in BOMS if head.startswith(mark)), None)


def _wide(head: bytes) -> str | None:
    some = head[:4096]
    some = some[: len(some) // 2 * 2]
    if len(some) < 4 or _bom(head) == "utf-8":
        return None
    even, odd = some[0::2].count(0), some[1::2].count(0)
    half = len(some) // 2
    if odd > half * 0.1 and even <= half * 0.02:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.1 and odd <= half * 0.02 else None
