"""The peers' side: runs in `.peers/models`, fits what it is asked to, knows nothing of huitou."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np


def lifetimes(model: str, *columns: Any) -> Any:
    """lifetimes as its documentation shows it: no penalty."""
    import lifetimes as told

    kinds = {
        "BG/NBD": told.BetaGeoFitter, "MBG/NBD": told.ModifiedBetaGeoFitter,
        "Pareto/NBD": told.ParetoNBDFitter, "BG/BB": told.BetaGeoBetaBinomFitter,
        "Gamma-Gamma": told.GammaGammaFitter,
    }  # fmt: skip
    fitted = kinds[model](penalizer_coef=0.0)
    return lambda: fitted.fit(*columns).params_


def clvkit(model: str, x: Any, t_x: Any, T: Any) -> Any:
    """clvkit, which has no Pareto/NBD, from its table of customers."""
    import pandas as pd
    from clvkit.clv import BGNBD, MBGNBD
    from clvkit.customer_base import CustomerBase

    table = pd.DataFrame({"frequency": x, "recency": t_x, "T": T})
    base = CustomerBase(
        table, time_unit="D", observation_period_end=pd.Timestamp("2000-01-01"),
        has_monetary=False, on_negative="net",
    )  # fmt: skip
    fitted = {"BG/NBD": BGNBD, "MBG/NBD": MBGNBD}[model]()
    return lambda: fitted.fit(base).params_


PROGRAMS = {"lifetimes": lifetimes, "clvkit": clvkit}


def answer(asked: Any, histories: Any) -> dict[str, Any]:
    """Parameters and seconds of CPU, the best of some times; or what went wrong."""
    seconds = []
    try:
        fit = PROGRAMS[asked["program"]](asked["model"], *histories)
        for _ in range(asked["times"]):
            began = time.process_time()
            params = fit()
            seconds.append(time.process_time() - began)
    except Exception as wrong:  # whatever stops a peer is its answer
        return {"error": type(wrong).__name__, "params": [], "cpu": None}
    return {"error": None, "params": [float(each) for each in params], "cpu": min(seconds)}


def main(folder: Path) -> None:
    """Read the questions, write the answers."""
    warnings.simplefilter("ignore")
    told = []
    for asked in json.loads((folder / "question.json").read_text()):
        histories = np.load(folder / f"{asked['histories']}.npy")
        told.append(answer(asked, histories))
        (folder / "answer.json").write_text(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
