"""What a power cut must not take back: files and the folders that name them, on the disk."""

from __future__ import annotations

import os
from pathlib import Path


def settle(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on the disk.

    After a rename the folder has to be settled too: a synced file whose name is lost is lost.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(fresh: Path, wanted: Path) -> None:
    """Give a file that was just written its name: whole and lasting, or not at all."""
    settle(fresh)
    fresh.replace(wanted)
    settle(wanted.parent)
