"""What all who write messages speak of: places in a text, what is written, what cannot be."""

from __future__ import annotations

import re
from dataclasses import dataclass

TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
"""A place of Liquid in a text."""


class Unwritable(Exception):
    """A template that cannot be used, in words for its author."""


@dataclass(frozen=True)
class Written:
    """What one person gets."""

    subject: str
    text: str
    html: str
