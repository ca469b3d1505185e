"""Views kept in an edition: written as JSON and read back to the same value.

Unlike `written`, which is for people and programs outside, nothing is lost here: amounts stay whole
minor units, sentences keep their places, and every view knows its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs import bells, first_page, forecast, told, verdicts, views

if TYPE_CHECKING:
    from huitou.store.lake import Edition

KIND = "$"
"""The key under which a value says what it is; no view has a field of that name."""

_PLAIN: dict[str, Callable[[Any], Any]] = {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "tuple": lambda items: tuple(recall(item) for item in items),
    "mapping": lambda items: {name: recall(item) for name, item in items.items()},
}


def keep(value: Any) -> Any:
    """The value as JSON. Raises TypeError for what `recall` could not read back."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Sentence):
        return {KIND: "Sentence", "text": value.text, "values": keep(dict(value.values))}
    if isinstance(value, datetime | date):
        return {KIND: type(value).__name__, "is": value.isoformat()}
    if isinstance(value, tuple | list):
        return {KIND: "tuple", "is": [keep(item) for item in value]}
    if isinstance(value, Mapping):
        return {KIND: "mapping", "is": {str(name): keep(item) for name, item in value.items()}}
    if is_dataclass(value) and type(value).__name__ in _KINDS:
        inner = {field.name: keep(getattr(value, field.name)) for field in fields(value)}
        return {KIND: type(value).__name__, **inner}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def few(edition: Edition) -> Sentence | str | None:
    """Why an edition has no forecast, in words; None where it has one."""
    kept: Sentence | str | None = recall(edition.noted("too_few"))
    return kept


def recall(kept: Any) -> Any:
    """The value that `keep` wrote."""
    if not isinstance(kept, dict):
        return kept
    kind = kept[KIND]
    if kind in _PLAIN:
        return _PLAIN[kind](kept["is"])
    inner = {name: recall(item) for name, item in kept.items() if name != KIND}
    if kind == "Sentence":
        return Sentence(inner["text"], MappingProxyType(inner["values"]))
    return _KINDS[kind](**inner)


_KINDS: dict[str, Callable[..., Any]] = {
    "Money": Money,
    **{
        name: kind
        for room in (views, verdicts, forecast, first_page, bells, told)
        for name, kind in vars(room).items()
        if isinstance(kind, type) and is_dataclass(kind)
    },
}
