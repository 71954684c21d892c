"""Evaluation on a Spark cluster: what a figure costs each stage, and what a worker needs, at several sizes.

The cluster is two workers within this machine (`local[2]`), so it says nothing of networks and object stores. The
ratio is to one machine that checks and evaluates the same table in memory. docs/explanation/capacity.md plans with the
slopes that this prints.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import polars as pl
from sample import Sample, sample

from fourfold.engine.cluster.job import plan
from fourfold.engine.cluster.kernel import KPI, SCORED, kpi_results, node_results
from fourfold.engine.definitions import Definitions
from fourfold.engine.evaluate import evaluate
from fourfold.engine.measurements import check_rows
from fourfold.engine.rows import locate
from fourfold.engine.worded import in_words

#: KPIs, units, months of a whole evaluation, and of one family that a worker holds at once.
WHOLE = ((400, 70, 40), (800, 100, 60))
FAMILY = ((10, 400, 60), (20, 800, 60))


def main() -> None:
    print("One worker, one family: processor seconds for a million figures, and its greatest resident size")
    print(f"{'figures':>12}{'cells':>12}{'stage 1':>9}{'stage 2':>9}{'MB':>8}")
    for size in FAMILY:
        done = subprocess.run(
            [sys.executable, __file__, *map(str, size)], capture_output=True, text=True, check=True,
            env=os.environ | {"POLARS_MAX_THREADS": "1"},
        )  # fmt: skip
        print(done.stdout, end="", flush=True)
    if find_spec("pyspark") is None:
        print("\nSpark is not installed: make setup-spark")
        return
    print("\nTwo workers in this machine: processor seconds of all processes for a million figures, by stage; seconds")
    print("by the clock, there and on one machine without Spark; bytes for each result")
    print(f"{'figures':>12}{'results':>12}{'looking':>9}{'KPIs':>8}{'nodes':>8}{'counting':>9}{'clock':>8}{'one':>8}"
          f"{'ratio':>7}{'bytes':>7}")  # fmt: skip
    _whole()


def family(kpis: int, units: int, months: int) -> None:
    """One line about one worker, in a process of its own with one thread, as Spark gives it."""
    company = sample(kpis, units, months)
    table = company.rows.with_columns(file=pl.lit("figures.parquet")).with_row_index("row")
    job = plan(
        company.definitions, locate(company.rows, company.definitions).first, as_of=company.as_of, view="month",
        workers=1, version="",
    )  # fmt: skip
    job = replace(job, families=(tuple(company.definitions.kpi),))
    begin = time.process_time()
    results = kpi_results(job, 0, table)
    stage_1 = time.process_time() - begin
    scored = results.filter(pl.col("kind") == KPI).select(SCORED)
    begin = time.process_time()
    node_results(job, scored)
    stage_2 = time.process_time() - begin
    millions, peak = len(table) / 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(table):>12,}{len(results):>12,}{stage_1 / millions:>9.1f}{stage_2 / millions:>9.1f}{peak:>8,.0f}")


def _whole() -> None:
    from fourfold.connectors.spark import connect, evaluate_on

    with connect("local[2]", {"spark.driver.memory": "2g"}) as session, tempfile.TemporaryDirectory() as name:
        companies = [sample(*size) for size in (WHOLE[0], *WHOLE)]  # the first one pays for the start of the workers
        for i, company in enumerate(companies):
            figures, out = Path(name) / f"{i}.parquet", Path(name) / f"results{i}"
            company.rows.write_parquet(figures)
            begun: dict[str, float] = {}

            def note(stage: str, done: int, total: int, begun: dict[str, float] = begun) -> None:
                if stage not in begun:
                    begun[stage] = _processor_seconds()

            begin = time.perf_counter()
            outcome = evaluate_on(
                session, company.definitions, str(figures), str(out), as_of=company.as_of, progress=note
            )
            clock = time.perf_counter() - begin
            spent = [later - earlier for earlier, later in pairwise([*begun.values(), _processor_seconds()])]
            if i:
                results, millions, here = outcome.kpis + outcome.nodes, len(company.rows) / 1e6, _here(company)
                looking, kpis, nodes, counting = (seconds / millions for seconds in spent)
                size = sum(p.stat().st_size for p in out.rglob("*.parquet"))
                print(f"{len(company.rows):>12,}{results:>12,}{looking:>9.1f}{kpis:>8.1f}{nodes:>8.1f}{counting:>9.1f}"
                      f"{clock:>8.1f}{here:>8.1f}{clock / here:>7.1f}{size / results:>7.1f}", flush=True)  # fmt: skip


def _processor_seconds() -> float:
    """What this process and all below it have used so far: Java, and the workers that Java started."""
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            row = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)], used[int(path.parent.name)] = int(row[1]), sum(map(int, row[11:15]))
    below, todo = set[int](), [os.getpid()]
    while todo:
        below.add(process := todo.pop())
        todo += [name for name, parent in parents.items() if parent == process]
    return sum(used.get(process, 0) for process in below) / os.sysconf("SC_CLK_TCK")


def _here(company: Sample) -> float:
    """Seconds for the same on one machine without Spark: check, evaluate, the long table in words."""
    begin = time.perf_counter()
    definitions = Definitions.model_validate(company.definitions.model_dump())
    rows = check_rows(company.rows, definitions).rows
    in_words(evaluate(definitions, rows, as_of=company.as_of).frame())
    return time.perf_counter() - begin


if __name__ == "__main__":
    family(*map(int, sys.argv[1:])) if sys.argv[1:] else main()
