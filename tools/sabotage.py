"""Makes one chapter after the other say a constant, and requires that the shop tests turn red.

`make sabotage`, or `python -m tools.sabotage models facts` for some chapters only. A chapter whose
constant nobody notices is not tested, whatever the coverage says.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WITNESS = "tests/shop/test_a_year.py"
GREEN, RED = 0, 1

# By its name, for the types of tests are not checked and this file's are.
broken = importlib.import_module("tests.shop.sabotage")
CHAPTERS: list[str] = [chapter for chapter in broken.CHAPTERS if chapter]
VARIABLE: str = broken.VARIABLE


def watched(chapter: str | None) -> int:
    """How the shop's year ends with this chapter sabotaged: pytest's exit code."""
    kept = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment = kept | ({VARIABLE: chapter} if chapter else {})
    told = subprocess.run(
        [sys.executable, "-m", "pytest", WITNESS, "-x", "-q", "--no-header"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return told.returncode


def main() -> None:
    """Try each chapter; exit 1 where one went unnoticed."""
    chapters = sys.argv[1:] or CHAPTERS
    if watched(None) != GREEN:
        sys.exit("the shop's year is red before anything was broken; mend that first")
    unnoticed = [chapter for chapter in chapters if not _noticed(chapter)]
    if unnoticed:
        sys.exit(f"nobody noticed: {', '.join(unnoticed)}")
    print(f"all {len(chapters)} chapters are listened to")


def _noticed(chapter: str) -> bool:
    began = time.perf_counter()
    # Only failed tests count: a crash of pytest itself would prove nothing.
    red = watched(chapter) == RED
    verdict = "red, as it must be" if red else "NOT NOTICED"
    print(f"{chapter:10} {verdict:20} {time.perf_counter() - began:6.1f} s", flush=True)
    return red


if __name__ == "__main__":
    main()
