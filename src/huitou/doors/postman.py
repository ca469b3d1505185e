"""Who looks once a minute whether a report is due, while the house is open.

The books decide, not the clock of a process: of ten workers that look at the same moment one sends.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from huitou.ground.errors import Busy, NotYet

if TYPE_CHECKING:
    from huitou.runs.shop import Shop

EVERY_SECONDS = 60.0
log = logging.getLogger("huitou.postman")


def look(shop: Shop) -> int:
    """Send what is due now, by the shop's own clock; how many reports were tried."""
    if not shop.settings.report_recipients or not shop.has_run():
        return 0
    try:
        return len(shop.reports.send_due())
    except (Busy, NotYet) as later:
        log.info("%s", later)
        return 0


class Postman(threading.Thread):
    """Looks every minute until told to stop; ends with the process."""

    def __init__(self, shop: Shop, every: float = EVERY_SECONDS) -> None:
        super().__init__(name="postman", daemon=True)
        self._shop = shop
        self._every = every
        self._over = threading.Event()

    def run(self) -> None:
        """Look, wait, look again. What went wrong once is tried again, and is in the log."""
        while not self._over.wait(self._every):
            try:
                look(self._shop)
            except Exception:
                log.exception("the report could not be sent")

    def stop(self) -> None:
        """No more rounds."""
        self._over.set()
