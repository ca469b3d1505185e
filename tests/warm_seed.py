"""A process that loads what a kind of child needs, and forks one whenever `warm_start` asks.

python warm_seed.py ADDRESS MODULE LOADS…      ends when its stdin is closed
"""

from __future__ import annotations

import gc
import importlib
import marshal
import os
import runpy
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from itertools import chain
from typing import NamedTuple, NoReturn


def main(address: str, module: str, *loads: str) -> None:
    """Fork children until nobody is there to ask for one."""
    sys.path[0] = ""  # as `python -m` has it
    for each in loads:
        importlib.import_module(each)
    gc.freeze()
    door = socket.socket(socket.AF_UNIX)
    door.bind(address)
    door.listen(64)
    os.write(1, b"ready\n")
    living: list[Child] = []
    while True:
        ready, _, _ = select.select([0, door, *chain.from_iterable(living)], [], [])
        if 0 in ready:
            return
        for child in [child for child in living if set(child) & set(ready)]:
            living.remove(child)
            _end(child)
        if door in ready:
            caller, _ = door.accept()
            living.append(Child(caller, os.pidfd_open(_forked(module, caller))))


class Child(NamedTuple):
    """A child that lives, by who asked for it and by the descriptor that tells its end."""

    caller: socket.socket
    process: int


def _end(child: Child) -> None:
    """Tell how a child ended; one whose caller is gone ends now."""
    signal.pidfd_send_signal(child.process, signal.SIGKILL)  # nothing to one that has ended
    ended = os.waitid(os.P_PIDFD, child.process, os.WEXITED)
    assert ended is not None
    by_signal = ended.si_code != os.CLD_EXITED
    with suppress(OSError):  # nobody may wait for it any more
        child.caller.sendall(bytes([by_signal, ended.si_status]))
    child.caller.close()
    os.close(child.process)


def _forked(module: str, caller: socket.socket) -> int:
    told, ends, _, _ = socket.recv_fds(caller, 1 << 20, 3)
    process = os.fork()
    if process:
        for each in ends:
            os.close(each)
        return process
    for place, each in enumerate(ends):
        os.dup2(each, place)
    os.closerange(3, 1024)
    folder, environment = marshal.loads(told)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    _lived(module)


def _lived(module: str) -> NoReturn:
    """The life of a child, as `python -m module` lives it."""
    code = 1
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
