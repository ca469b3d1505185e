"""Writing one message from a template: Liquid, with nothing in reach but plain values.

Merchants' templates are hostile until shown otherwise. No file, no attribute of an object, no tag
that reads another template; filters from a list; loops, output and variables have an end. What is
left over, a hundred million steps within one filter, ends with the process this runs in
(`cell`, `scribe`): nothing here is called in the house's own process with a merchant's text.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

from huitou.channels.templates.words import Unwritable

TAGS = (
    "#", "assign", "break", "capture", "case", "comment", "content", "continue", "cycle", "echo",
    "for", "if", "illegal", "output", "unless",
)  # fmt: skip
FILTERS = (
    "abs", "append", "at_least", "at_most", "capitalize", "ceil", "default", "divided_by",
    "downcase", "escape", "first", "floor", "join", "last", "lstrip", "minus", "modulo",
    "newline_to_br", "plus", "prepend", "remove", "replace", "round", "rstrip", "size", "slice",
    "split", "strip", "strip_html", "times", "truncate", "truncatewords", "upcase", "url_encode",
)  # fmt: skip
"""`safe` is not among them: it would let a customer's name be markup."""

LONGEST_TEMPLATE = 200_000
LONGEST_VALUE = 100_000
MOST_THINGS = 2_000
WIDEST_NUMBER = 64


class _Pen(Environment):
    context_depth_limit = 8
    loop_iteration_limit = 20_000
    local_namespace_limit = 400_000
    output_stream_limit = 600_000


def environment(*, escapes: bool) -> Environment:
    """A fresh environment that knows nothing else; `escapes` for HTML."""
    made = _Pen(autoescape=escapes, strict_filters=True)
    made.tags = {name: tag for name, tag in made.tags.items() if name in TAGS}
    made.filters = {name: _guarded(each) for name, each in made.filters.items() if name in FILTERS}
    return made


def parsed(text: str, where: str, *, escapes: bool = False) -> BoundTemplate:
    """A template ready to write with. Raises `Unwritable` in words."""
    if len(text) > LONGEST_TEMPLATE:
        raise Unwritable(f"{where} is longer than {LONGEST_TEMPLATE:,} letters")
    try:
        return environment(escapes=escapes).from_string(text)
    except LiquidError as bad:
        raise Unwritable(f"{where}: {_words(bad)}") from bad
    except RecursionError as bad:
        raise Unwritable(f"{where} is nested too deep") from bad
    except Exception as bad:  # the parser's own slips on malformed tags
        raise Unwritable(f"{where} cannot be read: {type(bad).__name__}") from bad


def rendered(template: BoundTemplate, values: Mapping[str, Any], where: str) -> str:
    """The template for one person. Raises `Unwritable` in words."""
    try:
        return str(template.render(**values))
    except LiquidError as bad:
        raise Unwritable(f"{where}: {_words(bad)}") from bad
    except Exception as bad:  # a filter given what it does not expect
        raise Unwritable(f"{where} cannot be written: {type(bad).__name__}") from bad


def named(text: str, where: str) -> set[str]:
    """What a template names from outside, as dotted paths: `shop.name`, `points`."""
    try:
        found = parsed(text, where).analyze()
    except LiquidError as bad:
        raise Unwritable(f"{where}: {_words(bad)}") from bad
    return {
        ".".join(str(part) for part in each.segments[:2] if isinstance(part, str))
        for every in found.globals.values()
        for each in every
    }


def unknown(paths: set[str], allowed: set[str]) -> list[str]:
    """Paths that no value will stand behind. `links` alone, or `told.x` of a list, is allowed."""
    roots = {path.split(".")[0] for path in allowed if "." not in path}
    groups = {path.split(".")[0] for path in allowed if "." in path}

    def known(path: str) -> bool:
        root = path.split(".")[0]
        return path in allowed or root in roots or (path == root and root in groups)

    return sorted(path for path in paths if not known(path))


def _guarded(made: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that takes nothing endless, and gives nothing huge."""

    @functools.wraps(made)
    def guarded(*given: Any, **named_ones: Any) -> Any:
        for each in (*given, *named_ones.values()):
            _check(each)
        result = made(*given, **named_ones)
        _check(result)
        return result

    return guarded


def _check(value: Any) -> None:
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        raise LiquidError("a value grew too long", token=None)
    if isinstance(value, range | list | tuple) and len(value) > MOST_THINGS:
        raise LiquidError("a list grew too long", token=None)
    if isinstance(value, int) and value.bit_length() > WIDEST_NUMBER:
        raise LiquidError("a number grew too large", token=None)


def _words(bad: Exception) -> str:
    return str(bad).splitlines()[0][:200] if str(bad) else type(bad).__name__
