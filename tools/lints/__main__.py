"""Reads every committed file with every rule: `python -m tools.lints`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath

from tools.lints import (
    chance,
    empty_rooms,
    hosts,
    labels,
    late_laws,
    lazy_doors,
    loops,
    promises,
    vendored,
    wall_clock,
)

RULES = (
    wall_clock.RULE,
    chance.RULE,
    lazy_doors.RULE,
    late_laws.RULE,
    loops.RULE,
    labels.RULE,
    hosts.RULE,
    promises.RULE,
    empty_rooms.RULE,
)
ROOT = Path(__file__).resolve().parents[2]


def committed() -> list[PurePosixPath]:
    """What git keeps here; new files too, unless they are ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [PurePosixPath(line) for line in sorted(set(listed.stdout.splitlines()))]


def complaints() -> list[str]:
    """One sentence for each thing that is wrong, with its file and line."""
    found = [said for path in committed() if (ROOT / path).is_file() for said in _read(path)]
    return [*found, *vendored.unlicensed(ROOT / vendored.VENDOR)]


def _read(path: PurePosixPath) -> list[str]:
    rules = [rule for rule in RULES if rule.applies(path)]
    if not rules:
        return []
    text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
    return [
        f"{path}:{line}: {rule.name}: {said}"
        for rule in rules
        for line, said in rule.find(path, text)
    ]


if __name__ == "__main__":
    said = complaints()
    print("\n".join(said) or "lints: all clear")
    sys.exit(1 if said else 0)
