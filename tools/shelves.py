"""The order of the docs: what a newcomer reads first stands first. A hook that mkdocs calls."""

from __future__ import annotations

from typing import Any

ORDER = ("index.md", "story.md", "tutorial", "how-to", "reference", "why", "decisions")
TITLES = {"tutorial": "Learn", "how-to": "Do", "reference": "Look up", "why": "Why it is right",
          "decisions": "Decisions"}  # fmt: skip


def on_nav(nav: Any, config: Any, files: Any) -> Any:
    """Put the shelves in order and give them their names; a page on no shelf comes last."""
    nav.items.sort(key=lambda item: _place(_first_page(item)))
    for item in nav.items:
        shelf = _first_page(item).split("/")[0]
        if item.is_section and shelf in TITLES:
            item.title = TITLES[shelf]
    return nav


def _first_page(item: Any) -> str:
    if item.is_section:
        return _first_page(item.children[0])
    return str(item.file.src_uri)


def _place(page: str) -> int:
    shelf = page.split("/")[0]
    return ORDER.index(shelf) if shelf in ORDER else len(ORDER)
