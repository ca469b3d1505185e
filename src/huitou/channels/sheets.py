"""Tables for people and their printers: CSV that spreadsheets cannot be tricked by, plain HTML."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from huitou.ground.durable import put_in_place
from huitou.ground.spreadsheets import neutral


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV as Excel in every country reads it: UTF-8 with its mark, CRLF, all cells neutral."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def file_name(key: str, mark: str) -> str:
    """A file name from a customer's key, safe on every disk; `mark` keeps it apart."""
    safe = re.sub(r"[^\w.-]+", "_", key, flags=re.ASCII).strip("._-")[:40]
    return f"{safe or 'customer'}-{mark}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and on the disk before it has its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(content)
    put_in_place(fresh, path)


def page(title: str, language: str, body: str) -> bytes:
    """A page to print: no script, nothing from outside."""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    ).encode()


def lines(texts: Iterable[str]) -> str:
    """Texts as HTML, a line each."""
    return "<br>\n".join(escape(text) for text in texts)


STYLE = """
@page { size: A4; margin: 0 }
body { margin: 0; color: #111; background: #fff;
  font: 11pt/1.5 "Source Serif 4", Georgia, "Noto Serif CJK SC", "Songti SC", SimSun, serif }
.letter { position: relative; box-sizing: border-box; width: 210mm; min-height: 297mm;
  padding: 98mm 25mm 20mm; break-after: page }
.from { position: absolute; top: 45mm; left: 25mm; width: 80mm; font-size: 7pt; color: #444 }
.to { position: absolute; top: 52mm; left: 25mm; width: 80mm; height: 35mm }
.date { position: absolute; top: 85mm; right: 25mm }
.code { margin: 6mm 0; padding: 3mm 5mm; border: .4mm solid #111; display: inline-block;
  font: 600 15pt/1.2 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .12em }
h1 { font-size: 13pt; margin: 0 0 6mm }
.sheet { padding: 15mm }
table { border-collapse: collapse; width: 100% }
th, td { border: .2mm solid #999; padding: 2mm; text-align: left; vertical-align: top }
tr { break-inside: avoid }
"""
"""A letter whose address stands in the window of a DIN 5008 (form B) or C5/6 envelope."""
