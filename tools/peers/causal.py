"""The peers' side: runs in `.peers/causal`, answers a question, knows nothing of huitou.

Each learner stands as its documentation shows it, with LightGBM's regressor where one is asked for
and the true propensities where it takes them.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather


def trees() -> Any:
    """LightGBM as causalml's and econml's notebooks use it, on one thread."""
    from lightgbm import LGBMRegressor

    return LGBMRegressor(
        n_estimators=100, num_leaves=15, min_child_samples=40, n_jobs=1, verbose=-1
    )


def meta(kind: str, x: Any, act: Any, y: Any, others: Any, acts: int) -> Any:
    """causalml's S, T and DR: one model for all, one for each act, doubly robust scores."""
    from causalml.inference.meta import BaseDRRegressor, BaseSRegressor, BaseTRegressor

    learner = {"S": BaseSRegressor, "T": BaseTRegressor, "DR": BaseDRRegressor}[kind]
    model = learner(learner=trees(), control_name="a0")
    named = np.array([f"a{each}" for each in act])
    more = {}
    if kind == "DR":
        # Propensities within each pair of an act and the control, as causalml asks for them.
        more["p"] = {f"a{each}": np.full(len(y), 0.5) for each in range(1, acts)}
    model.fit(X=x, treatment=named, y=y, **more)
    told = model.predict(X=others)
    order = [list(model.t_groups).index(f"a{each}") for each in range(1, acts)]
    return np.column_stack([np.zeros(len(others)), np.asarray(told)[:, order]])


def dr_learner(x: Any, act: Any, y: Any, others: Any, acts: int) -> Any:
    """econml's DRLearner with a linear last stage, its default."""
    from econml.dr import DRLearner
    from sklearn.dummy import DummyClassifier

    model = DRLearner(
        model_propensity=DummyClassifier(strategy="prior"), model_regression=trees(), random_state=0
    )
    model.fit(y, act, X=x)
    told = [model.effect(others, T0=0, T1=each) for each in range(1, acts)]
    return np.column_stack([np.zeros(len(others)), *(np.ravel(each) for each in told)])


def policy_forest(x: Any, act: Any, y: Any, others: Any, acts: int) -> Any:
    """econml's DRPolicyForest: it recommends acts and names no gains."""
    from econml.policy import DRPolicyForest
    from sklearn.dummy import DummyClassifier

    model = DRPolicyForest(
        model_propensity=DummyClassifier(strategy="prior"), model_regression=trees(),
        n_estimators=100, max_depth=5, min_samples_leaf=50, n_jobs=1, random_state=0,
    )  # fmt: skip
    model.fit(y, act, X=x)
    return np.eye(acts)[np.asarray(model.predict(others), dtype=int)]


def learned(kind: str, x: Any, act: Any, y: Any, others: Any, acts: int) -> Any:
    """What this learner expects each act to add."""
    if kind == "DRLearner":
        return dr_learner(x, act, y, others, acts)
    if kind == "DRPolicyForest":
        return policy_forest(x, act, y, others, acts)
    return meta(kind, x, act, y, others, acts)


def main(folder: Path) -> None:
    """Read the question, write an answer for each learner."""
    train = feather.read_table(folder / "train.arrow")
    test = feather.read_table(folder / "test.arrow")
    names = test.column_names
    x, others = (np.column_stack([of[name].to_numpy() for name in names]) for of in (train, test))
    act = train["act"].to_numpy()
    acts = int(act.max()) + 1
    for number, asked in enumerate(json.loads((folder / "question.json").read_text())):
        some = slice(asked["rows"])
        y = train[asked["outcome"]].to_numpy().astype(float)
        began = time.process_time()
        found = learned(asked["learner"], x[some], act[some], y[some], others, acts)
        cpu = str(time.process_time() - began)
        answer = pa.table({str(each): np.asarray(found[:, each], float) for each in range(acts)})
        answer = answer.replace_schema_metadata({"cpu": cpu})
        feather.write_feather(answer, str(folder / f"answer-{number}.arrow"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
