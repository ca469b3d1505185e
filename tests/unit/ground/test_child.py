"""A child process takes its limits on, knows no secret, and tells errors as they were."""

from __future__ import annotations

import json
import resource
import sys

import pytest

from huitou.ground import child
from huitou.ground.errors import BadInput, HuitouError, NotYet, plain

LIMITS = {"RLIMIT_AS": 2**33, "RLIMIT_CORE": 0}


@pytest.mark.parametrize(("platform", "limited"), [("linux", 2), ("darwin", 1)])
def test_memory_is_limited_where_the_system_can(
    platform: str, limited: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_limits: list[int] = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(resource, "setrlimit", lambda which, value: set_limits.append(which))
    child.limit(LIMITS)
    assert len(set_limits) == limited
    assert (resource.RLIMIT_AS in set_limits) == (platform == "linux")


def test_no_secret_reaches_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUITOU_BOOKS", "postgresql://shop:secret@books/shop")
    monkeypatch.setenv("PATH", "/usr/bin")
    assert "secret" not in "".join(child.environment().values())
    assert child.environment()["PATH"] == "/usr/bin"
    assert set(child.environment((), LANG="C")) == {"PYTHONPATH", "PYTHONIOENCODING", "LANG"}


@pytest.mark.parametrize(
    "told",
    [
        NotYet("no font", to_try="apt-get install fonts-noto-cjk"),
        BadInput("no day", file="a.csv", row=3, column="day", value="32", to_try="2026-01-31"),
    ],
)
def test_an_error_comes_back_as_it_was(told: HuitouError) -> None:
    again = child.raised(json.loads(json.dumps(plain(told))))
    assert type(again) is type(told)
    assert plain(again) == plain(told)
    assert str(again) == str(told)
