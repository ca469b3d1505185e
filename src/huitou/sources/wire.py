"""Values as plain JSON, between the parent and the child that parses: nothing is ever unpickled."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from huitou.ground.words import Sentence
from huitou.sources.contract import (
    Choice,
    Declared,
    Mapping,
    Preview,
    Question,
    Recognised,
)


def sentence_to(words: Sentence) -> list[Any]:
    """A sentence as its text and values; one that stands in it as `{"said": [text, values]}`."""
    return [words.text, {name: _value_to(value) for name, value in words.values.items()}]


def sentence_from(plain: list[Any]) -> Sentence:
    """Back from text and values."""
    return Sentence(plain[0], {name: _value_from(value) for name, value in plain[1].items()})


def text_of(words: Sentence) -> str:
    """A sentence as a column of text keeps it: its English text, with values as a JSON list."""
    return json.dumps(sentence_to(words), ensure_ascii=False) if words.values else words.text


def words_of(kept: str) -> Sentence:
    """Back from a column of text."""
    return sentence_from(json.loads(kept)) if kept.startswith('["') else Sentence(kept)


def _value_to(value: Any) -> Any:
    if isinstance(value, Sentence):
        return {"said": sentence_to(value)}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _value_from(value: Any) -> Any:
    return sentence_from(value["said"]) if isinstance(value, dict) else value


def declared_to(declared: Declared) -> dict[str, Any]:
    """What the merchant said."""
    given = declared.mapping.to_dict() if declared.mapping else None
    return {**asdict(declared), "columns": dict(declared.columns), "mapping": given}


def declared_from(plain: dict[str, Any]) -> Declared:
    """Back from plain values."""
    given = Mapping.from_dict(plain["mapping"]) if plain["mapping"] else None
    return Declared(**{**plain, "mapping": given})


def preview_to(preview: Preview) -> dict[str, Any]:
    """A preview as plain values."""
    return {
        "path": str(preview.path),
        "name": preview.name,
        "format": preview.format,
        "encoding": preview.encoding,
        "columns": [
            [seen.column, seen.field, sentence_to(seen.why), list(seen.samples)]
            for seen in preview.columns
        ],
        "mapping": preview.mapping.to_dict() if preview.mapping else None,
        "questions": [
            [q.code, q.column, [[c.value, c.sample] for c in q.choices], sentence_to(q.words),
             q.option]
            for q in preview.questions
        ],
        "rows": list(preview.rows),
        "warnings": [sentence_to(words) for words in preview.warnings],
        "total": preview.total,
        "mends": list(preview.mends),
    }  # fmt: skip


def preview_from(plain: dict[str, Any]) -> Preview:
    """Back from plain values."""
    return Preview(
        path=Path(plain["path"]),
        name=plain["name"],
        format=plain["format"],
        encoding=plain["encoding"],
        columns=tuple(
            Recognised(column, field, sentence_from(why), tuple(samples))
            for column, field, why, samples in plain["columns"]
        ),
        mapping=Mapping.from_dict(plain["mapping"]) if plain["mapping"] else None,
        questions=tuple(_question(*parts) for parts in plain["questions"]),
        rows=tuple(plain["rows"]),
        warnings=tuple(sentence_from(words) for words in plain["warnings"]),
        total=plain["total"],
        mends=tuple(plain["mends"]),
    )


def _question(
    code: str, column: str | None, choices: list[list[str]], words: list[Any], option: str
) -> Question:
    offered = tuple(Choice(value, sample) for value, sample in choices)
    return Question(code, column, offered, sentence_from(words), option)
