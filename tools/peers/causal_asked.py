"""Ask causalml and econml, which live in `.peers/causal` (`make bench-peers` puts them there).

A question is a folder with two Arrow files and a word; the answer is a third. So the peers' own
numpy, pandas and trees never meet ours.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
from numpy.typing import NDArray

from tools.peers.asking import answered, python_of

FloatArray = NDArray[np.float64]

ANSWERS = Path(__file__).with_name("causal.py")
PATIENCE = 900
"""Seconds that one question may take."""


@dataclass(frozen=True)
class Learner:
    """One peer, as its documentation shows it."""

    name: str
    title: str
    outcomes: tuple[str, ...]
    rows: int = 1_000_000
    """It is given at most so many rows: some need minutes for more."""


LEARNERS = (
    Learner("S", "causalml S-learner", ("profit", "response")),
    Learner("T", "causalml T-learner", ("profit", "response")),
    Learner("DR", "causalml DR-learner", ("profit", "response")),
    Learner("DRLearner", "econml DRLearner", ("profit", "response")),
    Learner("DRPolicyForest", "econml DRPolicyForest, 8,000 rows", ("profit",), 8_000),
)


def missing() -> str | None:
    """Why no peer can be asked; None where they can."""
    if python_of("causal").exists():
        return None
    return "causalml and econml are not installed here (make bench-peers)"


@dataclass(frozen=True)
class Question:
    """An experiment in equal shares, and the people whom an answer is wanted for."""

    x: FloatArray
    act: NDArray[np.int64]
    outcomes: dict[str, FloatArray]
    """What came of it, by name: the learners say which of them they learn."""
    others: FloatArray


@dataclass(frozen=True)
class Answer:
    """What a peer expects each act to add for each of the others, (n, acts)."""

    learner: Learner
    outcome: str
    gains: FloatArray
    """`DRPolicyForest` names no gains: 1 for the act it recommends."""
    cpu: float


def asked(question: Question, learners: tuple[Learner, ...] = LEARNERS) -> list[Answer]:
    """The answers of all who had one in time.

    Raises:
        RuntimeError: when a peer stops with an error; its last words are told.
    """
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        _write(here / "train.arrow", question.x, act=question.act, **question.outcomes)
        _write(here / "test.arrow", question.others)
        wanted = [
            {"learner": each.name, "outcome": outcome, "rows": each.rows}
            for each in learners for outcome in each.outcomes if outcome in question.outcomes
        ]  # fmt: skip
        (here / "question.json").write_text(json.dumps(wanted))
        last = answered("causal", ANSWERS, here, PATIENCE)
        by_name = {each.name: each for each in learners}
        found = []
        for number, each in enumerate(wanted):
            file = here / f"answer-{number}.arrow"
            if not file.exists():
                raise RuntimeError(f"{each['learner']} did not answer: {last}")
            table = feather.read_table(file)
            gains = np.column_stack([column.to_numpy() for column in table.columns])
            cpu = float((table.schema.metadata or {}).get(b"cpu", b"nan"))
            learner = by_name[str(each["learner"])]
            found.append(Answer(learner, str(each["outcome"]), gains, cpu))
        return found


def _write(file: Path, x: FloatArray, **more: NDArray[np.generic]) -> None:
    columns = {f"x{place}": x[:, place] for place in range(x.shape[1])}
    feather.write_feather(pa.table({**columns, **more}), str(file), compression="uncompressed")
