"""How a peer is asked: its own Python, its own folder, our files, and a limit to our patience."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def python_of(peer: str) -> Path:
    """The Python of an environment under `.peers/`."""
    return ROOT / ".peers" / peer / "bin" / "python"


def answered(peer: str, script: Path, folder: Path, patience: int) -> str:
    """Let a peer's script work in a folder; its last words, should it stop."""
    quiet = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    quiet.pop("PYTHONPATH", None)
    try:
        done = subprocess.run(
            [str(python_of(peer)), str(script), str(folder)], env=quiet, timeout=patience,
            check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"not within {patience} seconds"
    return done.stderr[-800:]
