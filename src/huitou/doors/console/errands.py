"""Work that outlasts a request: one errand at a time, in a thread, with its progress to be seen."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from huitou.ground.errors import Busy, HuitouError
from huitou.ground.ids import new_id
from huitou.ground.progress import Progress

log = logging.getLogger(__name__)


@dataclass
class Errand:
    """One piece of work, and how far it is."""

    title: str
    then: str
    """Where to go when it is done."""
    id: str = field(default_factory=new_id)
    steps: list[str] = field(default_factory=list)
    share: float | None = None
    done: bool = False
    failed: HuitouError | None = None
    result: Any = None

    def tell(self, step: str, share: float | None) -> None:
        """Take down how far the work is."""
        if not self.steps or self.steps[-1] != step:
            self.steps.append(step)
        self.share = share


class Errands:
    """The errand that runs, and those that ran."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, Errand] = {}

    def start(self, title: str, then: str, work: Callable[[Progress], Any]) -> Errand:
        """Begin an errand; Busy while another one runs."""
        with self._lock:
            if any(not errand.done for errand in self._kept.values()):
                raise Busy("something else is under way", to_try="the same again in a minute")
            errand = Errand(title, then)
            self._kept[errand.id] = errand
            for old in list(self._kept)[:-20]:
                del self._kept[old]
        threading.Thread(target=self._carry_out, args=(errand, work), daemon=True).start()
        return errand

    def get(self, errand_id: str) -> Errand | None:
        """An errand by its id, while it is remembered."""
        return self._kept.get(errand_id)

    def _carry_out(self, errand: Errand, work: Callable[[Progress], Any]) -> None:
        try:
            errand.result = work(errand.tell)
        except HuitouError as said:
            errand.failed = said
        except Exception:
            # A bug must not leave the page waiting for ever.
            log.exception("errand %s failed", errand.title)
            errand.failed = HuitouError("this went wrong in a way we did not foresee; see the log")
        finally:
            errand.done = True
