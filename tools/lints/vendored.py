"""Every vendored asset has its licence beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

VENDOR = Path("src/huitou/doors/console/static/vendor")


def unlicensed(folder: Path) -> Iterator[str]:
    """Sentences about assets under `folder` that no licence covers; none where all is well.

    `vendor.json` lists what was taken from where, with its version; each package is a folder or a
    file that starts with its name, and a file whose name contains LICENSE stands beside it.
    """
    if not folder.exists():
        return
    listed = folder / "vendor.json"
    if not listed.exists():
        yield f"{folder}: vendor.json is missing"
        return
    try:
        json.loads(listed.read_text(encoding="utf-8"))
    except ValueError as bad:
        yield f"{listed}: {bad}"
        return
    for asset in sorted(folder.rglob("*")):
        if asset.is_file() and asset != listed and not _licence(asset):
            if asset.name not in listed.read_text(encoding="utf-8"):
                yield f"{asset}: vendor.json does not name it"
            if not _covered(asset, folder):
                yield f"{asset}: no licence beside it"


def _licence(path: Path) -> bool:
    return any(word in path.name.upper() for word in ("LICENSE", "LICENCE", "NOTICE", "COPYING"))


def _covered(asset: Path, folder: Path) -> bool:
    beside = [path for path in asset.parent.iterdir() if _licence(path)]
    if asset.parent != folder:
        return bool(beside)
    first = asset.name.split(".")[0].split("-")[0].lower()
    return any(first in path.name.lower() for path in beside)
