"""Stopped anywhere and started again, carrying out a plan ends where it would have ended."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.trust import scene

from huitou.channels.tables import delivery
from huitou.ground import failpoints
from huitou.ground.failpoints import VARIABLE, Stopped
from huitou.journeys.tables import decision, message, plan
from huitou.loyalty.tables import entry, exposure, offer, posting

PLACES = (
    "plan.kept",
    "promise.reserved",
    "apply.promised",
    "apply.written",
    "apply.decided",
    "deliver.marked",
    "deliver.handed",
    "deliver.recorded",
    "outbox.sealed",
    "outbox.written",
)
ONCE = ("plan.kept",)
BEFORE_THE_POST = (plan, decision, message, offer, posting, entry, exposure)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a run reaches that nothing disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    scene.play(folder)
    return scene.state(folder)


def _agrees(folder: Path, undisturbed: dict[str, Any]) -> None:
    """The same end, but that at most one mail may be in doubt; and nothing left twice."""
    reached = scene.state(folder)
    took = scene.Provider(folder / "provider").took()
    assert len(took) == len(set(took))
    assert reached["files"] == undisturbed["files"]
    assert scene.tables_of(reached, *BEFORE_THE_POST) == scene.tables_of(
        undisturbed, *BEFORE_THE_POST
    )
    assert scene.doubts(folder) <= 1
    if scene.doubts(folder) == 0:
        assert reached == undisturbed
    differing = set(reached[delivery.name]) ^ set(undisturbed[delivery.name])
    assert len(differing) == 2 * scene.doubts(folder)
    assert len(reached["events"]) == len(set(reached["events"]))


@pytest.mark.parametrize("visit", [1, 4])
@pytest.mark.parametrize("place", PLACES)
def test_an_exception_anywhere_is_survived(
    place: str,
    visit: int,
    tmp_path: Path,
    undisturbed: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(failpoints, "_visits", Counter())
    monkeypatch.setenv(VARIABLE, f"{place}:{visit}:raise")
    try:
        scene.play(tmp_path)
    except Stopped:
        monkeypatch.delenv(VARIABLE)
        scene.play(tmp_path, scene.LATER)
    else:
        assert visit > 1, f"{place} is never visited"
    _agrees(tmp_path, undisturbed)


@pytest.mark.parametrize("place", PLACES)
def test_kill_9_anywhere_is_survived(
    place: str, tmp_path: Path, undisturbed: dict[str, Any]
) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.trust.scene"])
    child = processes.Process(target=_play_until, args=(tmp_path, place))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    scene.play(tmp_path, scene.LATER)
    _agrees(tmp_path, undisturbed)


def _play_until(folder: Path, place: str) -> None:
    visit = 1 if place in ONCE else 2
    os.environ[VARIABLE] = f"{place}:{visit}:kill"
    scene.play(folder)


def test_playing_twice_changes_nothing(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    for now in (scene.NOW, scene.LATER):
        scene.play(tmp_path, now)
    assert scene.state(tmp_path) == undisturbed
