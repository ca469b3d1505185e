"""The hazard on a real shape of data: 7,043 telephone contracts, of which 1,869 ended.

The log tells one cause only: customers who left. It says nothing of failed payments, so of two
causes nothing can be learnt here; that is tested on a simulated log, in `unit/models`.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from huitou.models.atrisk import at_risk
from huitou.models.hazard import Hazard

pytestmark = pytest.mark.known
TRAITS = ("one year", "two years")
PLAIN = Hazard(wander=None, pull=None, prior_sd=None)


@pytest.fixture(scope="module")
def telco(data_file):
    """Months, whether it ended, and the kind of contract: against those by the month."""
    with open(data_file("Telco-Customer-Churn.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kind = np.array([row["Contract"] for row in rows])
    return {
        "last": np.array([int(row["tenure"]) for row in rows]),
        "ended": np.array([row["Churn"] == "Yes" for row in rows]).astype(int),
        "z": np.column_stack([kind == "One year", kind == "Two year"]).astype(float),
    }


def packed(telco, rows=slice(None), traits=TRAITS):
    z = {"z": telco["z"][rows], "traits": traits} if traits else {}
    return at_risk(telco["last"][rows], telco["ended"][rows], causes=("left",), **z)


def kaplan_meier(last, ended):
    """S at the end of each month, as the textbook multiplies it out."""
    kept, curve = 1.0, []
    for t in range(1, last.max() + 1):
        kept *= 1 - ((last == t) & (ended == 1)).sum() / (last >= t).sum()
        curve.append(kept)
    return np.array(curve)


def test_the_log_names_one_cause_and_no_failed_payments(telco):
    assert (len(telco["last"]), telco["ended"].sum()) == (7043, 1869)
    assert set(telco["ended"].tolist()) == {0, 1}
    assert telco["ended"][telco["last"] == 0].sum() == 0


def test_a_level_for_every_month_is_kaplan_meier(telco):
    fitted = PLAIN.fit(packed(telco, traits=()))
    found = [float(fitted.survival(t).value) for t in range(1, 73)]
    np.testing.assert_allclose(found, kaplan_meier(telco["last"], telco["ended"]), atol=1e-9)


def test_its_standard_errors_are_greenwoods(telco):
    last, ended = telco["last"], telco["ended"]
    fitted = PLAIN.fit(packed(telco, traits=()))
    summed = 0.0
    for t in range(1, 25):
        gone, risk = ((last == t) & (ended == 1)).sum(), (last >= t).sum()
        summed += gone / (risk * (risk - gone))
    told = fitted.survival(24)
    assert told.sd == pytest.approx(told.value * np.sqrt(summed), rel=1e-6)


def test_the_prior_moves_the_curve_by_less_than_a_point(telco):
    drawn, plain = (each.fit(packed(telco, traits=())) for each in (Hazard(), PLAIN))
    away = [abs(drawn.survival(t).value - plain.survival(t).value) for t in range(1, 73)]
    assert max(away) < 0.01


def log_loss(chance, t, seen):
    """Mean loss of a customer-month: `chance` by month and pattern, on months held out."""
    p = chance[t, seen.pattern]
    runs = seen.count - seen.ended[0]
    return -(seen.ended[0] @ np.log(p) + runs @ np.log1p(-p)) / seen.count.sum()


def test_the_kind_of_contract_helps_on_customers_held_out(telco):
    half = np.random.default_rng(1).random(len(telco["last"])) < 0.5
    learnt, held = packed(telco, half), packed(telco, ~half)
    by_month = PLAIN.fit(packed(telco, half, traits=()))
    smooth, by_kind = Hazard().fit(packed(telco, half, traits=())), Hazard().fit(learnt)
    months = np.arange(72)
    bare, drawn = (
        np.tile(each.chances(months)["left"][:, None], (1, len(held.z)))
        for each in (by_month, smooth)
    )
    kinds = by_kind.chances(months[:, None], z=held.z)["left"]
    losses = [
        log_loss(np.maximum(each, 1e-9), held.period - 1, held) for each in (bare, drawn, kinds)
    ]
    assert losses[2] < 0.9 * losses[1] < 0.9 * losses[0], losses
    (one, _), (two, _) = (by_kind.effects[f"left {trait}"] for trait in TRAITS)
    assert two < one < -1
