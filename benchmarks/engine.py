"""The engine against its limits and against pandas: how long an evaluation takes, and how much memory.

The clock runs around `evaluate` alone: definitions are parsed, and the figures are in memory as a Polars table with
texts for KPI, unit and period, as they come from a file or a database. What is worked out once for the same
definitions is paid by the first call, which is shown apart.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from sample import Sample, months_of, sample
from verdict import Line, Taken, seconds, show

from fourfold.engine.cells import Mark
from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import Evaluation, evaluate

SMALL, LARGE = (200, 1, 60), (1_000, 100, 60)
PANDAS_RUNS = 3


def main() -> None:
    lines = [_small(*SMALL)]
    large = sample(*LARGE)
    size = f"{LARGE[0]:,} KPIs × {LARGE[1]} units × {LARGE[2]} months"
    with tempfile.TemporaryDirectory() as folder:
        large.rows.write_ipc(Path(folder) / "rows.arrow")
        (Path(folder) / "definitions.json").write_text(large.definitions.model_dump_json())
        peak, with_table = (_peak(folder, large.as_of, what) for what in ("evaluate", "table"))
    engine, evaluation = _timed(large, f"{size}: {len(large.rows):,} rows")
    to_table = seconds(evaluation.frame)
    pandas, tuned = (_pandas(large.definitions, large.rows, evaluation, tuned=tuned) for tuned in (False, True))
    lines += [
        Line(f"{size}, evaluate", engine.clock, pandas.clock, "s", peer="pandas", need=30),
        Line(f"{size}, evaluate", engine.clock, tuned.clock, "s", peer="tuned pandas"),
        Line(f"{size}, peak memory", peak, 1200, "MB"),
    ]
    show("The engine (median of 5 calls; pandas: median of 3)", lines)
    print(f"Processor time, less changed by other work: {engine.processor:.2f} s, pandas {pandas.processor:.2f} s,")
    print(f"tuned pandas {tuned.processor:.2f} s.")
    print(f"The long table of those results: {to_table.clock:.2f} s more, and a peak of {with_table:,.0f} MB with it.")
    print("Peak memory: the greatest resident size of a process that reads both files and evaluates once, with the")
    print("interpreter, the libraries, the definitions, the table of figures and the results.")


def _small(kpis: int, units: int, months: int) -> Line:
    taken, _ = _timed(sample(kpis, units, months), f"{kpis} KPIs × {months} months")
    print(f"Processor time of a call: {taken.processor * 1000:.2f} ms.")
    return Line(f"{kpis} KPIs × {months} months, evaluate", taken.clock * 1000, 5, "ms")


def _timed(given: Sample, size: str) -> tuple[Taken, Evaluation]:
    """The median, and the results of the last call."""

    def run() -> None:
        nonlocal evaluation
        evaluation = evaluate(given.definitions, given.rows, as_of=given.as_of, periods=given.periods)

    evaluation = evaluate(given.definitions, given.rows.clear(), as_of=given.as_of, periods=given.periods[:1])
    begin = time.perf_counter()
    evaluate(given.definitions.model_copy(), given.rows, as_of=given.as_of, periods=given.periods)
    print(f"{size}: the first call takes {time.perf_counter() - begin:.3f} s.")
    run()
    gc.collect()
    return seconds(run), evaluation


def _pandas(definitions: Definitions, rows: pl.DataFrame, evaluation: Evaluation, *, tuned: bool) -> Taken:
    """How long pandas takes for the same; raises `SystemExit` where the answers are not the same."""
    import pandas as pd
    import pandas_oracle as peer

    periods = [p.id for p in evaluation.periods]
    tables, frame = peer.tables(definitions, periods), rows.to_pandas()
    found: list[tuple[pd.DataFrame, dict[str, pd.DataFrame]]] = []

    def run() -> None:
        found[:] = [peer.evaluate(frame, tables, tuned=tuned)]

    taken = seconds(run, PANDAS_RUNS)
    ((cells, nodes),) = found
    order_of = {"kpi": list(definitions.kpi), "unit": evaluation.kpis.units, "period": periods}
    cells = cells.astype({name: pd.CategoricalDtype(texts) for name, texts in order_of.items()})
    order = [evaluation.kpis.index[f"kpi:{k.code}"] for k in definitions.kpis]
    cells = cells.sort_values(peer.CELL)
    for name in ("value", "target", "score", "status", "coverage", "confidence"):
        _same(f"{name} of KPIs", getattr(evaluation.kpis, name)[order], cells[name].to_numpy(), 1e-9)
    borderline = (evaluation.kpis.marks[order] & Mark.BORDERLINE) != 0
    _same("borderline statuses of KPIs", borderline, cells["borderline"].to_numpy(), 0)
    for level, found in nodes.items():
        keys = {name: cells[name].dtype for name in ("unit", "period")}
        found = found.astype(keys).sort_values(["node", "unit", "period"])
        names = [f"{level}:{node}" if node else level for node in found["node"].unique()]
        rows_of = [evaluation.nodes.index[name] for name in names]
        # The engine rounds the scores of nodes to six digits, level by level.
        _same(f"score of each {level}", evaluation.nodes.score[rows_of], found["score"].to_numpy(), 2e-6)
        for name in ("status", "coverage", "confidence"):
            _same(f"{name} of each {level}", getattr(evaluation.nodes, name)[rows_of], found[name].to_numpy(), 1e-9)
    print(f"Values, targets, scores, statuses, coverage and confidence are those of {'tuned ' if tuned else ''}pandas.")
    return taken


def _same(what: str, ours: np.ndarray, theirs: np.ndarray, tolerance: float) -> None:
    ours, theirs = ours.reshape(-1).astype(float), theirs.astype(float)
    if not np.allclose(ours, theirs, rtol=tolerance, atol=tolerance, equal_nan=True):
        wrong = int((~np.isclose(ours, theirs, rtol=tolerance, atol=tolerance, equal_nan=True)).sum())
        raise SystemExit(f"pandas does not agree about the {what}: {wrong:,} of {len(ours):,} cells differ.")


def _peak(folder: str, as_of: datetime, what: str) -> float:
    """Peak memory of a process of its own, in MB."""
    command = [sys.executable, __file__, what, folder, as_of.isoformat()]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _child(what: str, folder: str, as_of: str) -> None:
    rows = pl.read_ipc(Path(folder) / "rows.arrow")
    definitions = Definitions.model_validate_json((Path(folder) / "definitions.json").read_bytes())
    found = evaluate(definitions, rows, as_of=datetime.fromisoformat(as_of), periods=months_of(LARGE[2]))
    table = found.frame() if what == "table" else None
    assert table is None or len(table) >= found.kpis.score.size
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6)


if __name__ == "__main__":
    _child(*sys.argv[1:]) if len(sys.argv) > 1 else main()
