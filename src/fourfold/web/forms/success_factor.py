"""Critical success factors as lines that people type: what must go right, then the KPIs that watch it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def in_names(lines: str, kpis: Mapping[str, str]) -> str:
    """Lines with KPIs by their names instead of their codes, where a name can stand in such a line.

    >>> kpis = {"bed_wait": "Wait for a bed", "mix": "Tea, coffee"}
    >>> in_names("Beds are free: bed_wait, mix", kpis), in_codes("Beds are free: wait for a bed, mix", kpis)
    ('Beds are free: Wait for a bed, mix', 'Beds are free: bed_wait, mix')
    """
    return _translated(lines, {code: name for code, name in kpis.items() if not set(",:") & set(name)})


def in_codes(lines: str, kpis: Mapping[str, str]) -> str:
    """Lines with KPIs by their codes; a name that two have, or none, stays as it is."""
    names = [name.casefold() for name in kpis.values()]
    code = {name.casefold(): code for code, name in kpis.items() if names.count(name.casefold()) == 1}
    return _translated(lines, {**code, **{each: each for each in kpis}})


def _translated(lines: str, words: Mapping[str, str]) -> str:
    said = []
    for line in lines.split("\n"):
        name, colon, kpis = line.rpartition(":")
        known = [words.get(each, words.get(each.casefold(), each)) for each in map(str.strip, kpis.split(","))]
        said.append(f"{name}: {', '.join(known)}".rstrip() if colon else line)
    return "\n".join(said)


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
