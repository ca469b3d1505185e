"""Fits of one file of customers, in a process of its own: prints seconds and megabytes as JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from huitou.models.bgnbd import BgNbd
from huitou.models.fitted import fit
from huitou.models.mbgnbd import MbgNbd
from huitou.models.pareto import ParetoNbd
from huitou.models.summary import packed
from huitou.runs.measure import measured


def main(file: str) -> None:
    """Pack once for each model, as each would have to by itself."""
    fits: dict[str, Any] = {}
    # What getrusage tells of a child begins with the memory of the parent that started it.
    with measured() as cost:
        customers = [column.astype(np.float64) for column in np.load(file, mmap_mode="r")]
        for model in (BgNbd(), MbgNbd(), ParetoNbd()):
            began = time.process_time()
            found = fit(model, packed(*customers))
            took = time.process_time() - began
            fits[model.name] = {"cpu": took, "params": dict(found.params)}
    print(json.dumps({"fits": fits, "megabytes": cost.peak_megabytes}))


if __name__ == "__main__":
    with threadpool_limits(1):
        main(sys.argv[1])
