"""How a KPI is computed, as one line."""

from __future__ import annotations

from fourfold.engine.definitions import Kpi


def formula_words(kpi: Kpi) -> str:
    """Its formula, or what stands above and below the line; empty where neither is given.

    >>> formula_words(Kpi(code="m", name="Margin", kind="ratio", numerator="income - cost", denominator="income"))
    '(income - cost) ÷ income'
    """
    if kpi.formula or not (kpi.numerator and kpi.denominator):
        return kpi.formula or kpi.numerator or ""
    return " ÷ ".join(part if part.isidentifier() else f"({part})" for part in (kpi.numerator, kpi.denominator))
