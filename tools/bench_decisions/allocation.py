"""Who gets what within budget and hours: ten million people in memory and in the lake, a thousand
random shops, and HiGHS beside it. Every timed figure is CPU seconds of a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from huitou.decisions.allocate import allocate
from huitou.decisions.choices import Choices
from huitou.decisions.exact import solve_exactly
from huitou.runs.measure import measured

PEOPLE = 10_000_000
PRICES = np.array([0, 0, 10, 30, 80, 150, 250, 400, 60], dtype=np.float32)
MINUTES = np.array([0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 10], dtype=np.float32)
"""Of nothing and eight acts, the last of which is a call."""
SCARCE = np.array([0.3, 0.4])
"""Budget and hours, as shares of what would be spent without limits."""
SHOPS = 1_000
LARGE = 5_000


def rows() -> list[dict[str, Any]]:
    """The figures."""
    memory, lake = (_apart(name) for name in ("memory", "lake"))
    return [
        _row("10 M people x 8 acts, 2 limits: CPU", memory["cpu"], "s", 5.0),
        _row("10 M people x 8 acts: peak memory", memory["gigabytes"], "GB", 1.5),
        _row("10 M people x 8 acts: gap to the bound", memory["gap"], "", 1e-4),
        _row("the same in DuckDB, written out: CPU", lake["cpu"], "s", 30.0),
        _row("the same in DuckDB: gap to the bound", lake["gap"], "", 1e-4),
        _row("the same in DuckDB: limits passed", lake["passed"], "", 0),
        *_shops(),
        *_beside_highs(),
    ]


def _row(
    name: str, value: float, unit: str, bar: float | None, peer: Any = None, ratio: Any = None
) -> dict[str, Any]:
    holds = None if bar is None else bool(value <= bar)
    row = {"name": name, "value": value, "unit": unit, "peer": peer, "ratio": ratio}
    return {**row, "bar": bar, "holds": holds}


def _apart(name: str) -> dict[str, Any]:
    """Measure in a process of its own, so that memory is this question's alone."""
    call = [sys.executable, "-m", __name__, name]
    told = subprocess.run(call, stdout=subprocess.PIPE, check=True, text=True)
    answer: dict[str, Any] = json.loads(told.stdout)
    return answer


def question(people: int, seed: int) -> Choices:
    """A shop whose people differ; uses are float32, minutes the same for all."""
    dice = np.random.default_rng(seed)
    worth = dice.lognormal(6, 1.2, people).astype(np.float32)
    shape = (people, len(PRICES))
    gain, cost = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for act in range(1, len(PRICES)):
        effect = dice.normal(0.02, 0.04, people).astype(np.float32)
        gain[:, act] = worth * effect * (1 + 0.2 * act) - PRICES[act] / 2
        cost[:, act] = PRICES[act] * (0.5 + dice.random(people, dtype=np.float32))
    free = Choices(gain, (cost, np.broadcast_to(MINUTES, shape)), np.zeros(2))
    return Choices(gain, free.use, free.look(np.zeros(2)).used * SCARCE)


def _in_memory() -> dict[str, Any]:
    asked = question(PEOPLE, 7)
    # What getrusage tells of a child begins with the memory of the parent that started it.
    with measured() as cost:
        found = allocate(asked.gain, asked.use, asked.limit)
    cpu, peak = cost.cpu_seconds, cost.peak_megabytes / 1e3
    if not asked.fits(found.choice):
        raise ArithmeticError("a limit was passed")
    return {"cpu": cpu, "gap": found.gap, "gigabytes": peak}


def _in_the_lake() -> dict[str, Any]:
    import ibis

    from huitou.decisions.in_the_lake import Offers, allocate_in_lake

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "offers.parquet"
        _write(file)
        lake = ibis.duckdb.connect()
        lake.raw_sql("SET threads = 2; SET memory_limit = '1200MB'")
        offers = Offers(lake.read_parquet(file), [float(each) for each in MINUTES[1:]])
        _, wanted = offers.seen(np.zeros(2))
        began = time.process_time()
        plan = allocate_in_lake(offers, wanted * SCARCE)
        lake.to_parquet(plan.chosen.select("person_id", "act"), Path(folder) / "plan.parquet")
        cpu = time.process_time() - began
        passed = int(np.sum(plan.used > wanted * SCARCE))
        return {"cpu": cpu, "gap": plan.gap, "passed": passed}


def _write(file: Path) -> None:
    writer = None
    for start in range(0, PEOPLE, 500_000):
        asked = question(500_000, 100 + start)
        told: dict[str, Any] = {"person_id": np.arange(start, start + len(asked))}
        for act in range(1, len(PRICES)):
            told[f"gain_{act}"] = asked.gain[:, act]
            told[f"cost_{act}"] = asked.use[0][:, act]
        table = pa.table(told)
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _shops() -> list[dict[str, Any]]:
    """Random shops of 100 to 100,000 people: every limit kept, and how near the best."""
    dice = np.random.default_rng(2026)
    sizes = np.exp(dice.uniform(np.log(100), np.log(100_000), SHOPS)).astype(int)
    passed, small, large = 0, [0.0], [0.0]
    for shop, people in enumerate(sizes):
        asked = question(int(people), shop)
        scarce = Choices(asked.gain, asked.use, asked.limit * dice.uniform(0.05, 2, 2))
        found = allocate(scarce.gain, scarce.use, scarce.limit)
        passed += not scarce.fits(found.choice)
        (large if people > LARGE else small).append(found.gap)
    return [
        _row(f"{SHOPS} random shops: limits passed", passed, "", 0),
        _row("above 5,000 people: worst gap", max(large), "", 1e-3),
        _row("up to 5,000 people: worst gap", max(small), "", 1e-3),
    ]


def _beside_highs() -> list[dict[str, Any]]:
    """The exact solver on a small shop, and what it would take."""
    asked = question(4_000, 11)
    began = time.process_time()
    found = allocate(asked.gain, asked.use, asked.limit)
    ours = time.process_time() - began
    began = time.process_time()
    gain, use = asked.gain.astype(np.float64), np.stack(asked.use).astype(np.float64)
    exact, _ = solve_exactly(gain, use, asked.limit)
    theirs = time.process_time() - began
    best = asked.gained(exact) if exact is not None else float("nan")
    name = "4,000 people: CPU, HiGHS beside it"
    return [
        _row(name, ours, "s", None, theirs, theirs / ours),
        _row("4,000 people: short of HiGHS by", max(0.0, 1 - found.total / best), "", 1e-3),
    ]


if __name__ == "__main__":
    print(json.dumps({"memory": _in_memory, "lake": _in_the_lake}[sys.argv[1]]()))
