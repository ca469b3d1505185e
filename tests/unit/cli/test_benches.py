"""Benches are asked for by chapter and room, and take longer only where that is said."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tools.benching import longer
from typer.testing import CliRunner

from huitou.doors.cli import benches


@pytest.mark.parametrize("said", [[], ["--full"], ["--json", "--full"]])
def test_what_is_said_reaches_the_rooms_and_their_answer_comes_back(monkeypatch, said):
    asked = []

    def run(call, **_):
        asked.append(call)
        return subprocess.CompletedProcess(call, 1)

    monkeypatch.setattr(subprocess, "run", run)
    told = CliRunner().invoke(benches.app, ["models", "speed", *said])
    assert told.exit_code == 1
    assert asked == [[sys.executable, "-m", "tools.benching", "models", "speed", *said]]


def test_only_full_is_longer(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["benching", "models", "--json"])
    assert not longer()
    monkeypatch.setattr(sys, "argv", ["benching", "models", "--full"])
    assert longer()
