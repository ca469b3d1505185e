"""Ask lifetimes and clvkit, which live in `.peers/models` (`make bench-peers` puts them there)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.peers.asking import answered, python_of

ANSWERS = Path(__file__).with_name("buying.py")
PATIENCE = 3_000
"""Seconds that all questions of one room may take."""
Histories = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def missing() -> str | None:
    """Why no peer can be asked; None where they can."""
    if python_of("models").exists():
        return None
    return "lifetimes and clvkit are not installed here (make bench-peers)"


@dataclass(frozen=True)
class Question:
    """One fit of one program."""

    program: str
    model: str
    histories: tuple[NDArray[np.float64], ...]
    """x, t_x and T; of the Gamma-Gamma purchase days and their mean amount."""
    times: int = 1
    """How often it is measured; the best counts."""


@dataclass(frozen=True)
class Answer:
    """What it found; `params` is empty where it stopped with an error."""

    params: tuple[float, ...]
    cpu: float | None
    error: str | None


def asked(questions: Sequence[Question]) -> list[Answer]:
    """The answers, in order.

    Raises:
        RuntimeError: when the peers' process stops; its last words are told.
    """
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "question.json").write_text(json.dumps(list(_written(here, questions))))
        last = answered("models", ANSWERS, here, PATIENCE)
        file = here / "answer.json"
        told: list[dict[str, Any]] = json.loads(file.read_text()) if file.exists() else []
        if len(told) < len(questions):
            raise RuntimeError(f"{questions[len(told)].program} did not answer: {last}")
        return [Answer(tuple(each["params"]), each["cpu"], each["error"]) for each in told]


def _written(folder: Path, questions: Sequence[Question]) -> Any:
    files: dict[int, str] = {}
    for question in questions:
        key = id(question.histories)
        if key not in files:
            files[key] = str(len(files))
            np.save(folder / f"{files[key]}.npy", np.array(question.histories))
        yield {
            "program": question.program,
            "model": question.model,
            "histories": files[key],
            "times": question.times,
        }
