"""Forecasts against the published results of the M3 and M4 competitions, and the time they take.

For accuracy competitors are printed as published: all 24 methods of M3, of M4 the benchmarks and the three best methods
(over all its series, not the sample), and the reference runs of statsforecast that lie with the data (of the same
series as ours). For time AutoETS of statsforecast runs here, after `make setup-peers`. A missed gate of accuracy is an
error.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from competitions import PUBLIC_DATA, Set, forecasts, learnt, m3, m4, scores, seasonal_naive_scores
from verdict import Line, Taken, insist, seconds, show

from fourfold.engine.cells import Floats
from fourfold.engine.forecasts import forecast
from fourfold.engine.forecasts.calibration import QUARTERLY
from fourfold.engine.periods import Calendar
from fourfold.engine.signals import read_many

SERIES, MONTHS = 1_000, 60
AHEAD = 12
#: The Python that has statsforecast: `make setup-peers`.
PEERS = Path(__file__).parents[1] / ".peers" / "bin" / "python"
#: Forecasts and signals together, in seconds.
LIMIT = 6.0
Row = tuple[str, str, str, str, str, str]
HEAD: Row = ("method", "sMAPE", "MASE", "80 % held", "95 % held", "MSIS")


def cells(name: str, *numbers: float | None) -> Row:
    """A row of the table; – where nobody has published a number."""
    formats = (".2f", ".3f", ".1%", ".1%", ".2f")
    texts = [format(x, f) if x is not None else "–" for x, f in zip(numbers, formats, strict=True)]
    return (name, texts[0], texts[1], texts[2], texts[3], texts[4])


def ours(given: Set) -> list[Row]:
    made = forecasts(given)
    s = scores(given, made)
    naive = seasonal_naive_scores(given, made)
    return [
        cells("Fourfold", s.smape, s.mase, s.coverage80, s.coverage95, s.msis),
        cells("seasonal naive, run here", *naive, None, None, None),
    ]


def published_m3(kind: str) -> list[Row]:
    table = pl.read_csv(PUBLIC_DATA / "m3_competition" / "m3_reference_scores_from_original_forecasts.csv")
    rows = table.select("method", f"{kind}_sMAPE", f"{kind}_MASE").drop_nulls().sort(f"{kind}_MASE").iter_rows()
    return [cells(method, smape, mase, None, None, None) for method, smape, mase in rows]


def published_m4(kind: str) -> list[Row]:
    """The benchmarks of the competition and its three best methods, over all series."""
    folder = PUBLIC_DATA / "m4"
    points = pl.read_csv(folder / "m4_reference_point_by_frequency.csv", infer_schema_length=None)
    names = pl.read_csv(folder / "m4_methods.csv", infer_schema_length=None)
    authors = names.select("User ID", "Last Name (1st author)").iter_rows()
    called = {str(i): f"{name} (no. {i})" for i, name in authors if str(i).isdecimal()}
    best = points.sort("OWA_Total").head(3)["method"].to_list()
    wanted = [*best, "Naive", "sNaive", "Naive2", "SES", "Holt", "Damped", "Theta", "Com"]
    columns = ["method", f"sMAPE_{kind}", f"MASE_{kind}"]
    rows = points.filter(pl.col("method").is_in(wanted)).select(columns).sort(columns[-1]).iter_rows()
    return [cells(f"{called.get(str(m), str(m))}, all series", a, b, None, None, None) for m, a, b in rows]


def statsforecast(file: str, name: str) -> list[Row]:
    table = pl.read_csv(PUBLIC_DATA / file).filter(pl.col("set") == name).sort("MASE")
    rows = table.select("model", "sMAPE", "MASE", "coverage95", "MSIS").iter_rows()
    return [cells(f"statsforecast {model}", a, b, None, c, d) for model, a, b, c, d in rows]


def table(title: str, rows: Iterable[Row]) -> None:
    listed = [HEAD, *rows]
    widths = [max(len(row[i]) for row in listed) for i in range(len(HEAD))]
    print(f"{title}\n")
    for row in listed:
        rest = (text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True))
        print("  ".join([row[0].ljust(widths[0]), *rest]))
    print()


def gates() -> list[Line]:
    """What is promised of whole histories, and of monthly ones cut short."""
    whole, quarters = m3("MONTHLY"), m3("QUARTERLY")
    months, three = (scores(given, forecasts(given)) for given in (whole, quarters))
    own = scores(quarters, forecasts(quarters, calibration=learnt(quarters, QUARTERLY)))
    lines = [
        Line("M3 monthly, MASE", months.mase, 0.88, ""),
        Line("M3 monthly, sMAPE", months.smape, 14.0, "%"),
        Line("M3 quarterly, MASE", three.mase, 1.11, ""),
        # 75 to 87 % and 92 to 98 %, as the distance from the middle.
        Line("M3 monthly, 80 % intervals off 81 % by", 100 * abs(months.coverage80 - 0.81), 6.0, "points"),
        Line("M3 monthly, 95 % intervals off 95 % by", 100 * abs(months.coverage95 - 0.95), 3.0, "points"),
        Line("M3 quarterly, own record, 80 % off 81 % by", 100 * abs(own.coverage80 - 0.81), 6.0, "points"),
        Line("M3 quarterly, own record, 95 % off 95 % by", 100 * abs(own.coverage95 - 0.95), 3.0, "points"),
    ]
    for count, limit in ((24, 0.88), (36, 0.82)):
        cut = scores(whole, forecasts(whole, count), 12)
        lines.append(Line(f"M3 monthly, last {count} figures, MASE", cut.mase, limit, ""))
    for given in (whole, quarters, m3("YEARLY"), m4("yearly"), m4("weekly")):
        made = forecasts(given)
        naive = seasonal_naive_scores(given, made)[1]
        lines.append(Line(f"{given.name}, MASE beside seasonal naive", scores(given, made).mase, naive, ""))
    return lines


def kpis() -> Floats:
    """Series as KPIs have them: a level that wanders, a season, noise."""
    rng = np.random.default_rng(20261124)
    months = np.arange(MONTHS)
    season = rng.uniform(0, 10, (SERIES, 1)) * np.sin(2 * np.pi * (months / 12 + rng.uniform(size=(SERIES, 1))))
    return 100 + rng.normal(0, 1, (SERIES, MONTHS)).cumsum(axis=1) + season + rng.normal(0, 2, (SERIES, MONTHS))


def main() -> None:
    if not PUBLIC_DATA.is_dir():
        sys.exit(f"The public data sets are not in {PUBLIC_DATA}.")
    for kind in ("MONTHLY", "QUARTERLY", "YEARLY"):
        given = m3(kind)
        peers = statsforecast("m3_competition/reference_statsforecast.csv", f"m3_{kind.lower()}")
        table(f"{given.name}, {len(given.came)} series", [*ours(given), *peers, *published_m3(kind)])
    for kind in ("yearly", "weekly"):
        given = m4(kind)
        peers = statsforecast("m4/reference_statsforecast_sampleA.csv", f"m4_{kind}_sampleA")
        table(f"{given.name}, {len(given.came)} series", [*ours(given), *peers, *published_m4(kind.title())])
    asked = gates()
    show("Gates", asked)
    times()
    insist(asked)


def times() -> None:
    """How long forecasts and signals take, and AutoETS where it is installed."""
    y = kpis()
    axis = Calendar().range(Calendar().parse("2021-01"), Calendar().parse("2025-12"))
    made = seconds(lambda: forecast(y, axis, as_of=date(2026, 1, 5), horizon=AHEAD))
    seen = seconds(lambda: read_many(y))
    for what, taken in (("forecasts", made), ("signals", seen)):
        print(f"{SERIES:,} × {MONTHS}, {what}: {taken.clock:.2f} s (processor {taken.processor:.2f} s)")
    print()
    what = f"forecasts and signals, {SERIES:,} × {MONTHS}"
    show("Time", [Line(what, made.clock + seen.clock, LIMIT, "s"), *autoets(y, made)])


def autoets(y: Floats, ours: Taken) -> list[Line]:
    """Forecasts with intervals of the same series by statsforecast, one core each, by processor time."""
    if not PEERS.exists():
        print("statsforecast is not installed (make setup-peers), so AutoETS is not timed.\n")
        return []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "series.npy"
        np.save(file, y)
        script = Path(__file__).parent / "peers" / "autoets.py"
        run = subprocess.run([PEERS, script, file, str(AHEAD)], check=True, capture_output=True, text=True)
    seconds_taken = float(json.loads(run.stdout)["processor"])
    return [Line(f"forecasts, {SERIES:,} × {MONTHS}, processor", ours.processor, seconds_taken, "s", "AutoETS", 1.0)]


if __name__ == "__main__":
    main()
