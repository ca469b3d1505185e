"""Fills the blocks of the README with what the program really prints: `python -m tools.readme`.

A block stands between `<!-- name -->` and `<!-- end -->`. The report is compared by a test; the
figures of speed are this machine's, and written by `python -m tools.readme --bench`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"


def block(name: str, text: str) -> str:
    """What stands in the README's block `name`."""
    found = re.search(_pattern(name), text, re.DOTALL)
    if found is None:
        raise LookupError(f"the README has no block {name!r}")
    return found["inside"]


def filled(name: str, text: str, said: str) -> str:
    """The README with `said` in its block `name`."""
    fenced = f"<!-- {name} -->\n```text\n{said.strip()}\n```\n<!-- end -->"
    return re.sub(_pattern(name), lambda _: fenced, text, count=1, flags=re.DOTALL)


def report(home: Path) -> str:
    """The five answers about the shop in `home`, as the command line prints them."""
    return _printed("huitou.doors.cli.main", "--home", str(home), "report")


def _pattern(name: str) -> str:
    return rf"<!-- {name} -->\n```text\n(?P<inside>.*?)\n?```\n<!-- end -->"


def _printed(module: str, *arguments: str) -> str:
    call = f"from {module} import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", call, *arguments],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout.rstrip()


def main() -> None:
    """Write the blocks anew."""
    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "shop"
        _printed("huitou.doors.cli.main", "--home", str(home), "demo", "--no-serve")
        text = filled("report", text, report(home))
    if "--bench" in sys.argv:
        text = filled("bench", text, _printed("tools.bench"))
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
