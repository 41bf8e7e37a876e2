"""The only module that knows HiGHS: linear programmes that stay warm, and integer ones."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse

from bearwitness.errors import DisclosureUnsafe

TOLERANCE = 1e-6
MOST_BRANCHES = 3000  # of an integer programme; where more are needed it is not proved
_PRIMAL_SIMPLEX = 4
_spent = threading.local()


class Programme:
    """Minimise cost @ x where row_low <= matrix @ x <= row_high and low <= x <= high.

    `kind` says what it is for: "costs" change between solutions (it goes on from the last one),
    or "bounds" too, or x is "whole". Raises DisclosureUnsafe
    when no answer can be given: then nothing is shown to be safe.
    """

    def __init__(
        self,
        matrix: sparse.csr_matrix,
        row_range: tuple[np.ndarray, np.ndarray],
        cell_range: tuple[np.ndarray, np.ndarray],
        *,
        kind: str = "costs",
    ) -> None:
        self._model = _new_model()
        self.whole = whole = kind == "whole"
        if kind == "costs":
            self._model.setOptionValue("simplex_strategy", _PRIMAL_SIMPLEX)
        if not whole:
            self._model.setOptionValue("presolve", "off")
        rows, self.size = matrix.shape
        self._pass(matrix.tocsr(), row_range, cell_range, whole)
        self._rows = rows
        self.cost = np.zeros(self.size)

    def _pass(self, matrix: Any, row_range: Any, cell_range: Any, whole: bool) -> None:
        rows, size = matrix.shape
        floats = [np.ascontiguousarray(x, dtype=float) for x in (*cell_range, *row_range)]
        self._model.passModel(
            size, rows, matrix.nnz, 2, 1, 0.0, np.zeros(size), *floats,
            matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32),
            matrix.data.astype(float), np.full(size, int(whole), dtype=np.int32),
        )  # fmt: skip

    def set_cost(self, cells: np.ndarray, cost: np.ndarray) -> None:
        self.cost[cells] = cost
        self._model.changeColsCost(
            len(cells), np.asarray(cells, np.int32), np.asarray(cost, dtype=float)
        )

    def set_bounds(self, cells: np.ndarray, low: np.ndarray, high: np.ndarray) -> None:
        self._model.changeColsBounds(
            len(cells), np.asarray(cells, np.int32), np.asarray(low, float), np.asarray(high, float)
        )

    def add_rows(self, rows: sparse.csr_matrix, low: np.ndarray) -> None:
        """More rows, each at least `low`."""
        rows = rows.tocsr()
        self._model.addRows(
            rows.shape[0], np.asarray(low, float), np.full(rows.shape[0], np.inf), rows.nnz,
            rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32),
            rows.data.astype(float),
        )  # fmt: skip
        self._rows += rows.shape[0]

    def solve(self) -> np.ndarray | None:
        """The best x; None where the cost has no limit or no x exists (see `status`)."""
        self._model.run()
        self._count()
        self.status = str(self._model.getModelStatus()).rsplit(".k", 1)[-1]
        if self.status in ("Unbounded", "UnboundedOrInfeasible", "Infeasible"):
            return None
        if self.status not in ("Optimal", "SolutionLimit"):
            self._again()
        solution = self._model.getSolution()
        self.value = float(self._model.getInfo().objective_function_value)
        return np.array(solution.col_value) if solution.value_valid else None

    def _count(self) -> None:
        branches = max(int(self._model.getInfo().mip_node_count), 0) if self.whole else 0
        _spent.seconds = effort() + (1 + branches) * (0.0004 + self.size * 7e-7)

    def _again(self) -> None:
        """Once more from nothing, where the last basis led into trouble."""
        self._model.clearSolver()
        self._model.setOptionValue("presolve", "on")
        self._model.run()
        self.status = str(self._model.getModelStatus()).rsplit(".k", 1)[-1]
        if self.status != "Optimal":
            raise DisclosureUnsafe(
                "the attack could not be computed, so safety is not shown",
                hint="This should not happen: please report it.",
            )

    @property
    def prices(self) -> np.ndarray:
        """What one more in each row would change: the dual values of the last solution."""
        return np.array(self._model.getSolution().row_dual)

    @property
    def bound(self) -> float:
        """Nothing can be better than this, also where time ran out."""
        info = self._model.getInfo()
        return float(max(info.mip_dual_bound, -np.inf))


def effort() -> float:
    """What this thread has solved so far, in seconds of the machine that it was measured on.

    It is counted in programmes and branches, not by a clock: equal inputs end at equal answers.
    """
    return float(getattr(_spent, "seconds", 0.0))


def _new_model() -> Any:
    from highspy import Highs

    _greet()
    model: Any = Highs()  # type: ignore[no-untyped-call]
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("mip_max_nodes", MOST_BRANCHES)
    return model


@cache
def _greet() -> None:
    """Let HiGHS greet: the first of a process does so on standard output, which is not ours."""
    import os
    import sys

    from highspy import Highs

    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        Highs()  # type: ignore[no-untyped-call]
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
