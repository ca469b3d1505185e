"""Children that need not load all they use each time: a seed of each kind has, and forks them.

A file is read and a message is written in a child of its own, and a shop starts a few a day; here
hundreds of tests start thousands, which load a third of a second each before they begin. What a
child does, what it may do and how it ends is the same. How one starts by itself is tried in
`tests/unit/sources/test_child.py`, and wherever the house runs as a process of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from huitou.channels.templates import scribe
from huitou.ground import child
from huitou.sources import files

HERE = Path(__file__).resolve().parent
PLAINLY = child.command


@dataclass(frozen=True)
class Kind:
    """One kind of child: what it needs before it can begin, and in which environment.

    Arrow asks for pandas where it is installed, as it is beside Spark.
    """

    loads: tuple[str, ...]
    kept: tuple[str, ...] = child.KEPT
    more: Mapping[str, str] = field(default_factory=dict)


KINDS = {
    "huitou.sources.child": Kind(
        ("huitou.sources.reading", "huitou.sources.wire", "pandas"), more={"OMP_NUM_THREADS": "2"}
    ),
    "huitou.channels.templates.cell": Kind(
        ("huitou.channels.templates.pen", "huitou.channels.templates.press"),
        kept=(),
        more={"PYTHONHASHSEED": "0", "LANG": "C.UTF-8"},
    ),
}


@contextmanager
def warm() -> Iterator[None]:
    """While it holds, children of these kinds come from a seed; elsewhere than on Linux none do."""
    if not hasattr(os, "pidfd_open"):
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix="huitou-seeds-", dir="/tmp"))  # a socket: a short path
    with ExitStack() as seeds, pytest.MonkeyPatch.context() as patched:
        seeds.callback(shutil.rmtree, folder, ignore_errors=True)

        def command(module: str) -> list[str]:
            if module not in KINDS:
                return PLAINLY(module)
            address = folder / module
            if not address.exists():
                seeds.enter_context(_seed(module, address))
            return [sys.executable, "-I", "-S", str(HERE / "warm_start.py"), str(address)]

        patched.setattr(files, "command", command)
        patched.setattr(scribe, "command", command)
        yield


@contextmanager
def _seed(module: str, address: Path) -> Iterator[None]:
    """A process that has loaded what children of this kind need, and forks them."""
    kind = KINDS[module]
    loads = [each for each in kind.loads if find_spec(each)]
    line = [sys.executable, str(HERE / "warm_seed.py"), str(address), module, *loads]
    environment = child.environment(kind.kept, **kind.more)
    with subprocess.Popen(
        line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, cwd="/"
    ) as seed:
        assert seed.stdin is not None and seed.stdout is not None
        assert seed.stdout.readline() == b"ready\n"
        yield
        seed.stdin.close()
