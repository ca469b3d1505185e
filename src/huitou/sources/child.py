"""The child process in which files are parsed: limits first, then one request, then the end.

    parent ──stdin──▶  {"do": "read", "path": …, "limits": …}
    parent ◀─stdout──  {"progress": ["reading", 0.3]}  …  {"done": …} or {"error": …}

A crafted file can abort a parser or ask it for more memory than there is. Here it kills this
process and nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from huitou.ground import child
from huitou.ground.errors import HuitouError, plain

Say = Callable[[dict[str, Any]], None]


def main() -> None:
    """Serve one request from stdin and answer on stdout."""
    say = _speaker()
    request = json.loads(sys.stdin.buffer.read())
    child.limit(request["limits"])
    try:
        say({"done": _TASKS[request["do"]](request, say)})
    except HuitouError as told:
        from huitou.sources import wire

        say({"error": {**plain(told), "sentence": wire.sentence_to(told.told)}})
    except MemoryError:
        say({"error": {"kind": "memory"}})


def _speaker() -> Say:
    out = child.own_answers()

    def say(message: dict[str, Any]) -> None:
        out.write(json.dumps(message, ensure_ascii=False, default=str).encode() + b"\n")
        out.flush()

    return say


def _look(request: dict[str, Any], say: Say) -> dict[str, Any]:
    from huitou.sources import reading, wire
    from huitou.sources.contract import Mapping

    preview = reading.look(
        Path(request["path"]),
        wire.declared_from(request["declared"]),
        Path(request["folder"]),
        datetime.fromisoformat(request["now"]),
        [Mapping.from_dict(plain) for plain in request["kept"]],
    )
    return wire.preview_to(preview)


def _read(request: dict[str, Any], say: Say) -> dict[str, Any]:
    from huitou.sources import reading, wire
    from huitou.sources.contract import Mapping

    found = reading.read(
        Path(request["path"]),
        Mapping.from_dict(request["mapping"]),
        Path(request["folder"]),
        zone=request["zone"],
        now=datetime.fromisoformat(request["now"]),
        strict=request["strict"],
        progress=lambda step, share: say({"progress": [step, share]}),
    )
    return vars(found) | {"warnings": [wire.sentence_to(words) for words in found.warnings]}


def _reread(request: dict[str, Any], say: Say) -> dict[str, Any]:
    from huitou.sources import reading
    from huitou.sources.contract import Mapping

    reading.reread(
        Path(request["path"]),
        Mapping.from_dict(request["mapping"]),
        Path(request["folder"]),
        sha256=request["sha256"],
        rows=request["rows"],
    )
    return {}


_TASKS = {"look": _look, "read": _read, "reread": _reread}


if __name__ == "__main__":
    main()
