"""The SQL of every fact, as it was reviewed: a changed fact shows in a diff, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import golden

ANEW = "this fact has other SQL now: `make format` writes it, and the diff is to be read"
CASES = [pytest.param(*each, id=f"{each[1]}-{each[0]}") for each in golden.kept()]


@pytest.mark.parametrize(("name", "engine", "path"), CASES)
def test_the_sql_of_a_fact_is_the_one_that_was_read(name: str, engine: str, path: Path) -> None:
    assert path.exists(), ANEW
    assert golden.sql(name, engine) == path.read_text(encoding="utf-8"), ANEW


def test_no_file_tells_of_a_fact_that_is_no_more() -> None:
    assert not golden.strays()
