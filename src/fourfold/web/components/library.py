"""KPIs of the library as pages show them: in lists, on their own, and suggested beside an objective."""

from __future__ import annotations

from typing import Any

from fourfold.library import LibraryKpi, Suggestion, kpis
from fourfold.library.catalogue import EVERY_INDUSTRY
from fourfold.library.page import anatomy
from fourfold.web.address import Here, path


def library_address(here: Here, kpi: LibraryKpi) -> str:
    """The page of a KPI of the library."""
    return here.at(path("library_kpi", here.key(), kpi.code))


def row_of(here: Here, kpi: LibraryKpi) -> dict[str, str]:
    """A KPI in a list."""
    return {
        "name": kpi.name,
        "url": library_address(here, kpi),
        "definition": kpi.definition,
        "perspective": kpi.perspective,
        "function": kpi.function,
        "industry": "any" if kpi.industry == EVERY_INDUSTRY else kpi.industry,
    }


def page_of(here: Here, kpi: LibraryKpi) -> dict[str, Any]:
    """All that its page shows."""
    guard = kpis()[kpi.pair]
    return {
        "kpi": kpi,
        "synonyms": ", ".join(kpi.synonyms),
        "inputs": [{"name": name, "what": given.what, "source": given.source} for name, given in kpi.inputs.items()],
        "guard": row_of(here, guard),
        "facts": anatomy(kpi),
        "library_url": here.unit("library"),
    }


def suggested(here: Here, suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion with its reasons and its guard."""
    reasons = "; ".join(suggestion.reasons)
    return {
        "id": suggestion.kpi.id,
        **row_of(here, suggestion.kpi),
        "because": f"{reasons[:1].upper()}{reasons[1:]}",
        "guard": row_of(here, suggestion.guard),
    }
