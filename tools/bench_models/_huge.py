"""Fits of one file of customers, in a process of its own: prints seconds and megabytes as JSON."""

from __future__ import annotations

import json
import resource
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


def main(file: str) -> None:
    """Pack once for each model, as each would have to by itself."""
    customers = [column.astype(np.float64) for column in np.load(file, mmap_mode="r")]
    fits: dict[str, Any] = {}
    for model in (BgNbd(), MbgNbd(), ParetoNbd()):
        began = time.process_time()
        found = fit(model, packed(*customers))
        took = time.process_time() - began
        fits[model.name] = {"cpu": took, "params": dict(found.params)}
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"fits": fits, "megabytes": most}))


if __name__ == "__main__":
    with threadpool_limits(1):
        main(sys.argv[1])
