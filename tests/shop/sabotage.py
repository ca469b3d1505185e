"""One chapter's output made a constant: `HUITOU_SABOTAGE=models pytest tests/shop/test_a_year.py`.

A test that stays green although a chapter says the same thing whatever it is asked has not
listened to that chapter. `make sabotage` tries every chapter and requires red.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq

from huitou.channels import book as channels
from huitou.decisions.question import Question
from huitou.journeys.lettering import book as lettering
from huitou.loyalty import book as loyalty
from huitou.runs.steps import decide, foresee, know, prove
from huitou.sources import files

VARIABLE = "HUITOU_SABOTAGE"


@contextmanager
def sabotaged() -> Iterator[None]:
    """Whatever the environment asks to be broken, is, while the shop lives its year."""
    wanted = os.environ.get(VARIABLE)
    with CHAPTERS[wanted]() if wanted else nullcontext():
        yield


def _column(table: pa.Table, name: str, value: Any) -> pa.Table:
    place = table.column_names.index(name)
    kind = table.schema.field(name).type
    return table.set_column(place, name, pa.array([value] * table.num_rows, kind))


def _after(where: Any, name: str, change: Callable[[Any], Any]) -> Any:
    """A patch that lets a function work and then changes what it answers."""
    real = getattr(where, name)
    return patch.object(where, name, lambda *args, **kwargs: change(real(*args, **kwargs)))


def _sources() -> Any:
    """Every line is worth one pound."""

    def flattened(batch: Any) -> Any:
        pq.write_table(_column(pq.read_table(batch.lines_path), "amount", 100), batch.lines_path)
        return batch

    return _after(files, "read", flattened)


def _identity() -> Any:
    """Everybody is one person."""
    query = (
        "SELECT l.*, CASE WHEN member_no IS NULL THEN NULL ELSE 'p' END AS person_id FROM lines l"
    )
    return _after(know, "with_people", lambda _sql: query)


def _facts() -> Any:
    """Every metric says 1."""

    def flat(figures: dict[str, Any]) -> dict[str, Any]:
        return dict.fromkeys(figures, 1.0)

    return _after(know, "_figures", flat)


def _loyalty() -> Any:
    """Nobody is ever owed anything."""
    return patch.object(loyalty, "held", return_value={})


def _care() -> Any:
    """Nobody is ever worth asking."""
    return patch.object(decide, "worth_asking", return_value=[])


def _models() -> Any:
    """Everybody is as likely to buy as everybody else."""

    def flat(told: tuple[pa.Table, Any]) -> tuple[pa.Table, Any]:
        scores, card = told
        for name, value in (("p_buy", 0.5), ("value", 1000), ("value_low", 1000)):
            scores = _column(scores, name, value)
        return scores, card

    return _after(foresee, "score", flat)


def _decisions() -> Any:
    """Nobody is ever meant an act."""

    def idle(plan: Any) -> Any:
        receipts = plan.receipts
        for name, value in (("act", "nothing"), ("intended", "nothing"), ("cost", 0)):
            receipts = _column(receipts, name, value)
        return replace(plan, receipts=receipts)

    return _after(Question, "drafted", idle)


def _journeys() -> Any:
    """Every letter says the same."""
    return _after(lettering, "compose", lambda letter: replace(letter, body="Hello."))


def _channels() -> Any:
    """Nothing is ever handed over."""
    return patch.object(channels, "deliver", return_value={"accepted": 1})


def _proof() -> Any:
    """Every programme earned the same."""
    return _after(
        prove,
        "readout",
        lambda finding: replace(finding, effect=100_000, low=50_000, high=150_000),
    )


CHAPTERS: dict[str | None, Callable[[], Any]] = {
    "sources": _sources,
    "identity": _identity,
    "facts": _facts,
    "loyalty": _loyalty,
    "care": _care,
    "models": _models,
    "decisions": _decisions,
    "journeys": _journeys,
    "channels": _channels,
    "proof": _proof,
}
"""Chapter -> how to make its output a constant."""
