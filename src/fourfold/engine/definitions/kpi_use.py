"""A KPI placed on an objective."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from fourfold.engine.definitions.base import Code, Definition, Flag, Weight


class KpiUse(Definition):
    """Weight, role and critical flag belong to the use, not to the KPI (methodology §1.1)."""

    kpi: Code  # the KPI
    objective: Code  # the objective it is evidence for
    weight: Weight = Decimal(1)  # its weight among the KPIs of the objective
    role: Literal["lead", "lag"] = "lag"  # whether it moves before the objective is reached or after
    critical: Flag = False  # when it is off target, so is the objective, under the veto roll-ups
    monitor_only: Flag = False  # shown, never scored; needs no target
    fit_confirmed: Flag = False  # true once the owner has confirmed that it is evidence for the objective
