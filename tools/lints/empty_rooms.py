"""A chapter's `__init__.py` is empty, or pure rooms become impure through it."""

from __future__ import annotations

from pathlib import PurePosixPath

from tools.lints.rule import Found, Rule, in_source


def _applies(path: PurePosixPath) -> bool:
    return in_source(path) and path.name == "__init__.py" and len(path.parts) > 3


def _check(path: PurePosixPath, text: str) -> Found:
    if text.strip():
        yield 1, "a chapter's __init__.py stays empty: import the thing from where it lives"


RULE = Rule(
    name="empty_rooms",
    reason="A face that became the body: a package file of thousands of lines that imports all "
    "others, so that touching one loads everything.",
    blind="Nothing.",
    applies=_applies,
    check=_check,
    example="src/huitou/facts/__init__.py",
    good_lines=("", "\n"),
    bad_lines=("from huitou.facts.orders import orders", '"""Facts."""'),
)
