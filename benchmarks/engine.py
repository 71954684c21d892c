"""The engine against its limits, against pandas, Polars and DuckDB, and against the memory itself.

    engine.py [small] [large] [peers] [largest]      all four without a name; each takes a few minutes

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
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from agreement import Answers, agree
from sample import Sample, months_of, sample
from verdict import RUNS, Line, Taken, around, seconds, show

from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import Evaluation, evaluate

SMALL, LARGE, LARGEST = (200, 1, 60), (1_000, 100, 60), (10_000, 100, 60)
#: Sizes between the small and the largest one, for the slope.
BETWEEN = ((200, 10, 60), (200, 100, 60), LARGE, (3_000, 100, 60))
PEER_RUNS = 3
#: The small scorecard is so quick that the median of a few calls says what else the machine did.
SMALL_RUNS = 200


def main(parts: list[str]) -> None:
    known = {"small": small, "large": large, "peers": peers, "largest": largest}
    for part in parts or known:
        known[part]()


def small() -> None:
    taken, _ = _timed(sample(*SMALL), _size(SMALL), runs=SMALL_RUNS)
    show(f"A small scorecard (median of {SMALL_RUNS} calls)", [
        Line(f"{_size(SMALL)}, evaluate", taken.clock * 1000, 3, "ms"),
        Line(f"{_size(SMALL)}, processor time", taken.processor * 1000, 3, "ms"),
    ])  # fmt: skip


def large() -> None:
    given = sample(*LARGE)
    with tempfile.TemporaryDirectory() as folder:
        _write(given, folder)
        (_, peak), (_, with_table) = (_in_child(folder, given.as_of, LARGE, what) for what in ("evaluate", "table"))
    taken, found = _timed(given, f"{_size(LARGE)}: {len(given.rows):,} rows")
    touched, rate = _touched(given.rows, found), _bandwidth()
    to_table = seconds(found.frame)
    show("A large scorecard (median of 5 calls)", [
        Line(f"{_size(LARGE)}, evaluate", touched / rate, taken.clock, "s", peer="memory limit, engine", need=0),
        Line(f"{_size(LARGE)}, peak memory", peak, 1200, "MB"),
    ])  # fmt: skip
    print(f"Processor time {taken.processor:.2f} s. At least {touched / 1e6:,.0f} MB have to be touched, the rows in")
    print(f"and the results out; the better of a copy and a triad in NumPy touches {rate / 1e9:.1f} GB a second here.")
    print(f"The long table of those results: {to_table.clock:.2f} s more, and a peak of {with_table:,.0f} MB with it.")
    print("Peak memory: the greatest resident size of a process that reads both files and evaluates once, with the")
    print("interpreter, the libraries, the definitions, the table of figures and the results.\n")


def peers() -> None:
    """Each peer does the same work; a wrong answer ends the run.

    Machines change their speed within minutes, and the peers take minutes: the engine is timed before each peer and
    after it, and the median of both is what the peer is compared with.
    """
    given = sample(*LARGE)
    ours, found = _timing(given, _size(LARGE))
    lines = []
    for name, need, prepare in (
        ("pandas", 50, _pandas), ("tuned pandas", 1, _tuned_pandas), ("Polars", 25, _polars), ("DuckDB", 12, _duckdb),
    ):  # fmt: skip
        run, answers = prepare(given)
        taken, peer = around(ours, run, RUNS, PEER_RUNS)
        agree(name, found(), answers())
        lines += [
            Line(f"{_size(LARGE)}, evaluate", taken.clock, peer.clock, "s", peer=name, need=need),
            Line("  processor time of the same", taken.processor, peer.processor, "s", peer=name, need=1),
        ]
        del run, answers
        gc.collect()
    show(f"A large scorecard beside its peers (median of {2 * RUNS} calls around each; peers: of {PEER_RUNS})", lines)


def largest() -> None:
    """Each size in a process of its own, so that the peak is that of the size; targets are the same for all units."""
    points, peak = list[tuple[int, float]](), 0.0
    for size in (SMALL, *BETWEEN, LARGEST):
        with tempfile.TemporaryDirectory() as folder:
            # A child makes it too: what this takes is not part of what is measured.
            subprocess.run([sys.executable, __file__, "make", folder, *map(str, size)], check=True)
            as_of = datetime.fromisoformat((Path(folder) / "as_of").read_text())
            taken, peak = _in_child(folder, as_of, size, "time")
        cells = size[0] * size[1] * size[2]
        points.append((cells, taken))
        print(f"{cells:>12,} cells  {taken * 1000:>12,.1f} ms  {taken / cells * 1e9:>8.0f} ns a cell  {peak:>8,.0f} MB")
    cells, times = np.log([c for c, _ in points]), np.log([t for _, t in points])
    slope, steep = np.polyfit(cells, times, 1)[0], np.polyfit(cells[2:], times[2:], 1)[0]
    show("From the small to the largest scorecard (median of 3 calls)", [
        Line(f"{_size(LARGEST)}, evaluate", points[-1][1], 60, "s"),
        Line(f"{_size(LARGEST)}, peak memory", peak, 8000, "MB"),
        Line("slope of log time over log cells", float(slope), 1.05, ""),
        Line("the same from a million cells on", float(steep), 1.05, ""),
    ])  # fmt: skip


def _size(size: tuple[int, int, int]) -> str:
    kpis, units, months = size
    return f"{kpis:,} KPIs × {units} units × {months} months" if units > 1 else f"{kpis} KPIs × {months} months"


def _timed(given: Sample, size: str, runs: int = RUNS) -> tuple[Taken, Evaluation]:
    """The median, and the results of the last call."""
    run, found = _timing(given, size)
    return seconds(run, runs), found()


def _timing(given: Sample, size: str) -> tuple[Callable[[], None], Callable[[], Evaluation]]:
    """What is to be timed, after a first call; and the results of its last call."""

    def run() -> None:
        nonlocal evaluation
        evaluation = evaluate(given.definitions, given.rows, as_of=given.as_of, periods=given.periods)

    evaluation = evaluate(given.definitions, given.rows.clear(), as_of=given.as_of, periods=given.periods[:1])
    begin = time.perf_counter()
    evaluate(given.definitions.model_copy(), given.rows, as_of=given.as_of, periods=given.periods)
    print(f"{size}: the first call takes {time.perf_counter() - begin:.3f} s.")
    run()
    gc.collect()
    return run, lambda: evaluation


def _touched(rows: pl.DataFrame, found: Evaluation) -> int:
    """The bytes of the rows and of the results: what any evaluation reads and writes at least once."""
    arrays = [
        getattr(results, name)
        for results in (found.kpis, found.nodes)
        for name in ("value", "numerator", "denominator", "score", "coverage", "confidence",
                     "state", "status", "marks", "reason")
    ]  # fmt: skip
    own = {id(array): array.nbytes for array in arrays if array is not None}  # some stand for two
    return int(rows.estimated_size() + sum(own.values()))


def _bandwidth() -> float:
    """Bytes a second that a copy and a triad read and write, on one core as NumPy does it; the better of many."""
    a, b, c = (np.full(20_000_000, float(i)) for i in range(3))
    best = 0.0
    for _ in range(10):
        begin = time.perf_counter()
        np.copyto(a, b)
        best = max(best, 2 * a.nbytes / (time.perf_counter() - begin))
        begin = time.perf_counter()
        np.multiply(c, 3.0, out=a)
        np.add(a, b, out=a)
        best = max(best, 5 * a.nbytes / (time.perf_counter() - begin))
    return best


def _pandas(given: Sample, *, tuned: bool = False) -> tuple[Callable[[], object], Callable[[], Answers]]:
    import pandas_oracle as peer

    tables, frame = peer.tables(given.definitions, [p.id for p in given.periods]), given.rows.to_pandas()
    found: list[Answers] = []

    def run() -> None:
        cells, nodes = peer.evaluate(frame, tables, tuned=tuned)
        found[:] = [{"kpi": cells, **nodes}]

    def answers() -> Answers:
        orders = {"kpi": list(given.definitions.kpi), "unit": tables.units["unit"], "period": tables.periods}
        keys = {name: {text: i for i, text in enumerate(texts)} for name, texts in orders.items()}
        kept = ["node", *peer.CELL]
        return {
            level: table.assign(**{k: table[k].map(keys[k]).astype(int) for k in kept if k in keys and k in table})
            .sort_values([k for k in kept if k in table]).reset_index(drop=True)
            for level, table in found[0].items()
        }  # fmt: skip

    return run, answers


def _tuned_pandas(given: Sample) -> tuple[Callable[[], object], Callable[[], Answers]]:
    return _pandas(given, tuned=True)


def _polars(given: Sample) -> tuple[Callable[[], object], Callable[[], Answers]]:
    import pandas_oracle
    import polars_oracle as peer

    frames = peer.frames(pandas_oracle.tables(given.definitions, [p.id for p in given.periods]))
    found: list[dict[str, pl.DataFrame]] = []

    def run() -> None:
        found[:] = [peer.evaluate(given.rows, frames)]

    return run, lambda: found[0]


def _duckdb(given: Sample) -> tuple[Callable[[], object], Callable[[], Answers]]:
    import duckdb_oracle as peer
    import pandas_oracle

    tables = pandas_oracle.tables(given.definitions, [p.id for p in given.periods])
    db = peer.connect(given.rows, tables)
    return lambda: peer.evaluate(db, tables), lambda: peer.results(db, tables)


def _write(given: Sample, folder: str) -> None:
    given.rows.write_parquet(Path(folder) / "rows.parquet")
    (Path(folder) / "definitions.json").write_text(given.definitions.model_dump_json(exclude_defaults=True))
    (Path(folder) / "as_of").write_text(given.as_of.isoformat())


def _in_child(folder: str, as_of: datetime, size: tuple[int, int, int], what: str) -> tuple[float, float]:
    """Seconds of a call, and the peak memory of the process in MB."""
    command = [sys.executable, __file__, what, folder, as_of.isoformat(), str(size[2])]
    taken, peak = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(taken), float(peak)


def _child(what: str, folder: str, as_of: str, months: str) -> None:
    rows = pl.read_parquet(Path(folder) / "rows.parquet")
    definitions = Definitions.model_validate_json((Path(folder) / "definitions.json").read_bytes())
    periods, at = months_of(int(months)), datetime.fromisoformat(as_of)
    found, runs = None, 1

    def run() -> None:
        nonlocal found
        found = None  # not the results of two calls at once
        found = evaluate(definitions, rows, as_of=at, periods=periods)

    run()
    if what == "time":
        runs = PEER_RUNS if len(rows) > 100_000 else SMALL_RUNS
    taken = seconds(run, runs).clock if what == "time" else 0.0
    assert found is not None
    table = found.frame() if what == "table" else None
    assert table is None or len(table) >= found.kpis.score.size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    print(taken, peak)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, kpis, units, months]:
            _write(sample(int(kpis), int(units), int(months), shared_targets=True), folder)
        case ["evaluate" | "table" | "time" as what, folder, as_of, months]:
            _child(what, folder, as_of, months)
        case parts:
            main(parts)
