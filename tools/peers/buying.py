"""The peers' side: runs in `.peers/models`, fits what it is asked to, knows nothing of huitou."""

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import betaln, gammaln


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


def papers(model: str, *columns: Any) -> Any:
    """Formulas as their papers print them, climbed by scipy: what neither program has."""
    from scipy.optimize import minimize

    formula, p = FORMULAS[model]

    def climbed() -> Any:
        theta = np.zeros(p)
        for _ in range(4):  # a simplex that has shrunk is spread anew
            theta = minimize(
                lambda theta: -formula(np.exp(theta), *columns), theta, method="Nelder-Mead",
                options={"xatol": 1e-10, "fatol": 1e-10, "maxiter": 2_000},
            ).x  # fmt: skip
        return np.exp(theta)

    return climbed


def nbd(p: Any, x: Any, t_x: Any, T: Any) -> float:
    """Ehrenberg 1959, without the factor of x and T alone."""
    r, alpha = p
    return float(
        (gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + T)).sum()
    )


def regular(p: Any, x: Any, t_x: Any, T: Any) -> float:
    """Every other beat of a clock is a purchase (Platzer, Reutterer 2016: MBG/CNBD-2)."""
    r, alpha, a, b = p
    power, silent = r + 2 * x, T - t_x
    quiet = np.log1p(power * silent / (alpha + T)) - power * np.log(alpha + T)
    alive = betaln(a, b + x + 1) + quiet
    gone = betaln(a + 1, b + x) - power * np.log(alpha + t_x)
    own = gammaln(power) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    return float((own + np.logaddexp(alive, gone)).sum())


def contracts(p: Any, t: Any, ended: Any, count: Any) -> float:
    """Fader, Hardie 2007, and Fader, Hardie, Liu, Davin, Steenburgh 2018: sBG, and BdW with a c."""
    alpha, beta, c = (*p, 1.0)[:3]

    def kept(t: Any) -> Any:
        return np.exp(betaln(alpha, beta + t**c) - betaln(alpha, beta))

    return float(count @ np.log(np.where(ended > 0, kept(np.maximum(t - 1, 0)) - kept(t), kept(t))))


FORMULAS: dict[str, Any] = {
    "NBD": (nbd, 2), "MBG/CNBD-2": (regular, 4), "sBG": (contracts, 2), "BdW": (contracts, 3),
}  # fmt: skip
"""Log-likelihood, and how many parameters it has."""
PROGRAMS = {"lifetimes": lifetimes, "clvkit": clvkit, "papers": papers}


def answer(asked: Any, histories: Any) -> dict[str, Any]:
    """Parameters and seconds of CPU, the best of some times; or what went wrong."""
    seconds = []
    np.random.seed(0)  # lifetimes begins the Pareto/NBD at random
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
