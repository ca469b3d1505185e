"""A model inside an engine: the same answers, whatever the batches."""

from __future__ import annotations

from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from huitou.models.arrow import ANSWER, scorer
from huitou.models.fitted import Fitted
from huitou.models.mbgcnbd import MbgCnbd
from huitou.models.mbgnbd import MbgNbd
from huitou.models.pareto import ParetoNbd
from huitou.models.summary import each_alone

MODELS = [MbgNbd(), ParetoNbd(), MbgCnbd(2)]
PARAMS = (0.5, 43.0, 0.9, 1.6)


def customers(n, top=20, longest=700):
    rng = np.random.default_rng(1)
    T = rng.integers(1, longest, n)
    x = np.minimum(rng.integers(0, top, n), T)
    return x, np.where(x > 0, rng.integers(1, T + 1), 0), T


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_batches_answer_as_the_whole_does(model):
    fitted = Fitted(model, np.log(PARAMS), np.eye(4), 0.0, 0)
    columns, score = customers(900), scorer(fitted, 90)
    whole = fitted.predict(each_alone(*columns), 90.0)
    sizes = [0, 50, 400, 401, 900]  # the table of the living grows between them
    parts = [score(*(pa.array(column[a:b]) for column in columns)) for a, b in pairwise(sizes)]
    told = pa.concat_arrays(parts)
    assert told.type == ANSWER
    for name in ("p_alive", "p_buy", "expected"):
        np.testing.assert_allclose(told.field(name), getattr(whole, name), rtol=1e-12, atol=1e-15)


def test_days_by_the_million_are_answered_without_keeping():
    fitted = Fitted(MbgNbd(), np.log(PARAMS), np.eye(4), 0.0, 0)
    columns = customers(20, 15, 9_000_000)
    told = scorer(fitted, 90)(*map(pa.array, columns))
    whole = fitted.predict(each_alone(*columns), 90.0)
    np.testing.assert_allclose(told.field("expected"), whole.expected, rtol=1e-12)


def test_an_engine_calls_it_for_every_row_of_a_table():
    fitted = Fitted(MbgNbd(), np.log(PARAMS), np.eye(4), 0.0, 0)
    columns = customers(5_000)
    with duckdb.connect() as engine:
        engine.create_function(
            "foresee", scorer(fitted, 90), ["BIGINT"] * 3,
            "STRUCT(p_alive DOUBLE, p_buy DOUBLE, expected DOUBLE)", type="arrow",
        )  # fmt: skip
        engine.register("seen", pa.table(dict(zip(("x", "t_x", "T"), columns, strict=True))))
        told = engine.sql('select sum(foresee(x, t_x, "T").expected) from seen').fetchone()[0]
    whole = fitted.predict(each_alone(*columns), 90.0).expected.sum()
    assert told == pytest.approx(whole, rel=1e-12)
