"""A season that is known has a factor for each period."""

from __future__ import annotations

from collections.abc import Iterator

from fourfold.engine.checks.rule import Said, rule
from fourfold.engine.definitions import Definitions
from fourfold.engine.findings import Level
from fourfold.engine.periods import Frequency


@rule("KPI-SEASON", "The season of a KPI lacks its factors, or the factors a season")
def season(d: Definitions) -> Iterator[Said]:
    """`season: profile` needs one of the `season_factors` for each period of a year, or for each day of a week.

    Halves and years show no season.
    """
    for k in d.kpis:
        if k.season != "profile":
            if k.season_factors:
                message = f"KPI {k.code} has `season_factors`, and its season is {k.season}."
                fix = "Write `season: profile`, or delete `season_factors`."
                yield Said(f"kpi:{k.code}.season_factors", message, fix, Level.WARNING)
        elif k.frequency.rank > Frequency.QUARTER.rank:
            message = f"KPI {k.code} has `season: profile`, and its periods are too long to show a season."
            yield Said(f"kpi:{k.code}.season", message, "Delete `season`.")
        elif len(k.season_factors) != (count := k.frequency.season):
            message = f"KPI {k.code} has `season: profile` and {len(k.season_factors)} `season_factors`."
            whole = "day of a week, from Monday" if k.frequency is Frequency.DAY else f"{k.frequency} of its year"
            yield Said(f"kpi:{k.code}.season", message, f"Give {count} of them, one for each {whole}.")
