"""How long AutoETS of statsforecast takes for the same series: `python autoets.py SERIES.npy HORIZON`, in seconds.

It runs in an environment of its own (`make setup-peers`), since statsforecast needs an older pandas than Fourfold's
tools have; so this file imports nothing of Fourfold. One process, one core, as `forecast` beside it.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from statsforecast.models import AutoETS  # type: ignore[import-not-found, unused-ignore]

#: Forecasts before the clock starts: the first ones compile.
WARM = 5


def main() -> None:
    y, horizon = np.load(sys.argv[1]), int(sys.argv[2])
    model = AutoETS(season_length=12)
    for row in y[:WARM]:
        model.forecast(row, horizon, level=[80, 95])
    begin, before = time.perf_counter(), time.process_time()
    for row in y:
        model.forecast(row, horizon, level=[80, 95])
    print(json.dumps({"clock": time.perf_counter() - begin, "processor": time.process_time() - before}))


if __name__ == "__main__":
    main()
