"""All that the library says of a KPI, in plain text and in words: what pages and the terminal share."""

from __future__ import annotations

from textwrap import fill
from typing import Final

from fourfold.engine.aggregation import AggTime, AggUnits
from fourfold.engine.scoring import Polarity
from fourfold.library.catalogue import EVERY_INDUSTRY, kpis
from fourfold.library.kpi import LibraryKpi

POLARITY: Final = {
    Polarity.HIGHER_BETTER: "higher is better",
    Polarity.LOWER_BETTER: "lower is better",
    Polarity.IN_RANGE: "best inside a range",
    Polarity.NEUTRAL: "neither way is better",
}
ROLE: Final = {"lead": "lead: it moves before the result", "lag": "lag: it shows the result"}
OVER_TIME: Final = {
    AggTime.SUM: "the sum of its periods",
    AggTime.LAST: "the last figure of the time",
    AggTime.WEIGHTED_RATIO: "numerators and denominators are added up, then divided",
    AggTime.WEIGHTED_MEAN: "the mean, weighted by the number of answers",
    AggTime.RECOMPUTE: "found anew from the single records: it neither adds up nor averages",
    AggTime.NONE: "not formed: a longer time has no figure of its own",
}
OVER_UNITS: Final = {
    AggUnits.SUM: "the sum of the units",
    AggUnits.WEIGHTED_RATIO: "numerators and denominators are added up, then divided",
    AggUnits.WEIGHTED_MEAN: "the mean, weighted by the number of answers",
    AggUnits.RECOMPUTE: "found anew from the single records: it neither adds up nor averages",
    AggUnits.NONE: "not formed: the unit above needs a figure of its own",
}


def anatomy(kpi: LibraryKpi) -> tuple[tuple[str, str], ...]:
    """What kind of figure it is, as pairs of a head and a text."""
    industry = "any" if kpi.industry == EVERY_INDUSTRY else kpi.industry
    return (
        ("Unit", "the organisation's currency" if kpi.unit == "currency" else kpi.unit),
        ("Polarity", POLARITY[kpi.polarity]),
        ("Frequency", f"each {kpi.frequency}"),
        ("Role", ROLE[kpi.role]),
        ("Over time", OVER_TIME[kpi.aggregate_time]),
        ("Over units", OVER_UNITS[kpi.aggregate_units]),
        ("Perspective", kpi.perspective),
        ("Function", kpi.function),
        ("Industry", industry),
    )


def page(kpi: LibraryKpi) -> str:
    """A page of plain text, 100 columns wide."""
    guard = kpis()[kpi.pair]
    inputs = [f"{name} = {given.what} [{given.source}]" for name, given in kpi.inputs.items()]
    also = f"also: {', '.join(kpi.synonyms)}"
    lines = [f"{kpi.id}  {kpi.name}", _wrapped(also, ""), "", _wrapped(kpi.definition, "")]
    parts = (
        ("Purpose", (kpi.purpose,)),
        ("Formula", (kpi.expression,)),
        ("Inputs", inputs),
        ("Scope", (kpi.scope,)),
        ("Pitfalls", kpi.pitfalls),
        ("How it is gamed", (kpi.gaming,)),
        ("Guard", (f"{guard.name} ({guard.id})",)),
        ("Evidence for", ("; ".join(kpi.goals),)),
    )
    for head, texts in parts:
        lines += ["", head, *(_wrapped(text, "  ") for text in texts)]
    width = max(len(head) for head, _ in anatomy(kpi))
    return "\n".join([*lines, "", *(f"{head.ljust(width)}  {text}" for head, text in anatomy(kpi))])


def _wrapped(text: str, indent: str) -> str:
    return fill(text, 100, initial_indent=indent, subsequent_indent=f"{indent}  " if indent else "")
