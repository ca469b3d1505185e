"""Child processes for what others wrote: little memory, little time, none of the shop's secrets.

    parent   Popen(command("huitou.sources.child"), env=environment(), cwd="/", …)
    child    out = own_answers(); limit({"RLIMIT_AS": …, "RLIMIT_CPU": …}); …; errors.plain(error)
    parent   raise raised(told)

What is crafted to kill its reader kills a child, and the house says so in a sentence.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from huitou.ground import errors
from huitou.ground.errors import HuitouError

KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
"""What a child's environment holds of ours, where it has one: no secret of the shop is in it."""


def command(module: str) -> list[str]:
    """What starts a module of ours as a process of its own."""
    return [sys.executable, "-m", module]


def environment(kept: Iterable[str] = KEPT, **more: str) -> dict[str, str]:
    """Of our environment only what is `kept`, the way to this package, and `more`."""
    ours = {name: os.environ[name] for name in kept if name in os.environ}
    here = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join([here, ours["PYTHONPATH"]]) if "PYTHONPATH" in ours else here
    return {**ours, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **more}


def limit(limits: Mapping[str, int]) -> None:
    """Take limits on, by their names in `resource`: never to be lifted again."""
    for name, value in limits.items():
        if name == "RLIMIT_AS" and sys.platform == "darwin":
            continue  # macOS knows the name and refuses every value
        resource.setrlimit(getattr(resource, name), (value, value))


def own_answers() -> BinaryIO:
    """A descriptor of its own for answers: libraries may print to stdout, which is stderr now."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def raised(told: Mapping[str, Any]) -> HuitouError:
    """The error that `errors.plain` told."""
    kind = getattr(errors, told["kind"])
    rest = {name: value for name, value in told.items() if name not in ("kind", "sentence")}
    found: HuitouError = kind(told["sentence"], **rest)
    return found
