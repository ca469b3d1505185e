"""What is known that may have driven people away, in the same words wherever it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from huitou.facts.sentences import Piece, evidence_words
from huitou.ground.words import Sentence
from huitou.models.clues import CLUES

if TYPE_CHECKING:
    from huitou.store.lake import Edition

SPEAKS_FOR = frozenset((clue.evidence, clue.cause) for clue in CLUES if clue.ratio_present > 1)
"""(piece of evidence, cause) where the piece makes the cause likelier."""


def evidence_of(edition: Edition, people: Iterable[str]) -> dict[str, tuple[Piece, ...]]:
    """person -> what the last run knows before and around their silence; each is in it."""
    asked = sorted(set(people))
    rows = {row["person_id"]: row for row in rows_of(edition, "evidence", asked)}
    entries: dict[str, list[Mapping[str, Any]]] = {}
    for entry in rows_of(edition, "ledger", asked):
        entries.setdefault(entry["person_id"], []).append(entry)
    return {
        person: evidence_words(rows.get(person, {}), entries.get(person, ())) for person in asked
    }


def speaking_for(cause: str, known: Sequence[Piece]) -> tuple[Sentence, ...]:
    """Of what is known of somebody, what makes a cause likelier."""
    return tuple(words for piece, words in known if (piece, cause) in SPEAKS_FOR)


def rows_of(edition: Edition, name: str, people: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Rows of a table about some people; none where the run was of a version without it."""
    if not edition.has(name):
        return ()
    rows: list[dict[str, Any]] = edition.table(name, only=("person_id", list(people))).to_pylist()
    return rows
