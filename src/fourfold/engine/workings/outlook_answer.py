"""An outlook as plain data."""

from __future__ import annotations

import numpy as np

from fourfold.engine.cells import Floats
from fourfold.engine.outlook import Outlook
from fourfold.engine.signals import Between
from fourfold.engine.workings.working import Plain, plain, series


def signal_answer(found: Outlook) -> dict[str, Plain]:
    """Limits, icons and signals; the limits are those of the last figure, None where there are none.

    Of events too rare to be counted by period they are in days, as is everything in `between`.
    """
    r = found.reading
    if r is None:
        return {"phase": "none", "variation": "none", "assurance": "none", "headline": "", "signals": []}
    signals: list[Plain] = [
        {
            "rule": s.rule.name.lower(),
            "period": found.periods[s.at].id,
            "periods": [found.periods[p].id for p in s.points],
            "side": s.side,
        }
        for s in r.signals
    ]
    step, lines = r.suggestion, r if r.between is None else r.between
    return {
        "phase": r.phase.name.lower(),
        "chart": r.chart,
        "count": r.count,
        "lower": last(lines.lower),
        "centre": last(lines.centre),
        "upper": last(lines.upper),
        "sigma": last(r.sigma),
        "limits": [series(r.lower), series(r.upper)],
        "variation": r.variation.name.lower(),
        "assurance": r.assurance.name.lower(),
        "headline": r.headline,
        "signals": signals,
        "suggested_step": None if step is None else found.periods[step.start].id,
        "remarks": [remark.value for remark in r.remarks],
        "between": None if r.between is None else _between_answer(found, r.between),
    }


def _between_answer(found: Outlook, between: Between) -> dict[str, Plain]:
    """The times between events: in which period each ended, how many days it took, and the limits it is judged by."""
    return {
        "periods": [found.periods[p].id for p in between.place.tolist()],
        "days": series(between.days),
        "limits": [series(between.lower), series(between.upper)],
        "since": between.since,
    }


def forecast_answer(found: Outlook) -> dict[str, Plain]:
    """The forecast by period ahead; empty lists where there is none, or no interval."""
    f = found.forecast
    return {
        "method": f.method.value,
        "lack": f.lack.value,
        "count": f.count,
        "origin": None if f.origin is None else f.origin.id,
        "periods": [f.period(h).id for h in range(1, f.horizon + 1)],
        "mean": list(f.mean),
        "lower80": list(f.lower80),
        "upper80": list(f.upper80),
        "lower95": list(f.lower95),
        "upper95": list(f.upper95),
        "scale": f.scale,
        "degrees": f.degrees,
        "calibration": f.calibration.name,
        "replaced": f.replaced,
    }


def chance_answer(found: Outlook) -> dict[str, Plain]:
    """The chance at the end of the fiscal year; None throughout where there is none to tell."""
    c = found.chance
    if c is None:
        return dict.fromkeys(("end", "way", "low", "high", "expected", "probability", "shown", "word", "needed"))
    return {
        "end": c.end.id,
        "way": c.way.value,
        "low": plain(c.low),
        "high": plain(c.high),
        "expected": c.expected,
        "probability": c.p,
        "shown": c.percent,
        "word": c.word,
        "needed": None if c.needed is None else plain(c.needed),
    }


def last(values: Floats) -> float | None:
    """The newest number of a row, None where there is none."""
    known = np.flatnonzero(np.isfinite(values))
    return float(values[known[-1]]) if known.size else None
