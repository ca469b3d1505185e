"""What pages for staff and for customers share: templates, and the language to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape


def environment(templates: Path, words: Mapping[str, Any]) -> Environment:
    """Templates of a folder that know these words: everything escaped, nothing undefined."""
    made = Environment(
        loader=FileSystemLoader(templates),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(words)
    return made


def preferred(accepted: str) -> str | None:
    """The language a browser asks for, of those we speak: `zh-TW,zh;q=0.9` -> `zh-Hant`."""
    for part in accepted.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith(("zh-hant", "zh-tw", "zh-hk", "zh-mo")):
            return "zh-Hant"
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return None
