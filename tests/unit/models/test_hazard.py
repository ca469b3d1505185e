"""The hazard of contracts: exact derivatives, recovery, other programs, honest intervals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from huitou.models.atrisk import AtRisk, at_risk
from huitou.models.hazard import Hazard, _plan, loglik

TRAITS = ("monthly", "price")
PLAIN = {"wander": None, "pull": None, "prior_sd": None}
EFFECTS = np.array([[0.8, 0.3], [0.2, -0.5]])
"""Of a month-to-month contract and of a price, on ending it and on failing to pay."""
WINTER = 0.6
"""What January adds to failed payments."""


def truth(t, month, z):
    """Chances to end voluntarily and by a failed payment in period `t` of the contract."""
    eta = np.array(
        [
            -2.6 - 0.5 * np.log(t) + z @ EFFECTS[0],
            -3.6 - 0.2 * np.log(t) + z @ EFFECTS[1] + WINTER * (month == 0),
        ]
    )
    odds = np.exp(eta)
    return odds / (1 + odds.sum(axis=0))


def subscriptions(rng, n, longest=24, late=True):
    """A log: columns `last`, `ended`, `entered`, `began`, `z` of contracts anyone watched."""
    z = np.column_stack([rng.integers(0, 2, n), rng.integers(-1, 2, n)]).astype(float)
    began = rng.integers(0, 12, n)
    seen = rng.integers(1, longest + 1, n)
    entered = np.where(rng.random(n) < 0.3, rng.integers(0, 7, n), 0) if late else np.zeros(n, int)
    last, ended = seen.copy(), np.zeros(n, dtype=int)
    for t in range(longest, 0, -1):
        u, chance = rng.random(n), truth(t, (began + t - 1) % 12, z)
        by = np.where(u < chance[0], 1, np.where(u < chance.sum(axis=0), 2, 0))
        now = (by > 0) & (t <= seen)
        last[now], ended[now] = t, by[now]
    watched = last > entered
    columns = {"last": last, "ended": ended, "entered": entered, "began": began, "z": z}
    return {name: values[watched] for name, values in columns.items()}


def packed(log, **more) -> AtRisk:
    return at_risk(**{**log, "traits": TRAITS, **more})


def table(log):
    """The person-period table, written out by hand: one dict a customer and period."""
    for i, last in enumerate(log["last"]):
        for t in range(log["entered"][i] + 1, last + 1):
            yield t, (log["began"][i] + t - 1) % 12, log["z"][i], log["ended"][i] * (t == last)


def test_packing_counts_what_the_table_written_out_holds():
    log = subscriptions(np.random.default_rng(1), 300)
    seen = packed(log)
    rows = list(table(log))
    assert seen.count.sum() == len(rows)
    assert seen.contracts == len(log["last"]) and seen.longest == 24
    np.testing.assert_array_equal(
        seen.ended.sum(axis=1), [sum(row[3] == cause for row in rows) for cause in (1, 2)]
    )
    for t, month, pattern, count, one, two in list(
        zip(seen.period, seen.month, seen.pattern, seen.count, *seen.ended, strict=True)
    )[::37]:
        like = [r for r in rows if r[:2] == (t, month) and (r[2] == seen.z[pattern]).all()]
        assert (count, one, two) == (
            len(like), sum(r[3] == 1 for r in like), sum(r[3] == 2 for r in like),
        )  # fmt: skip


def test_gradient_and_hessian_are_those_of_the_log_likelihood():
    rng = np.random.default_rng(2)
    seen = packed(subscriptions(rng, 200, longest=8))
    plan = _plan(seen, np.array([1, 2, 4]), 8)
    theta, step = rng.normal(-1, 0.5, 2 * plan.size), 1e-5
    _, slope, bend = loglik(plan, seen, theta)
    axes = step * np.eye(len(theta))
    up, down = ([loglik(plan, seen, theta + sign * e) for e in axes] for sign in (1, -1))
    numeric = np.array([(u[0] - d[0]) / (2 * step) for u, d in zip(up, down, strict=True)])
    bent = np.array([(u[1] - d[1]) / (2 * step) for u, d in zip(up, down, strict=True)])
    np.testing.assert_allclose(slope, numeric, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(bend, bent, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("n", "within"), [(4_000, 0.25), (60_000, 0.07)])
def test_effects_are_recovered_from_a_simulated_log(n, within):
    fitted = Hazard().fit(packed(subscriptions(np.random.default_rng(3), n)))
    assert fitted.converged
    for effect, (found, sd) in zip(EFFECTS.ravel(), fitted.effects.values(), strict=True):
        assert abs(found - effect) < min(within, 3.5 * sd)
    month = fitted.months["payment"]
    assert month[0] - month[1:].mean() == pytest.approx(WINTER, abs=2.5 * within)
    assert list(fitted.effects)[:2] == ["voluntary monthly", "voluntary price"]


def true_answers(ahead, after, began, z):
    """Survival, ends by cause and rest, multiplied out by hand."""
    kept, ends, rest = 1.0, np.zeros(2), 0.0
    for t in range(after + 1, after + ahead + 1):
        chance = truth(t, (began + t - 1) % 12, np.asarray(z))
        ends += kept * chance
        kept *= 1 - chance.sum()
        rest += kept
    return kept, *ends, rest


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """A hundred small shops of 400 contracts, four answers each; 90 % is what is promised."""
    rng, asked = np.random.default_rng(4), {"after": 3, "began": 5, "z": (1.0, 0.0)}
    real, inside = true_answers(9, 3, 5, (1.0, 0.0)), []
    for _ in range(100):
        fitted = Hazard().fit(packed(subscriptions(rng, 400, longest=15)))
        ends = fitted.ends(9, **asked)
        told = [fitted.survival(9, **asked), *ends.values(), fitted.rest(9, **asked)]
        inside.append([t.low <= r <= t.high for t, r in zip(told, real, strict=True)])
    held = np.mean(inside, axis=0)
    assert ((held > 0.82) & (held < 0.98)).all(), held


def test_a_program_of_others_finds_the_same_for_a_single_cause():
    """scikit-learn's logistic regression on the table written out, next to no penalty."""
    log = subscriptions(np.random.default_rng(6), 3_000, longest=10)
    log["ended"] = (log["ended"] > 0).astype(int)
    fitted = Hazard(**PLAIN).fit(packed({**log, "began": None}, causes=("any",)))
    rows = list(table(log))
    x = np.array([[*(row[0] == np.arange(1, 11)), *row[2]] for row in rows], dtype=float)
    peer = LogisticRegression(
        C=1e12, fit_intercept=False, solver="newton-cholesky", tol=1e-12, max_iter=200
    ).fit(x, [row[3] for row in rows])
    effects = [effect for effect, _ in fitted.effects.values()]
    np.testing.assert_allclose(effects, peer.coef_[0, 10:], atol=1e-5)
    levels = fitted.theta[:10] - np.array(effects) @ fitted.plan.centre
    np.testing.assert_allclose(levels, peer.coef_[0, :10], atol=1e-5)
    chances = fitted.chances(np.arange(10), z=log["z"][0])["any"]
    there = np.hstack([np.eye(10), np.tile(log["z"][0], (10, 1))])
    np.testing.assert_allclose(chances, peer.predict_proba(there)[:, 1], atol=1e-5)


def test_a_plain_climber_finds_the_same_for_two_causes():
    """scipy on the likelihood of the table written out, from nothing."""
    log = subscriptions(np.random.default_rng(7), 1_500, longest=6)
    fitted = Hazard(pieces=(1, 3), **PLAIN).fit(packed({**log, "began": None}))
    rows = list(table(log))
    x = np.array([[row[0] < 3, row[0] >= 3, *row[2]] for row in rows], dtype=float)
    y = np.array([np.arange(3) == row[3] for row in rows], dtype=float)

    def lost(b):
        eta = np.column_stack([np.zeros(len(x)), x @ b.reshape(2, -1).T])
        chance = np.exp(eta - np.logaddexp.reduce(eta, axis=1)[:, None])
        return -(y * np.log(chance)).sum(), -((y - chance)[:, 1:].T @ x).ravel()

    found = minimize(lost, np.zeros(8), jac=True, method="BFGS", options={"gtol": 1e-7})
    assert fitted.loglik == pytest.approx(-found.fun, abs=1e-6)
    effects = np.array([effect for effect, _ in fitted.effects.values()]).reshape(2, 2)
    np.testing.assert_allclose(effects, found.x.reshape(2, -1)[:, 2:], atol=1e-5)


@pytest.fixture(scope="module")
def fitted():
    log = subscriptions(np.random.default_rng(8), 2_000)
    return Hazard().fit(packed(log), until=36)


@given(
    after=st.integers(0, 12),
    ahead=st.integers(1, 24),
    began=st.integers(0, 11),
    price=st.floats(-3, 3),
)
def test_answers_agree_with_one_another(fitted, after, ahead, began, price):
    asked = {"after": after, "began": began, "z": (1.0, price)}
    survival, ends = fitted.survival(ahead, **asked), fitted.ends(ahead, **asked)
    whole = survival.value + sum(told.value for told in ends.values())
    assert whole == pytest.approx(1, abs=1e-12)
    steps = [fitted.survival(u, **asked).value for u in range(1, ahead + 1)]
    assert fitted.rest(ahead, **asked).value == pytest.approx(sum(steps), rel=1e-12)
    assert fitted.rest(ahead, 0.1, **asked).value < sum(steps) <= ahead
    assert (np.diff(steps) < 0).all()
    for told in (survival, *ends.values()):
        assert 0 <= told.low < told.value < told.high <= 1


def test_standard_errors_are_those_of_moving_the_parameters(fitted):
    asked, step = {"after": 2, "began": 4, "z": (0.0, 1.0)}, 1e-5

    def answers(at):
        moved = type(fitted)(
            fitted.plan, at, fitted.covariance, 0.0, fitted.contracts, fitted.longest, True
        )
        ends = moved.ends(10, **asked)
        return [moved.survival(10, **asked), *ends.values(), moved.rest(10, 0.01, **asked)]

    slopes = np.array(
        [
            [
                (up.value - down.value) / (2 * step)
                for up, down in zip(
                    answers(fitted.theta + axis), answers(fitted.theta - axis), strict=True
                )
            ]
            for axis in step * np.eye(len(fitted.theta))
        ]
    )
    for told, slope in zip(answers(fitted.theta), slopes.T, strict=True):
        assert told.sd == pytest.approx(np.sqrt(slope @ fitted.covariance @ slope), rel=1e-5)


def test_many_are_answered_as_each_alone(fitted):
    after, z = np.array([0, 5, 9]), np.array([[0, 1], [1, 0], [1, -1]], dtype=float)
    told = fitted.survival(6, after=after, began=2, z=z)
    for i in range(3):
        alone = fitted.survival(6, after=int(after[i]), began=2, z=z[i])
        assert told.value[i] == pytest.approx(float(alone.value), rel=1e-12)
        assert told.low[i] == pytest.approx(float(alone.low), rel=1e-12)
    assert fitted.survival(6).value.shape == ()


def test_beyond_what_was_seen_levels_stay_and_intervals_widen(fitted):
    hazards = fitted.chances(np.arange(23, 36))["voluntary"]
    without = Hazard().fit(packed(subscriptions(np.random.default_rng(8), 2_000)), until=24)
    assert fitted.longest == 24
    np.testing.assert_allclose(hazards[0], without.chances(23)["voluntary"], rtol=1e-8)
    same_month = fitted.chances(np.array([23, 35]))["voluntary"]
    np.testing.assert_allclose(same_month[0], same_month[1], rtol=1e-8)
    near, far = (fitted.ends(1, after=after)["voluntary"] for after in (23, 35))
    assert far.sd > 1.1 * near.sd


def test_further_than_was_agreed_nothing_is_said(fitted):
    with pytest.raises(ValueError, match="larger `until`"):
        fitted.survival(13, after=24)
    with pytest.raises(ValueError, match="2 traits"):
        fitted.survival(1, z=(1.0,))
    with pytest.raises(ValueError, match="one coming period"):
        fitted.survival(0)
    alone = Hazard(**PLAIN)
    with pytest.raises(ValueError, match="nobody was at risk from period 4"):
        alone.fit(at_risk([3, 2], [0, 1]), until=4)


def test_a_late_entry_counts_from_when_it_was_watched():
    """Two who ended in period 6, one of them seen from period 5 on: no bias to the long-lived."""
    seen = at_risk([6, 6, 2], [1, 1, 1], entered=[0, 4, 0], causes=("any",))
    np.testing.assert_array_equal(seen.count, [2, 2, 1, 1, 2, 2])
    hazard = Hazard(**PLAIN).fit(seen).chances(1)["any"]
    assert hazard == pytest.approx(0.5, abs=1e-9)


def test_a_trait_that_changes_is_told_by_cutting_the_contract():
    """Five periods at the old price and three at the new are eight at risk, and one end."""
    cut = at_risk([5, 8], [0, 1], entered=[0, 5], z=[[0.0], [1.0]], traits=("price",))
    assert cut.count.sum() == 8 and cut.ended.sum() == 1
    assert (cut.z[cut.pattern, 0] == (cut.period > 5)).all()


def test_a_handful_of_contracts_still_gets_an_answer():
    for last, ended in (([1, 1, 2], [0, 0, 0]), ([1, 1, 1], [1, 1, 2]), ([3, 1], [0, 1])):
        fitted = Hazard().fit(at_risk(last, ended, began=0), until=12)
        told = fitted.survival(12)
        assert fitted.converged and 0 < told.low < told.value < told.high < 1


def test_the_prior_draws_levels_together_and_lets_many_contracts_speak():
    few = at_risk(np.repeat([1, 2, 3], [3, 1, 16]), np.repeat([1, 1, 0], [3, 1, 16]))
    drawn, alone = (hazard.fit(few) for hazard in (Hazard(), Hazard(wander=None)))
    spread = [np.ptp(each.chances(np.arange(2))["voluntary"]) for each in (drawn, alone)]
    assert spread[0] < 0.8 * spread[1]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"last": [0], "ended": [1]}, "in which it was watched"),
        ({"last": [3], "ended": [1], "entered": [3]}, "in which it was watched"),
        ({"last": [2.5], "ended": [0]}, "whole"),
        ({"last": [2], "ended": [3]}, "causes"),
        ({"last": [2], "ended": [0], "z": [[np.nan]], "traits": ["a"]}, "finite"),
        ({"last": [2], "ended": [0], "z": [[1.0]]}, "0 finite"),
        ({"last": [0], "ended": [0]}, "single period"),
        ({"last": [2, 3], "ended": [0]}, "one number a contract"),
    ],
)
def test_what_cannot_be_is_refused(wrong, why):
    with pytest.raises(ValueError, match=why):
        at_risk(**wrong)


def test_a_trait_that_all_share_is_refused():
    seen = at_risk([2, 3], [0, 1], z=[[1.0], [1.0]], traits=("monthly",))
    with pytest.raises(ValueError, match="monthly is the same"):
        Hazard().fit(seen)
    with pytest.raises(ValueError, match="ascend from period 1"):
        Hazard(pieces=(2, 3)).fit(at_risk([4], [0]))
