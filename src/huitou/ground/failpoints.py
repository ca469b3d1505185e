"""Places where a test may stop the program, to see that it finds its way afterwards.

`HUITOU_FAILPOINT=apply.promised:3:kill` kills the process at the third visit of that place, as
the power would; `…:raise` raises instead. Without the variable a visit costs one look-up.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

VARIABLE = "HUITOU_FAILPOINT"
_visits: Counter[str] = Counter()


class Stopped(BaseException):
    """Raised by a failpoint set to `raise`; not an `Exception`, so that no handler swallows it."""


def failpoint(name: str) -> None:
    """A named place in a run; does nothing unless a test asks for it."""
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    place, visit, deed = wanted.split(":")
    if place != name:
        return
    _visits[name] += 1
    if _visits[name] != int(visit):
        return
    if deed == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise Stopped(wanted)
