"""Seconds and megabytes from a file of orders to the plan: `make bench`.

The larger file of the two-year shop is used where it is there (`$HUITOU_TEST_DATA`, or
`../shared/data`), the example shop otherwise. Nothing is asserted: figures are for reading.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAID = ("--yes", "--currency", "GBP", "--timezone", "Europe/London", "--margin", "0.35")


def orders() -> Path:
    """The largest file of orders at hand."""
    data = Path(os.environ.get("HUITOU_TEST_DATA") or ROOT.parent / "shared" / "data")
    large = data / "online_retail_ii_dedup.parquet"
    return large if large.exists() else ROOT / "examples/shop/online_retail_2010_2011.parquet"


def main() -> None:
    """Take the file in, run the day, and print what each step cost."""
    file = orders()
    print(f"{file.name} on Python {platform.python_version()}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory(prefix="huitou-bench-") as folder:
        home = Path(folder) / "shop"
        for command in (("import", str(file), *SAID), ("run",)):
            print(_huitou(home, *command))


def _huitou(home: Path, *arguments: str) -> str:
    call = "from huitou.doors.cli.main import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", call, "--home", str(home), *arguments],
        stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if told.returncode not in (0, 3):
        sys.exit(told.returncode)
    return told.stdout.rstrip()


if __name__ == "__main__":
    main()
