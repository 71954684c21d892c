"""The reference page of the library, made from its entries."""

from __future__ import annotations

from fourfold.library.catalogue import EVERY_INDUSTRY, browse, choices

_HEAD = """# The KPI library

226 KPIs in our own words. `fourfold library show K012` and the page of the library also tell purpose, inputs with their
usual sources, scope, pitfalls, how a KPI is gamed, and how it is aggregated. How to use it:
[choose KPIs](../how-to/choose-kpis.md). There are no benchmarks in it: a figure of others is only worth
something with its source, its date and its definition. [Import those](../how-to/import-benchmarks.md) that you have.
"""


def library_page() -> str:
    """Every KPI by function: name, definition and formula."""
    lines = [_HEAD]
    for function in choices()["function"]:
        lines += [f"## {function}", "", "| id | KPI | definition | formula |", "|---|---|---|---|"]
        for kpi in browse(function=function):
            place = "" if kpi.industry == EVERY_INDUSTRY else f" ({kpi.industry})"
            lines.append(f"| {kpi.id} | {kpi.name}{place} | {kpi.definition} | `{kpi.expression}` |")
        lines.append("")
    return "\n".join(lines)
