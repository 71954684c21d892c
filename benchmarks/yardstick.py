"""How fast this machine is: a fixed piece of work, and the time it takes on the machine of the limits.

Limits in milliseconds say nothing without a machine. Ours are those of two virtual processors of an AMD EPYC, on which
the tables in the README of this folder were measured; a slower machine gets as much more time as this piece of work,
timed in the same run, takes longer on it. What it does is what the product does: it handles texts and dictionaries,
writes and reads JSON, asks SQLite, calls NumPy on small arrays. None of the product's code is in it, so that a slower
product cannot hide behind it.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import time

import numpy as np

#: Seconds of processor time on the machine of the limits. Not timed there, but worked out: eight benchmarks were run on
#: both it and an Intel Xeon of 2.8 GHz. It took 2.6 to 4.4 times as long, 3.2 in the middle, and this 0.070. `evaluate`
#: alone, run there at the very commit that was measured on the other, took 3.8 times as long: this is the strict side.
REFERENCE = 0.022
TURNS = 5


def pace() -> float:
    """How many times as long as on the machine of the limits work takes now: the median of five turns."""
    turns = []
    for _ in range(TURNS):
        before = time.process_time()
        _work()
        turns.append(time.process_time() - before)
    return statistics.median(turns) / REFERENCE


def _work() -> None:
    rows = [{"kpi": f"k{i % 97}", "unit": f"u{i % 13}", "value": i * 1.25, "note": "x" * (i % 7)} for i in range(6000)]
    sums: dict[tuple[object, object], float] = {}
    for row in rows:
        key = row["kpi"], row["unit"]
        sums[key] = sums.get(key, 0.0) + float(str(row["value"]))
    again = json.loads(json.dumps(rows))
    text = "".join(f"<td>{row['kpi']}</td><td>{row['value']:.1f}</td>" for row in again)
    assert len(text.split("<td>")) == 2 * len(rows) + 1
    with sqlite3.connect(":memory:") as database:
        database.execute("create table figure (kpi text, unit text, value real)")
        database.executemany("insert into figure values (:kpi, :unit, :value)", rows)
        database.execute("create index by_kpi on figure (kpi)")
        sums_by_unit = "select unit, sum(value) from figure where kpi = ? group by unit"
        assert all(database.execute(sums_by_unit, (f"k{i}",)).fetchall() for i in range(97))
    database.close()
    cells = np.arange(200.0 * 60).reshape(200, 60)
    for i in range(60):
        np.where(cells > i, np.nan_to_num(cells / (i + 1)), 0.0).sum(axis=1)


if __name__ == "__main__":
    print(f"This machine takes {pace():.2f} times as long as the one that the limits are meant for.")
