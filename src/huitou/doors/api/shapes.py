"""The shape of answers, read from the views: what OpenAPI says and what is sent cannot differ.

`runs.written` turns a view into JSON; this says beforehand what that JSON looks like.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from huitou.ground.money import Money
from huitou.ground.words import Sentence
from huitou.runs.views import Range

Shape = dict[str, Any]
NUMBER: Shape = {"type": ["number", "null"]}
LEVEL: Shape = {"type": "number", "description": "how often the interval holds the truth"}
CURRENCY: Shape = {"type": "string", "description": "ISO 4217 code"}

PLAIN: dict[Any, Shape] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: NUMBER,
    str: {"type": "string"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
    Sentence: {"type": "string", "description": "a sentence in the caller's language"},
    type(None): {"type": "null"},
}


def answer_of(view: type) -> dict[int | str, Shape]:
    """An OpenAPI entry: the answer is one `view`."""
    return {200: {"content": {"application/json": {"schema": shape(view)}}}}


def answers_of(view: type) -> dict[int | str, Shape]:
    """An OpenAPI entry: the answer is a list of `view`."""
    return {200: {"content": {"application/json": {"schema": _list(shape(view))}}}}


def shape(kind: Any) -> Shape:
    """The JSON schema of what `written` makes of a value of this type."""
    if kind in PLAIN:
        return PLAIN[kind]
    if kind is Money:
        return _object({"amount": NUMBER, "currency": CURRENCY})
    if kind is Range:
        ends = dict.fromkeys(("value", "low", "high"), NUMBER)
        return _object({**ends, "currency": CURRENCY, "level": LEVEL})
    if isinstance(kind, type) and is_dataclass(kind):
        return _view(kind)
    return _composed(kind)


def _composed(kind: Any) -> Shape:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [shape(each) for each in inner]}
    if origin is tuple and inner[-1] is Ellipsis:
        return _list(shape(inner[0]))
    if origin is tuple:
        return {"type": "array", "prefixItems": [shape(each) for each in inner]}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": shape(inner[1])}
    return {}


@lru_cache(maxsize=64)
def _view(kind: type) -> Shape:
    hints = get_type_hints(kind)
    found = {field.name: shape(hints[field.name]) for field in fields(kind)}
    for name, member in vars(kind).items():
        if isinstance(member, property):
            found[name] = shape(get_type_hints(member.fget).get("return"))
    return {**_object(found), "title": kind.__name__}


def _object(properties: Shape) -> Shape:
    return {"type": "object", "properties": properties, "required": sorted(properties)}


def _list(items: Shape) -> Shape:
    return {"type": "array", "items": items}
