"""The sheet of styles: what one page needs changes no other."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from huitou.doors import console

SHEET = Path(console.__file__).parent / "static" / "console.css"


def test_every_selector_is_styled_in_one_place() -> None:
    text = re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    whole = re.sub(r"@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
    selectors = Counter(each.strip() for each in re.findall(r"([^{}]+)\{", whole))
    assert len(selectors) > 300
    assert [each for each, times in selectors.items() if times > 1] == []
