"""Console and API in one application, opened by the name that `huitou serve` tells uvicorn."""

from __future__ import annotations

import importlib
import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from huitou.doors.cli import serving
from huitou.doors.cli.main import main
from huitou.ground.errors import Refused


def token(home: Path, capsys: pytest.CaptureFixture[str], *scopes: str) -> str:
    asked = [word for scope in scopes for word in ("--scope", scope)]
    with pytest.raises(SystemExit):
        main(["--home", str(home), "token", "new", "till", *asked, "--json"])
    return str(json.loads(capsys.readouterr().out)["token"])


def test_a_token_of_the_command_line_opens_the_api_of_the_same_shop(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = token(home, capsys, "read")
    monkeypatch.setenv("HUITOU_HOME", str(home))
    named = "huitou.doors.web:open_web"
    assert named in Path(serving.__file__).read_text(encoding="utf-8")
    module, _, factory = named.partition(":")
    with TestClient(getattr(importlib.import_module(module), factory)()) as site:
        assert site.get("/v1/answers").status_code == 401
        shown = {"Authorization": f"Bearer {secret}"}
        answer = site.get("/v1/answers", headers=shown)
        assert (answer.status_code, answer.json()["error"]["kind"]) == (409, "NotYet")
        assert site.post("/v1/run", headers=shown).status_code == 403
        page = site.get("/", follow_redirects=False)
        assert page.status_code == 303


def test_a_scope_that_does_not_exist_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--home", str(home), "token", "new", "till", "--scope", "everything", "--json"])
    assert left.value.code == 1
    assert "read" in json.loads(capsys.readouterr().out)["error"]["to_try"]


def test_a_taken_port_is_passed_by_unless_it_was_asked_for() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        taken = held.getsockname()[1]
        assert serving.free_port("127.0.0.1", taken, fixed=False) > taken
        with pytest.raises(Refused):
            serving.free_port("127.0.0.1", taken, fixed=True)


@pytest.mark.parametrize(
    ("host", "opened"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080/"),
        ("0.0.0.0", "http://127.0.0.1:8080/"),
        ("::1", "http://[::1]:8080/"),
    ],
)
def test_the_address_is_one_a_browser_can_open(host: str, opened: str) -> None:
    assert serving.address(host, 8080) == opened


def test_a_password_is_kept_as_slowly_as_it_should_be() -> None:
    # In a process of its own: the tests of this one keep theirs cheaply.
    asked = "from huitou.doors import book; print(book._hasher.hash('a long enough one'))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    how = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$", told.stdout)
    assert how and int(how[1]) >= 65_536 and int(how[2]) >= 3
