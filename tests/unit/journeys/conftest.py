"""A unit on fresh books, undone at its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from huitou.runs import wiring  # noqa: F401  # brings every chapter's tables
from huitou.store.books import Books, Unit


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    books = Books.in_folder(tmp_path)
    books.migrate()
    with books.unit() as opened:
        yield opened
    books.close()
