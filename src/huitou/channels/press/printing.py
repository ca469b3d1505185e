"""Setting a report in type, in a process of its own with little memory, little time and no network.

What customers and staff typed goes to the typesetter as values, never as its language: a name like
`#read("/etc/passwd")` is ink. And should a value ever get out of that, the process it would reach
holds nothing: an empty folder as its root, no secret in its environment, no way out.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from typing import Any

from huitou.ground import child
from huitou.ground.errors import HuitouError, NotYet

MEMORY = 3 * 2**30
"""Address space, not what is used: the fonts of a machine are mapped whole."""
CPU_SECONDS = 60
WALL_SECONDS = 120
LARGEST = 2_000_000
"""Bytes of a report's text; a real one has ten thousand."""

NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
"""A proxy that leads nowhere, should the typesetter ever want a package from the network."""


def printed(told: Mapping[str, Any], *, ignore_system_fonts: bool = False) -> bytes:
    """The worded report (`runs.report.worded`) as the bytes of a PDF; the same words, same bytes.

    Raises `NotYet` where the machine has no font for the report's language, `HuitouError` where it
    is too large to print.
    """
    request = json.dumps(
        {
            "told": dict(told),
            "no_system_fonts": ignore_system_fonts,
            "limits": {"RLIMIT_AS": MEMORY, "RLIMIT_CPU": CPU_SECONDS, "RLIMIT_CORE": 0},
        }
    ).encode()
    if len(request) > LARGEST:
        raise HuitouError("this report is too large to be printed")
    with tempfile.TemporaryDirectory(prefix="huitou-press-") as folder:
        try:
            ran = subprocess.run(
                child.command("huitou.channels.press.child"),
                input=request,
                capture_output=True,
                env=child.environment((*child.KEPT, "HOME"), **NOWHERE),
                cwd=folder,
                timeout=WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as slow:
            raise HuitouError("printing this report takes more time than it may") from slow
    return _read(ran)


def _read(ran: subprocess.CompletedProcess[bytes]) -> bytes:
    if ran.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise HuitouError("printing this report takes more time or memory than it may")
    if ran.returncode != 0 or not ran.stdout:
        raise RuntimeError(f"the printing process ended with {ran.returncode}: {_last(ran)}")
    if ran.stdout.startswith(b"%PDF"):
        return ran.stdout
    raise child.raised(json.loads(ran.stdout))


def _last(ran: subprocess.CompletedProcess[bytes]) -> str:
    return ran.stderr[-2000:].decode("utf-8", "replace")


__all__ = ["NotYet", "printed"]
