"""Files that pages load: each address carries the file's own hash, so caches never go stale."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).with_name("static")


@lru_cache(maxsize=64)
def address(name: str) -> str:
    """`console.css` -> `/static/console.css?v=3f9a…`."""
    sha = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={sha[:10]}"
