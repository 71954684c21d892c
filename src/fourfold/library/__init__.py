"""The KPI library: 226 KPIs written out, searched, browsed, and suggested for an objective; pure.

>>> from fourfold import library
>>> library.find("DSO").name
'Days sales outstanding'
>>> [s.kpi.name for s in library.suggest("Get paid sooner by our customers", perspective="financial")][:1]
['Days sales outstanding']
"""

from fourfold.library.catalogue import UnknownIndustry, UnknownKpi, browse, choices, find, kpis
from fourfold.library.kpi import Input, LibraryKpi
from fourfold.library.lookup import search
from fourfold.library.suggestions import Suggestion, suggest

__all__ = [
    "Input", "LibraryKpi", "Suggestion", "UnknownIndustry", "UnknownKpi", "browse", "choices", "find", "kpis", "search",
    "suggest",
]  # fmt: skip
