"""How long a strategy map of 25 objectives and 40 links takes to be laid out, and to be laid out and drawn as SVG."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

from verdict import Line, show

from fourfold.graphics.map_plan import plan
from fourfold.graphics.strategy_map import strategy_map
from tests.graphics.maps import Strategy, large

MAPS, LAID_OUT, DRAWN = 50, 5.0, 10.0


def main() -> None:
    """Fifty maps, each once."""
    maps = [large(seed) for seed in range(MAPS)]
    lines = [
        Line(f"{what} of {MAPS} maps, p95", p95(make, maps), limit, "ms")
        for what, make, limit in (("layout", plan, LAID_OUT), ("layout and drawing", strategy_map, DRAWN))
    ]
    show("Strategy maps of 25 objectives and 40 links, processor time", lines)


def p95(make: Callable[..., object], maps: list[Strategy]) -> float:
    """Milliseconds within which 19 of 20 are done."""
    times = []
    for some in (maps[0], *maps):
        begun = time.process_time()
        make(*some)
        times.append(1000 * (time.process_time() - begun))
    return statistics.quantiles(times[1:], n=20)[-1]


if __name__ == "__main__":
    main()
