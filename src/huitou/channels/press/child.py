"""The child process that sets type: limits first, then one report, then the end.

parent ──stdin──▶  {"told": {…}, "limits": {…}}
parent ◀─stdout──  %PDF…  or  {"kind": …, "sentence": …, "to_try": …}
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from huitou.channels.press.fonts import missing, wanted
from huitou.ground import child
from huitou.ground.errors import HuitouError, plain

SHEET = Path(__file__).with_name("report.typ")


def main() -> None:
    """Serve one request from stdin and answer on stdout."""
    out = child.own_answers()
    request = json.loads(sys.stdin.buffer.read())
    child.limit(request["limits"])
    try:
        out.write(_set(request["told"], bool(request["no_system_fonts"])))
    except HuitouError as told:
        out.write(json.dumps(plain(told)).encode())
    out.flush()


def _set(told: dict[str, Any], no_system_fonts: bool) -> bytes:
    import typst

    fonts = typst.Fonts(include_system_fonts=not no_system_fonts)
    there = fonts.families()
    if (lacking := missing(told["language"], there)) is not None:
        raise lacking
    root = Path.cwd()
    (root / "report.typ").write_text(SHEET.read_text(encoding="utf-8"), encoding="utf-8")
    compiler = typst.Compiler(str(root / "report.typ"), root=str(root), font_paths=fonts)
    made = compiler.compile(
        format="pdf",
        sys_inputs={"report": json.dumps(_drawn(told, there))},
        timestamp=datetime.fromisoformat(told["until"]).replace(tzinfo=UTC),
    )
    assert isinstance(made, bytes)  # several only for pictures, one a page
    return made


def _drawn(told: dict[str, Any], there: Sequence[str]) -> dict[str, Any]:
    serif, sans = wanted(told["language"], there)
    return {**told, "serif": serif, "sans": sans}


if __name__ == "__main__":
    main()
