"""The command line, called as a person calls it, with a shop that is only played."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.unit.console.fake_shop import TODAY, FakeShop

import huitou
from huitou.doors.cli.main import main
from huitou.runs.views import RunView, Step


class PlayedShop(FakeShop):
    """Notes what it was asked to do."""

    def __init__(self, home: Path, *, empty: bool = False) -> None:
        super().__init__(home, empty=empty)
        self.asked: list[tuple[str, Any]] = []

    def take(self, path: Path, declared: Any, *, confirmed: bool, progress: Any = None) -> Any:
        self.asked.append(("take", (path.name, declared, confirmed)))
        return super().take(path, declared, confirmed=confirmed, progress=progress)

    def run(self, *, as_of: Any = None, horizon_days: Any = None, progress: Any = None) -> Any:
        self.asked.append(("run", (as_of, horizon_days)))
        super().run(progress=progress)
        steps = (Step("facts", 2.5, 3.1, 412, 541_909), Step("models", 1.25, 1.2, 280, 4338))
        return RunView("r1", as_of or TODAY, steps)


@dataclass(frozen=True)
class Called:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on stdout; an error where there is more or less than one."""
        return json.loads(self.out)


@pytest.fixture
def shop(home: Path, monkeypatch: pytest.MonkeyPatch) -> PlayedShop:
    home.mkdir()
    played = PlayedShop(home)
    monkeypatch.setattr(huitou, "open", lambda _home: played)
    return played


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Called]:
    def calling(*arguments: object) -> Called:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return Called(int(left.value.code or 0), told.out, told.err)

    return calling
