"""Critical success factors as lines that people type: what must go right, then the KPIs that watch it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def factor_line(factor: Mapping[str, Any]) -> str:
    """A factor on one line; a name that has a colon of its own ends with one.

    >>> factor_line({"name": "Beds are free", "kpis": ["bed_wait", "discharges"]})
    'Beds are free: bed_wait, discharges'
    """
    name, codes = str(factor.get("name", "")), ", ".join(factor.get("kpis", ()))
    return f"{name}: {codes}".strip() if codes or ":" in name else name


def factor_of(line: str) -> dict[str, Any]:
    """A line as a text file would hold it: what stands behind the last colon are KPIs.

    >>> factor_of("Beds: free, always:")
    {'name': 'Beds: free, always', 'kpis': []}
    """
    name, colon, codes = line.rpartition(":")
    if not colon:
        return {"name": line}
    return {"name": name.strip(), "kpis": [code.strip() for code in codes.split(",") if code.strip()]}
