"""What a customer attaches: checked by its first bytes, kept under a random name, shown to staff.

Pictures and PDFs only. SVG and HTML are never taken: they run in whoever opens them. The name a
customer gave is a label; the file on disk is called by its id, in the shop's own folder, which no
web server serves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from huitou.ground.durable import put_in_place
from huitou.ground.errors import BadInput
from huitou.ground.ids import new_id

FOLDER = "attachments"
"""Under the shop's folder."""
LARGEST = 10 * 2**20
"""Bytes of one file: a photo of a phone, not a film."""
MOST = 5
"""Files of one complaint."""

_HEIC = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")
_ID = re.compile(r"[0-9a-z]{26}")

SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "image/heic": ".heic",
}
"""What is taken, and how its file's name ends when it is handed to staff."""


@dataclass(frozen=True)
class File:
    """One attachment that was kept."""

    id: str
    name: str
    """As the customer called it, made harmless; its end is that of what it really is."""
    media: str
    size: int
    sha256: str


def media(raw: bytes) -> str | None:
    """What these bytes are by how they begin; None for anything that is not taken."""
    if raw.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if raw.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "image/webp"
    if raw.startswith(b"%PDF-"):
        return "application/pdf"
    return "image/heic" if raw[4:8] == b"ftyp" and raw[8:12] in _HEIC else None


def keep(folder: Path, name: str, raw: bytes) -> File:
    """Keep one file durably under `folder`/attachments; the same bytes twice are two files.

    Args:
        folder: the shop's folder.
        name: what the customer called it; any text.
        raw: the whole file.

    Raises:
        BadInput: in words, for what is empty, too large, or no picture and no PDF.
    """
    if not raw:
        raise BadInput("the file is empty", file=_label(name, ""))
    if len(raw) > LARGEST:
        raise BadInput(f"the file is larger than {LARGEST >> 20} MB", file=_label(name, ""))
    kind = media(raw)
    if kind is None:
        raise BadInput(
            "only pictures (JPEG, PNG, WebP, GIF, HEIC) and PDF files can be attached",
            file=_label(name, ""),
        )
    kept = File(new_id(), _label(name, SUFFIXES[kind]), kind, len(raw), sha256(raw).hexdigest())
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = place / f".{kept.id}.new"
    fresh.write_bytes(raw)
    fresh.chmod(0o600)
    put_in_place(fresh, place / kept.id)
    return kept


def path_of(folder: Path, file_id: str) -> Path:
    """Where a kept file lies; refuses what is no id, so that no path is walked."""
    if not _ID.fullmatch(file_id):
        raise BadInput("there is no such file")
    return folder / FOLDER / file_id


def drop(folder: Path, file_ids: list[str]) -> int:
    """Take files away for good; how many there were."""
    found = [path for each in file_ids if (path := path_of(folder, each)).exists()]
    for path in found:
        path.unlink()
    return len(found)


def _label(name: str, suffix: str) -> str:
    """A name without folders, controls or marks that turn text round, ending as what it is."""
    bare = re.split(r"[/\\]", name.encode("utf-8", "replace").decode())[-1]
    stem = re.sub(r"[^\w .()\-]", "_", bare, flags=re.UNICODE).strip(" .")
    stem = re.sub(r"(\.[A-Za-z0-9]{1,5})+$", "", stem) if suffix else stem
    return f"{stem[:100] or 'file'}{suffix}"
