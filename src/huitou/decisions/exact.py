"""The exact answer for small shops: the same knapsack as a mixed-integer programme (HiGHS)."""

from __future__ import annotations

import highspy
import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from huitou.decisions.audience import FloatArray, IntArray

NODES = 5_000
"""Branch-and-bound nodes before the best found is taken: a count, so that a replay is the same."""
WITHIN = 5e-4
"""Relative gap that is good enough."""


def solve_exactly(
    gain: FloatArray, use: FloatArray, limit: FloatArray
) -> tuple[IntArray | None, float]:
    """The best choice of one act a person within the limits, and an upper bound of the total.

    Arguments are those of `allocate`; the choice is None where the solver found none in time.
    """
    people, acts = np.nonzero(gain > 0)
    if not len(people):
        return np.zeros(len(gain), dtype=np.int64), 0.0
    solver = _solver(_programme(gain[people, acts], people, use[:, people, acts], limit))
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, float(np.inf)
    taken = np.array(solver.getSolution().col_value) > 0.5
    choice = np.zeros(len(gain), dtype=np.int64)
    choice[people[taken]] = acts[taken]
    return choice, -float(info.mip_dual_bound)


def _programme(
    gain: FloatArray, people: IntArray, use: FloatArray, limit: FloatArray
) -> highspy.HighsLp:
    """One binary a paying act; a row a person (at most one act) and a row a resource."""
    _, row = np.unique(people, return_inverse=True)
    count = len(gain)
    one_each = csr_array((np.ones(count), (row, np.arange(count))), shape=(row.max() + 1, count))
    matrix = csc_array(vstack([one_each, csr_array(use)]))
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = count, matrix.shape[0]
    programme.col_cost_ = -gain
    programme.col_lower_, programme.col_upper_ = np.zeros(count), np.ones(count)
    programme.row_lower_ = np.full(matrix.shape[0], -highspy.kHighsInf)
    programme.row_upper_ = np.append(np.ones(one_each.shape[0]), limit)
    programme.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    programme.a_matrix_.start_ = matrix.indptr
    programme.a_matrix_.index_ = matrix.indices
    programme.a_matrix_.value_ = matrix.data
    programme.integrality_ = [highspy.HighsVarType.kInteger] * count
    return programme


def _solver(programme: highspy.HighsLp) -> highspy.Highs:
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy ships no types
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", WITHIN)
    solver.setOptionValue("mip_max_nodes", NODES)
    solver.passModel(programme)
    return solver
