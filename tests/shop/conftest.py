"""The year of a small real shop, lived once for all tests that look at it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.shop import tea
from tests.shop.sabotage import sabotaged
from tests.shop.scenes import NOW, Call, Year, live, to_june

from huitou.doors.cli.main import main
from huitou.runs.shop import Shop
from huitou.runs.steps import learn
from huitou.runs.wiring import open_shop


@pytest.fixture(scope="session")
def june(example_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Orders to June and a plan; what begins with them begins with a copy."""
    with sabotaged():
        return to_june(example_shop, tmp_path_factory.mktemp("june"))


@pytest.fixture(scope="session")
def year(june: Path, tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Of the plan of June its letters, the rest of the year, the read-out."""
    with sabotaged():
        return live(june, tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="session")
def tea_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tea shop after one run."""
    folder = tmp_path_factory.mktemp("tea")
    tea.filled(folder).books.close()
    return folder / "shop"


@pytest.fixture(scope="session")
def untaught(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop after its year as if its letters had taught nothing, with a plan of first guesses.

    Nobody really got them, so what they teach is that letters do nothing: no plan means any then.
    """
    home = tmp_path_factory.mktemp("untaught") / "shop"
    shutil.copytree(year.shop.home, home)
    shop = open_shop(home, clock=NOW)
    shop._edition().note(learn.NOTE, None)
    shop.draft_plan()
    shop.books.close()
    return home


@pytest.fixture
def shop(untaught: Path, tmp_path: Path) -> Shop:
    """A copy of the shop after its year, with nobody asked yet, to be changed at will."""
    home = tmp_path / "shop"
    shutil.copytree(untaught, home)
    return open_shop(home, clock=NOW)


@pytest.fixture
def call(shop: Shop, capsys: pytest.CaptureFixture[str]) -> Call:
    """One command of the command line; its JSON."""

    def said(*words: str) -> Any:
        with pytest.raises(SystemExit) as end:
            main(["--home", str(shop.home), *words, "--json"])
        assert end.value.code == 0
        return json.loads(capsys.readouterr().out)

    return said
